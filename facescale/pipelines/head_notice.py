"""A head for a job, and on the screen first what its owner wants to be known before any use."""

import sys

from facescale.heads.library import load_head
from facescale.heads.template import AbstractTemplateHead


def load_with_notice(name: str) -> AbstractTemplateHead:
    """Load a head on the driver; its card's notice goes to standard error.

    Raises:
        ValueError: an unknown name, or files that are not what they should be.
        FileNotFoundError: its asset is absent; says where it was looked for and what to do.
    """
    head = load_head(name)
    if head.card.notice:
        print(f"NOTICE: {head.card.name}: {head.card.notice}", file=sys.stderr, flush=True)
    return head
