"""The one exception that bad data raises. Knows nothing of where the data came from or who catches it."""

import typing


@typing.final
class CaptureRejected(Exception):  # noqa: N818 - the word is the verdict that becomes the item's status
    """An item whose data can never succeed as they are: it becomes a final row, not a retry.

    Args:
        reason: a short stable slug ("empty-mesh"): rows are grouped and counted by it.
        detail: one sentence that says what was expected and what was found.
        hint: what the user can do about it, or the empty string.
    """

    def __init__(self, reason: str, detail: str = "", hint: str = "") -> None:
        super().__init__(reason, detail, hint)
        self.reason = reason
        self.detail = detail
        self.hint = hint

    def __str__(self) -> str:
        text = f"{self.reason}: {self.detail}" if self.detail else self.reason
        return f"{text} ({self.hint})" if self.hint else text
