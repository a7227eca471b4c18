"""CoMA's files, a checkpoint of pytorch_coma and what lies beside it, read as untrusted bytes.

Knows the formats only: metres and native axes stay as they are; `heads.coma` makes a head of them.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Float, Int
from scipy.sparse import csr_array

from facescale.heads.bounded_files import (
    check_array,
    check_range,
    is_stand_in,
    read_bounded,
    read_npz,
    sha256,
)
from facescale.heads.mesh_pyramid import Pyramid, edges_of, pyramid
from facescale.heads.torch_files import torch_arrays

TEMPLATE = "template.obj"
NORM, TRANSFORMS = ".norm.npz", ".transforms.npz"
"""After the stem of a checkpoint's file: what a user lays beside it."""
TORCH_NORM = "*norm.pt"
"""What pytorch_coma's data.py writes into its folder `processed`: a dictionary of mean and std."""
FACTOR = 4
MAX_TEXT = 16 << 20


@dataclass(frozen=True, kw_only=True)
class ComaFiles:
    """The model as stored: metres, +y up, +z out of the face, +x the subject's left."""

    weights: Mapping[str, np.ndarray]
    """The checkpoint's state."""
    template: Float[np.ndarray, "v 3"]
    faces: Int[np.ndarray, "f 3"]
    norm: Mapping[str, np.ndarray]
    """`mean` and `std` (v, 3); `latent_mean` and `latent_std` (k,) where they are known."""
    levels: Pyramid
    last_level: int
    """Whose graph the last convolution runs on: 0 the finest."""
    transforms: str
    """Where `levels` come from, for a card."""
    digests: Mapping[str, str]
    stand_in: bool


def read_coma(path: Path) -> ComaFiles:
    """Read a checkpoint and what belongs beside it.

    Raises:
        ValueError: a file that is missing or malformed, saying what was expected and found.
    """
    data = read_bounded(path)
    weights = torch_arrays(data, path, "state_dict")
    for name, array in weights.items():
        if array.dtype.kind == "f" and not np.isfinite(array).all():
            raise ValueError(f"expected finite numbers in {name} of {path}, got NaN or infinity")
    text = read_bounded(path.with_name(TEMPLATE), MAX_TEXT)
    vertices, faces = _template(text, path.with_name(TEMPLATE))
    norm, norm_digests = _norm(path, len(vertices))
    levels, last, said, level_digests = _levels(path, vertices, faces, _steps(weights))
    return ComaFiles(
        weights=weights,
        template=vertices,
        faces=faces,
        norm=norm,
        levels=levels,
        last_level=last,
        transforms=said,
        digests={path.name: sha256(data), TEMPLATE: sha256(text), **norm_digests, **level_digests},
        stand_in=is_stand_in(data),
    )


def decoder_layers(weights: Collection[str]) -> int:
    """Convolutions of the decoder."""
    count = 0
    while f"cheb_dec.{count}.weight" in weights:
        count += 1
    return count


def _steps(weights: Mapping[str, np.ndarray]) -> int:
    layers = decoder_layers(weights)
    if layers < 2:  # noqa: PLR2004 - one level and the last
        raise ValueError(
            f"expected cheb_dec.0.weight and further ones in state_dict, got {sorted(weights)[:8]}"
        )
    return layers - 1


def _template(text: bytes, path: Path) -> tuple[np.ndarray, np.ndarray]:
    """Vertices and triangles of an OBJ file, without anything else in it."""
    rows: dict[bytes, list[list[bytes]]] = {b"v": [], b"f": []}
    for line in text.splitlines():
        kind, _, rest = line.partition(b" ")
        if kind in rows:
            rows[kind].append(rest.split()[:3] if kind == b"v" else [p.split(b"/")[0] for p in rest.split()])
    try:
        vertices = np.array([[float(part) for part in row] for row in rows[b"v"]]).reshape(-1, 3)
        faces = np.array([[int(part) for part in row] for row in rows[b"f"]]).reshape(-1, 3) - 1
    except (ValueError, OverflowError) as error:
        raise ValueError(f"expected vertices and triangles of plain numbers in {path}, got: {error}") from error
    check_array(f"vertices of {path.name}", vertices, (None, 3))
    check_range(f"faces of {path.name}", faces, len(vertices))
    if len(faces) == 0:
        raise ValueError(f"expected faces in {path}, found none")
    return vertices, faces


def _norm(path: Path, vertices: int) -> tuple[Mapping[str, np.ndarray], dict[str, str]]:
    beside = path.with_name(path.stem + NORM)
    torch_files = sorted(path.parent.glob(TORCH_NORM))
    if beside.is_file():
        data = read_bounded(beside)
        found = read_npz(data, beside)
    elif len(torch_files) == 1:
        beside = torch_files[0]
        data = read_bounded(beside)
        found = torch_arrays(data, beside)
    else:
        raise ValueError(
            "expected the mean and the standard deviation of the training shapes, which checkpoints lack, "
            f"in {beside} (mean and std, ({vertices}, 3) in metres: numpy's mean and std over all training "
            f"meshes), or as the one {TORCH_NORM} that pytorch_coma wrote into its folder processed; "
            f"found {[file.name for file in torch_files]}"
        )
    for name in ("mean", "std"):
        if name not in found:
            raise ValueError(f"expected {name} in {beside}, found only {sorted(found)}")
        check_array(f"{name} of {beside.name}", found[name], (vertices, 3))
    if not (found["std"] >= 0).all():
        raise ValueError(f"expected no negative deviations in std of {beside.name}, got some")
    return found, {beside.name: sha256(data)}


def _levels(
    path: Path, vertices: np.ndarray, faces: np.ndarray, steps: int
) -> tuple[Pyramid, int, str, dict[str, str]]:
    """From beside the checkpoint, else computed; and the level of the last convolution."""
    beside = path.with_name(path.stem + TRANSFORMS)
    if not beside.is_file():
        made = pyramid(vertices, faces, (FACTOR,) * steps)
        sizes = ", ".join(str(size) for size in made.sizes)
        said = f"transforms: computed here ({sizes} vertices); a training's own go beside as NAME{TRANSFORMS}"
        return made, steps, said, {}
    data = read_bounded(beside)
    arrays = read_npz(data, beside)
    try:
        ups, edges, sizes = [], [edges_of(faces)], [len(vertices)]
        for step in range(steps):
            up = _up(arrays, step, sizes[-1])
            ups.append(up)
            sizes.append(int(arrays[f"up{step}_columns"]))
            pairs = arrays[f"edges{step + 1}"]
            check_array(f"edges{step + 1}", pairs, (None, 2), "iu")
            check_range(f"edges{step + 1}", pairs, sizes[-1])
            edges.append(np.unique(np.sort(pairs.astype(np.int64), axis=1), axis=0))
        last = int(arrays["last_level"]) if "last_level" in arrays else steps
    except (KeyError, TypeError, IndexError) as error:
        raise ValueError(
            f"expected whole transforms in {beside}, found them without or with a bad {error}"
        ) from error
    check_range(f"last_level of {beside.name}", np.array([last]), steps + 1)
    made = Pyramid(ups=tuple(ups), edges=tuple(edges), sizes=tuple(sizes))
    return made, last, f"transforms: {beside.name}", {beside.name: sha256(data)}


def _up(arrays: Mapping[str, np.ndarray], step: int, rows: int) -> csr_array:
    """up0 leads from the second level to the first."""
    values, columns, starts = (arrays[f"up{step}_{part}"] for part in ("data", "indices", "indptr"))
    width = int(arrays[f"up{step}_columns"])
    check_array(f"up{step}_data", values, (None,))
    check_array(f"up{step}_indices", columns, (len(values),), "iu")
    check_array(f"up{step}_indptr", starts, (rows + 1,), "iu")
    if not 0 < width <= rows:
        raise ValueError(f"expected up{step}_columns in 1..{rows}, got {width}")
    check_range(f"up{step}_indices", columns, width)
    ascending = bool((np.diff(starts.astype(np.int64)) >= 0).all())
    if not (ascending and starts[0] == 0 and starts[-1] == len(values)):
        raise ValueError(f"expected up{step}_indptr to part {len(values)} entries, got others")
    return csr_array((values.astype(np.float64), columns, starts), shape=(rows, width))
