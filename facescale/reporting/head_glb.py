"""A fitted head as GLB with its expressions as morph targets, as Blender, three.js and game engines read them.

Builds the bytes of one file; knows nothing of results, folders or of any one head model.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Bool, Float, Integer

from facescale.heads.blendshapes import Blendshapes
from facescale.heads.bone_skin import BoneSkin
from facescale.heads.template import AbstractTemplateHead
from facescale.reporting.exports import unit_normals
from facescale.reporting.glb_body import GlbBody
from facescale.reporting.glb_skin import skin_attributes, skin_tree
from facescale.reporting.head_animation import METRES, HeadAnimation
from facescale.structures.mesh import Mesh

LEAST_MM = 1e-3
"""Offsets below a micrometre are not stored: 57 of them at once stay far below what any fit can tell."""
LEAST_NORMAL = 0.01
"""Changes of a unit normal below half a degree are not stored."""
REMAINDER = "remainder"
"""Name of the morph target of a head with bones."""
_SKIN = (0.72, 0.58, 0.5, 1.0)
"""Linear base colour: a clay that reads as a head under any light and pretends to be nobody's skin."""


@dataclass(frozen=True, kw_only=True)
class HeadTopology:
    """What all subjects of a head model share."""

    faces: Integer[np.ndarray, "f 3"]
    uv: Float[np.ndarray, "t 2"] | None = None
    """Origin bottom-left."""
    faces_uv: Integer[np.ndarray, "f 3"] | None = None
    quads: Bool[np.ndarray, "f"] | None = None
    """As `AbstractTemplateHead.quads`."""
    opaque: Bool[np.ndarray, "v"] | None = None
    """False at shells that light passes (tear film, lashes); None where there are none."""

    @classmethod
    def of(cls, head: AbstractTemplateHead) -> "HeadTopology":
        """Of a head on the CPU."""
        opaque = head.regions.get("opaque")
        return cls(
            faces=head.faces.numpy(),
            uv=None if head.uv is None else head.uv.numpy(),
            faces_uv=None if head.faces_uv is None else head.faces_uv.numpy(),
            quads=None if head.quads is None else head.quads.numpy(),
            opaque=None if opaque is None else opaque.numpy(),
        )


@dataclass(frozen=True, kw_only=True)
class HeadPose:
    """Head frame to scan frame: scale * rotation @ point + translation, in mm."""

    rotation: Float[np.ndarray, "3 3"]
    translation_mm: Float[np.ndarray, "3"]
    scale: float = 1.0

    def apply(self, points: Float[np.ndarray, "n 3"]) -> Float[np.ndarray, "n 3"]:
        """Bring points from the head frame to the scan frame."""
        return self.scale * points.astype(np.float64) @ self.rotation.T + self.translation_mm

    def to_head(self, points: Float[np.ndarray, "n 3"]) -> Float[np.ndarray, "n 3"]:
        """Bring points from the scan frame to the head frame."""
        return (points - self.translation_mm) @ self.rotation / self.scale


def head_glb(
    shape: Blendshapes,
    topology: HeadTopology,
    *,
    name: str,
    pose: HeadPose | None = None,
    extras: Mapping[str, Any] | None = None,
    copyright_text: str = "",
    animation: HeadAnimation | None = None,
    skin: BoneSkin | None = None,
) -> bytes:
    """Form a GLB: the neutral subject as base mesh, one sparse morph target an expression, its fitted weights.

    Positions are the head frame's in metres: the axes agree, so the conversion is the factor 0.001 alone. The
    pose is the node's transform: with it the head lies on its scan (in metres), without it the head stands
    upright at the origin, and either way the mesh itself is canonical. Vertex n is the head model's vertex n;
    copies that only texture seams force come after all of them, and `_HEAD_VERTEX` says of which vertex each
    is. Faces with a corner on a see-through shell are left out: without a texture they would hide the eyes.

    Args:
        shape: in mm and the head frame.
        topology: of the same head.
        name: of node and mesh.
        pose: None leaves the node where it is.
        extras: JSON-able facts for the mesh's extras, beside "targetNames".
        copyright_text: what asset.copyright says, such as the head model's licence.
        animation: of the expressions and of the node; goes without `pose`.
        skin: bones; the base mesh is then its resting one, the nodes of its bones hold the fitted pose, and one
            morph target, `REMAINDER`, holds what four weights a vertex miss there.

    Raises:
        ValueError: a skin beside expressions or an animation.
    """
    import pygltflib as gltf

    if skin is not None:
        if shape.names or animation is not None:
            raise ValueError("expected bones without expressions and animation, got both")
        shape = _with_remainder(skin)
    source, faces, uv = split_at_seams(len(shape.neutral), topology)
    body = GlbBody()
    base_normals = _normals(shape.neutral, topology.faces)
    attributes: dict[str, int] = {
        "POSITION": body.attribute((shape.neutral[source] * METRES).astype(np.float32), bounds=True),
        "NORMAL": body.attribute(base_normals[source]),
        "_HEAD_VERTEX": body.attribute(source.astype(np.float32)),
    }
    if uv is not None:
        # glTF's images begin at the top, ours at the bottom.
        attributes["TEXCOORD_0"] = body.attribute((uv * [1, -1] + [0, 1]).astype(np.float32))
    if skin is not None:
        attributes |= skin_attributes(body, skin, source)
    targets = [
        gltf.Attributes(
            POSITION=body.sparse(offset[source] * METRES, least=LEAST_MM * METRES, bounds=True),
            NORMAL=body.sparse(
                (_normals(shape.neutral + offset, topology.faces) - base_normals)[source], least=LEAST_NORMAL
            ),
        )
        for offset in shape.offsets
    ]
    visible = np.ones(len(topology.faces), bool)
    if topology.opaque is not None:
        visible = topology.opaque[topology.faces].all(axis=1)
    primitive = gltf.Primitive(
        attributes=gltf.Attributes(**attributes),
        indices=body.indices(faces[visible]),
        material=0,
        targets=targets or None,
    )
    weights = [float(weight) for weight in shape.weights]
    names = {"targetNames": list(shape.names)} if targets else {}
    matt = gltf.PbrMetallicRoughness(baseColorFactor=list(_SKIN), metallicFactor=0.0, roughnessFactor=0.75)
    nodes, tree = [gltf.Node(mesh=0, name=name, **transform_of(pose))], {}
    if skin is not None:
        # the transform of a node with a skin does not count: the pose is the skeleton's
        skeleton, tree = skin_tree(body, skin, name=name, transform=transform_of(pose))
        nodes = [gltf.Node(mesh=0, skin=0, name=name), *skeleton]
    return body.file(
        asset=gltf.Asset(generator="facescale", version="2.0", copyright=copyright_text or None),
        scene=0,
        scenes=[gltf.Scene(nodes=[0] if skin is None else [0, 1])],
        nodes=nodes,
        meshes=[
            gltf.Mesh(
                name=name, primitives=[primitive], weights=weights or None, extras={**names, **(extras or {})}
            )
        ],
        materials=[gltf.Material(name="head", pbrMetallicRoughness=matt, doubleSided=True)],
        animations=[animation.animation(body, node=0, weighted=bool(targets))] if animation else [],
        **tree,
    )


def split_at_seams(
    count: int, topology: HeadTopology
) -> tuple[Integer[np.ndarray, "n"], Integer[np.ndarray, "f 3"], Float[np.ndarray, "n 2"] | None]:
    """Give every vertex one texture coordinate, doubling only those that have several.

    Args:
        count: vertices of the head.
        topology: its faces in both indexings.

    Returns:
        Of each new vertex the old one (the first `count` are the identity), faces of new vertices, and
        texture coordinates of new vertices, origin bottom-left; (0, 0) for a vertex without a face.
    """
    if topology.uv is None or topology.faces_uv is None:
        return np.arange(count), topology.faces, None
    width = len(topology.uv)
    corners = topology.faces.reshape(-1).astype(np.int64) * width + topology.faces_uv.reshape(-1)
    pairs, place = np.unique(corners, return_inverse=True)
    vertex, chart = pairs // width, pairs % width
    first = np.concatenate([[True], vertex[1:] != vertex[:-1]])
    number = np.where(first, vertex, count + np.cumsum(~first) - 1)
    source = np.concatenate([np.arange(count), vertex[~first]])
    uv = np.zeros((len(source), 2), topology.uv.dtype)
    uv[number] = topology.uv[chart]
    return source, number[place].reshape(-1, 3), uv


def _normals(vertices: np.ndarray, faces: np.ndarray) -> np.ndarray:
    return unit_normals(Mesh(vertices=vertices, faces=faces))


def _with_remainder(skin: BoneSkin) -> Blendshapes:
    return Blendshapes(
        names=(REMAINDER,),
        neutral=skin.rest,
        offsets=skin.remainder[None],
        weights=np.ones(1),
        sums={},
        residual_mm=0.0,
    )


def transform_of(pose: HeadPose | None) -> dict[str, Any]:
    """Fields of a node that poses a head."""
    if pose is None:
        return {}
    from scipy.spatial.transform import Rotation

    return {
        "rotation": Rotation.from_matrix(pose.rotation).as_quat().tolist(),
        "translation": (pose.translation_mm * METRES).tolist(),
        "scale": [pose.scale] * 3,
    }
