"""The operator that finds the outlines of rasterised meshes between the centres of neighbouring pixels."""

from typing import Any

import torch
from jaxtyping import Float, Int
from torch import Tensor

from facescale.geometry import kernels
from facescale.rendering.rasterizers.batched_op import batched_op, flat_array, single
from facescale.rendering.rasterizers.outline_kernel import see_kernel, walk_kernel
from facescale.rendering.rasterizers.raster_kernel import NOT_FOUND
from facescale.rendering.rasterizers.surface_op import images_at_once, run_length
from facescale.rendering.rasterizers.topology import RasterTopology


def _outlines(
    vertices: Tensor,
    face: Tensor,
    depth: Tensor,
    faces: Tensor,
    edges: Tensor,
    opposite: Tensor,
    near: float,
    perspective: bool,
    cull_back: bool,
) -> Tensor:
    values = single(vertices)
    device, count = values.device, values.shape[1]
    batch, height, width = face.shape
    shape = torch.Size((batch, 2, height, width))
    crossings = torch.empty(shape, dtype=torch.int32, device=device)
    step, run = images_at_once(batch, device), run_length(shape, device)
    keys = torch.empty((step, *shape[1:]), dtype=torch.int64, device=device)
    face, depth, size = face.contiguous(), single(depth), (count, height, width)
    for rows in range(0, batch, step):
        now = slice(rows, rows + step)
        keys.fill_(NOT_FOUND)
        points, corners, ends, found = (flat_array(x) for x in (values[now], faces, edges, keys))
        kernels.launch(
            walk_kernel(),
            dim=step * len(edges),
            inputs=[
                points, ends, flat_array(opposite), len(edges), *size, near, perspective, cull_back, found
            ],
            device=device,
        )  # fmt: skip
        shown = [flat_array(face[now]), flat_array(depth[now])]
        kernels.launch(
            see_kernel(),
            dim=keys.numel() // run,
            inputs=[points, corners, ends, *shown, found, run, *size, perspective, flat_array(crossings[now])],
            device=device,
        )
    return crossings


def _outlines_fake(_vertices: Tensor, face: Tensor, *_: Any) -> Tensor:
    batch, height, width = face.shape
    return face.new_empty((batch, 2, height, width), dtype=torch.int32)


outlines_op = batched_op(
    "(Tensor vertices, Tensor face, Tensor depth, Tensor faces, Tensor edges, Tensor opposite, float near,"
    " bool perspective, bool cull_back) -> Tensor",
    name="facescale::outlines",
    run=_outlines,
    fake=_outlines_fake,
    batched=(0, 1, 2),
)


def outline_crossings(
    vertices: Float[Tensor, "b v 3"],
    topology: RasterTopology,
    face: Int[Tensor, "b h w"],
    depth: Float[Tensor, "b h w"],
    *,
    near: float,
    perspective: bool,
    cull_back: bool,
) -> Int[Tensor, "b 2 h w"]:
    """Where an outline that is seen passes between two pixels' centres.

    Args:
        vertices: projected, see `AbstractRasterizer`.
        topology: of all meshes.
        face: that each pixel shows.
        depth: of what each pixel shows.
        near: edges with an end at this depth or nearer are left out.
        perspective: see `AbstractRasterizer`.
        cull_back: whether faces seen from behind were left out.

    Returns:
        int32. [:, 0] between each pixel and the next to the right, [:, 1] and the next below: -1 where there is
        none, else twice the edge's index, plus 1 where the surface is on the side of the second pixel. An edge
        appears between columns if it is steeper than 45 degrees, else between rows.
    """
    mesh = (topology.faces, topology.edges, topology.opposite)
    return outlines_op(vertices.detach(), face, depth.detach(), *mesh, near, perspective, cull_back)
