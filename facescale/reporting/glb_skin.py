"""Bones of a head in glTF: attributes of the mesh, nodes of the skeleton, inverse bind matrices."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from jaxtyping import Integer

from facescale.heads.bone_skin import BoneSkin
from facescale.reporting.glb_body import GlbBody
from facescale.reporting.head_animation import METRES

_FIRST = 2
"""Node of bone 0: after the mesh and the skeleton's own node."""


def skin_attributes(body: GlbBody, skin: BoneSkin, source: Integer[np.ndarray, "n"]) -> dict[str, int]:
    """Joints and weights of vertices.

    Args:
        body: of the file.
        skin: the bones.
        source: of each vertex of the file the head's.
    """
    return {
        "JOINTS_0": body.attribute(skin.joints[source].astype(np.uint8)),
        "WEIGHTS_0": body.attribute(skin.weights[source]),
    }


def skin_tree(
    body: GlbBody, skin: BoneSkin, *, name: str, transform: Mapping[str, Any]
) -> tuple[list[Any], dict[str, Any]]:
    """Nodes of the skeleton, the one that poses all bones first, and the file's "skins".

    A bone's own transform scales, turns and shifts about its place, which is what a node does.

    Args:
        body: of the file.
        skin: the bones.
        name: of the head.
        transform: of the first node.
    """
    import pygltflib as gltf
    from scipy.spatial.transform import Rotation

    turns = Rotation.from_matrix(skin.rotation).as_quat()
    nodes = [gltf.Node(name=f"{name} skeleton", children=[_FIRST], **transform)]
    for bone, parent in enumerate(skin.parents):
        origin = skin.place[parent] if parent >= 0 else 0.0
        below = [_FIRST + child for child, above in enumerate(skin.parents) if above == bone]
        nodes.append(
            gltf.Node(
                name=skin.names[bone],
                children=below or None,
                translation=((skin.place[bone] + skin.translation[bone] - origin) * METRES).tolist(),
                rotation=turns[bone].tolist(),
                scale=skin.scale[bone].tolist(),
            )
        )
    bind = np.tile(np.eye(4), (len(skin.names), 1, 1))
    bind[:, :3, 3] = -skin.place * METRES
    joints = list(range(_FIRST, _FIRST + len(skin.names)))
    whole = gltf.Skin(inverseBindMatrices=body.matrices(bind), skeleton=1, joints=joints, name="bones")
    return nodes, {"skins": [whole]}
