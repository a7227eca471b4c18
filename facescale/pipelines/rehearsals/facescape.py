"""Rehearsals of FaceScape's registered scans and multi-view pictures. Joins synthesis and corpora.

Topologies are stand-ins: a sheet over the built-in head. With quirks the first person of the registered scans
lacks a texture, which the list says, and the second an expression; of the first person's views the second is
marked invalid and the last picture is missing. The truth's folder says so.
"""

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from facescale.corpora.facescape.lists import EXPRESSIONS, expression_name
from facescale.pipelines.rehearsals.rehearsal import Rehearsal
from facescale.pipelines.rehearse_config import RehearseConfig, parsed_size

if TYPE_CHECKING:
    from facescale.synthesis.photo.sfm_world import SfmWorld

VERTICES = 26317
TEXELS = 512
"""Of a side of a texture; the corpus has up to 4096."""
QUALITY = 92


def _both(name: str, weight: float) -> dict[str, float]:
    return {name + "Left": weight, name + "Right": weight}


ACTED: Mapping[str, Mapping[str, float]] = {
    "neutral": {},
    "smile": {**_both("mouthSmile", 0.8), **_both("cheekSquint", 0.4)},
    "mouth_stretch": {"jawOpen": 0.8, **_both("mouthStretch", 0.3)},
    "anger": {**_both("browDown", 0.9), **_both("noseSneer", 0.5), **_both("eyeSquint", 0.4)},
    "jaw_left": {"jawLeft": 0.9},
    "jaw_right": {"jawRight": 0.9},
    "jaw_forward": {"jawForward": 0.9},
    "mouth_left": {"mouthLeft": 0.9},
    "mouth_right": {"mouthRight": 0.9},
    "dimpler": _both("mouthDimple", 0.8),
    "chin_raiser": {"mouthShrugLower": 0.8, "mouthShrugUpper": 0.4},
    "lip_puckerer": {"mouthPucker": 0.9},
    "lip_funneler": {"mouthFunnel": 0.9, "jawOpen": 0.2},
    "sadness": {**_both("mouthFrown", 0.7), "browInnerUp": 0.7},
    "lip_roll": {"mouthRollLower": 0.8, "mouthRollUpper": 0.8},
    "grin": {**_both("mouthSmile", 0.7), **_both("mouthUpperUp", 0.5), **_both("mouthLowerDown", 0.5)},
    "cheek_blowing": {"cheekPuff": 0.9},
    "eye_closed": _both("eyeBlink", 1.0),
    "brow_raiser": {"browInnerUp": 0.8, **_both("browOuterUp", 0.8)},
    "brow_lower": _both("browDown", 0.9),
}
"""The corpus' expressions in ARKit's names."""


def _person(index: int) -> str:
    return str(index + 1)


def _expressions(config: RehearseConfig, index: int) -> list[int]:
    """Numbers of the expressions that a person has."""
    if config.sequences > len(EXPRESSIONS):
        raise ValueError(f"expected at most {len(EXPRESSIONS)} sequences (expressions), got {config.sequences}")
    numbers = list(range(1, config.sequences + 1))
    lacking = config.quirks and config.layout == "facescape-tu" and index == 1 and len(numbers) > 1
    return numbers[:-1] if lacking else numbers


def _items(config: RehearseConfig, index: int) -> tuple[str, ...]:
    return tuple(f"{_person(index)}/{expression_name(k)}" for k in _expressions(config, index))


def _built_in(config: RehearseConfig) -> Any:
    """The head, which the stand-in topologies lie on.

    Raises:
        ValueError: another one is asked for.
    """
    from facescale.heads.library import load_head

    if config.head != "builtin":
        raise ValueError(f"expected the head builtin for stand-in topologies, got {config.head!r}")
    return load_head(config.head)


def _models(config: RehearseConfig) -> Callable[[int], Mapping[str, bytes]]:
    from facescale.corpora.facescape.writing import write_model
    from facescale.structures import Mesh
    from facescale.synthesis.photo.acted_scans import ActedScans
    from facescale.synthesis.photo.camera_response import jpeg
    from facescale.synthesis.stand_in_sheet import stand_in_sheet

    scans = ActedScans(_built_in(config), truth=config.truth, normalised=True)
    sheet = stand_in_sheet(VERTICES)

    def make(index: int) -> Mapping[str, bytes]:
        number, name = (config.seed, index), _person(index)
        person = scans.person(*number)
        texture = jpeg(scans.texture(number, TEXELS), QUALITY)
        truths = {}
        for k in _expressions(config, index):
            expression = expression_name(k)
            item = f"{name}/{expression}"
            made = scans.make(person, number, ACTED[EXPRESSIONS[k]], names=(item, name))
            mesh = Mesh(vertices=sheet.follow(made.vertices), faces=sheet.faces)
            told: dict[str, Any] = {"stand_in_topology": VERTICES}
            bare = config.quirks and index == 0 and k == config.sequences
            if bare:
                told["quirks"] = [f"the texture of {expression} is missing"]
            elif k == _expressions(config, index)[-1] < config.sequences:
                told["quirks"] = [f"the expression {expression_name(config.sequences)} is missing"]
            write_model(
                mesh,
                config.out,
                person=name,
                expression=expression,
                uv=sheet.uv,
                texture=b"" if bare else texture,
                displacement=_flat(),
            )
            truths[item] = made.truth.to_npz()
            _note(config, item, told)
        return truths

    return make


def _note(config: RehearseConfig, item: str, told: Mapping[str, Any]) -> None:
    from facescale.corpora.files import join, write_bytes

    record = json.dumps(told, indent=1).encode()
    write_bytes(join(config.out.rstrip("/") + "-truth", f"{item}.quirks.json"), record)


def _flat() -> bytes:
    """A displacement of nothing: all that the stand-in has is in its vertices."""
    import io

    from PIL import Image

    buffer = io.BytesIO()
    Image.new("L", (64, 64), 128).save(buffer, "PNG")
    return buffer.getvalue()


def _lists(config: RehearseConfig) -> None:
    from facescale.corpora.facescape.writing import write_lists
    from facescale.synthesis.stand_in_sheet import stand_in_sheet

    people = {_person(index): (("m", "f")[index % 2], 20 + index % 40) for index in range(config.subjects)}
    shown = [name for name in people if int(name) % 2]
    missing = {_person(0): ("jpg",)} if config.quirks else {}
    write_lists(people, shown, stand_in_sheet(VERTICES).ibug68, config.out, missing=missing)


def _singles(config: RehearseConfig) -> Callable[[int], Mapping[str, bytes]]:
    from facescale.corpora.files import join, write_bytes
    from facescale.corpora.textured_obj import write_textured_obj
    from facescale.structures import Mesh
    from facescale.synthesis.photo.acted_scans import eye_distance, normalised_scale
    from facescale.synthesis.photo.cropping import chosen_views
    from facescale.synthesis.photo.photographs import PhotoSynthesis, PhotoSynthesizer
    from facescale.synthesis.stand_in_sheet import stand_in_sheet

    head = _built_in(config)
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
        _note(config, item, {"stand_in_topology": VERTICES, "scaled_by": scale, **quirks})
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
    synthesizer = SessionSynthesizer(_built_in(config), settings)

    def make(index: int) -> Mapping[str, bytes]:
        truths = {}
        for k in _expressions(config, index):
            made = synthesizer.make(config.seed, index, expression_name(k), subject=_person(index))
            world = _world(config, index, k)
            views = {int(view.group): view for view in made.capture.views}
            cameras = {p: world.camera(view.camera) for p, view in views.items() if view.camera is not None}
            pictures = {place: jpeg(view.image, QUALITY) for place, view in views.items()}
            spoil = config.quirks and index == 0 and config.cameras > 2  # noqa: PLR2004 - enough are left
            if spoil:
                del pictures[config.cameras - 1]
                quirks = ["view 1 is marked invalid", f"the picture of view {config.cameras - 1} is missing"]
                _note(config, made.truth.item, {"quirks": quirks})
            write_shoot(
                pictures,
                cameras,
                config.out,
                person=_person(index),
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
        for k in _expressions(config, index):
            world = _world(config, index, k)
            back = world.rotation.T
            spaces.setdefault(_person(index), {})[k] = (world.unit, back, -back @ world.translation)
    write_bytes(join(config.out, f"{FOLDER}/Rt_scale_dict.json"), scales_json(spaces))


REHEARSALS = {
    "facescape-mv": Rehearsal(
        unit="sets of pictures",
        settings=frozenset({"cameras", "sequences", "size", "quirks"}),
        items=_items,
        maker=_shoots,
        lists=_scales,
    ),
    "facescape-svfr": Rehearsal(
        unit="pictures",
        settings=frozenset({"size", "quirks"}),
        items=_single_items,
        maker=_singles,
    ),
    "facescape-tu": Rehearsal(
        unit="registered scans",
        settings=frozenset({"sequences", "quirks"}),
        items=_items,
        maker=_models,
        lists=_lists,
    ),
}
