"""HTML pages that stand alone: one file, no network, light and dark, everything from data escaped.

The page's own policy forbids any script but the one it was made with, so that even a mistake in escaping could
not run what a file name says.
"""

import base64
import functools
import hashlib
from importlib.resources import files
from typing import Any


def render_page(template: str, context: dict[str, Any]) -> str:
    """Fill a template of this package.

    Args:
        template: its file name, extending page.html.
        context: "title" and whatever the template names.
    """
    from markupsafe import Markup

    style, script = _source("style.css"), _source("table.js")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode("ascii")
    policy = (
        f"default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'sha256-{digest}'; "
        "base-uri 'none'; form-action 'none'"
    )
    # Only this package's own files are trusted not to need escaping.
    own = {"style": Markup(style), "script": Markup(script), "policy": policy}  # noqa: S704
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
