"""Reconstruct heads from photographs or videos: `python -m jobs.reconstruct --root DIR --out OUT`.

The same configuration as `facescale reconstruct`, as an entry file for `ray job submit`.
"""

import sys

import tyro

from facescale.pipelines.reconstruct import ReconstructConfig, reconstruct

if __name__ == "__main__":
    sys.exit(reconstruct(tyro.cli(ReconstructConfig, description=__doc__)))
