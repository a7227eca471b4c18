"""Head models by the names or paths that users type. Knows where they are looked up, not what is in them."""

from collections.abc import Callable
from pathlib import Path

from facescale.assets.lookup import absence, find, roots
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


def _load_asm_builtin(path: Path) -> AbstractTemplateHead:
    from facescale.heads.asm.assemble import asm_over

    return asm_over(_load_builtin(path))


def _load_asm_ict(path: Path) -> AbstractTemplateHead:
    from facescale.heads.asm.assemble import asm_over

    return asm_over(_load_ict(path))


LOADERS: dict[str, tuple[tuple[str, ...], Callable[[Path], AbstractTemplateHead]]] = {
    BUILTIN: ((), _load_builtin),
    "ict": (("ict-packed", "ict"), _load_ict),
    "asm-builtin": ((), _load_asm_builtin),
    "asm-ict": (("ict-packed", "ict"), _load_asm_ict),
}
"""Name -> the assets that hold it, the quickest to load first, and the loader of all of them."""


CONVERTED_FOLDER = "heads"
"""Below a root of the lookup: heads that were imported, as NAME.npz."""
SUFFIX = ".npz"


def head_names() -> tuple[str, ...]:
    """Names that `load_head` knows on any machine."""
    return tuple(sorted(LOADERS))


def imported_heads() -> dict[str, Path]:
    """Heads that were imported on this machine: name -> converted file."""
    found: dict[str, Path] = {}
    for root in roots():
        for path in sorted((root / CONVERTED_FOLDER).glob(f"*{SUFFIX}")):
            found.setdefault(path.stem, path)
    return found


def is_path(name: str) -> bool:
    """Whether a user means a file and no name."""
    return name.endswith(SUFFIX) or "/" in name


def find_head(name: str) -> Path:
    """Where the files of a head model lie; the built-in head's is the folder of its code.

    Args:
        name: of a head that facescale knows, of one that was imported, or the path of a converted file.

    Raises:
        ValueError: an unknown name.
        FileNotFoundError: no file at the path, or an asset absent or incomplete; says what to do.
    """
    if is_path(name):
        if not Path(name).is_file():
            raise FileNotFoundError(
                f"expected a converted head at {name}, found no file; `facescale heads import` writes them"
            )
        return Path(name)
    if name not in LOADERS:
        imported = imported_heads()
        if name in imported:
            return imported[name]
        raise ValueError(
            f"expected one of the heads {sorted({*head_names(), *imported})}, or the path of a converted one, "
            f"got {name!r}; `facescale heads import` converts a model's own files"
        )
    forms = [asset(form) for form in LOADERS[name][0]]
    if not forms:
        return Path(__file__).parent / name.partition("-")[0]
    for form in forms:
        found = find(form)
        if found is not None and not found.missing:
            return found.main
    wanted = next((form for form in forms if form.fetchable), forms[0])
    others = " or ".join(f"{form.folder}/{form.main}" for form in forms if form is not wanted)
    raise FileNotFoundError(absence(wanted, find(wanted)) + (f" or {others}" if others else ""))


def load_head(name: str) -> AbstractTemplateHead:
    """Load a head model by name from `FACESCALE_ASSETS` or the user cache, or by path, onto the CPU.

    Raises:
        ValueError: an unknown name, or files that are not what they should be.
        FileNotFoundError: its asset is absent; says where it was looked for and what to do.
    """
    path = find_head(name)
    if name not in LOADERS:
        from facescale.heads.converted import read_head

        return read_head(path)
    return LOADERS[name][1](path)
