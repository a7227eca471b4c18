"""Rasterisers on a head: ours against Embree's primary rays, PyTorch3D and nvdiffrast where they are installed.

    python -m benchmarks.rasterizer [--head ict|ball] [--size 512] [--batch 1 8] [--device cpu] [--write]

One thread, since Warp's CPU launches are single-threaded: a worker process is one core, and both cores of a
machine are used by two workers. Times are the least of several runs, in milliseconds a mesh of a batch. A ratio
above 1 means that the row is slower than our forward pass for the same outputs.
"""

import argparse
import math
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from benchmarks.closest_point import hardware, synchronise
from facescale.rendering.rasterizers.fragments import AbstractRasterizer, Fragments, ImageSize
from facescale.rendering.rasterizers.surface_op import rasterize_surface
from facescale.rendering.rasterizers.topology import RasterTopology, raster_topology
from facescale.rendering.rasterizers.warp_rasterizer import WarpRasterizer

FIELD_OF_VIEW = math.radians(16)
PYTORCH3D_CPU_SIZE = 256
"""Its CPU rasteriser takes seconds an image: it is timed on a quarter of the pixels, as the table says."""


@dataclass(frozen=True, kw_only=True)
class Scene:
    """Heads turned by different angles before one pinhole camera."""

    points: Tensor
    """[b v 3] in the camera frame, mm."""
    vertices: Tensor
    """[b v 3] projected."""
    topology: RasterTopology
    size: ImageSize


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line of the table."""

    name: str
    forward_ms: float
    backward_ms: float | None = None
    note: str = ""


def head_mesh(name: str) -> tuple[Tensor, Tensor]:
    """Face and head of ICT, or a ball with about as many faces."""
    if name == "ict":
        from facescale.heads.ict import SKIN_END
        from facescale.heads.library import load_head

        head = load_head("ict")
        faces = head.faces
        return head.mean_vertices()[:SKIN_END], faces[(faces < SKIN_END).all(1)]
    import trimesh

    ball = trimesh.creation.icosphere(subdivisions=5, radius=120.0)
    return torch.tensor(ball.vertices, dtype=torch.float32), torch.tensor(np.asarray(ball.faces))


def make_scene(name: str, batch: int, pixels: int, device: str) -> Scene:
    """Turn the head from -60 to 60 degrees; it fills 90 % of the image's height or width."""
    points, faces = head_mesh(name)
    low, high = points.amin(0), points.amax(0)
    around = (points - (low + high) / 2) * torch.tensor([1.0, -1, -1])
    tangent = math.tan(FIELD_OF_VIEW / 2)
    distance = float((high - low).max()) / 2 * 1.1 / tangent
    views = []
    for angle in torch.linspace(-1, 1, batch) * math.radians(60) if batch > 1 else torch.zeros(1):
        c, s = float(angle.cos()), float(angle.sin())
        views.append(around @ torch.tensor([[c, 0.0, s], [0, 1, 0], [-s, 0, c]]).T)
    seen = torch.stack(views) + torch.tensor([0, 0, distance])
    depth = seen[..., 2:]
    image = seen[..., :2] / depth * (pixels / 2 / tangent) + pixels / 2
    return Scene(
        points=seen,
        vertices=torch.cat([image, depth], dim=-1).to(device),
        topology=raster_topology(faces).to(device),
        size=ImageSize(height=pixels, width=pixels),
    )


def least(step: Callable[[], object], *, repeats: int, device: str) -> float:
    """Least wall time in seconds, after two runs that warm up."""
    times = []
    for count in range(repeats + 2):
        synchronise(device)
        start = time.perf_counter()
        step()
        synchronise(device)
        if count > 1:
            times.append(time.perf_counter() - start)
    return min(times)


def visibility_only(scene: Scene) -> Row:
    """Face, barycentrics and depth: what primary rays find."""
    shape = (scene.size.height, scene.size.width)

    def step() -> object:
        return rasterize_surface(
            scene.vertices, scene.topology.faces, shape, near=1.0, perspective=True, cull_back=False
        )

    return Row(name="WarpRasterizer, visibility only", forward_ms=per_mesh(scene, step, repeats=30))


def per_mesh(scene: Scene, step: Callable[[], object], *, repeats: int) -> float:
    device = scene.vertices.device.type
    return least(step, repeats=repeats, device=device) * 1e3 / len(scene.vertices)


def whole(name: str, rasterizer: AbstractRasterizer, scene: Scene, *, repeats: int, note: str = "") -> Row:
    """Forward with antialiased coverage, and backward from all three differentiable outputs."""
    leaf = scene.vertices.clone().requires_grad_()

    def forward() -> Fragments:
        return rasterizer.rasterize(leaf, scene.topology, scene.size)

    found = forward()
    outputs = [found.barycentric, found.depth, found.coverage]
    shown = found.face >= 0
    gradients = [
        torch.randn_like(found.barycentric),
        torch.randn_like(found.depth) * shown,
        torch.randn_like(found.depth),
    ]

    def backward() -> object:
        return torch.autograd.grad(outputs, leaf, gradients, retain_graph=True)

    return Row(
        name=name,
        forward_ms=per_mesh(scene, forward, repeats=repeats),
        backward_ms=per_mesh(scene, backward, repeats=repeats),
        note=note,
    )


def embree(scene: Scene) -> list[Row]:
    """One ray a pixel from the viewer; with the tree built anew too, as for vertices that move."""
    from embreex.mesh_construction import TriangleMesh
    from embreex.rtcore_scene import EmbreeScene

    size = scene.size
    faces = scene.topology.faces.cpu().numpy()
    scale = math.tan(FIELD_OF_VIEW / 2) / (size.width / 2)
    y, x = np.mgrid[: size.height, : size.width] + 0.5
    way = np.stack([(x - size.width / 2) * scale, (y - size.height / 2) * scale, np.ones_like(x)], axis=-1)
    directions = way.reshape(-1, 3).astype(np.float32)
    origins = np.zeros_like(directions)
    shapes = [points.numpy().astype(np.float32) for points in scene.points]

    def build(points: np.ndarray) -> EmbreeScene:
        tree = EmbreeScene()
        TriangleMesh(tree, points, faces)
        # Embree builds at the first query.
        tree.run(origins[:1], directions[:1])
        return tree

    trees = [build(points) for points in shapes]
    cast = per_mesh(scene, lambda: [tree.run(origins, directions, output=True) for tree in trees], repeats=10)
    building = per_mesh(scene, lambda: [build(points) for points in shapes], repeats=3)
    return [
        Row(name="Embree, primary rays", forward_ms=cast, note="tree built before"),
        Row(name="Embree, tree and rays", forward_ms=cast + building, note="as for vertices that moved"),
    ]


def optional_backends(name: str, scene: Scene) -> tuple[list[Row], list[str]]:
    """Rows of what is installed, and why the others are left out."""
    from facescale.rendering.rasterizers.nvdiffrast_rasterizer import NvdiffrastRasterizer
    from facescale.rendering.rasterizers.pytorch3d_rasterizer import Pytorch3dRasterizer

    rows, missing = [], []
    device = scene.vertices.device.type
    try:
        backend = Pytorch3dRasterizer()
        if device == "cpu":
            small = make_scene(name, 1, min(PYTORCH3D_CPU_SIZE, scene.size.width), device)
            note = f"one image of {small.size.width} x {small.size.height}"
            rows.append(whole("Pytorch3dRasterizer", backend, small, repeats=1, note=note))
        else:
            rows.append(whole("Pytorch3dRasterizer", backend, scene, repeats=5))
    except ImportError as error:
        missing.append(str(error))
    if device != "cuda":
        missing.append("NvdiffrastRasterizer: needs a CUDA device")
        return rows, missing
    try:
        rows.append(whole("NvdiffrastRasterizer", NvdiffrastRasterizer(), scene, repeats=30))
    except ImportError as error:
        missing.append(str(error))
    return rows, missing


def table(scene: Scene, rows: list[Row], missing: list[str]) -> str:
    """Markdown for one batch size; ratios compare like with like."""
    visible, complete = rows[0].forward_ms, rows[1].forward_ms
    what = f"{len(scene.topology.faces)} faces, {scene.size.width} x {scene.size.height}"
    lines = [
        f"\nBatch {len(scene.vertices)}, {what}, load average {os.getloadavg()[0]:.1f}\n",
        "| what | forward, ms a mesh | backward, ms a mesh | ratio to ours | note |",
        "|---|---:|---:|---:|---|",
    ]
    for row in rows:
        ours = visible if row is rows[0] or row.name.startswith("Embree") else complete
        back = "" if row.backward_ms is None else f"{row.backward_ms:.2f}"
        lines.append(
            f"| {row.name} | {row.forward_ms:.2f} | {back} | {row.forward_ms / ours:.2f} | {row.note} |"
        )
    return "\n".join(lines + [f"- left out: {line}" for line in missing])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--head", choices=("ict", "ball"), default="ict")
    parser.add_argument("--size", type=int, default=512)
    parser.add_argument("--batch", type=int, nargs="+", default=[1, 8])
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--write", action="store_true", help="write a dated file to benchmarks/results")
    options = parser.parse_args()
    torch.set_num_threads(1)
    parts = [f"# Rasterisers\n\n{hardware(options.device)}, {options.head}, one thread, float32"]
    for batch in options.batch:
        scene = make_scene(options.head, batch, options.size, options.device)
        rows = [
            visibility_only(scene),
            whole("WarpRasterizer", WarpRasterizer(), scene, repeats=30, note="with antialiased coverage"),
        ]
        missing: list[str] = []
        try:
            rows += embree(scene)
        except ImportError:
            missing.append("Embree: embreex is not installed, see the extra `dev`")
        if batch == options.batch[0]:
            others, absent = optional_backends(options.head, scene)
            rows, missing = rows + others, missing + absent
        parts.append(table(scene, rows, missing))
        print(parts[-1], flush=True)
    if options.write:
        day = datetime.now(UTC).date()
        path = Path(__file__).parent / "results" / f"rasterizer_{hardware(options.device)}_{day}.md"
        path.write_text("\n".join(parts) + "\n")
        print(f"written: {path}")


if __name__ == "__main__":
    main()
