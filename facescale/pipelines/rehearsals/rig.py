"""Rehearsal of a rig of one's own: sessions before cameras with clocks of their own, calibrated as tools do it.

A subject's calibration is COLMAP's, OpenCV's, transforms.json or cameras.json, in turn. With quirks the second
subject's last camera is not calibrated, and the first one's last video breaks off. The truth's folder says so.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from facescale.pipelines.rehearsals.rehearsal import Rehearsal
from facescale.pipelines.rehearse_config import RehearseConfig, parsed_size

if TYPE_CHECKING:
    from facescale.structures import PinholeRecord
    from facescale.synthesis.photo.image_truth import ImageTruth

RATE = 25.0
TAKES = ("take1", "take2", "take3", "take4")
TOOLS = ("colmap", "opencv", "transforms", "cameras")


def _cameras(config: RehearseConfig) -> tuple[str, ...]:
    return tuple(f"phone{place}" for place in range(config.cameras))


def _items(config: RehearseConfig, index: int) -> tuple[str, ...]:
    if config.sequences > len(TAKES):
        raise ValueError(f"expected at most {len(TAKES)} sequences (takes), got {config.sequences}")
    return tuple(f"s{index:05d}_{take}" for take in TAKES[: config.sequences])


def _maker(config: RehearseConfig) -> Callable[[int], Mapping[str, bytes]]:
    from facescale.heads.library import load_head
    from facescale.synthesis.photo.session_synthesis import SessionSynthesis, SessionSynthesizer

    settings = SessionSynthesis(
        cameras=_cameras(config),
        frames=config.frames,
        rate=RATE,
        size=parsed_size(config.size, even=True),
        offsets=config.offsets,
        distorted=True,
        truth=config.truth,
    )
    synthesizer = SessionSynthesizer(load_head(config.head), settings)

    def make(index: int) -> Mapping[str, bytes]:
        truths = {}
        for item in _items(config, index):
            made = synthesizer.make(config.seed, index, item.split("_")[1], subject=item.split("_")[0])
            images: dict[str, list[np.ndarray]] = {}
            cameras: dict[str, PinholeRecord] = {}
            for view in made.capture.views:
                images.setdefault(view.group, []).append(view.image)
                if view.camera is not None:
                    cameras[view.group] = view.camera
            _write(config, index, item, (images, cameras, made.truth))
            truths[item] = replace(made.truth, item=item, subject=item).to_npz()
        return truths

    return make


def _write(
    config: RehearseConfig,
    index: int,
    item: str,
    made: "tuple[dict[str, list[np.ndarray]], dict[str, PinholeRecord], ImageTruth]",
) -> None:
    from facescale.corpora.files import join, write_bytes
    from facescale.corpora.video_writing import encode_mp4

    images, cameras, truth = made
    tool, last = TOOLS[index % len(TOOLS)], _cameras(config)[-1]
    videos = {device: encode_mp4(frames, rate=RATE) for device, frames in images.items()}
    told = []
    if config.quirks and config.cameras > 1 and index == 0:
        videos[last] = videos[last][: len(videos[last]) // 2]
        told.append(f"the video of {last} breaks off")
    if config.quirks and config.cameras > 1 and index == 1:
        cameras = {device: camera for device, camera in cameras.items() if device != last}
        told.append(f"{last} is not calibrated")
    files = {f"{device}.mp4": data for device, data in videos.items()} | _calibration(tool, cameras)
    offsets = dict(zip(truth.groups, truth.clock_offsets.tolist(), strict=True))
    files["offsets.json"] = json.dumps(offsets, indent=1, sort_keys=True).encode()
    for path, data in files.items():
        write_bytes(join(config.out, f"{item}/{path}"), data)
    if told:
        where = join(config.out.rstrip("/") + "-truth", f"{item}.quirks.json")
        write_bytes(where, json.dumps(told, indent=1).encode())


def _calibration(tool: str, cameras: "Mapping[str, PinholeRecord]") -> dict[str, bytes]:
    """The files of one tool."""
    from facescale.corpora.image_writing import cameras_json
    from facescale.geometry.cameras.formats import colmap_text, nerf, opencv
    from facescale.geometry.cameras.formats.views import View, gather

    if tool == "cameras":
        return {"cameras.json": cameras_json({f"{name}.jpg": camera for name, camera in cameras.items()})}
    suffix = "" if tool == "opencv" else ".jpg"
    views = [
        View(
            name=f"{name}{suffix}",
            rotation=camera.rotation,
            translation=camera.translation,
            focal=camera.focal.tolist(),
            principal=camera.principal.tolist(),
            distortion=camera.distortion.tolist(),
            size=camera.size,
        )
        for name, camera in cameras.items()
    ]
    if tool == "opencv":
        single = {view.name: gather([view], tool, millimetres=1.0) for view in views}
        return {f"{name}.yml": opencv.write_yaml(one, millimetres=1.0) for name, one in single.items()}
    together = gather(views, tool, millimetres=1.0)
    if tool == "transforms":
        return {"transforms.json": nerf.write_json(together, millimetres=1.0)}
    lenses, poses = colmap_text.write_text(together, millimetres=1.0)
    return {"sparse/0/cameras.txt": lenses, "sparse/0/images.txt": poses}


REHEARSALS = {
    "rig": Rehearsal(
        unit="takes",
        settings=frozenset({"cameras", "frames", "sequences", "offsets", "size", "quirks"}),
        items=_items,
        maker=_maker,
    )
}
