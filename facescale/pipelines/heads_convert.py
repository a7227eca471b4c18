"""`facescale heads convert`: meshes of one head model in the topology of another, by a map found once."""

import hashlib
import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
import torch
from tyro.conf import Positional, arg

from facescale.corpora.meshes import read_mesh
from facescale.heads.bounded_files import check_array, read_bounded, read_npz
from facescale.heads.conversion import (
    HeadConversion,
    head_digest,
    overlap_mask,
    read_conversion,
    write_conversion,
)
from facescale.heads.converted import family_of
from facescale.heads.library import load_head
from facescale.heads.linear import LinearHead
from facescale.heads.skinned import SkinnedHead
from facescale.heads.template import AbstractTemplateHead
from facescale.structures.mesh import Mesh

MAP_VERSION = 1
"""Raised by hand whenever maps would come out otherwise: older ones are then found anew."""
FOLDER = "conversions"
"""Below the cache."""
VERTICES = "vertices_mm"
"""In an npz, as `facescale export --format npz` writes it."""
RECORD = "record.json"


@dataclass(frozen=True, kw_only=True)
class ConvertConfig:
    """Which meshes become what."""

    meshes: Positional[tuple[Path, ...]]
    """Files in the first model's topology, mm, in any pose: obj, ply, or npz of `facescale export`."""
    source: Annotated[str, arg(name="from")]
    """Head model whose topology they have: a name that `facescale heads list` has, or a converted file."""
    target: Annotated[str, arg(name="to")]
    """Head model whose topology they get; a linear or skinned one."""
    out: Path
    """Folder for the results and their record."""
    format: Literal["ply", "obj", "npz"] = "ply"
    """Of the results; npz also holds which vertices were filled, and coefficients."""

    def __post_init__(self) -> None:
        stems = [path.stem for path in self.meshes]
        if not stems or len(set(stems)) != len(stems):
            raise ValueError(f"expected at least one mesh, and files of different names, got {stems}")


def convert_meshes(config: ConvertConfig) -> int:
    """Convert meshes and write a record beside them; returns 0.

    Raises:
        ValueError: heads that cannot be used, or a file that is no mesh of the first one.
    """
    try:
        source, target = load_head(config.source), load_head(config.target)
    except FileNotFoundError as absent:
        raise ValueError(str(absent)) from absent
    family_of(target)
    assert isinstance(target, LinearHead | SkinnedHead)
    conversion = cached_map(source, target)
    config.out.mkdir(parents=True, exist_ok=True)
    judge = _Judge(source, target, conversion)
    results = []
    for path in config.meshes:
        vertices = _read(path, source)
        begin = time.perf_counter()
        converted, coefficients = conversion(vertices)
        seconds = time.perf_counter() - begin
        name = f"{path.stem}.{config.format}"
        (config.out / name).write_bytes(_bytes(config.format, converted, coefficients, target, conversion))
        results.append({"from": path.name, "to": name, **judge(vertices, converted), "seconds": seconds})
        print(_said(results[-1]))
    record = {
        "from": source.card.name,
        "to": target.card.name,
        "stand_in": source.card.synthetic_stand_in or target.card.synthetic_stand_in,
        "licences": {head.card.name: head.card.licence for head in (source, target)},
        "map": {"from": conversion.source, "to": conversion.target, "version": MAP_VERSION},
        "vertices": len(conversion.zero),
        "filled_vertices": len(conversion.filled),
        **judge.overlap,
        "meshes": results,
    }
    (config.out / RECORD).write_text(json.dumps(record, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    print(f"{len(results)} meshes of {source.card.name} as {target.card.name} in {config.out}")
    print(f"{judge.overlap['skin_on_source']:.0%} of the skin is the source's; the rest is the model's own")
    return 0


def cached_map(source: AbstractTemplateHead, target: LinearHead | SkinnedHead) -> HeadConversion:
    """The map between two heads: found at first use, kept in the cache under both heads' digests."""
    from facescale.assets.lookup import cache_folder
    from facescale.registration.head_map import find_map

    digests = head_digest(source), head_digest(target)
    # shapes too, since the map holds the target's
    shapes = hashlib.sha256(target.basis.numpy().tobytes()).hexdigest()
    name = hashlib.sha256(" ".join((*digests, shapes, str(MAP_VERSION))).encode()).hexdigest()[:20]
    path = cache_folder().parent / FOLDER / f"{name}.npz"
    found = read_conversion(path, *digests)
    if found is None:
        print(f"finding the map from {source.card.name} to {target.card.name}, once", flush=True)
        found = find_map(source, target)
        write_conversion(found, path)
    return found


class _Judge:
    """Distances between a mesh and what it was converted to, where both have skin."""

    def __init__(
        self, source: AbstractTemplateHead, target: AbstractTemplateHead, conversion: HeadConversion
    ) -> None:
        from facescale.heads.regions import region_faces

        skin, face = (target.regions[name].numpy() for name in ("head", "face"))
        on = overlap_mask(conversion)
        self.overlap = {
            "skin_on_source": float(on[skin].mean()),
            "face_on_source": float(on[face].mean()),
        }
        self._on = conversion.overlap
        self._source_faces = source.faces[region_faces(source, "head").long()]
        self._target_faces = target.faces[region_faces(target, "head").long()]
        self._face = np.flatnonzero(source.regions["face"].numpy())

    def __call__(self, vertices: np.ndarray, converted: np.ndarray) -> dict[str, float]:
        there = self._distance(converted[self._on], vertices, self._source_faces)
        back = self._distance(vertices[self._face], converted, self._target_faces)
        return {
            "to_original_mean_mm": float(there.mean()),
            "to_original_max_mm": float(there.max()),
            "from_original_face_median_mm": float(np.median(back)),
            "from_original_face_p95_mm": float(np.quantile(back, 0.95)),
        }

    def _distance(self, points: np.ndarray, vertices: np.ndarray, faces: torch.Tensor) -> np.ndarray:
        from facescale.geometry.surface import SurfaceBvh

        centre = vertices.mean(axis=0)
        tree = SurfaceBvh(torch.from_numpy(vertices - centre).float()[None], faces)
        return tree.closest(torch.from_numpy(points - centre).float()[None]).distance[0].numpy()


def _read(path: Path, source: AbstractTemplateHead) -> np.ndarray:
    data = read_bounded(path)
    if path.suffix.lower() == ".npz":
        arrays = read_npz(data, path)
        if VERTICES not in arrays:
            raise ValueError(f"expected {VERTICES} in {path}, found {sorted(arrays)[:8]}")
        check_array(VERTICES, arrays[VERTICES], (source.num_vertices, 3))
        return arrays[VERTICES].astype(np.float64)
    vertices = read_mesh(data, path.suffix).vertices.astype(np.float64)
    if len(vertices) != source.num_vertices:
        raise ValueError(
            f"expected {source.num_vertices} vertices of {source.card.name} in {path}, found {len(vertices)}"
        )
    return vertices


def _bytes(
    form: str,
    converted: np.ndarray,
    coefficients: np.ndarray,
    target: AbstractTemplateHead,
    conversion: HeadConversion,
) -> bytes:
    from facescale.corpora.ply import write_ply
    from facescale.pipelines.export_files import archive_bytes
    from facescale.reporting.obj_export import obj_bytes

    mesh = Mesh(vertices=converted.astype(np.float32), faces=target.faces.numpy())
    filled = ~overlap_mask(conversion)
    if form == "ply":
        return write_ply(mesh, {"filled": filled.astype(np.float32)})
    if form == "obj":
        parts: dict[str, Any] = {name: getattr(target, name) for name in ("uv", "faces_uv", "quads")}
        plain = {name: None if part is None else part.numpy() for name, part in parts.items()}
        return obj_bytes(mesh, comments=["unit: mm", f"head: {target.card.name}"], **plain)
    return archive_bytes(
        {VERTICES: mesh.vertices, "faces": mesh.faces, "filled": filled, "coefficients": coefficients}
    )


def _said(result: dict[str, Any]) -> str:
    return (
        f"{result['from']}: {1e3 * result['seconds']:.0f} ms; the original's face is "
        f"{result['from_original_face_median_mm']:.2f} mm away in the median, "
        f"{result['from_original_face_p95_mm']:.2f} mm at 95 %"
    )
