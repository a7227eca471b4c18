"""The Basel Face Model 2009 from its MATLAB file, whole or as the front crop with expressions of Deng et al.

The crop is put together here from the published parts, as its authors tell; colour is not read.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Float, Int

from facescale.heads.bounded_files import check_array, check_range, is_stand_in, read_bounded, sha256
from facescale.heads.linear import LinearHead
from facescale.heads.linear_import import LinearArrays, landmarks_beside, linear_head
from facescale.heads.matlab_files import matlab_arrays
from facescale.heads.template import HeadCard

VERTICES, COMPONENTS = 53490, 199
EXPRESSION_VERTICES, FRONT_VERTICES = 53215, 35709
FRONT_IDENTITY, FRONT_EXPRESSION = 80, 64
"""Components that the crop keeps."""
MODEL = "01_MorphableModel.mat"
BASIS, DEVIATIONS = "Exp_Pca.bin", "std_exp.txt"
EXPRESSION_INDEX, FRONT_INDEX = "BFM_exp_idx.mat", "BFM_front_idx.mat"
BESIDE = (BASIS, DEVIATIONS, EXPRESSION_INDEX, FRONT_INDEX)
LICENCE = "BFM licence: non-commercial research, registration needed"
UNIT_WITHIN = 0.02
MAX_EXPRESSIONS = 1000
WORD = 4


@dataclass(frozen=True, kw_only=True)
class Bfm2009:
    """The model as stored, micrometres, faces counted from 0 and turned to face outwards."""

    mean: Float[np.ndarray, "v 3"]
    faces: Int[np.ndarray, "f 3"]
    basis: Float[np.ndarray, "v 3 k"]
    """Components of one standard deviation."""
    stand_in: bool


def convert_bfm2009(path: Path, name: str) -> LinearHead:
    """Make a head of `01_MorphableModel.mat`: 199 components of identity, no expressions.

    Raises:
        ValueError: not such a model, saying what was expected and found.
    """
    data = read_bounded(path)
    model = _model(data, path)
    nothing = np.zeros((len(model.mean), 3, 0), np.float32)
    arrays = LinearArrays(
        mean=model.mean, faces=model.faces, identity=model.basis, expression=nothing, unit="um"
    )
    return _head(arrays, model, path, name, {path.name: sha256(data)})


def convert_bfm2009_front(path: Path, name: str) -> LinearHead:
    """Make a head of `01_MorphableModel.mat` and the four files of the crop beside it.

    80 components of identity and 64 of expression, all ~ N(0, 1), on the 35,709 vertices of the front. The mean
    of the expressions is left out, as its authors do. Faces are the whole model's with three kept corners.

    Raises:
        ValueError: not such files, saying what was expected and found.
    """
    data = read_bounded(path)
    parts = {entry: read_bounded(path.with_name(entry)) for entry in BESIDE}
    model = _model(data, path)
    trim = _index(
        parts[EXPRESSION_INDEX], "trimIndex", EXPRESSION_VERTICES, VERTICES, path.with_name(EXPRESSION_INDEX)
    )
    front = _index(parts[FRONT_INDEX], "idx", FRONT_VERTICES, EXPRESSION_VERTICES, path.with_name(FRONT_INDEX))
    deviations = _deviations(parts[DEVIATIONS], path.with_name(DEVIATIONS))
    expression = _expressions(parts[BASIS], len(deviations), path.with_name(BASIS))
    kept = trim[front]
    place = np.full(VERTICES, -1)
    place[kept] = np.arange(len(kept))
    faces = place[model.faces]
    arrays = LinearArrays(
        mean=model.mean[kept],
        faces=faces[(faces >= 0).all(axis=1)],
        identity=model.basis[kept][..., :FRONT_IDENTITY],
        expression=(expression * deviations.astype(np.float32))[front][..., :FRONT_EXPRESSION],
        unit="um",
    )
    digests = {path.name: sha256(data), **{entry: sha256(part) for entry, part in parts.items()}}
    note = "faces: those of the whole model whose corners are kept, not the crop's own list"
    return _head(arrays, model, path, name, digests, (note,))


def _head(
    arrays: LinearArrays,
    model: Bfm2009,
    path: Path,
    name: str,
    digests: dict[str, str],
    notes: tuple[str, ...] = (),
) -> LinearHead:
    found, more = landmarks_beside(path, arrays.faces)
    card = HeadCard(
        name=name + "(stand-in)" * model.stand_in,
        version="2009",
        licence="made up by facescale, no licence needed" if model.stand_in else LICENCE,
        source="https://faces.dmi.unibas.ch/bfm",
        assets={**digests, **more},
        native_unit="um",
        synthetic_stand_in=model.stand_in,
        notes=notes,
    )
    return linear_head(arrays, card, found)


def _model(data: bytes, path: Path) -> Bfm2009:
    arrays = matlab_arrays(data, ("shapeMU", "shapePC", "shapeEV", "tl"), path)
    check_array("shapeMU", arrays["shapeMU"], (3 * VERTICES, 1))
    check_array("shapePC", arrays["shapePC"], (3 * VERTICES, COMPONENTS))
    check_array("shapeEV", arrays["shapeEV"], (COMPONENTS, 1))
    check_array("tl", arrays["tl"], (None, 3), "fiu")
    norms = np.sqrt(np.einsum("ij,ij->j", arrays["shapePC"], arrays["shapePC"], dtype=np.float64))
    if np.abs(norms - 1).max() > UNIT_WITHIN or not (arrays["shapeEV"] > 0).all():
        raise ValueError(
            f"expected components of unit length and positive deviations in {path}, "
            f"got lengths {norms.min():.3g}..{norms.max():.3g}"
        )
    faces = arrays["tl"].astype(np.int64) - 1
    check_range("tl - 1", faces, VERTICES)
    return Bfm2009(
        mean=arrays["shapeMU"].reshape(-1, 3),
        # the file winds its faces the other way round
        faces=faces[:, ::-1],
        basis=(arrays["shapePC"] * arrays["shapeEV"].ravel()).reshape(-1, 3, COMPONENTS),
        stand_in=is_stand_in(data),
    )


def _index(data: bytes, name: str, size: int, count: int, path: Path) -> Int[np.ndarray, "n"]:
    """Vertices, counted from 1 in the file."""
    index = matlab_arrays(data, (name,), path)[name]
    check_array(name, index, (size, 1), "fiu")
    whole = index.ravel().astype(np.int64) - 1
    check_range(f"{name} - 1", whole, count)
    if len(np.unique(whole)) != size:
        raise ValueError(f"expected different vertices in {name} of {path}, got some twice")
    return whole


def _deviations(data: bytes, path: Path) -> Float[np.ndarray, "m"]:
    """Numbers with blanks between them."""
    try:
        numbers = np.array([float(word) for word in data.decode("ascii").split()])
    except ValueError as error:
        raise ValueError(f"expected numbers with blanks between them in {path}, got: {error}") from error
    fits = FRONT_EXPRESSION <= len(numbers) <= MAX_EXPRESSIONS
    if not fits or not np.isfinite(numbers).all() or not (numbers > 0).all():
        raise ValueError(f"expected {FRONT_EXPRESSION} or more positive numbers in {path}, got {len(numbers)}")
    return numbers


def _expressions(data: bytes, count: int, path: Path) -> Float[np.ndarray, "v 3 m"]:
    """A number of components, then the mean, then one component after another; no mark, no shapes."""
    numbers = 3 * EXPRESSION_VERTICES
    expected = WORD * (1 + numbers * (1 + count))
    said = int.from_bytes(data[:WORD], "little", signed=True)
    if len(data) != expected or said != count:
        raise ValueError(
            f"expected {expected} bytes and {count} components, as {DEVIATIONS} has, in {path}, "
            f"got {len(data)} bytes and {said}"
        )
    values = np.frombuffer(data, "<f4", offset=WORD + WORD * numbers).reshape(count, -1)
    basis = values.T.reshape(-1, 3, count)
    check_array(path.name, basis, (EXPRESSION_VERTICES, 3, count))
    return basis
