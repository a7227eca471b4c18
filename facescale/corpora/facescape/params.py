"""FaceScape's params.json: the cameras of one person's views in one expression, and Rt_scale_dict.json.

Source: world to camera in OpenCV's axes, x = K [R|t] X, distortion k1 k2 p1 p2 k3. K is 3 x 3, or 4 x 4 as the
documentation has it. Every person and expression has a world of its own, of unknown origin, axes and unit.
Nothing states the pixel centre; OpenCV undistorts these pictures, so the first one's is taken as (0, 0).
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from facescale.corpora.calibrated import record_of
from facescale.geometry.cameras.formats.opencv import view_from_arrays
from facescale.geometry.cameras.formats.reading import matrix, number, numbers, text_of, whole
from facescale.geometry.cameras.formats.rejections import bad_file, shown
from facescale.structures.errors import CaptureRejected
from facescale.structures.view import PinholeRecord

PARAMS_LIMIT = 16 << 20
SCALES_LIMIT = 64 << 20
MOST_VIEWS = 10_000
SOURCE, SCALES = "params.json", "Rt_scale_dict.json"
PIXEL_CENTRE = 0.0
_KEY = re.compile(r"(\d{1,6})_(K|Rt|distortion|width|height|matches|valid|sn|ori)")
_SQUARE = 1e-6


@dataclass(frozen=True, kw_only=True)
class Calibration:
    """Cameras by number of the view."""

    cameras: Mapping[int, PinholeRecord]
    """In the unit of structure from motion."""
    refused: Mapping[int, CaptureRejected]
    """Views that are not valid or whose numbers are no camera."""


@dataclass(frozen=True, kw_only=True)
class ToCanonical:
    """From one tuple's world to the space of the registered models: X_tu = rotation (scale X) + translation."""

    scale: float
    rotation: np.ndarray
    translation: np.ndarray
    """mm."""

    def points(self, positions: np.ndarray) -> np.ndarray:
        """Positions (n, 3) of the tuple's world in the canonical space, mm."""
        return self.scale * positions @ self.rotation.T + self.translation

    def camera(self, record: PinholeRecord) -> PinholeRecord:
        """The same camera in the canonical space: it sees the same pixels."""
        rotation = record.rotation @ self.rotation.T
        return replace(
            record,
            rotation=rotation,
            translation=self.scale * record.translation - rotation @ self.translation,
        )


def read_params(data: bytes, *, pixel_centre: float = PIXEL_CENTRE) -> Calibration:
    """Read all views; one that cannot be used does not spoil the others.

    Args:
        data: the file.
        pixel_centre: coordinate of the first pixel's centre in the source.

    Raises:
        CaptureRejected: not such a file.
    """
    views: dict[int, dict[str, Any]] = {}
    for key, value in _object(data, SOURCE, PARAMS_LIMIT).items():
        found = _KEY.fullmatch(key)
        if found is not None:
            views.setdefault(int(found[1]), {})[found[2]] = value
    if not 1 <= len(views) <= MOST_VIEWS:
        raise bad_file(SOURCE, f"1 to {MOST_VIEWS:,} views with keys such as 0_K", f"{len(views):,}")
    cameras: dict[int, PinholeRecord] = {}
    refused: dict[int, CaptureRejected] = {}
    for place, fields in sorted(views.items()):
        try:
            cameras[place] = _camera(place, fields, pixel_centre)
        except CaptureRejected as why:
            refused[place] = why
    return Calibration(cameras=cameras, refused=refused)


def read_scales(data: bytes, person: str, expression: int) -> ToCanonical:
    """Read how one tuple's world lies in the canonical space.

    Args:
        data: Rt_scale_dict.json.
        person: id.
        expression: number.

    Raises:
        CaptureRejected: not such a file, or it does not know this tuple.
    """
    people = _object(data, SCALES, SCALES_LIMIT)
    where = f"{SCALES}, person {person}, expression {expression}"
    entry = people.get(person)
    entry = entry.get(str(expression)) if isinstance(entry, dict) else None
    if not isinstance(entry, list) or len(entry) != 2:  # noqa: PLR2004 - scale and pose
        raise bad_file(where, "[scale, Rt]", entry)
    scale = number(entry[0], where, "the scale")
    rows = _rows(entry[1])
    pose = matrix(entry[1], rows, 4, where, "Rt")
    turn = pose[:3, :3]
    if not scale > 0 or np.abs(turn @ turn.T - np.eye(3)).max() > 1e-3 or np.linalg.det(turn) < 0:  # noqa: PLR2004
        raise bad_file(where, "a positive scale and a rotation", f"{scale:g} and {turn.tolist()}")
    left, _, right = np.linalg.svd(turn)
    return ToCanonical(scale=scale, rotation=left @ right, translation=pose[:3, 3])


def _camera(place: int, fields: Mapping[str, Any], pixel_centre: float) -> PinholeRecord:
    where = f"{SOURCE}, view {place}"
    if not fields.get("valid", True):
        raise CaptureRejected(
            "invalid-view", f"{where}: expected a valid view, found one that is marked invalid"
        )
    missing = [key for key in ("K", "Rt", "width", "height") if key not in fields]
    if missing:
        raise bad_file(where, "K, Rt, width and height", f"no {' and no '.join(missing)}")
    lens, pose = fields["K"], fields["Rt"]
    side = 4 if _rows(lens) == 4 else 3  # noqa: PLR2004 - the documented form
    k = matrix(lens, side, side, where, "K")
    if side == 4 and np.abs(np.r_[k[:3, 3], k[3] - [0, 0, 0, 1]]).max() > _SQUARE:  # noqa: PLR2004
        raise bad_file(where, "a 4 x 4 K whose last row and column are 0 0 0 1", k.tolist())
    rt = matrix(pose, _rows(pose), 4, where, "Rt")
    bent = fields.get("distortion", [])
    if not isinstance(bent, list):
        raise bad_file(where, "a list of distortion coefficients", bent)
    coefficients = numbers(bent, len(bent), where, "distortion").tolist()
    size = (whole(fields["width"], where, "width"), whole(fields["height"], where, "height"))
    view = view_from_arrays(
        str(place), k[:3, :3], coefficients, rt[:3, :3], rt[:3, 3], size, pixel_centre=pixel_centre
    )
    return record_of(view, where, millimetres=None)


def _rows(value: object) -> int:
    """Rows of a matrix that may be square: 3 or 4."""
    return 4 if isinstance(value, list) and len(value) == 4 else 3  # noqa: PLR2004 - a fourth row


def _object(data: bytes, source: str, limit: int) -> dict[str, Any]:
    try:
        found = json.loads(text_of(data, source, max_bytes=limit))
    except (ValueError, RecursionError) as error:
        raise bad_file(source, "JSON", shown(str(error))) from error
    if not isinstance(found, dict):
        raise bad_file(source, "a JSON object", type(found).__name__)
    return found
