import numpy as np
import pytest
import torch

from facescale.heads.blendshapes import blendshapes
from facescale.heads.builtin.arkit import ARKIT_NAMES
from facescale.heads.builtin.head import load_builtin
from facescale.heads.ict import load_ict
from facescale.heads.template import AbstractTemplateHead
from tests.heads.ict_assets import PACKED, needs_ict
from tests.heads.random_head import random_head, random_params
from tests.heads.seamed_head import EXPRESSIONS, seamed_head


def fitted(head, seed=0):
    names = tuple(block.name for block in head.blocks)
    return {name: value[0].numpy() for name, value in random_params(head, 1, names=names, seed=seed).items()}


def blend(found):
    return found.neutral + np.tensordot(found.weights, found.offsets, axes=1)


@pytest.mark.parametrize("head", [random_head(), seamed_head()], ids=["unnamed", "named"])
def test_neutral_and_weighted_offsets_are_the_fitted_head(head):
    params = fitted(head)
    whole = head.evaluate({name: torch.from_numpy(value)[None] for name, value in params.items()})[0].numpy()
    found = blendshapes(head, params)
    np.testing.assert_allclose(blend(found), whole, atol=1e-3)
    assert found.residual_mm < 1e-3


def test_the_neutral_keeps_everything_but_the_expression():
    head = random_head()
    params = fitted(head)
    still = {**params, "expression": np.zeros(5, np.float32)}
    alone = head.evaluate({name: torch.from_numpy(value)[None] for name, value in still.items()})[0].numpy()
    np.testing.assert_allclose(blendshapes(head, params).neutral, alone, atol=1e-4)


def test_names_are_arkit_s_and_halves_have_a_sum_that_does_not_move_the_fit():
    found = blendshapes(seamed_head(), fitted(seamed_head()))
    own = ("jawOpen", "eyeBlinkLeft", "eyeBlinkRight", "browInnerUp_L", "browInnerUp_R", "own")
    assert found.names == (*own, "browInnerUp")
    assert found.weights[-1] == 0
    np.testing.assert_allclose(found.offsets[-1], found.offsets[3] + found.offsets[4], atol=1e-4)


def test_coefficients_without_names_are_numbered():
    assert blendshapes(random_head(), {}).names[:2] == ("expression_000", "expression_001")


def test_what_params_lack_is_at_its_prior_mean():
    head = random_head()
    np.testing.assert_allclose(blend(blendshapes(head, {})), head.mean_vertices().numpy(), atol=1e-3)


class BentHead(AbstractTemplateHead):
    """Moves with the square of its first expression too, so that half of it is not half of the whole."""

    straight = seamed_head()
    blocks = straight.blocks
    num_vertices = straight.num_vertices

    def evaluate(self, params, sites=None):
        first = params["expression"][:, :1, None]
        return self.straight.evaluate(params, sites) + first.square() - first

    def directional_jacobian(self, params, sites, directions):
        raise NotImplementedError

    def mean_vertices(self):
        return self.straight.mean_vertices()

    def to(self, device):
        return self


def test_a_bent_head_says_how_far_the_blend_is_from_it():
    params = {"identity": np.zeros(4), "expression": np.array([0.5, 0, 0, 0, 0, 0])}
    assert blendshapes(BentHead(), params).residual_mm == pytest.approx(0.25 * np.sqrt(3), rel=1e-3)


def test_a_head_without_expressions_has_no_shapes():
    head = seamed_head()
    from dataclasses import replace

    rigid = replace(head, blocks=head.blocks[:1], basis=head.basis[..., :4].contiguous())
    found = blendshapes(rigid, {"identity": np.ones(4, np.float32)})
    assert found.names == ()
    assert found.offsets.shape == (0, head.num_vertices, 3)


@needs_ict
def test_ict_speaks_51_of_the_52_names():
    found = blendshapes(load_ict(PACKED), {})
    assert set(ARKIT_NAMES) - set(found.names) == {"tongueOut"}
    assert len(set(found.names)) == len(found.names) == 59
    assert set(EXPRESSIONS[:1]) <= set(found.names)


@pytest.mark.slow
def test_the_built_in_head_speaks_all_52_names_and_nothing_else():
    found = blendshapes(load_builtin(), {})
    assert found.names == ARKIT_NAMES
    assert found.sums == {}
