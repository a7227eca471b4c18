"""What VHAP's folders lack of what they name or should have. Opens exports' lists and no picture."""

from collections.abc import Iterable, Iterator

from facescale.corpora.files import FileEntry, as_input
from facescale.corpora.finding import Finding, Level, refusal
from facescale.corpora.named_findings import warning
from facescale.corpora.vhap.exported import frames_of
from facescale.corpora.vhap.options import VhapOptions
from facescale.corpora.vhap.prepared import calibration_of, pictures_folder
from facescale.corpora.vhap.tree import Folder, Sequence, folders, named_files, sequence_of
from facescale.structures.errors import CaptureRejected

DIGITS = 3
"""Of a participant's folder."""


def survey(root: str, options: VhapOptions) -> Iterator[Finding]:
    """Look at every folder of the wanted form.

    Raises:
        ValueError: the root is no folder.
        OSError: it cannot be listed, or a list not be read.
    """
    unpadded: list[str] = []
    for folder in folders(root):
        if folder.is_export:
            if options.form != "input":
                yield from _of_export(root, folder, options)
        elif options.form != "export" and (sequence := sequence_of(folder)) is not None:
            yield from _of_sequence(root, folder, sequence, options)
            if sequence.participant.isdigit() and len(sequence.participant) < DIGITS:
                unpadded.append(sequence.participant)
    if unpadded:
        told = f"participants' folders have fewer than {DIGITS} digits and are subjects so"
        yield warning("unpadded-id", told, sorted(set(unpadded)))


def _of_sequence(root: str, folder: Folder, sequence: Sequence, options: VhapOptions) -> Iterator[Finding]:
    where = sequence.item
    if calibration_of(root, sequence) is None:
        message = f"{where}: expected a calibration of its participant, found none"
        yield Finding(level=Level.ERROR, reason="missing-calibration", message=message)
    wanted = pictures_folder(options)
    pictures = sequence.pictures.get(wanted, {})
    if not pictures:
        message = f"{where}: expected pictures in {wanted}, found them in {', '.join(sequence.pictures)}"
        yield Finding(level=Level.ERROR, reason="missing-images", message=message)
    serials = sorted({serial for serial, _ in pictures})
    numbers = sorted({number for _, number in pictures})
    gaps = [f"{s}/{n:06d}" for s in serials for n in numbers if (s, n) not in pictures]
    if gaps:
        yield warning("missing-image", f"pictures of {where} are not there", gaps)
    alpha = sequence.pictures.get("alpha_maps", {})
    bare = [f"{s}/{n:06d}" for s, n in sorted(pictures) if (s, n) not in alpha]
    if bare:
        yield warning("missing-mask", f"pictures of {where} have no alpha", bare)
    marked = {serial for found in sequence.landmarks.values() for serial in found}
    unmarked = [serial for serial in serials if serial not in marked]
    if unmarked and marked:
        yield warning("missing-landmarks", f"cameras of {where} have no landmarks", unmarked)
    yield from _of_files(where, folder)


def _of_export(root: str, folder: Folder, options: VhapOptions) -> Iterator[Finding]:
    where = folder.path or "the root"
    lists = folder.lists(options.split)
    if not lists:
        yield warning("missing-split", f"exports have no list of {options.split}", [where])
        return
    try:
        frames = frames_of([as_input("cameras", entry) for entry in lists], folder.path)
    except CaptureRejected as bad:
        found = refusal(bad)
        yield Finding(
            level=found.level, reason=found.reason, message=f"{where}: {found.message}", hint=found.hint
        )
        return
    pictures, masks = [f.picture for f in frames], [f.mask for f in frames if f.mask]
    tracking = [f.tracking for f in frames if f.tracking]
    there = named_files(root, folder, {*pictures, *masks, *tracking})
    for reason, what, paths in (
        ("missing-image", "pictures", pictures),
        ("missing-mask", "masks", masks),
        ("missing-tracking", "parameters of the tracking", tracking),
    ):
        lost = [path for path in dict.fromkeys(paths) if path not in there]
        if lost:
            hint = "unions need the exports that they unite beside them" if folder.path else ""
            yield warning(reason, f"{what} that {where} names are not there", lost, hint)
    yield from _of_files(where, folder)


def _of_files(where: str, folder: Folder) -> Iterator[Finding]:
    odd = [entry.path for name, entry in folder.files.items() if _odd(name)]
    if odd:
        yield warning("odd-case", f"paths of {where} differ from the corpus' in case", odd)
    empty = list(_empty(folder.files.values()))
    if empty:
        yield warning("empty-file", f"files of {where} have 0 bytes", empty)


def _empty(entries: Iterable[FileEntry]) -> Iterator[str]:
    return (entry.path for entry in entries if not entry.size)


def _odd(name: str) -> bool:
    """Whether a path's case is not VHAP's; the name of one method is written in capitals."""
    plain = name.replace("landmark2d/STAR/", "landmark2d/star/")
    return plain != plain.lower()
