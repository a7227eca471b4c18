"""Shell scripts: what shellcheck cannot know of a Ray that shares its machine with strangers."""

import re
from collections.abc import Iterator

from infra.validate.documents import Finding
from infra.validate.tree import Tree

_BATCH = "infra/slurm/facescale.sbatch"


def strict(tree: Tree) -> Iterator[Finding]:
    """A script stops at the first thing that goes wrong."""
    for file in [*tree.files("**/*.sbatch"), *tree.files("**/*.sh")]:
        wanted = "set -euo pipefail" if tree.text(file).startswith("#!/bin/bash") else "set -eu"
        if wanted not in _code(tree, file):
            message = f"expected {wanted}, found none"
            yield Finding(file=file, line=0, rule="script-strict", message=message)


def batch(tree: Tree) -> Iterator[Finding]:
    """The Ray of a Slurm job has a token of its own, shows no dashboard, and ends alone."""
    code = _code(tree, _BATCH)
    wanted = {
        "slurm-token": (
            r"^export RAY_AUTH_TOKEN\b.*RAY_AUTH_MODE=token",
            "RAY_AUTH_MODE=token and a token, exported",
        ),
        "slurm-dashboard": (r"--include-dashboard=false", "--include-dashboard=false"),
        "slurm-signal": (r"^#SBATCH --signal=B:TERM@\d+", "a signal ahead of the time limit"),
        "slurm-end": (r"^trap stop EXIT", "a trap that ends what was started"),
        "slurm-time": (r"^#SBATCH --time=", "a time limit"),
        "slurm-workers": (r'--workers "\$workers"', "--workers for all nodes"),
    }
    for rule, (pattern, what) in wanted.items():
        if not re.search(pattern, code, re.MULTILINE):
            yield Finding(file=_BATCH, line=0, rule=rule, message=f"expected {what}, found none")
    refused = {
        "slurm-end": (r"\bray stop\b", "no ray stop, which ends every Ray of this user on the node"),
        "slurm-token": (
            r"RAY_AUTH_TOKEN=[\"']?[0-9a-zA-Z]",
            "a token that is made here, not one that is written here",
        ),
    }
    for rule, (pattern, what) in refused.items():
        if found := re.search(pattern, code):
            message = f"expected {what}, found {found[0]!r}"
            yield Finding(file=_BATCH, line=0, rule=rule, message=message)


def _code(tree: Tree, file: str) -> str:
    """Return a script without its comments; Slurm's own directives stay."""
    lines = tree.text(file).splitlines()
    return "\n".join(line for line in lines if not line.lstrip().startswith("#") or line.startswith("#SBATCH"))


SCRIPT_RULES = (strict, batch)
