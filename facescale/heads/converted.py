"""Converted heads: one npz of plain arrays for every family, all that workers ever read of an imported model.

Knows nothing of any model's own files.
"""

import json
import os
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from facescale.geometry.sites import Sites
from facescale.heads.bilinear import BilinearHead
from facescale.heads.boned import BonedHead
from facescale.heads.bounded_files import check_array, check_range, read_bounded, read_npz, sha256
from facescale.heads.decoded import DecodedHead
from facescale.heads.decoder_arrays import decoder_from, decoder_to
from facescale.heads.linear import LinearHead
from facescale.heads.skinned import SkinnedHead
from facescale.heads.template import AbstractTemplateHead, HeadCard, ParameterBlock

FORMAT = "facescale-head 1"
CONVERTED = "converted"
"""Under which a card's assets have the digest of the npz itself."""
ARRAYS: Mapping[str, Mapping[str, str]] = {
    "linear": {"zero": "v3", "basis": "v3*"},
    "skinned": {
        "zero": "v3",
        "basis": "v3*",
        "joint_zero": "*3",
        "joint_basis": "*3*",
        "correctives": "v3*",
        "weights": "v*",
    },
    "bilinear": {"zero": "v3", "directions": "v3*", "mixing": "***"},
    "decoded": {"zero": "v3", "spread": "v3"},
    "boned": {"zero": "v3", "place": "*3", "axes": "*33", "joints": "v*", "weights": "v*"},
}
"""Family -> its own arrays and their axes: v vertices, * any."""
WHOLE_NUMBERS = ("joints",)
"""Those of them that are indices."""
PLAIN: Mapping[str, tuple[str, ...]] = {
    "linear": (),
    "skinned": ("turned", "parents"),
    "bilinear": (),
    "decoded": (),
    "boned": ("parents",),
}
"""Family -> what it keeps beside them."""
BLOCK_ARRAYS = ("prior_mean", "prior_std", "lower", "upper")
DECODER = "decoder/"
"""Before the names of the arrays of a decoded head's network."""
COMMON = ("format", "meta", "faces", "uv", "faces_uv", "quads", "mirror")
TURNED_SUM = 1e-3
"""How far skinning weights of a vertex may be from a sum of 1."""

ConvertedHead = LinearHead | SkinnedHead | BilinearHead | BonedHead | DecodedHead


def write_head(head: ConvertedHead, path: Path) -> str:
    """Write a head, whole or not at all, the same bytes for the same head.

    Returns:
        The file's sha256.
    """
    family = family_of(head)
    arrays = {name: getattr(head, name) for name in (*COMMON[2:], *ARRAYS[family])}
    for name, sites in head.landmarks.items():
        arrays[f"landmarks/{name}/face"], arrays[f"landmarks/{name}/barycentric"] = (
            sites.face,
            sites.barycentric,
        )
    arrays |= {f"regions/{name}": mask for name, mask in head.regions.items()}
    if isinstance(head, DecodedHead):
        arrays |= {f"{DECODER}{name}": array for name, array in decoder_to(head.decoder).items()}
    for block in head.blocks:
        arrays |= {f"blocks/{block.name}/{name}": getattr(block, name) for name in BLOCK_ARRAYS}
    meta = {
        "family": family,
        "card": {**asdict(head.card), "assets": dict(head.card.assets), "notes": list(head.card.notes)},
        "blocks": [
            {"name": b.name, "scope": b.scope, "unit_scale": b.unit_scale, "names": list(b.names)}
            for b in head.blocks
        ],
        **{name: getattr(head, name) for name in PLAIN[family]},
    }
    plain = {name: np.asarray(value.cpu()) for name, value in arrays.items() if value is not None}
    text = {"format": np.array(FORMAT), "meta": np.array(json.dumps(meta, sort_keys=True))}
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, suffix=".tmp")
    try:
        with os.fdopen(handle, "wb") as file:
            np.savez(file, allow_pickle=False, **text, **plain)
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    finally:
        Path(temporary).unlink(missing_ok=True)
    return sha256(path.read_bytes())


def family_of(head: AbstractTemplateHead) -> str:
    """Which family a head is of, such as "linear"."""
    if isinstance(head, LinearHead):
        return "linear"
    if isinstance(head, SkinnedHead):
        return "skinned"
    if isinstance(head, BilinearHead):
        return "bilinear"
    if isinstance(head, DecodedHead):
        return "decoded"
    if isinstance(head, BonedHead):
        return "boned"
    raise ValueError(f"expected a head of one of the families {sorted(ARRAYS)}, got a {type(head).__name__}")


def read_head(path: Path) -> ConvertedHead:
    """Read a head that `write_head` wrote; everything in it is checked again, nothing is unpickled.

    Raises:
        ValueError: not such a file, saying what was expected and found.
    """
    data = read_bounded(path)
    arrays = read_npz(data, path)
    if str(arrays.pop("format", "")) != FORMAT or arrays.get("meta", np.zeros(1)).dtype.kind != "U":
        raise ValueError(
            f"expected a head that `facescale heads import` wrote in {path}, "
            f"got the arrays {sorted(arrays)[:8]}"
        )
    try:
        meta = json.loads(str(arrays.pop("meta")))
        return _assemble(meta, arrays, sha256(data))
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"expected a whole head in {path}, found it without or with a bad {error}") from error
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error


def _assemble(meta: Mapping[str, Any], arrays: dict[str, np.ndarray], digest: str) -> ConvertedHead:
    family = meta["family"]
    if family not in ARRAYS:
        raise ValueError(f"expected one of the families {sorted(ARRAYS)}, got {family!r}")
    vertices = len(arrays["zero"])
    blocks = tuple(_block(entry, arrays) for entry in meta["blocks"])
    common = {
        "card": _card(meta["card"], digest),
        "blocks": blocks,
        **_topology(arrays, vertices),
        "landmarks": _landmarks(arrays),
        "regions": _regions(arrays, vertices),
    }
    if family == "decoded":
        common["decoder"] = decoder_from(
            {name.removeprefix(DECODER): arrays[name] for name in arrays if name.startswith(DECODER)}
        )
    sizes = {"v": vertices, "3": 3, "*": None}
    for name, axes in ARRAYS[family].items():
        kinds = "i" if name in WHOLE_NUMBERS else "f"
        check_array(name, arrays[name], tuple(sizes[axis] for axis in axes), kinds)
    own = {name: torch.from_numpy(np.ascontiguousarray(arrays[name])) for name in ARRAYS[family]}
    own = {name: array if name in WHOLE_NUMBERS else array.float() for name, array in own.items()}
    return FAMILIES[family](meta, {**common, **own})


def _linear(meta: Mapping[str, Any], fields: dict[str, Any]) -> LinearHead:
    del meta
    return LinearHead(**fields)


def _skinned(meta: Mapping[str, Any], fields: dict[str, Any]) -> SkinnedHead:
    _check_weights(fields["weights"])
    turned = {name: tuple(joints) for name, joints in meta["turned"].items()}
    return SkinnedHead(**fields, turned=turned, parents=tuple(meta["parents"]))


def _bilinear(meta: Mapping[str, Any], fields: dict[str, Any]) -> BilinearHead:
    del meta
    shared, mixed = fields["directions"].shape[-1], fields["mixing"].shape[1]
    if shared != mixed:
        raise ValueError(f"expected as many directions as are mixed, got {shared} and {mixed}")
    return BilinearHead(**fields)


def _boned(meta: Mapping[str, Any], fields: dict[str, Any]) -> BonedHead:
    _check_weights(fields["weights"])
    check_range("joints", fields["joints"].numpy(), len(meta["parents"]))
    return BonedHead(**fields, parents=tuple(meta["parents"]))


def _decoded(meta: Mapping[str, Any], fields: dict[str, Any]) -> DecodedHead:
    del meta
    return DecodedHead(**fields)


def _check_weights(weights: torch.Tensor) -> None:
    off = float((weights.sum(dim=1) - 1).abs().max())
    if off > TURNED_SUM:
        raise ValueError(f"expected skinning weights that sum to 1, got some that miss it by {off:.3g}")


FAMILIES: Mapping[str, Callable[[Mapping[str, Any], dict[str, Any]], ConvertedHead]] = {
    "linear": _linear,
    "skinned": _skinned,
    "bilinear": _bilinear,
    "decoded": _decoded,
    "boned": _boned,
}


def _card(entry: Mapping[str, Any], digest: str) -> HeadCard:
    card = HeadCard(**{**entry, "notes": tuple(entry["notes"])})
    return replace(card, assets={**card.assets, CONVERTED: digest})


def _block(entry: Mapping[str, Any], arrays: Mapping[str, np.ndarray]) -> ParameterBlock:
    parts = {name: arrays[f"blocks/{entry['name']}/{name}"] for name in BLOCK_ARRAYS}
    size = len(parts["prior_mean"])
    for name, part in parts.items():
        check_array(f"{name} of the block {entry['name']!r}", part, (size,))
    if not ((parts["prior_std"] > 0).all() and (parts["lower"] <= parts["upper"]).all()):
        raise ValueError(f"expected positive deviations and ordered bounds of the block {entry['name']!r}")
    return ParameterBlock(
        name=entry["name"],
        size=size,
        scope=entry["scope"],
        unit_scale=float(entry["unit_scale"]),
        names=tuple(entry["names"]),
        prior_mean=torch.from_numpy(parts["prior_mean"]).float(),
        prior_std=torch.from_numpy(parts["prior_std"]).float(),
        lower=torch.from_numpy(parts["lower"]).float(),
        upper=torch.from_numpy(parts["upper"]).float(),
    )


def _topology(arrays: Mapping[str, np.ndarray], vertices: int) -> dict[str, Any]:
    """Faces, texture coordinates, quads and mirror map; all but the faces may be absent."""
    found: dict[str, Any] = dict.fromkeys(COMMON[2:])
    for name in found.keys() & arrays.keys():
        found[name] = torch.from_numpy(arrays[name])
    faces = arrays["faces"]
    check_array("faces", faces, (None, 3), "i")
    check_range("faces", faces, vertices)
    if "uv" in arrays:
        check_array("uv", arrays["uv"], (None, 2))
        check_array("faces_uv", arrays["faces_uv"], (len(faces), 3), "i")
        check_range("faces_uv", arrays["faces_uv"], len(arrays["uv"]))
    if "quads" in arrays:
        check_array("quads", arrays["quads"], (len(faces),), "b")
    if "mirror" in arrays:
        check_array("mirror", arrays["mirror"], (vertices,), "i")
        check_range("mirror + 1", arrays["mirror"] + 1, vertices + 1)
    return found


def _landmarks(arrays: Mapping[str, np.ndarray]) -> dict[str, Sites]:
    names = {name.split("/")[1] for name in arrays if name.startswith("landmarks/")}
    found = {}
    for name in sorted(names):
        face, barycentric = (arrays[f"landmarks/{name}/{part}"] for part in ("face", "barycentric"))
        check_array(f"faces of the landmarks {name!r}", face, (None,), "i")
        check_array(f"barycentrics of the landmarks {name!r}", barycentric, (len(face), 3))
        check_range(f"landmarks {name!r}", face, len(arrays["faces"]))
        found[name] = Sites(
            face=torch.from_numpy(face).int(), barycentric=torch.from_numpy(barycentric).float()
        )
    return found


def _regions(arrays: Mapping[str, np.ndarray], vertices: int) -> dict[str, torch.Tensor]:
    found = {name.removeprefix("regions/"): arrays[name] for name in arrays if name.startswith("regions/")}
    for name, mask in found.items():
        check_array(f"region {name!r}", mask, (vertices,), "b")
    missing = {"scannable", "face", "head"} - found.keys()
    if missing:
        raise ValueError(f"expected the regions scannable, face and head, found none of {sorted(missing)}")
    return {name: torch.from_numpy(mask) for name, mask in found.items()}
