import numpy as np
import pytest
import torch

from facescale.heads.builtin.head import load_builtin
from facescale.synthesis.off_span import OffSpan, root_mean_square, wrinkles
from tests.heads.ict_assets import needs_ict
from tests.heads.random_head import random_head
from tests.synthesis.ict_head import ict, off_span, template


@pytest.mark.parametrize("rms", [0.2, 0.8])
def test_fields_of_any_head_have_the_stated_size_and_leave_its_span(rms):
    head = random_head()
    made = OffSpan(head).field(np.random.default_rng(0), rms=rms, wavelengths=(15, 80))
    assert root_mean_square(made) == pytest.approx(rms)
    flat = head.basis.reshape(-1, head.basis.shape[-1]).double().numpy()
    cosines = flat.T @ made.ravel() / np.linalg.norm(flat, axis=0) / np.linalg.norm(made)
    assert np.abs(cosines).max() < 1e-5


@needs_ict
def test_on_the_skin_of_ict_nothing_of_a_field_could_be_fitted():
    field = off_span().field(np.random.default_rng(1), rms=0.8, wavelengths=(15, 80))
    skin = template().skin
    assert root_mean_square(field[skin]) == pytest.approx(0.8)
    assert off_span().share_in_span(field) < 1e-6
    # the same by an independent least-squares fit of all 157 coefficients
    basis = ict().basis[torch.from_numpy(skin)].reshape(-1, 157).double()
    wanted = torch.from_numpy(field[skin].reshape(-1, 1))
    fitted = torch.linalg.lstsq(basis, wanted, driver="gelsd").solution
    assert float((wanted - basis @ fitted).norm() / wanted.norm()) > 0.999


@needs_ict
def test_what_the_model_can_do_is_found_to_be_in_its_span():
    smile = ict().basis[..., 3].numpy()
    assert off_span().share_in_span(smile) == pytest.approx(1, abs=1e-4)


@needs_ict
def test_eyes_and_teeth_move_with_the_field_but_not_more():
    for seed in range(5):
        field = off_span().field(np.random.default_rng(seed), rms=0.8, wavelengths=(15, 80))
        lengths = np.linalg.norm(field, axis=1)
        assert lengths[template().skin].max() < 4
        assert lengths[:24591].max() < 5


def test_eyes_of_the_built_in_head_which_its_skin_hardly_feels_follow_their_lids():
    head = load_builtin()
    skin = head.regions["head"].numpy()
    for seed in range(3):
        field = OffSpan(head).field(np.random.default_rng(seed), rms=0.8, wavelengths=(15, 80))
        lengths = np.linalg.norm(field, axis=1)
        assert lengths[~skin].max() <= lengths[skin].max()


def test_wrinkles_are_fine_and_stay_on_the_face():
    rng = np.random.default_rng(0)
    points = rng.uniform(-150, 150, (20_000, 3)).astype(np.float32)
    heights = wrinkles(rng, points, nose_tip=np.zeros(3, np.float32), depth=0.2)
    far = np.linalg.norm(points, axis=1)
    assert not heights[far > 110].any()
    inner = heights[far < 60]
    assert 0.02 < inner.std() < 0.25
    assert np.abs(heights).max() < 1.5
