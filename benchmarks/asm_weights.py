"""Charts and initial skinning weights of ASM: how well mixtures stand for diffused weights, and what they cost.

Run: python -m benchmarks.asm_weights [--heads builtin ict] [--components 1 2 3 4] [--steps 120] [--write]
     python -m benchmarks.asm_weights --shipped [--heads builtin ict]

"miss" is the sum over bones of |w - w'| at a place of the face, in the mean over its area; "left out" the
greatest change of that sum by counting only the bones within reach, and the same with all offsets of weights
drawn at half a prior deviation. --write makes the chart (minutes) and stores it with the mixtures of
`SHIPPED` components beside the package's data. --shipped fits nothing: it measures the mixtures that are stored
there, in seconds instead of minutes a row.
"""

import argparse
import time

import numpy as np
import torch

from facescale.heads.asm.assemble import (
    chart_path,
    mixture_path,
    placed_on,
    read_chart,
    read_mixture,
    weight_error,
    write_mixture,
)
from facescale.heads.asm.chart import SkinChart, write_chart
from facescale.heads.asm.chart_build import flatten
from facescale.heads.asm.coefficients import WEIGHED, asm_blocks, offsets_of
from facescale.heads.asm.diffusion import heat_weights, vertex_areas
from facescale.heads.asm.mixture import Mixture, Offsets, amplitudes, within_reach
from facescale.heads.asm.mixture_fit import fit_mixture
from facescale.heads.asm.skeleton import BONES, HEAD
from facescale.heads.embeddings import topology_digest
from facescale.heads.library import load_head
from facescale.heads.regions import region_faces
from facescale.heads.template import AbstractTemplateHead

SHIPPED = 2
HEAD_DEPTH = 45.0
"""mm under the skin at which the head bone lies: what is further along the skin from all others is its."""

HEADING = "   K  parameters  miss   worst  RMS    bones a place  left out  ... moved  seconds"


def make_chart(head: AbstractTemplateHead) -> None:
    """Flatten a head's outer skin and store the chart."""
    faces = head.faces[region_faces(head, "head").long()].long().numpy()
    begun = time.perf_counter()
    skin = flatten(head.mean_vertices().double().numpy(), faces)
    write_chart(chart_path(head.card.name), skin, topology_digest(head.faces))
    print(f"{head.card.name}: chart of {len(skin.uv):,} coordinates in {time.perf_counter() - begun:.0f} s")


def diffused(head: AbstractTemplateHead, chart: SkinChart) -> tuple[np.ndarray, np.ndarray]:
    """Weights of all bones at the chart's coordinates, and the area around each."""
    points = head.mean_vertices().double().numpy()
    skin = chart.vertex.unique().numpy()
    mesh = np.searchsorted(skin, chart.vertex[chart.faces].numpy())
    sources = np.searchsorted(skin, placed_on(head, chart).vertex[list(WEIGHED)])
    found = heat_weights(points[skin], mesh, sources, depth=HEAD_DEPTH)
    weights = np.zeros((len(skin), BONES))
    weights[:, list(WEIGHED)], weights[:, HEAD] = found[:, :-1], found[:, -1]
    row = np.searchsorted(skin, chart.vertex.numpy())
    return weights[row], vertex_areas(points[skin], mesh)[row]


def shares(
    mixture: Mixture, offsets: Offsets | None, uv: torch.Tensor, negligible: float | None
) -> tuple[torch.Tensor, float]:
    """Weights of all bones at places, with all bones counted or those within reach; and slots a place."""
    reach = within_reach(mixture, uv, HEAD, **({} if negligible is None else {"negligible": negligible}))
    found = amplitudes(mixture, offsets, uv, reach)[0]
    found = found / found.sum(dim=1, keepdim=True)
    counted = float((reach.bones > 0).sum(dim=1).double().mean())
    return torch.zeros(len(uv), BONES).scatter_add(1, reach.bones, found), counted


def drawn(components: int, scale: float) -> Offsets:
    """Offsets of the weights from their prior."""
    generator = torch.Generator().manual_seed(0)
    params = {
        b.name: scale * b.prior_std * torch.randn(1, b.size, generator=generator)
        for b in asm_blocks(components)
        if b.name in ("pi", "mu", "sigma")
    }
    found = offsets_of(params, torch.zeros(1), components)
    assert found is not None
    return found


def report(head: AbstractTemplateHead, components: list[int], steps: int, *, write: bool) -> None:
    """Fit and print a row for each number of components."""
    name, digest = head.card.name, topology_digest(head.faces)
    chart = read_chart(chart_path(name), digest)
    weights, area = diffused(head, chart)
    face = head.regions["face"].numpy()[chart.vertex.numpy()]
    uv = chart.uv.float()
    print(f"{name}: {len(WEIGHED)} bones with weights on {len(uv):,} coordinates")
    print(HEADING)
    for count in components:
        begun = time.perf_counter()
        mixture = fit_mixture(weights, chart.uv.numpy(), area, head=HEAD, components=count, steps=steps)
        seconds = time.perf_counter() - begun
        print_row(mixture, uv, (weights[face], area[face], face), seconds)
        if write and count == SHIPPED:
            write_mixture(mixture_path(name), mixture, digest)


def report_shipped(head: AbstractTemplateHead) -> None:
    """Print the row of the mixtures beside the package's data."""
    name, digest = head.card.name, topology_digest(head.faces)
    chart = read_chart(chart_path(name), digest)
    begun = time.perf_counter()
    weights, area = diffused(head, chart)
    face = head.regions["face"].numpy()[chart.vertex.numpy()]
    print(f"{name}: mixtures that ship, {len(WEIGHED)} bones with weights on {len(chart.uv):,} coordinates")
    print(HEADING)
    mixture = read_mixture(mixture_path(name), digest)
    print_row(mixture, chart.uv.float(), (weights[face], area[face], face), time.perf_counter() - begun)


def print_row(
    mixture: Mixture, uv: torch.Tensor, target: tuple[np.ndarray, np.ndarray, np.ndarray], seconds: float
) -> None:
    """Measure mixtures and print what is found.

    Args:
        mixture: at hand.
        uv: of all coordinates of the chart.
        target: diffused weights and areas of the face's coordinates, and which they are.
        seconds: that it took to come by the mixtures.
    """
    wanted, area, face = target
    count = mixture.share.shape[1]
    whole, _ = shares(mixture, None, uv, 0.0)
    part, slots = shares(mixture, None, uv, None)
    moved = drawn(count, 0.5)
    later = (shares(mixture, moved, uv, None)[0] - shares(mixture, moved, uv, 0.0)[0]).abs().sum(dim=1)
    error = weight_error(whole[face], wanted, area)
    size = sum(block.size for block in asm_blocks(count))
    print(
        f"  {count:2d}  {size:10,}  {error['mean_sum']:.3f}  {error['worst']:.3f}  {error['rms']:.3f}"
        f"  {slots:13.1f}  {float((part - whole).abs().sum(dim=1).max()):.4f}    {float(later.max()):.4f}"
        f"     {seconds:.0f}",
        flush=True,
    )


def main() -> None:
    """Parse and run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--heads", nargs="+", default=["builtin", "ict"])
    parser.add_argument("--components", nargs="+", type=int, default=[1, 2, 3, 4])
    parser.add_argument("--steps", type=int, default=120)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--shipped", action="store_true")
    options = parser.parse_args()
    torch.set_num_threads(1)
    for name in options.heads:
        head = load_head(name)
        if options.shipped:
            report_shipped(head)
            continue
        if options.write:
            make_chart(head)
        report(head, options.components, options.steps, write=options.write)


if __name__ == "__main__":
    main()
