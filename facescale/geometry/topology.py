"""What the faces of a triangle mesh say without its coordinates: borders and pieces."""

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

HASH = -7046029254386353131
"""2^64 over the golden ratio as a signed integer: multiplying by it spreads neighbouring bit patterns."""


def undirected_edges(
    faces: Int[Tensor, "f 3"],
) -> tuple[Int[Tensor, "e 2"], Int[Tensor, "f 3"], Int[Tensor, "e"]]:
    """List each edge once.

    Returns:
        The edges with the lower vertex first; for each face the edges opposite its three corners; and how
        many faces share each edge.
    """
    sides = faces.long()[:, [[1, 2], [2, 0], [0, 1]]].sort(dim=-1).values.reshape(-1, 2)
    width = int(sides.max()) + 1 if len(sides) else 1
    keys, edge, count = torch.unique(sides[:, 0] * width + sides[:, 1], return_inverse=True, return_counts=True)
    return torch.stack([keys // width, keys % width], dim=-1), edge.reshape(-1, 3), count


def boundary_edges(faces: Int[Tensor, "f 3"]) -> Int[Tensor, "e 2"]:
    """Edges that exactly one face has: the border of an open mesh, none on a closed one."""
    edges, _, count = undirected_edges(faces)
    return edges[count == 1]


def boundary_vertices(faces: Int[Tensor, "f 3"], num_vertices: int) -> Bool[Tensor, "v"]:
    """Whether each vertex is on a border. Vertices that no face uses are not."""
    mask = torch.zeros(num_vertices, dtype=torch.bool, device=faces.device)
    mask[boundary_edges(faces).reshape(-1)] = True
    return mask


def joined_faces(vertices: Float[Tensor, "v 3"], faces: Int[Tensor, "f 3"]) -> Int[Tensor, "f 3"]:
    """Faces over one representative of each set of vertices at exactly the same place.

    STL files and textured scans repeat vertices, which makes every seam look like a border. The vertices stay
    as they are: the result is for questions of topology only.
    """
    group = _groups(vertices)
    index = torch.arange(len(vertices), device=vertices.device)
    first = torch.full_like(index, len(vertices)).scatter_reduce(0, group, index, reduce="amin")
    return first[group][faces.long()].to(faces.dtype)


def _groups(vertices: Tensor) -> Tensor:
    """Number the distinct places. Sorting one hash a row is several times faster than sorting rows."""
    x, y, z = (vertices + 0.0).double().contiguous().view(torch.int64).unbind(1)
    mixed = x * HASH + y
    _, group = torch.unique((mixed ^ (mixed >> 29)) * HASH + z, return_inverse=True)
    example = torch.zeros_like(x).scatter_(0, group, torch.arange(len(x), device=x.device))
    if bool((vertices[example[group]] == vertices).all()):
        return group
    return torch.unique(vertices, dim=0, return_inverse=True)[1]


def pieces(faces: Int[Tensor, "f 3"], num_vertices: int) -> Int[Tensor, "f"]:
    """Number the connected pieces of a mesh; faces that share a vertex are connected.

    Returns:
        Each face's piece; 0 is the piece with the most faces, then in falling order.
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    corners = faces.detach().cpu().long().numpy()
    ends = (corners[:, [0, 1]].ravel(), corners[:, [1, 2]].ravel())
    graph = coo_array((torch.ones(len(ends[0]), dtype=torch.int8).numpy(), ends), shape=(num_vertices,) * 2)
    _, label = connected_components(graph, directed=False)
    of_face = torch.from_numpy(label[corners[:, 0]]).long()
    sizes = torch.bincount(of_face, minlength=1)
    rank = torch.empty_like(sizes)
    rank[sizes.argsort(descending=True, stable=True)] = torch.arange(len(sizes))
    return rank[of_face].to(faces.device)
