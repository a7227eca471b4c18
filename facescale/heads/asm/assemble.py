"""An ASM head over another head's resting skin: bones by rule, chart and mixtures as they were made for it.

Knows the files of charts and mixtures, and no file of any head model.
"""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Float, Int
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components, dijkstra
from scipy.spatial import KDTree
from torch import Tensor

from facescale.heads.asm.chart import SkinChart, read_chart
from facescale.heads.asm.coefficients import asm_blocks
from facescale.heads.asm.head import AsmHead
from facescale.heads.asm.mixture import Mixture, Reach, within_reach
from facescale.heads.asm.mixture_fit import FLOOR
from facescale.heads.asm.placement import Placement, place_bones
from facescale.heads.asm.skeleton import HEAD, INDEX
from facescale.heads.embeddings import FOLDER, topology_digest
from facescale.heads.framing import landmark_points
from facescale.heads.template import AbstractTemplateHead, HeadCard

VERSION = "1"
NEAR_EYE = 30.0
"""mm from an eye's middle within which a loose part, such as lashes, hangs on the lids."""


def asm_over(base: AbstractTemplateHead) -> AsmHead:
    """Make the ASM head of a head that has a chart.

    Args:
        base: on the CPU; its mean is the resting skin, its coefficients are left behind.

    Raises:
        ValueError: no chart or no mixtures for its triangles.
    """
    name, digest = base.card.name, topology_digest(base.faces)
    chart = read_chart(chart_path(name), digest)
    mixture = read_mixture(mixture_path(name), digest)
    head = asm_of(base, chart, mixture)
    return replace(head, card=_card(base, mixture))


def asm_of(base: AbstractTemplateHead, chart: SkinChart, mixture: Mixture) -> AsmHead:
    """The same of parts in hand; the card stays the base's."""
    mean = base.mean_vertices()
    bones = placed_on(base, chart)
    first = _first_coordinate(chart, base.num_vertices)
    anchor, bone = _hung(base, bones, chart)
    place = chart.uv[first[anchor]].float()
    reach = within_reach(mixture, place, HEAD)
    return AsmHead(
        card=base.card,
        faces=base.faces,
        uv=base.uv,
        faces_uv=base.faces_uv,
        landmarks=base.landmarks,
        regions=base.regions,
        quads=base.quads,
        mirror=base.mirror,
        blocks=asm_blocks(mixture.share.shape[1]),
        zero=mean,
        chart=chart,
        bound=mean,
        bone_uv=chart.uv[first[torch.from_numpy(bones.vertex)]],
        bone_place=torch.from_numpy(bones.position).float(),
        mixture=mixture,
        place=place,
        reach=_with_rigid(reach, bone),
    )


def placed_on(base: AbstractTemplateHead, chart: SkinChart) -> Placement:
    """The bones on a head's mean."""
    mean = base.mean_vertices()
    points = landmark_points(mean, base.faces, base.landmarks["ibug68"])
    skin = chart.vertex.unique()
    return place_bones(points.double().numpy(), mean.double().numpy(), skin.numpy())


def chart_path(name: str) -> Path:
    """The file of a head's chart."""
    return FOLDER / f"asm_chart_{name}.npz"


def mixture_path(name: str) -> Path:
    """The file of a head's initial mixtures."""
    return FOLDER / f"asm_mixture_{name}.npz"


def write_mixture(path: Path, mixture: Mixture, topology: str) -> None:
    """Store initial mixtures for `read_mixture` to find."""
    arrays = {name: getattr(mixture, name).numpy() for name in ("share", "middle", "factor")}
    np.savez_compressed(path, topology=np.array(topology), **arrays)


def read_mixture(path: Path, topology: str) -> Mixture:
    """Read what `write_mixture` wrote.

    Raises:
        ValueError: no mixtures there, or those of other triangles.
    """
    if not path.is_file():
        raise ValueError(f"expected initial mixtures of ASM in {path.name}, found none")
    with np.load(path, allow_pickle=False) as file:
        if str(file["topology"]) != topology:
            raise ValueError(f"expected the triangles that {path.name} was made for, got others")
        parts = {name: torch.from_numpy(file[name]).float() for name in ("share", "middle", "factor")}
    return Mixture(**parts, floor=FLOOR)


def _card(base: AbstractTemplateHead, mixture: Mixture) -> HeadCard:
    blocks = asm_blocks(mixture.share.shape[1])
    count = sum(block.size for block in blocks)
    return replace(
        base.card,
        name=f"asm-{base.card.name}",
        version=f"{VERSION} over {base.card.version}",
        notes=(
            *base.card.notes,
            "Adaptive Skinning Model of Yang et al. 2023, written anew: bones by rule, fitted weights",
            (
                f"{count:,} parameters: {sum(b.size for b in blocks if not b.late):,} of poses, the rest for "
                f"binding and weights; {mixture.share.shape[1]} Gaussians a bone; root and head bone are fixed"
            ),
        ),
    )


def _first_coordinate(chart: SkinChart, count: int) -> Int[Tensor, "v"]:
    """A coordinate of each vertex, the first where it has two; -1 off the chart."""
    first = torch.full((count,), -1)
    order = torch.arange(len(chart.vertex)).flip(0)
    first[chart.vertex[order]] = order
    return first


def _hung(
    base: AbstractTemplateHead, bones: Placement, chart: SkinChart
) -> tuple[Int[Tensor, "v"], Int[Tensor, "v"]]:
    """The skin vertex from which each vertex takes its weights, and the bone that alone carries it, or -1."""
    points = base.mean_vertices().double().numpy()
    skin = chart.vertex.unique().numpy()
    faces = base.faces.long().numpy()
    edges = np.unique(np.sort(faces[:, [[0, 1], [1, 2], [2, 0]]].reshape(-1, 2), axis=1), axis=0)
    length = np.linalg.norm(points[edges[:, 0]] - points[edges[:, 1]], axis=1) + 1e-6
    graph = csr_array(coo_array((length, (edges[:, 0], edges[:, 1])), shape=(len(points),) * 2))
    # the lining of mouth, lids and nostrils goes with the rim that it is sewn to
    _, _, anchor = dijkstra(graph, directed=False, indices=skin, return_predecessors=True, min_only=True)
    loose = anchor < 0
    anchor[loose] = skin[KDTree(points[skin]).query(points[loose])[1]]
    alone = np.full(len(points), -1)
    _, piece = connected_components(graph, directed=False)
    balls = np.zeros(len(points), dtype=bool)
    for name, mask in base.regions.items():
        if name.startswith("eyeballs"):
            balls |= mask.numpy()
    eyes = {side: INDEX[f"eye.{side}"] for side in ("L", "R")}
    for number in np.unique(piece[loose]):
        part = np.flatnonzero((piece == number) & loose)
        middle = points[part].mean(axis=0)
        eye = eyes["L" if middle[0] > 0 else "R"]
        if balls[part].mean() > 0.5:  # noqa: PLR2004 - most of it
            alone[part] = eye
        elif np.linalg.norm(middle - bones.position[eye]) > NEAR_EYE:
            # teeth and tongue stand in the skull: on the mouth's bone its scale drove them through the cheeks
            alone[part] = HEAD
    return torch.from_numpy(anchor.astype(np.int64)), torch.from_numpy(alone)


def _with_rigid(reach: Reach, bone: Int[Tensor, "v"]) -> Reach:
    """Let some places hang from one bone alone: teeth, tongue, eyeballs."""
    rigid = bone >= 0
    bones, floor, soft = reach.bones.clone(), reach.floor.clone(), reach.soft.clone()
    bones[rigid], floor[rigid], soft[rigid] = 0, 0.0, 0.0
    bones[rigid, 0], floor[rigid, 0] = bone[rigid], 1.0
    return Reach(bones=bones, floor=floor, soft=soft)


def weight_error(
    found: Float[Tensor, "n 84"], wanted: Float[np.ndarray, "n 84"], area: Float[np.ndarray, "n"]
) -> Mapping[str, float]:
    """How far weights are from those that they stand for: RMS a row, mean and greatest sum of misses."""
    miss = found.double().numpy() - wanted
    share = area / area.sum()
    rows = np.abs(miss).sum(axis=1)
    return {
        "rms": float(np.sqrt((np.square(miss).sum(axis=1) * share).sum())),
        "mean_sum": float((rows * share).sum()),
        "worst": float(np.abs(miss).max()),
    }
