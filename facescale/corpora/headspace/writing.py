"""Writes captures as Headspace's files. Shares no conversion with the reader."""

from collections.abc import Mapping, Sequence

from facescale.corpora.files import join, write_bytes
from facescale.corpora.obj_writing import write_obj
from facescale.structures.capture import Capture
from facescale.structures.units import MILLIMETRES_PER


def write_headspace(
    capture: Capture,
    root: str,
    *,
    folder: str,
    name: str,
    landmarks: Sequence[int] | None,
    notes: Mapping[str, str],
) -> tuple[str, ...]:
    """Write a scan in mm, its landmarks and the notes on its person.

    Args:
        capture: a scan of known unit.
        root: a local folder or s3:// prefix.
        folder: of the person, such as "00017".
        name: of the scan, twelve digits.
        landmarks: vertices of the scan, counted from 0; None writes no file.
        notes: key -> value; none writes no file.

    Returns:
        The relative paths written, the scan's first.

    Raises:
        ValueError: a scan without unit.
        OSError: it cannot be written.
    """
    if capture.unit is None:
        raise ValueError("expected a scan of known unit, got none")
    scan = write_obj(capture.surface, scale=MILLIMETRES_PER[capture.unit], material=f"{name}.mtl")
    written = {f"{name}.obj": scan, f"{name}.mtl": f"newmtl head\nmap_Kd {name}.bmp\n".encode()}
    if landmarks is not None:
        written[f"ldmks{name}.txt"] = "".join(f"{vertex + 1}\n" for vertex in landmarks).encode()
    if notes:
        written[f"person{folder}.txt"] = "".join(f"{key}:{value}\n" for key, value in notes.items()).encode()
    for path, data in written.items():
        write_bytes(join(root, f"subjects/{folder}/{path}"), data)
    return tuple(f"subjects/{folder}/{path}" for path in written)
