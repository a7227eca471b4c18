"""`python -m infra.validate [ROOT]`: exit status 1 and a line for each finding, or 0."""

import sys
from pathlib import Path

from infra.validate.check import check


def main(arguments: list[str]) -> int:
    """Check a checkout, by default the one that this file lies in."""
    root = Path(arguments[0]) if arguments else Path(__file__).parents[2]
    findings = check(root)
    for finding in findings:
        print(finding)
    print(f"{len(findings)} findings" if findings else "infra: nothing wrong")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
