import pkgutil
import subprocess
import sys

import facescale

CHECK = """
import importlib, os, sys
before = set(os.listdir(os.environ["FACESCALE_CACHE"]))
for name in sys.argv[1:]:
    importlib.import_module(name)
import torch
assert not torch.cuda.is_initialized(), "importing opened a device"
warp = sys.modules.get("warp")
assert warp is None or not warp._src.context.runtime, "importing initialised warp"
assert set(os.listdir(os.environ["FACESCALE_CACHE"])) == before, "importing wrote files"
ray = sys.modules.get("ray")
assert ray is None or not ray.is_initialized(), "importing started ray"
assert "mlflow" not in sys.modules, "importing loaded mlflow"
"""


def modules():
    return [name for _, name, _ in pkgutil.walk_packages(facescale.__path__, "facescale.")]


def test_importing_everything_is_free_of_devices_files_and_servers(tmp_path):
    names = modules()
    assert len(names) > 50
    environment = {"PATH": "", "HOME": str(tmp_path), "FACESCALE_CACHE": str(tmp_path), "PYTHONPATH": "."}
    done = subprocess.run(
        [sys.executable, "-c", CHECK, *names],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_asking_for_the_status_of_a_run_loads_neither_torch_nor_ray(tmp_path):
    code = (
        "import sys; from facescale import cli; cli.main(['status', '--out', sys.argv[1]]); print(*sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "none")],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    loaded = set(done.stdout.split())
    assert "facescale.runtime.status" in loaded
    assert not loaded & {"torch", "ray", "warp", "mlflow"}
