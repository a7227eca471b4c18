"""Head models by the names that users type. Knows where assets are looked up, not what is in them."""

from collections.abc import Callable
from pathlib import Path

from facescale.assets.lookup import absence, find
from facescale.assets.registry import asset
from facescale.heads.template import AbstractTemplateHead

BUILTIN = "builtin"
"""The head that is code: no asset, no download, no licence but our own."""


def _load_ict(path: Path) -> AbstractTemplateHead:
    from facescale.heads.ict import load_ict

    return load_ict(path)


def _load_builtin(path: Path) -> AbstractTemplateHead:
    from facescale.heads.builtin.head import load_builtin

    del path
    return load_builtin()


LOADERS: dict[str, tuple[tuple[str, ...], Callable[[Path], AbstractTemplateHead]]] = {
    BUILTIN: ((), _load_builtin),
    "ict": (("ict-packed", "ict"), _load_ict),
}
"""Name -> the assets that hold it, the quickest to load first, and the loader of all of them."""


def head_names() -> tuple[str, ...]:
    """Names that `load_head` knows."""
    return tuple(sorted(LOADERS))


def find_head(name: str) -> Path:
    """Where the files of a head model lie; the built-in head's is the folder of its code.

    Raises:
        ValueError: an unknown name.
        FileNotFoundError: its asset is absent or incomplete; says where it was looked for and what to do.
    """
    if name not in LOADERS:
        msg = f"expected one of the heads {list(head_names())}, got {name!r}"
        raise ValueError(msg)
    forms = [asset(form) for form in LOADERS[name][0]]
    if not forms:
        return Path(__file__).parent / name
    for form in forms:
        found = find(form)
        if found is not None and not found.missing:
            return found.main
    wanted = next((form for form in forms if form.fetchable), forms[0])
    others = " or ".join(f"{form.folder}/{form.main}" for form in forms if form is not wanted)
    raise FileNotFoundError(absence(wanted, find(wanted)) + (f" or {others}" if others else ""))


def load_head(name: str) -> AbstractTemplateHead:
    """Load a head model by name from `FACESCALE_ASSETS` or the user cache, onto the CPU.

    Raises:
        ValueError: an unknown name, or files that are not what they should be.
        FileNotFoundError: its asset is absent; says where it was looked for and what to do.
    """
    path = find_head(name)
    return LOADERS[name][1](path)
