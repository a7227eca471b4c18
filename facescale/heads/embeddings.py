"""Where detectors put their points on a head's mean: sites that ship with the package, by head and scheme.

They are measured, see `facescale.pipelines.landmark_embedding`, and hold for one topology. Knows no detector.
"""

import hashlib
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Int
from torch import Tensor

from facescale.geometry.sites import Sites

FOLDER = Path(__file__).parent / "data"


def embedding(head: str, scheme: str, faces: Int[Tensor, "f 3"]) -> dict[str, Sites]:
    """Read the sites of a head, ready to be merged into its `landmarks`.

    Args:
        head: the head's name.
        scheme: name of the set of points.
        faces: the head's triangles as loaded.

    Returns:
        Under the scheme's name one site a point; nothing where none were measured for these triangles.
    """
    path = embedding_path(head, scheme)
    if not path.is_file():
        return {}
    with np.load(path, allow_pickle=False) as file:
        if str(file["topology"]) != topology_digest(faces):
            return {}
        sites = Sites(
            face=torch.from_numpy(file["face"].astype(np.int32)),
            barycentric=torch.from_numpy(file["barycentric"].astype(np.float32)),
        )
    return {scheme: sites}


def write_embedding(head: str, scheme: str, faces: Int[Tensor, "f 3"], sites: Sites) -> Path:
    """Store sites for `embedding` to find; returns where."""
    path = embedding_path(head, scheme)
    path.parent.mkdir(exist_ok=True)
    arrays = {"face": sites.face.numpy().astype(np.int32), "barycentric": sites.barycentric.numpy()}
    np.savez_compressed(path, topology=np.array(topology_digest(faces)), **arrays)
    return path


def embedding_path(head: str, scheme: str) -> Path:
    """The file of a head's sites."""
    return FOLDER / f"{scheme}_{head}.npz"


def topology_digest(faces: Int[Tensor, "f 3"]) -> str:
    """sha256 of triangles: sites are of no use on others."""
    return hashlib.sha256(faces.cpu().numpy().astype("<i4").tobytes()).hexdigest()
