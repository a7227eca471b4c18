"""Rehearsal of FaceScape's registered scans, and what its other layouts share. Joins synthesis and corpora.

The topology is a stand-in: a sheet over the built-in head. With quirks the first person lacks a texture, which
the list says, and the second an expression. The truth's folder says so.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

from facescale.corpora.facescape.lists import EXPRESSIONS, expression_name
from facescale.pipelines.rehearsals.rehearsal import Rehearsal
from facescale.pipelines.rehearse_config import RehearseConfig

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


def person_id(index: int) -> str:
    """Folder of a subject."""
    return str(index + 1)


def expressions(config: RehearseConfig, index: int) -> list[int]:
    """Numbers of the expressions that a person has."""
    if config.sequences > len(EXPRESSIONS):
        raise ValueError(f"expected at most {len(EXPRESSIONS)} sequences (expressions), got {config.sequences}")
    numbers = list(range(1, config.sequences + 1))
    lacking = config.quirks and config.layout == "facescape-tu" and index == 1 and len(numbers) > 1
    return numbers[:-1] if lacking else numbers


def items(config: RehearseConfig, index: int) -> tuple[str, ...]:
    """Ids of a subject's items."""
    return tuple(f"{person_id(index)}/{expression_name(k)}" for k in expressions(config, index))


def built_in(config: RehearseConfig) -> Any:
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

    scans = ActedScans(built_in(config), truth=config.truth, normalised=True)
    sheet = stand_in_sheet(VERTICES)

    def make(index: int) -> Mapping[str, bytes]:
        number, name = (config.seed, index), person_id(index)
        person = scans.person(*number)
        texture = jpeg(scans.texture(number, TEXELS), QUALITY)
        truths = {}
        for k in expressions(config, index):
            expression = expression_name(k)
            item = f"{name}/{expression}"
            made = scans.make(person, number, ACTED[EXPRESSIONS[k]], names=(item, name))
            mesh = Mesh(vertices=sheet.follow(made.vertices), faces=sheet.faces)
            told: dict[str, Any] = {"stand_in_topology": VERTICES}
            bare = config.quirks and index == 0 and k == config.sequences
            if bare:
                told["quirks"] = [f"the texture of {expression} is missing"]
            elif k == expressions(config, index)[-1] < config.sequences:
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
            note(config, item, told)
        return truths

    return make


def note(config: RehearseConfig, item: str, told: Mapping[str, Any]) -> None:
    """Write beside an item's truth what is to be known of it."""
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

    people = {person_id(index): (("m", "f")[index % 2], 20 + index % 40) for index in range(config.subjects)}
    shown = [name for name in people if int(name) % 2]
    missing = {person_id(0): ("jpg",)} if config.quirks else {}
    write_lists(people, shown, stand_in_sheet(VERTICES).ibug68, config.out, missing=missing)


REHEARSALS = {
    "facescape-tu": Rehearsal(
        unit="registered scans",
        settings=frozenset({"sequences", "quirks"}),
        items=items,
        maker=_models,
        lists=_lists,
    ),
}
