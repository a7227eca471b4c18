from dataclasses import dataclass, replace

import torch

from facescale.heads.field import AbstractFieldHead, FieldSample
from facescale.heads.template import HeadCard, ParameterBlock


def blocks():
    one = torch.ones(1)
    return (
        ParameterBlock(
            name="size",
            size=1,
            scope="subject",
            unit_scale=0.1,
            prior_mean=0 * one,
            prior_std=one,
            lower=-3 * one,
            upper=3 * one,
        ),
    )


@dataclass(frozen=True, kw_only=True, eq=False)
class BallHead(AbstractFieldHead):
    """The smallest head there is: a ball of 80 mm and 10 mm more a unit of its one latent."""

    card: HeadCard
    blocks: tuple[ParameterBlock, ...]
    middle: torch.Tensor

    def query(self, params, points):
        radius = 80 + 10 * params.get("size", torch.zeros(len(points), 1))
        apart = points - self.middle
        return FieldSample(
            sdf=apart.norm(dim=-1) - radius, colour=None, canonical=80 * apart / radius[..., None]
        )

    def landmarks(self, params):
        radius = 80 + 10 * params["size"]
        return {"now7": self.middle + radius[:, None] * torch.eye(3)[[0, 1, 2, 0, 1, 2, 0]]}

    def bounds(self):
        return torch.tensor([[-120.0] * 3, [120.0] * 3])

    def to(self, device):
        return replace(self, middle=self.middle.to(device), blocks=tuple(b.to(device) for b in self.blocks))


def a_head():
    card = HeadCard(name="ball", version="1", licence="none", source="", assets={}, native_unit="mm")
    return BallHead(card=card, blocks=blocks(), middle=torch.tensor([0.0, 5.0, 0.0]))


def test_each_lane_has_its_own_surface_and_landmarks_lie_on_it():
    head = a_head().to("cpu")
    params = {"size": torch.tensor([[0.0], [1.0]])}
    small, large = head.surface(params, spacing=4.0)
    for surface, radius in ((small, 80.0), (large, 90.0)):
        away = (surface.vertices - head.middle).norm(dim=1)
        assert float((away - radius).abs().max()) < 0.05
    marks = head.landmarks(params)["now7"]
    assert float(head.query(params, marks).sdf.abs().max()) < 1e-4


def test_points_of_two_people_that_correspond_have_one_canonical_place():
    head = a_head()
    params = {"size": torch.tensor([[0.0], [1.0]])}
    points = torch.stack([torch.tensor([[0.0, 5.0, 80.0]]), torch.tensor([[0.0, 5.0, 90.0]])])
    canonical = head.query(params, points).canonical
    assert canonical is not None
    assert torch.allclose(canonical[0], canonical[1])
