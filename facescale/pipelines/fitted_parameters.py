"""parameters.npz of a registered item, read back against the head model that it belongs to."""

import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from facescale.heads.template import AbstractTemplateHead
from facescale.reporting.head_glb import HeadPose

_PREFIX = "params/"
DISPLACEMENT = "displacement_mm"
"""(v, 3) float32 mm in the head frame, from the model's vertices on: of methods that leave the model's span."""
_POSE = {"rotation": (3, 3), "translation_mm": (3,), "scale": (), "millimetres_per_unit": (), "metric": ()}


@dataclass(frozen=True, kw_only=True)
class FittedParameters:
    """Coefficients and pose of one item."""

    params: Mapping[str, np.ndarray]
    """Block name -> (k,) coefficients."""
    rotation: np.ndarray
    """(3, 3), head frame to scan frame."""
    translation_mm: np.ndarray
    """(3,)"""
    scale: float
    """1 unless the scale was free."""
    millimetres_per_unit: float
    """Of the scan's own unit."""
    metric: bool
    """False where the scale was free."""
    displacement_mm: np.ndarray | None = None
    """(v, 3) in the head frame, to be added to the model's vertices; None where the model is all."""

    @property
    def pose(self) -> HeadPose:
        """Head frame to scan frame."""
        return HeadPose(rotation=self.rotation, translation_mm=self.translation_mm, scale=self.scale)


def read_parameters(data: bytes, head: AbstractTemplateHead | None) -> FittedParameters:
    """Read what `register_stage.parameters` wrote; never runs a pickle.

    Args:
        data: the file.
        head: the model that was fitted, to check the blocks against; None where only the pose is wanted.

    Raises:
        ValueError: not such a file, or one of another head model.
    """
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in archive.files}
    except (zipfile.BadZipFile, EOFError, OSError) as error:
        raise ValueError(f"expected an npz of parameters, got: {error}") from error
    params = {name.removeprefix(_PREFIX): arrays[name] for name in arrays if name.startswith(_PREFIX)}
    if head is not None:
        found = {name: array.shape for name, array in params.items()}
        expected = {block.name: (block.size,) for block in head.blocks}
        if not found.items() <= expected.items():
            raise ValueError(f"expected parameters of {head.card.name} with blocks {expected}, got {found}")
    pose = {name: arrays[name].shape for name in _POSE if name in arrays}
    if pose != _POSE:
        raise ValueError(f"expected a pose {_POSE} beside the coefficients, got {pose}")
    displacement = arrays.get(DISPLACEMENT)
    if displacement is not None:
        wanted = (len(displacement) if head is None else head.num_vertices, 3)
        if displacement.shape != wanted or not np.isfinite(displacement).all():
            raise ValueError(f"expected finite displacements of shape {wanted}, got {displacement.shape}")
    return FittedParameters(
        displacement_mm=displacement,
        params=params,
        rotation=arrays["rotation"].astype(np.float64),
        translation_mm=arrays["translation_mm"].astype(np.float64),
        scale=float(arrays["scale"]),
        millimetres_per_unit=float(arrays["millimetres_per_unit"]),
        metric=bool(arrays["metric"]),
    )
