"""Rehearsal of the NoW benchmark: photographs in its challenges, and the subjects' neutral scans with points.

Every fifth subject is of the validation, the others of the test, whose scans are withheld. With quirks the
first subject's last image has no box, and its first one's ending is in capitals. The truth's folder says so.
"""

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import numpy as np

from facescale.pipelines.rehearsals.rehearsal import Rehearsal
from facescale.pipelines.rehearse_config import RehearseConfig, parsed_size

if TYPE_CHECKING:
    from facescale.synthesis.photo.image_truth import ImageTruth
    from facescale.synthesis.stand_in_sheet import StandInSheet

CHALLENGES = ("multiview_neutral", "multiview_expressions", "multiview_occlusions", "selfie")
VALIDATION = 5
"""One subject in so many."""
SCAN_VERTICES = 60_000
NOISE = 0.05
"""Standard deviation of the scanner's error, mm."""
MARGIN = 0.12
"""Of a face box about the points, of their extent."""


def _subject(index: int) -> str:
    return f"FaMoS_{180000 + index}_{3000 + index:05d}_TA"


def _split(index: int) -> str:
    return "validation" if index % VALIDATION == 0 else "test"


def _items(config: RehearseConfig, index: int) -> tuple[str, ...]:
    name = _subject(index)
    return tuple(f"{name}/{CHALLENGES[k % len(CHALLENGES)]}/IMG_{k:04d}" for k in range(config.photos))


def _maker(config: RehearseConfig) -> Callable[[int], Mapping[str, bytes]]:
    from facescale.heads.library import load_head
    from facescale.synthesis.photo.cropping import chosen_views
    from facescale.synthesis.photo.photographs import PhotoSynthesis, PhotoSynthesizer
    from facescale.synthesis.stand_in_sheet import stand_in_sheet

    if config.head != "builtin":
        raise ValueError(f"expected the head builtin, whose outer skin is scanned, got {config.head!r}")
    settings = PhotoSynthesis(truth=config.truth, views=config.photos, size=parsed_size(config.size))
    synthesizer = PhotoSynthesizer(load_head(config.head), settings)
    sheet = stand_in_sheet(SCAN_VERTICES)

    def make(index: int) -> Mapping[str, bytes]:
        made = synthesizer.make(config.seed, index)
        encoded = [made.encoded[view.name] for view in made.capture.views]
        _write(config, index, encoded, made.truth)
        if _split(index) == "validation":
            _scan(config, index, made.truth, sheet)
        return {
            item: chosen_views(made.truth, [k], item=item, names=[_file(config, index, k)]).to_npz()
            for k, item in enumerate(_items(config, index))
        }

    return make


def _file(config: RehearseConfig, index: int, k: int) -> str:
    """Name of an image's file."""
    return f"IMG_{k:04d}.{'JPG' if config.quirks and index == 0 and k == 0 else 'jpg'}"


def _write(config: RehearseConfig, index: int, encoded: list[bytes], truth: "ImageTruth") -> None:
    from facescale.corpora.files import join, write_bytes
    from facescale.corpora.now.writing import image_files

    files: dict[str, bytes] = {}
    for k, item in enumerate(_items(config, index)):
        files |= image_files(item, encoded[k], _box(truth.keypoint_pixels[k]))
    if config.quirks and index == 0:
        items = _items(config, index)
        capital = next(path for path in files if path.endswith(f"{items[0]}.jpg"))
        files[capital.removesuffix(".jpg") + ".JPG"] = files.pop(capital)
        del files[next(path for path in files if path.endswith(f"{items[-1]}.npy"))]
        told = [f"the ending of {items[0]} is in capitals", f"{items[-1]} has no box"]
        where = join(config.out.rstrip("/") + "-truth", f"{_subject(index)}.quirks.json")
        write_bytes(where, json.dumps(told, indent=1).encode())
    for path, data in files.items():
        write_bytes(join(config.out, path), data)


def _box(pixels: np.ndarray) -> tuple[float, float, float, float]:
    """What a detector would say of a face whose points are there."""
    low, high = pixels.min(axis=0), pixels.max(axis=0)
    room = MARGIN * (high - low)
    left, top = (low - room).tolist()
    right, bottom = (high + room).tolist()
    return left, top, right, bottom


def _scan(config: RehearseConfig, index: int, truth: "ImageTruth", sheet: "StandInSheet") -> None:
    """The neutral head as a scanner gives it: its own vertices, turned and noisy, in mm."""
    import torch
    from scipy.spatial.transform import Rotation

    from facescale.corpora.files import join, write_bytes
    from facescale.corpora.now.writing import points_file
    from facescale.corpora.textured_obj import write_textured_obj
    from facescale.geometry.sites import points_at
    from facescale.structures import NOW7, Keypoints, Mesh

    rng = np.random.default_rng([config.seed, index, 30])
    turn = Rotation.from_rotvec(rng.normal(0, 0.15, 3)).as_matrix()
    shift = rng.normal(0, 40, 3)
    shape = sheet.follow(truth.neutral)
    scanned = (shape + rng.normal(0, NOISE, shape.shape)) @ turn.T + shift
    head, rest = sheet.head, torch.from_numpy(truth.neutral.astype(np.float64))[None]
    seven = points_at(rest, head.faces, head.landmarks["now7"])[0].numpy() @ turn.T + shift
    name = _subject(index)
    files = {
        f"scans/{name}/natural_head_rotated.obj": write_textured_obj(
            Mesh(vertices=scanned, faces=sheet.faces), sheet.uv
        ),
        f"scans_lmks_onlypp/{name}/natural_head_rotated_picked_points.pp": points_file(
            Keypoints(names=NOW7, positions=seven)
        ),
    }
    for path, data in files.items():
        write_bytes(join(config.out, path), data)


def _lists(config: RehearseConfig) -> None:
    from facescale.corpora.files import join, write_bytes
    from facescale.corpora.now.writing import list_files_of

    images: dict[str, list[str]] = {"validation": [], "test": []}
    for index in range(config.subjects):
        images[_split(index)] += _items(config, index)
    for path, data in list_files_of(images).items():
        write_bytes(join(config.out, path), data)


REHEARSALS = {
    "now": Rehearsal(
        unit="images",
        settings=frozenset({"photos", "size", "quirks"}),
        items=_items,
        maker=_maker,
        lists=_lists,
    )
}
