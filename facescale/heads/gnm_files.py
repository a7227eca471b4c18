"""GNM Head's npz as published, read as untrusted bytes.

Knows the format only: metres and native axes stay as they are; `heads.gnm` makes a head of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from facescale.heads.bounded_files import MAX_BYTES, check_array, check_range
from facescale.heads.npz_members import digest, read_members

VERSION, VARIANT = "3.0", "head"
JOINTS = ("neck", "head", "left_eye", "right_eye")
"""By their published names; the first is the root."""
NEEDED = (
    "version", "variant", "template_vertex_positions", "vertex_identity_basis", "expression_basis",
    "template_joint_positions", "joint_identity_basis", "skinning_weights", "joint_parent_indices",
    "joint_names", "identity_names", "expression_names", "quads", "quad_uvs", "mirror_indices", "vertex_groups",
    "vertex_group_names",
)  # fmt: skip
CORRECTIVES = "pose_correctives_regressor"
"""May be absent, and is zero in version 3.0."""
MOST_GROUPS = 1000
SUM_WITHIN = 1e-3
IN_GROUP = 1e-4
"""Weight from which on a vertex is of a group, as the owner's code has it."""


@dataclass(frozen=True, kw_only=True)
class GnmFiles:
    """The model as stored: metres, +y up, +z out of the face, +x the subject's left."""

    template: np.ndarray
    """(v, 3)."""
    identity: np.ndarray
    """(k, v, 3) a standard deviation of each."""
    expression: np.ndarray
    """(m, v, 3)."""
    joints: np.ndarray
    """(4, 3)."""
    joint_identity: np.ndarray
    """(k, 4, 3)."""
    correctives: np.ndarray
    """(36, 3 v): an entry of R - 1 of each joint, the root included, row by row."""
    weights: np.ndarray
    """(4, v)."""
    parents: tuple[int, ...]
    """-1 for the root."""
    joint_names: tuple[str, ...]
    identity_names: tuple[str, ...]
    expression_names: tuple[str, ...]
    quads: np.ndarray
    """(q, 4)."""
    quad_uvs: np.ndarray
    """(q, 4, 2) texture coordinates of their corners."""
    mirror: np.ndarray
    """(v,) each vertex's counterpart."""
    groups: Mapping[str, np.ndarray]
    """Name -> mask of vertices."""
    digests: Mapping[str, str]
    stand_in: bool

    def __post_init__(self) -> None:
        vertices, joints = len(self.template), len(JOINTS)
        for name, array, shape in (
            ("template_vertex_positions", self.template, (vertices, 3)),
            ("vertex_identity_basis", self.identity, (None, vertices, 3)),
            ("expression_basis", self.expression, (None, vertices, 3)),
            ("template_joint_positions", self.joints, (joints, 3)),
            ("joint_identity_basis", self.joint_identity, (len(self.identity), joints, 3)),
            (CORRECTIVES, self.correctives, (9 * joints, 3 * vertices)),
            ("skinning_weights", self.weights, (joints, vertices)),
            ("quad_uvs", self.quad_uvs, (len(self.quads), 4, 2)),
        ):
            check_array(name, array, shape)
        for name, names, size in (
            ("identity_names", self.identity_names, len(self.identity)),
            ("expression_names", self.expression_names, len(self.expression)),
        ):
            if len(names) != size or size == 0:
                raise ValueError(
                    f"expected a name for each of {size} or more entries in {name}, got {len(names)}"
                )
        check_array("quads", self.quads, (None, 4), "iu")
        check_range("quads", self.quads, vertices)
        check_array("mirror_indices", self.mirror, (vertices,), "iu")
        check_range("mirror_indices", self.mirror, vertices)
        off = float(np.abs(self.weights.sum(axis=0, dtype=np.float64) - 1).max())
        if off > SUM_WITHIN:
            raise ValueError(f"expected skinning_weights that sum to 1, got some that miss it by {off:.3g}")


def read_gnm(path: Path) -> GnmFiles:
    """Read `gnm_head.npz`.

    Raises:
        ValueError: not such a file, saying what was expected and found.
    """
    sha256, stand_in = digest(path, MAX_BYTES)
    found = read_members(path, (*NEEDED, CORRECTIVES), limit=MAX_BYTES)
    missing = [name for name in NEEDED if name not in found]
    if missing:
        raise ValueError(f"expected {missing[0]} in {path}, found only {sorted(found)}")
    for name, wanted in (("version", VERSION), ("variant", VARIANT)):
        if (said := str(found[name])) != wanted:
            raise ValueError(f"expected GNM {VARIANT} {VERSION} in {path}, got the {name} {said[:40]!r}")
    arrays = {name: _array(value, name) for name, value in found.items()}
    vertices = len(arrays["template_vertex_positions"])
    texts = {name: _names(arrays[name], name) for name in NEEDED if name.endswith("_names")}
    return GnmFiles(
        template=arrays["template_vertex_positions"],
        identity=arrays["vertex_identity_basis"],
        expression=arrays["expression_basis"],
        joints=arrays["template_joint_positions"],
        joint_identity=arrays["joint_identity_basis"],
        correctives=arrays.get(CORRECTIVES, np.zeros((9 * len(JOINTS), 3 * vertices), np.float32)),
        weights=arrays["skinning_weights"],
        parents=_parents(arrays["joint_parent_indices"], texts["joint_names"]),
        joint_names=texts["joint_names"],
        identity_names=texts["identity_names"],
        expression_names=texts["expression_names"],
        quads=arrays["quads"],
        quad_uvs=arrays["quad_uvs"],
        mirror=arrays["mirror_indices"],
        groups=_groups(arrays["vertex_groups"], texts["vertex_group_names"], vertices),
        digests={path.name: sha256},
        stand_in=stand_in,
    )


def _array(value: Any, name: str) -> np.ndarray:
    if not isinstance(value, np.ndarray) or (value.ndim == 0 and name not in ("version", "variant")):
        raise ValueError(f"expected an array in {name}, got a {type(value).__name__}")
    return value


def _names(array: np.ndarray, name: str) -> tuple[str, ...]:
    check_array(name, array, (None,), "U")
    return tuple(str(entry) for entry in array)


def _parents(array: np.ndarray, names: tuple[str, ...]) -> tuple[int, ...]:
    """The root's is itself or -1 in the file."""
    check_array("joint_parent_indices", array, (len(JOINTS),), "iu")
    if sorted(names) != sorted(JOINTS) or names[0] != JOINTS[0] or int(array[0]) not in (-1, 0):
        raise ValueError(
            f"expected the joints {JOINTS}, the first of them the root, got {names}, {array.tolist()}"
        )
    return (-1, *(int(parent) for parent in array[1:]))


def _groups(weights: np.ndarray, names: tuple[str, ...], vertices: int) -> dict[str, np.ndarray]:
    if len(names) > MOST_GROUPS:
        raise ValueError(f"expected at most {MOST_GROUPS} vertex groups, got {len(names)}")
    check_array("vertex_groups", weights, (len(names), vertices), "fiub")
    groups = {name: weight > IN_GROUP for name, weight in zip(names, weights, strict=True)}
    if "skin" not in groups or not groups["skin"].any():
        raise ValueError(f"expected vertices in the group skin, found only {sorted(groups)[:12]}")
    return groups
