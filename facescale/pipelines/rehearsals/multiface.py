"""Rehearsal of Multiface: sessions before many cameras with tracked meshes. Joins synthesis and corpora.

The topology is a stand-in: a sheet over the built-in head. With quirks the second camera lacks the last frame
of the first segment, one mesh its transform, and KRT's last camera any picture. The truth's folder says so.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from facescale.corpora.encoded import png
from facescale.pipelines.rehearsals.rehearsal import Rehearsal
from facescale.pipelines.rehearse_config import RehearseConfig, parsed_size

if TYPE_CHECKING:
    from facescale.structures import PinholeRecord
    from facescale.synthesis.photo.session_synthesis import SyntheticSession
    from facescale.synthesis.stand_in_sheet import StandInSheet

WIDTH, HEIGHT = 1334, 2048
"""Of the pictures that KRT belongs to."""
SEGMENTS = ("E001_Neutral_Eyes_Open", "E057_Cheeks_Puffed", "E061_Lips_Puffed", "EXP_ROM07_Facial_Expressions")
FIRST_FRAME, STEP = 102, 3
RATE = 30.0
VERTICES = 7306


def entity(index: int) -> str:
    """Seven digits, and nine for every second, as the corpus has them."""
    return f"{6795937 + index}" if index % 2 == 0 else f"00{2643814 + index}"


def _folder(index: int) -> str:
    return f"m--20180227--0000--{entity(index)}--GHS"


def _segments(config: RehearseConfig) -> tuple[str, ...]:
    if config.sequences > len(SEGMENTS):
        raise ValueError(f"expected at most {len(SEGMENTS)} sequences (segments), got {config.sequences}")
    return SEGMENTS[: config.sequences]


def _frames(config: RehearseConfig, segment: int) -> list[str]:
    """Global numbers, which go on from segment to segment."""
    start = FIRST_FRAME + segment * (config.frames * STEP + 297)
    return [f"{start + STEP * frame:06d}" for frame in range(config.frames)]


def _cameras(config: RehearseConfig) -> tuple[str, ...]:
    return tuple(f"{400002 + place}" for place in range(config.cameras))


def _items(config: RehearseConfig, index: int) -> tuple[str, ...]:
    name = entity(index)
    return tuple(
        f"{name}/{segment}/{frame}"
        for place, segment in enumerate(_segments(config))
        for frame in _frames(config, place)
    )


def _size(config: RehearseConfig) -> tuple[int, int]:
    """The corpus' shape at the height that was asked for."""
    height = parsed_size(config.size)[1]
    return round(height * WIDTH / HEIGHT), height


def _maker(config: RehearseConfig) -> Callable[[int], Mapping[str, bytes]]:
    from facescale.heads.library import load_head
    from facescale.synthesis.photo.session_synthesis import SessionSynthesis, SessionSynthesizer
    from facescale.synthesis.stand_in_sheet import stand_in_sheet

    if config.head != "builtin":
        raise ValueError(f"expected the head builtin for stand-in topologies, got {config.head!r}")
    settings = SessionSynthesis(
        cameras=_cameras(config),
        frames=config.frames,
        rate=RATE,
        size=_size(config),
        offsets=False,
        truth=config.truth,
    )
    synthesizer = SessionSynthesizer(load_head(config.head), settings)
    sheet = stand_in_sheet(VERTICES)

    def make(index: int) -> Mapping[str, bytes]:
        truths: dict[str, bytes] = {}
        cameras: dict[str, PinholeRecord] = {}
        for place, segment in enumerate(_segments(config)):
            made = synthesizer.make(config.seed, index, segment, subject=entity(index))
            cameras |= {v.group: _whole(v.camera) for v in made.capture.views if v.camera is not None}
            truths |= _segment(config, index, place, made, sheet)
        _calibration(config, index, cameras)
        return truths

    return make


def _segment(
    config: RehearseConfig, index: int, place: int, made: "SyntheticSession", sheet: "StandInSheet"
) -> dict[str, bytes]:
    """Write one segment; the truth of each frame."""
    from facescale.corpora.files import join, write_bytes
    from facescale.corpora.multiface.writing import tracked_files
    from facescale.corpora.textured_obj import write_textured_obj
    from facescale.structures import Mesh
    from facescale.synthesis.photo.cropping import chosen_views

    segment, frames, folder = _segments(config)[place], _frames(config, place), _folder(index)
    files: dict[str, bytes] = {}
    truths: dict[str, bytes] = {}
    for view in made.capture.views:
        camera, number = view.name.split("/")
        files[f"images/{segment}/{camera}/{frames[int(number)]}.png"] = png(view.image)
    for number, registered in enumerate(made.capture.registrations):
        world = Mesh(vertices=sheet.follow(registered.mesh.vertices), faces=sheet.faces)
        at = [k for k, name in enumerate(made.truth.views) if int(name.split("/")[1]) == number]
        turn, shift = made.truth.head_rotations[at[0]], made.truth.head_translations[at[0]]
        stem = f"tracked_mesh/{segment}/{frames[number]}"
        files[f"{stem}.bin"], files[f"{stem}_transform.txt"] = tracked_files(world, turn, shift)
        files[f"{stem}.obj"] = write_textured_obj(world, sheet.uv)
        item = f"{entity(index)}/{segment}/{frames[number]}"
        names = [f"{made.truth.groups[k]}/{frames[number]}" for k in at]
        truths[item] = chosen_views(made.truth, at, item=item, names=names).to_npz()
    told = _spoil(config, place, files) if config.quirks else []
    for path, data in files.items():
        write_bytes(join(config.out, f"{folder}/{path}"), data)
    record = json.dumps({"stand_in_topology": VERTICES, "quirks": told}, indent=1).encode()
    where = f"{entity(index)}/{segment}.quirks.json"
    write_bytes(join(config.out.rstrip("/") + "-truth", where), record)
    return truths


def _spoil(config: RehearseConfig, place: int, files: dict[str, bytes]) -> list[str]:
    """Take away what the quirks of a segment say."""
    told = []
    segment, last = _segments(config)[place], _frames(config, place)[-1]
    cameras = _cameras(config)
    if config.cameras > 2:  # noqa: PLR2004 - others must be left
        for path in [path for path in files if path.split("/")[2] == cameras[-1]]:
            del files[path]
        told.append(f"camera {cameras[-1]} has no picture")
    if place == 0 and config.cameras > 1 and config.frames > 1:
        lost = f"images/{segment}/{cameras[1]}/{last}.png"
        files.pop(lost, None)
        del files[f"tracked_mesh/{segment}/{last}_transform.txt"]
        told += [f"{lost} is missing", f"the transform of {last} is missing"]
    return told


def _calibration(config: RehearseConfig, index: int, cameras: "Mapping[str, PinholeRecord]") -> None:
    from facescale.corpora.files import join, write_bytes
    from facescale.corpora.multiface.writing import frame_list, krt

    frames = {name: _frames(config, place) for place, name in enumerate(_segments(config))}
    split = {"train": list(cameras)[::2], "test": list(cameras)[1::2], "visual": list(cameras)[:1]}
    for path, data in {
        f"{_folder(index)}/KRT": krt(cameras),
        f"{_folder(index)}/frame_list.txt": frame_list(frames),
        f"camera-split-config_{entity(index)}.json": json.dumps({"full": split}).encode(),
        "test_segment.json": json.dumps({"segment": ["EXP_ROM", "E061"]}).encode(),
    }.items():
        write_bytes(join(config.out, path), data)


def _whole(camera: "PinholeRecord") -> "PinholeRecord":
    """The camera of a picture of the corpus' size."""
    grown = np.array([WIDTH, HEIGHT]) / np.array(camera.size)
    return replace(camera, focal=camera.focal * grown, principal=camera.principal * grown, size=(WIDTH, HEIGHT))


REHEARSALS = {
    "multiface": Rehearsal(
        unit="frames",
        settings=frozenset({"cameras", "frames", "sequences", "size", "quirks"}),
        items=_items,
        maker=_maker,
    )
}
