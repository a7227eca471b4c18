"""The joints of a MetaHuman DNA file in the head frame: axes, units, places at rest. Knows no mesh."""

import re
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int
from scipy.sparse import csr_array
from scipy.spatial.transform import Rotation

from facescale.heads.dna_file import DnaFile

POINTS = {
    "left": (1, 0, 0), "right": (-1, 0, 0), "up": (0, 1, 0), "down": (0, -1, 0), "front": (0, 0, 1),
    "back": (0, 0, -1),
}  # fmt: skip
"""In the head frame: sides are the subject's."""
FACIAL = re.compile("FACIAL_")
LEFT, RIGHT = "FACIAL_L_Eye", "FACIAL_R_Eye"
CARRIES = 0.5
"""Vertices' worth of scannable surface below which a joint is left out."""
MOST = 0.5
"""Share of the scannable surface: a joint that carries more would repeat the global pose."""


@dataclass(frozen=True, kw_only=True)
class Frame:
    """How a file's axes lie in the head frame."""

    turn: Float[np.ndarray, "3 3"]
    """A rotation: native coordinates to the head frame's, before units and origin."""
    viewers: bool
    """Whether left and right turned out to be the viewer's."""


@dataclass(frozen=True, kw_only=True)
class RestingJoints:
    """Where all joints of a file stand."""

    place: Float[np.ndarray, "j 3"]
    """In the file's unit, turned to the head frame."""
    axes: Float[np.ndarray, "j 3 3"]
    """Of each joint as columns, in the head frame."""
    order: tuple[int, ...]
    """All joints, parents before their children."""


@dataclass(frozen=True, kw_only=True)
class PosedBones:
    """The joints that are posed, behind one root that stands for all others."""

    names: tuple[str, ...]
    """Of all but the root."""
    parents: tuple[int, ...]
    """-1 for the root; of each other bone the nearest joint above it that is posed, or the root."""
    joints: Int[np.ndarray, "m"]
    """Of the file, of all but the root."""
    bone: Int[np.ndarray, "j"]
    """The bone that takes over what each joint of the file carries."""


def frame_of(axes: tuple[str, str, str]) -> Frame:
    """The rotation from a file's axes to the head frame's.

    Files say where their axes point. Left and right are the viewer's where the subject's would mirror the head.

    Raises:
        ValueError: two axes along one line.
    """
    turn = np.array([POINTS[axis] for axis in axes], float).T
    determinant = round(float(np.linalg.det(turn)))
    if determinant == 0:
        raise ValueError(f"expected three axes across each other, got {axes}")
    if determinant < 0:
        turn = np.diag([-1.0, 1.0, 1.0]) @ turn
    return Frame(turn=turn, viewers=determinant < 0)


def resting_joints(dna: DnaFile, frame: Frame) -> RestingJoints:
    """Chain the joints at rest: turned about x, then y, then z, within the parent's frame.

    Raises:
        ValueError: joints that are their own ancestors.
    """
    order = _order(dna.parents)
    turns = Rotation.from_euler("xyz", dna.rotations, degrees=dna.angle == "degrees").as_matrix()
    places, axes = np.zeros((len(order), 3)), np.zeros((len(order), 3, 3))
    for joint in order:
        parent = int(dna.parents[joint])
        above, at = (frame.turn, np.zeros(3)) if parent == joint else (axes[parent], places[parent])
        axes[joint] = above @ turns[joint]
        places[joint] = at + above @ dna.translations[joint]
    found = dict(zip(dna.joint_names, places, strict=True))
    if LEFT in found and RIGHT in found and not found[LEFT][0] > found[RIGHT][0]:
        raise ValueError(f"expected {LEFT} to the subject's left of {RIGHT}, got it to the right: another axis")
    return RestingJoints(place=places, axes=axes, order=order)


def posed_bones(dna: DnaFile, weights: csr_array, scannable: np.ndarray, order: tuple[int, ...]) -> PosedBones:
    """Choose the joints that are posed: facial ones that carry some of what a scanner sees, and not most of it.

    Args:
        dna: the file.
        weights: (vertices, joints).
        scannable: vertices that a scanner sees.
        order: all joints, parents before their children.

    Raises:
        ValueError: there are none.
    """
    own = np.asarray(weights[scannable].sum(axis=0)).ravel()
    carried = own.copy()
    for joint in reversed(order):
        if dna.parents[joint] != joint:
            carried[dna.parents[joint]] += carried[joint]
    chosen = [
        joint
        for joint in order
        if FACIAL.match(dna.joint_names[joint]) and own[joint] > CARRIES and carried[joint] < MOST * own.sum()
    ]
    if not chosen:
        raise ValueError(f"expected joints named {FACIAL.pattern}* that carry skin, got {dna.joint_names[:8]}")
    bone = np.zeros(len(order), np.int64)
    for number, joint in enumerate(chosen, start=1):
        bone[joint] = number
    parents = [-1]
    for joint in order:
        parent = int(dna.parents[joint])
        above = 0 if parent == joint else int(bone[parent])
        if bone[joint]:
            parents.append(above)
        else:
            bone[joint] = above
    return PosedBones(
        names=tuple(dna.joint_names[joint] for joint in chosen),
        parents=tuple(parents),
        joints=np.array(chosen),
        bone=bone,
    )


def _order(parents: Int[np.ndarray, "j"]) -> tuple[int, ...]:
    """Parents before their children, otherwise as they come."""
    children: list[list[int]] = [[] for _ in parents]
    roots = []
    for joint, parent in enumerate(parents.tolist()):
        (roots if parent == joint else children[parent]).append(joint)
    found = list(roots)
    for joint in found:
        # the list grows while it is walked
        found.extend(children[joint])
    if len(found) != len(parents):
        raise ValueError(f"expected a tree of joints, got {len(parents) - len(found)} below no root")
    return tuple(found)
