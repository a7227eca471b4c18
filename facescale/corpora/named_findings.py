"""A finding that counts what it is about and names the first few. Reads nothing."""

from collections.abc import Sequence

from facescale.corpora.finding import Finding, Level

_NAMED = 3


def warning(reason: str, what: str, named: Sequence[str], hint: str = "") -> Finding:
    """One warning about several files, people or the like.

    Args:
        reason: slug.
        what: what they are, after their number: "people have no picture".
        named: all of them.
        hint: what to do.
    """
    more = f", and {len(named) - _NAMED:,} more" if len(named) > _NAMED else ""
    message = f"{len(named):,} {what}: {', '.join(named[:_NAMED])}{more}"
    return Finding(level=Level.WARNING, reason=reason, message=message, hint=hint)
