"""HTML pages that stand alone: one file, no network, light and dark, everything from data escaped.

The page's own policy forbids any script but the one it was made with, so that even a mistake in escaping could
not run what a file name says.
"""

import base64
import functools
import hashlib
from collections.abc import Sequence
from importlib.resources import files
from typing import Any


def render_page(
    template: str, context: dict[str, Any], *, scripts: Sequence[str] = (), chunks_beside: bool = False
) -> str:
    """Fill a template of this package.

    Args:
        template: its file name, extending page.html.
        context: "title" and whatever the template names.
        scripts: files of this package that run after the page's own.
        chunks_beside: the page may also load the scripts that lie below its folder.
    """
    from markupsafe import Markup

    style, sources = _source("style.css"), [_source(name) for name in ("table.js", *scripts)]
    allowed = [
        f"'sha256-{base64.b64encode(hashlib.sha256(s.encode()).digest()).decode('ascii')}'" for s in sources
    ]
    # A page opened from disk has no origin of its own, so that 'self' alone would not let its neighbours in.
    allowed += ["'self'", "file:"] if chunks_beside else []
    policy = (
        f"default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src {' '.join(allowed)}; "
        "base-uri 'none'; form-action 'none'"
    )
    # Only this package's own files are trusted not to need escaping.
    own = {"style": Markup(style), "scripts": [Markup(source) for source in sources], "policy": policy}  # noqa: S704
    return _environment().get_template(template).render(**context, **own)


def _source(name: str) -> str:
    return (files("facescale.reporting") / "templates" / name).read_text(encoding="utf-8")


@functools.cache
def _environment() -> Any:
    from jinja2 import Environment, FunctionLoader, StrictUndefined

    return Environment(
        loader=FunctionLoader(_source),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
