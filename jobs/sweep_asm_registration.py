"""Repeat the ASM paper's registration experiment: `python -m jobs.sweep_asm_registration --root DIR --out OUT`.

The same configuration as `facescale sweep asm-registration`, as an entry file for `ray job submit`.
"""

import sys

import tyro

from facescale.pipelines.sweep_asm_registration import AsmSweepConfig, sweep_asm_registration

if __name__ == "__main__":
    sys.exit(sweep_asm_registration(tyro.cli(AsmSweepConfig, description=__doc__)))
