"""Random points of surfaces and point clouds, seeded by the caller's generator. Knows nothing of scans."""

import torch
from jaxtyping import Float, Int
from torch import Tensor

from facescale.geometry.sites import Sites


def sample_surface(
    vertices: Float[Tensor, "v 3"], faces: Int[Tensor, "f 3"], count: int, *, generator: torch.Generator
) -> Sites:
    """Draw sites uniformly by area; any prefix of them is a uniform sample too.

    One draw falls into each of `count` equal parts of the area, which halves the noise of means; the draws are
    then shuffled.

    Args:
        vertices: of the surface, on the generator's device.
        faces: on the same device.
        count: sites.
        generator: the only source of randomness.

    Raises:
        ValueError: the surface has no area, or a coordinate that is not finite.
    """
    corners = vertices.detach()[faces].double()
    area = torch.linalg.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]).norm(dim=-1)
    ends = area.cumsum(0)
    total = ends[-1].item() if len(ends) else 0.0
    if not 0 < total < float("inf"):
        raise ValueError(f"expected a surface of finite positive area, got {total / 2} over {len(faces)} faces")
    wide = {"generator": generator, "dtype": torch.float64, "device": vertices.device}
    order = torch.randperm(count, generator=generator, device=vertices.device)
    position = (order + torch.rand(count, **wide)) / count * total
    face = torch.searchsorted(ends, position, right=True)
    # Rounding may push the last draw past the last face of any area.
    face = face.clamp_max(int(torch.nonzero(area)[-1]))
    root, share = torch.rand(count, **wide).sqrt(), torch.rand(count, **wide)
    weights = torch.stack([1 - root, root * (1 - share), root * share], dim=-1)
    return Sites(face=face, barycentric=weights.to(vertices.dtype))


def sample_cloud(total: int, count: int, *, generator: torch.Generator) -> Int[Tensor, "k"]:
    """Draw min(count, total) different indices uniformly, in random order."""
    return torch.randperm(total, generator=generator, device=generator.device)[:count]
