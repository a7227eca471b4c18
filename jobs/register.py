"""Register a corpus of scans to a head model: `python -m jobs.register --root DIR --out OUT`.

The same configuration as `facescale register`, as an entry file for `ray job submit`.
"""

import sys

import tyro

from facescale.pipelines.register import RegisterConfig, register

if __name__ == "__main__":
    sys.exit(register(tyro.cli(RegisterConfig, description=__doc__)))
