"""Closest points on a moving head surface: ours against brute force, Warp's own query, trimesh and pytorch3d.

One step is what a registration does: move the vertices, make the search structure follow, ask every point.
    python -m benchmarks.closest_point [--write] [--points 20000] [--subdivisions 5] [--device cpu]
Prints seconds a step, the ratio to ours and the worst error against the float64 twin. A baseline that is too
slow for all points is timed on fewer and scaled to all of them, which the table says.
"""

import argparse
import platform
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from facescale.geometry import kernels
from facescale.geometry.closest_point import closest_point_reference
from facescale.geometry.surface import SurfaceBvh

RADIUS_MM = 100.0
CHECKED = 200
"""Points whose distances are compared with the twin."""
BRUTE_FORCE_POINTS = 100
TRIMESH_POINTS = 2000
PYTORCH3D_POINTS = 2000


@dataclass(frozen=True, kw_only=True)
class Scene:
    """A bumpy sphere the size of a head, its next shape, and points as a scanner would see them."""

    vertices: Tensor
    moved: Tensor
    faces: Tensor
    points: Tensor


@dataclass(frozen=True, kw_only=True)
class Row:
    """One method's line."""

    name: str
    seconds: float
    timed_points: int
    error_mm: float


def make_scene(points: int, subdivisions: int, noise: float, device: str) -> Scene:
    """Points lie `noise` mm (standard deviation) off a surface of 20 * 4^subdivisions faces."""
    import trimesh

    ball = trimesh.creation.icosphere(subdivisions=subdivisions, radius=1.0)
    generator = torch.Generator().manual_seed(0)
    normal = torch.tensor(ball.vertices, dtype=torch.float32)
    vertices = bumpy(normal, phase=0.0)
    ways = torch.nn.functional.normalize(torch.randn(points, 3, generator=generator), dim=-1)
    cloud = bumpy(ways, phase=0.0) + noise * torch.randn(points, 1, generator=generator) * ways
    faces = torch.tensor(np.asarray(ball.faces))
    moved = bumpy(normal, phase=0.05)
    return Scene(
        vertices=vertices.to(device), moved=moved.to(device), faces=faces.to(device), points=cloud.to(device)
    )


def bumpy(normal: Tensor, *, phase: float) -> Tensor:
    """A radius that varies by 6 mm over some 30 mm."""
    wave = torch.sin(7 * normal[:, :1] + phase) * torch.sin(6 * normal[:, 1:2]) * torch.sin(8 * normal[:, 2:])
    return normal * (RADIUS_MM + 6.0 * wave)


def fastest(step: Callable[[], object], *, repeats: int, device: str) -> float:
    """Least wall time of several runs, after one that warms up."""
    step()
    times = []
    for _ in range(repeats):
        synchronise(device)
        start = time.perf_counter()
        step()
        synchronise(device)
        times.append(time.perf_counter() - start)
    return min(times)


def synchronise(device: str) -> None:
    if device == "cuda":
        torch.cuda.synchronize()


def ours(scene: Scene, exact: Tensor, *, hinted: bool) -> Row:
    surface = SurfaceBvh(scene.vertices[None], scene.faces)
    points = scene.points[None]
    before = surface.closest(points).sites.face if hinted else None

    def step() -> Tensor:
        surface.refit(scene.moved[None])
        return surface.closest(points, hint=before).distance[0]

    seconds = fastest(step, repeats=20, device=scene.points.device.type)
    name = "facescale, faces of the last step as hints" if hinted else "facescale"
    return Row(name=name, seconds=seconds, timed_points=len(scene.points), error_mm=worst(step(), exact))


def warps_own(scene: Scene, exact: Tensor) -> Row:
    """Warp's built-in query on a tree of its own, with its default leaves."""
    wp = kernels.warp()
    device = scene.points.device.type

    @wp.kernel
    def query(mesh: wp.uint64, points: wp.array(dtype=wp.vec3), found: wp.array(dtype=wp.float32)):  # noqa: ANN202
        i = wp.tid()
        hit = wp.mesh_query_point_no_sign(mesh, points[i], 1.0e6)
        found[i] = wp.length(wp.mesh_eval_position(mesh, hit.face, hit.u, hit.v) - points[i])

    buffer = scene.vertices.clone()
    indices = scene.faces.int().reshape(-1).contiguous()
    found = torch.empty(len(scene.points), device=device)
    mesh = wp.Mesh(points=wp.from_torch(buffer, dtype=wp.vec3), indices=wp.from_torch(indices))
    arrays = [wp.from_torch(scene.points, dtype=wp.vec3), wp.from_torch(found)]

    def step() -> Tensor:
        buffer.copy_(scene.moved)
        mesh.refit()
        wp.launch(query, dim=len(found), inputs=[mesh.id, *arrays], device=device)
        return found

    with kernels.on_stream(scene.points.device):
        seconds = fastest(step, repeats=20, device=device)
    return Row(name="Warp's own query", seconds=seconds, timed_points=len(found), error_mm=worst(step(), exact))


def brute_force(scene: Scene, exact: Tensor) -> Row:
    """Every point against every face in float32 torch, on some of the points."""
    points = scene.points[:BRUTE_FORCE_POINTS]
    corners = scene.moved[scene.faces]

    def step() -> Tensor:
        return nearest_of_all(points, corners)

    seconds = fastest(step, repeats=2, device=scene.points.device.type)
    return Row(
        name="brute force, torch float32",
        seconds=seconds * len(scene.points) / len(points),
        timed_points=len(points),
        error_mm=worst(step(), exact),
    )


def nearest_of_all(points: Tensor, corners: Tensor) -> Tensor:
    """Distance of each point to the nearest of all faces: edges and, where it falls inside, the projection."""
    p = points[:, None]
    best = torch.full((len(points), len(corners)), torch.inf, device=points.device)
    for first, second in ((0, 1), (1, 2), (2, 0)):
        start, edge = corners[:, first], corners[:, second] - corners[:, first]
        t = (((p - start) * edge).sum(-1) / edge.square().sum(-1)).clamp(0, 1)
        best = torch.minimum(best, (start + t[..., None] * edge - p).square().sum(-1))
    a, ab, ac = corners[:, 0], corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    normal = torch.linalg.cross(ab, ac)
    area = normal.square().sum(-1)
    wb = (torch.linalg.cross(p - a, ac.expand(len(points), -1, -1)) * normal).sum(-1) / area
    wc = (torch.linalg.cross(ab.expand(len(points), -1, -1), p - a) * normal).sum(-1) / area
    height = ((p - a) * normal).sum(-1).square() / area
    inside = (wb >= 0) & (wc >= 0) & (wb + wc <= 1)
    return torch.where(inside, height, best).amin(1).sqrt()


def trimesh_proximity(scene: Scene, exact: Tensor) -> Row:
    """An R-tree, which has to be built again whenever the vertices move."""
    import trimesh

    points, moved, faces = (x.cpu().numpy() for x in (scene.points, scene.moved, scene.faces))
    points = points[:TRIMESH_POINTS]

    def step() -> Tensor:
        mesh = trimesh.Trimesh(moved, faces, process=False)
        return torch.from_numpy(trimesh.proximity.closest_point(mesh, points)[1])

    build = fastest(
        lambda: trimesh.Trimesh(moved, faces, process=False).triangles_tree, repeats=1, device="cpu"
    )
    seconds = fastest(step, repeats=1, device="cpu")
    return Row(
        name="trimesh.proximity",
        seconds=build + (seconds - build) * len(scene.points) / len(points),
        timed_points=len(points),
        error_mm=worst(step(), exact),
    )


def nearest_vertex(scene: Scene, exact: Tensor) -> Row:
    """What is often done instead: scipy's k-d tree over the vertices, built again whenever they move."""
    from scipy.spatial import KDTree

    points, moved = scene.points.cpu().numpy(), scene.moved.cpu().numpy()

    def step() -> Tensor:
        return torch.from_numpy(KDTree(moved).query(points)[0])

    seconds = fastest(step, repeats=3, device="cpu")
    return Row(
        name="nearest vertex, scipy KDTree (not the surface)",
        seconds=seconds,
        timed_points=len(points),
        error_mm=worst(step(), exact),
    )


def pytorch3d_distance(scene: Scene, exact: Tensor) -> Row:
    """The forward half of point_mesh_face_distance; it does not tell the face's barycentrics."""
    from pytorch3d.loss.point_mesh_distance import point_face_distance

    points, corners = scene.points[:PYTORCH3D_POINTS], scene.moved[scene.faces]
    first = torch.zeros(1, dtype=torch.int64, device=points.device)

    def step() -> Tensor:
        return point_face_distance(points, first, corners, first, len(points), 0.0).sqrt()

    seconds = fastest(step, repeats=2, device=scene.points.device.type)
    return Row(
        name="pytorch3d point_face_distance",
        seconds=seconds * len(scene.points) / len(points),
        timed_points=len(points),
        error_mm=worst(step(), exact),
    )


def worst(found: Tensor, exact: Tensor) -> float:
    """Largest difference to the twin over the points that both have."""
    count = min(len(found), len(exact))
    return float((found[:count].cpu().double() - exact[:count]).abs().max())


def measure(scene: Scene) -> tuple[list[Row], list[str]]:
    """All rows, ours first, and what could not be run here."""
    exact, _, _ = closest_point_reference(scene.points[:CHECKED].cpu(), scene.moved.cpu()[scene.faces.cpu()])
    rows = [ours(scene, exact, hinted=False), ours(scene, exact, hinted=True)]
    missing = []
    for baseline in (warps_own, nearest_vertex, brute_force, trimesh_proximity, pytorch3d_distance):
        try:
            rows.append(baseline(scene, exact))
        except ModuleNotFoundError as error:
            missing.append(f"{baseline.__name__}: {error.name} is not installed here")
    return rows, missing


def table(scene: Scene, rows: list[Row], missing: list[str], *, noise: float) -> str:
    """One Markdown table for one distance of the points from the surface."""
    reference = rows[0].seconds
    lines = [
        f"\n{len(scene.points)} points about {noise} mm off, {len(scene.faces)} faces\n",
        "| method | s a step | ratio to ours | points timed | worst error, mm |",
        "|---|---:|---:|---:|---:|",
    ]
    lines += [
        f"| {r.name} | {r.seconds:.5f} | {r.seconds / reference:.2f} | {r.timed_points} | {r.error_mm:.1e} |"
        for r in rows
    ]
    return "\n".join(lines + [f"- left out: {line}" for line in missing])


def hardware(device: str) -> str:
    """Short name of what it ran on, fit for a file name."""
    if device == "cuda":
        return torch.cuda.get_device_name().lower().replace(" ", "-")
    names = [line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
    model = names[0].split(":")[1].strip() if names else platform.machine()
    return f"{model.lower().replace(' ', '-')}-1-core"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--points", type=int, default=20_000)
    parser.add_argument("--subdivisions", type=int, default=5, help="of an icosphere: 5 gives 20,480 faces")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--write", action="store_true", help="write a dated file to benchmarks/results")
    options = parser.parse_args()
    torch.set_num_threads(1)
    parts = [
        "# Closest points: move the vertices, refit, ask every point",
        f"\n{hardware(options.device)}, one thread",
    ]
    for noise in (0.3, 3.0):
        scene = make_scene(options.points, options.subdivisions, noise, options.device)
        parts.append(table(scene, *measure(scene), noise=noise))
        print(parts[-1], flush=True)
    if options.write:
        day = datetime.now(UTC).date()
        path = Path(__file__).parent / "results" / f"closest_point_{hardware(options.device)}_{day}.md"
        path.write_text("\n".join(parts) + "\n")
        print(f"written: {path}")


if __name__ == "__main__":
    main()
