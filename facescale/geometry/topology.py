"""What the faces of a triangle mesh say without its coordinates: borders and pieces."""

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

HASH = -7046029254386353131
"""2^64 over the golden ratio as a signed integer: multiplying by it spreads neighbouring bit patterns."""


def undirected_edges(faces: Int[Tensor, "f 3"]) -> tuple[Int[Tensor, "e 2"], Int[Tensor, "f 3"]]:
    """List each edge once.

    Returns:
        The edges with the lower vertex first, and for each face the edges opposite its three corners.
    """
    keys, width = _side_keys(faces)
    keys, edge = torch.unique(keys, return_inverse=True)
    return torch.stack([keys // width, keys % width], dim=-1), edge.reshape(-1, 3)


def border_sides(faces: Int[Tensor, "f 3"]) -> Bool[Tensor, "f 3"]:
    """Whether the edge opposite each corner belongs to that face alone: where an open mesh ends."""
    ordered, order = _side_keys(faces)[0].sort()
    alone = torch.ones_like(ordered, dtype=torch.bool)
    same = ordered[1:] == ordered[:-1]
    alone[1:] &= ~same
    alone[:-1] &= ~same
    return torch.empty_like(alone).scatter_(0, order, alone).reshape(-1, 3)


def _side_keys(faces: Tensor) -> tuple[Tensor, int]:
    """One number an edge, the same from both of its faces: lower vertex * width + higher vertex."""
    corners = faces.long()
    one, other = corners[:, [1, 2, 0]].reshape(-1), corners[:, [2, 0, 1]].reshape(-1)
    width = int(corners.max()) + 1 if len(corners) else 1
    return torch.minimum(one, other) * width + torch.maximum(one, other), width


def boundary_edges(faces: Int[Tensor, "f 3"]) -> Int[Tensor, "e 2"]:
    """Edges that exactly one face has, running as in their face: none on a closed mesh."""
    return faces[:, [[1, 2], [2, 0], [0, 1]]][border_sides(faces)].long()


def boundary_vertices(faces: Int[Tensor, "f 3"], num_vertices: int) -> Bool[Tensor, "v"]:
    """Whether each vertex is on a border. Vertices that no face uses are not."""
    mask = torch.zeros(num_vertices, dtype=torch.bool, device=faces.device)
    mask[boundary_edges(faces).reshape(-1)] = True
    return mask


def boundary_loops(faces: Int[Tensor, "f 3"]) -> list[Int[Tensor, "n"]]:
    """The open border as closed loops of vertices, walked with the surface on the left.

    Raises:
        ValueError: a vertex where two loops touch, so that walking is ambiguous.
    """
    edges = boundary_edges(faces).tolist()
    following = dict(edges)
    if len(following) != len(edges):
        msg = "expected every border vertex to have one successor, got several"
        raise ValueError(msg)
    loops = []
    while following:
        first, vertex = following.popitem()
        loop = [first]
        while vertex != first:
            loop.append(vertex)
            vertex = following.pop(vertex)
        loops.append(torch.tensor(loop))
    return loops


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
