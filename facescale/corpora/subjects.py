"""The subject's id out of a scan's path, by a template or regular expression. Pure; touches no storage."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

UNMATCHED = {"subject_pattern": "unmatched"}


@dataclass(frozen=True, kw_only=True)
class SubjectMatch:
    """What a path says of its scan."""

    subject: str
    sequence: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)


def subject_pattern(pattern: str) -> re.Pattern[str] | None:
    """Compile a pattern for relative paths without ending; None where it is empty.

    In a template, {subject}, {sequence} and any other {field} stand for a piece of one folder or file name,
    {name} for the whole rest.

    Raises:
        ValueError: neither a template with {subject} nor a regular expression with (?P<subject>...).
    """
    if not pattern:
        return None
    text = pattern
    if "(?P<subject>" not in pattern:
        if "{subject}" not in pattern:
            raise ValueError(f"expected a pattern with {{subject}} or (?P<subject>...), got {pattern!r}")
        pieces = re.split(r"\{([A-Za-z_]\w*)\}", pattern)
        text = "".join(
            f"(?P<{piece}>{'.+' if piece == 'name' else '[^/]+?'})" if place % 2 else re.escape(piece)
            for place, piece in enumerate(pieces)
        )
    try:
        return re.compile(text)
    except re.error as error:
        raise ValueError(f"expected a subject pattern, got {pattern!r}: {error}") from error


def match_subject(pattern: re.Pattern[str] | None, stem: str) -> SubjectMatch:
    """Take a relative path without ending apart.

    Args:
        pattern: from `subject_pattern`; None means the first folder, or the file's name at the top.
        stem: the path.
    """
    found = pattern.fullmatch(stem) if pattern else None
    if found is None:
        return SubjectMatch(subject=stem.split("/", 1)[0], attributes=dict(UNMATCHED) if pattern else {})
    fields = {name: value for name, value in found.groupdict().items() if value is not None}
    subject = fields.pop("subject", "")
    fields.pop("name", None)
    if not subject:
        return SubjectMatch(subject=stem.split("/", 1)[0], attributes=dict(UNMATCHED))
    return SubjectMatch(subject=subject, sequence=fields.pop("sequence", ""), attributes=fields)
