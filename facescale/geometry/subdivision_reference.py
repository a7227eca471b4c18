"""Catmull-Clark subdivision the slow way, a vertex at a time: the twin of `subdivision.catmull_clark`."""

import numpy as np
from jaxtyping import Float, Int


def catmull_clark_reference(
    vertices: Float[np.ndarray, "v 3"], quads: Int[np.ndarray, "q 4"]
) -> Float[np.ndarray, "w 3"]:
    """Subdivide positions once, by the rules as they are printed.

    Returns:
        The old vertices moved, then one vertex an edge, edges in the order of their lower and then their higher
        vertex, then one a quad.
    """
    faces = [tuple(quad) for quad in quads.tolist()]
    faces_of: dict[tuple[int, int], list[int]] = {}
    for index, face in enumerate(faces):
        for one, other in zip(face, face[1:] + face[:1], strict=True):
            faces_of.setdefault((min(one, other), max(one, other)), []).append(index)
    centre = [sum(vertices[v] for v in face) / 4 for face in faces]
    edges = sorted(faces_of)
    middle = {edge: (vertices[edge[0]] + vertices[edge[1]]) / 2 for edge in edges}
    edge_points = [
        (vertices[edge[0]] + vertices[edge[1]] + sum(centre[f] for f in faces_of[edge])) / 4
        if len(faces_of[edge]) == 2  # noqa: PLR2004 - between two quads
        else middle[edge]
        for edge in edges
    ]
    moved = []
    for vertex, position in enumerate(vertices):
        around = [edge for edge in edges if vertex in edge]
        border = [edge for edge in around if len(faces_of[edge]) == 1]
        if border:
            moved.append(position / 2 + sum(middle[edge] for edge in border) / 4)
            continue
        beside = [centre[f] for f, face in enumerate(faces) if vertex in face]
        n = len(around)
        mean_face, mean_edge = sum(beside) / len(beside), sum(middle[edge] for edge in around) / n
        moved.append((mean_face + 2 * mean_edge + (n - 3) * position) / n)
    return np.stack([*moved, *edge_points, *centre])
