"""What the short texts allow that heads, weights and corpora carry as licences. No legal advice."""

COMMERCIAL = frozenset({
    "apache-2.0", "bsd-2-clause", "bsd-3-clause", "cc-by-4.0", "cc0-1.0", "made up by facescale", "mit",
    "yours",
})  # fmt: skip
"""Flags known to allow commercial use; whatever follows a comma is a condition on the side, such as credit."""


def allows_commercial_use(flag: str) -> bool:
    """Whether a flag is one of those known to allow it: an unknown one does not."""
    return flag.partition(",")[0].strip().lower() in COMMERCIAL
