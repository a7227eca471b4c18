"""Formats of what OUT holds, which live longer than any version that wrote them. Knows no storage."""


class NewerFormat(ValueError):  # noqa: N818 - a state of storage that people have to hear of
    """Written by a later version: reading it as if it were ours would lose what it says."""


def check_format(what: str, found: object, known: int) -> None:
    """Refuse a format that this version does not know.

    Args:
        what: what was read, in words.
        found: the version that it says.
        known: the newest that we know.

    Raises:
        NewerFormat: a later one.
        ValueError: no version at all.
    """
    try:
        version = int(str(found))
    except ValueError as error:
        raise ValueError(f"expected {what} of format {known}, got {found!r}") from error
    if version > known:
        raise NewerFormat(
            f"expected {what} of format {known} or older, got {version}: a later facescale wrote it; "
            "update this one, or choose another folder"
        )
    if version < 1:
        raise ValueError(f"expected {what} of format {known}, got {version}")
