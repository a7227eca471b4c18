"""A sphere as a scene: the shape whose scan is known in closed form."""

import numpy as np

from facescale.synthesis.subject import Surface
from facescale.synthesis.template import Part
from facescale.synthesis.tessellate import midpoints, quadrisect

OCTAHEDRON = np.array([(1, 0, 0), (-1, 0, 0), (0, 1, 0), (0, -1, 0), (0, 0, 1), (0, 0, -1)], np.float32)
OCTANTS = np.array(
    [(0, 2, 4), (2, 1, 4), (1, 3, 4), (3, 0, 4), (2, 0, 5), (1, 2, 5), (3, 1, 5), (0, 3, 5)], np.int32
)


def unit_sphere(splits: int) -> tuple[np.ndarray, np.ndarray]:
    vertices, faces = OCTAHEDRON, OCTANTS
    for _ in range(splits):
        edges, sides = midpoints(faces)
        faces = quadrisect(faces, sides, len(vertices))
        vertices = np.concatenate([vertices, vertices[edges].mean(axis=1)])
        vertices /= np.linalg.norm(vertices, axis=1, keepdims=True)
    return vertices, faces


def sphere_scene(radius: float, centre: tuple[float, float, float], splits: int = 6) -> Surface:
    vertices, faces = unit_sphere(splits)
    part = np.full(len(faces), int(Part.SKIN))
    return Surface(vertices=(radius * vertices + np.float32(centre)), faces=faces, part=part)
