"""Rehearsals of FaceScape's multi-view pictures and of its single ones. Joins synthesis and corpora.

With quirks the second of the first person's views is marked invalid and the last picture is missing; the second
single picture has no true mesh. The truth's folder says so.
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import numpy as np

from facescale.corpora.facescape.lists import expression_name
from facescale.pipelines.rehearsals.facescape import (
    QUALITY,
    VERTICES,
    built_in,
    expressions,
    items,
    note,
    person_id,
)
from facescale.pipelines.rehearsals.rehearsal import Rehearsal
from facescale.pipelines.rehearse_config import RehearseConfig, parsed_size

if TYPE_CHECKING:
    from facescale.synthesis.photo.sfm_world import SfmWorld


def _singles(config: RehearseConfig) -> Callable[[int], Mapping[str, bytes]]:
    from facescale.corpora.files import join, write_bytes
    from facescale.corpora.textured_obj import write_textured_obj
    from facescale.structures import Mesh
    from facescale.synthesis.photo.acted_scans import eye_distance, normalised_scale
    from facescale.synthesis.photo.cropping import chosen_views
    from facescale.synthesis.photo.photographs import PhotoSynthesis, PhotoSynthesizer
    from facescale.synthesis.stand_in_sheet import stand_in_sheet

    head = built_in(config)
    settings = PhotoSynthesis(truth=config.truth, views=1, size=parsed_size(config.size))
    synthesizer, sheet = PhotoSynthesizer(head, settings), stand_in_sheet(VERTICES)
    start = sum(block.size for block in head.blocks if block.name != "expression")
    basis = head.basis[..., start:].numpy()

    def make(index: int) -> Mapping[str, bytes]:
        made = synthesizer.make(config.seed, index)
        (item,) = _single_items(config, index)
        name = item.split("/")[1]
        scale = normalised_scale(eye_distance(head, made.truth.neutral))
        mesh = Mesh(vertices=scale * sheet.follow(made.truth.vertices(0, basis)), faces=sheet.faces)
        (picture,) = made.encoded.values()
        lacking = config.quirks and index == 1
        files = {f"wild_img/{name}.jpg": picture}
        files |= {} if lacking else {f"wild_gt_mesh/{name}.obj": write_textured_obj(mesh, sheet.uv)}
        for path, data in files.items():
            write_bytes(join(config.out, path), data)
        quirks = {"quirks": [f"the true mesh of {name} is missing"]} if lacking else {}
        note(config, item, {"stand_in_topology": VERTICES, "scaled_by": scale, **quirks})
        return {item: chosen_views(made.truth, [0], item=item, names=[f"{name}.jpg"]).to_npz()}

    return make


def _single_items(config: RehearseConfig, index: int) -> tuple[str, ...]:
    del config
    if index > 999:  # noqa: PLR2004 - three digits
        raise ValueError(f"expected at most 1,000 subjects, got {index + 1}")
    return (f"wild/{index:03d}",)


def _shoots(config: RehearseConfig) -> Callable[[int], Mapping[str, bytes]]:
    from facescale.corpora.facescape.writing import write_shoot
    from facescale.synthesis.photo.camera_response import jpeg
    from facescale.synthesis.photo.cropping import chosen_views
    from facescale.synthesis.photo.session_synthesis import SessionSynthesis, SessionSynthesizer

    settings = SessionSynthesis(
        cameras=tuple(str(place) for place in range(config.cameras)),
        frames=1,
        size=parsed_size(config.size),
        offsets=False,
        distorted=True,
        truth=config.truth,
    )
    synthesizer = SessionSynthesizer(built_in(config), settings)

    def make(index: int) -> Mapping[str, bytes]:
        truths = {}
        for k in expressions(config, index):
            made = synthesizer.make(config.seed, index, expression_name(k), subject=person_id(index))
            world = _world(config, index, k)
            views = {int(view.group): view for view in made.capture.views}
            cameras = {p: world.camera(view.camera) for p, view in views.items() if view.camera is not None}
            pictures = {place: jpeg(view.image, QUALITY) for place, view in views.items()}
            spoil = config.quirks and index == 0 and config.cameras > 2  # noqa: PLR2004 - enough are left
            if spoil:
                del pictures[config.cameras - 1]
                quirks = ["view 1 is marked invalid", f"the picture of view {config.cameras - 1} is missing"]
                note(config, made.truth.item, {"quirks": quirks})
            write_shoot(
                pictures,
                cameras,
                config.out,
                person=person_id(index),
                expression=expression_name(k),
                mesh=world.mesh(made.capture.registrations[0].mesh),
                invalid=(1,) if spoil else (),
            )
            names = [f"{place}.jpg" for place in views]
            truths[made.truth.item] = chosen_views(
                made.truth, range(len(names)), item=made.truth.item, names=names
            ).to_npz()
        return truths

    return make


def _world(config: RehearseConfig, index: int, k: int) -> "SfmWorld":
    """Another for every person and expression."""
    from facescale.synthesis.photo.sfm_world import SfmWorld

    return SfmWorld.draw(np.random.default_rng([config.seed, index, 20, k]))


def _scales(config: RehearseConfig) -> None:
    """Rt_scale_dict.json: here the canonical space is the rehearsal's own world."""
    from facescale.corpora.facescape.writing import FOLDER, scales_json
    from facescale.corpora.files import join, write_bytes

    spaces: dict[str, dict[int, tuple[float, np.ndarray, np.ndarray]]] = {}
    for index in range(config.subjects):
        for k in expressions(config, index):
            world = _world(config, index, k)
            back = world.rotation.T
            spaces.setdefault(person_id(index), {})[k] = (world.unit, back, -back @ world.translation)
    write_bytes(join(config.out, f"{FOLDER}/Rt_scale_dict.json"), scales_json(spaces))


REHEARSALS = {
    "facescape-mv": Rehearsal(
        unit="sets of pictures",
        settings=frozenset({"cameras", "sequences", "size", "quirks"}),
        items=items,
        maker=_shoots,
        lists=_scales,
    ),
    "facescape-svfr": Rehearsal(
        unit="pictures",
        settings=frozenset({"size", "quirks"}),
        items=_single_items,
        maker=_singles,
    ),
}
