import numpy as np
import pytest

from facescale.synthesis.photo.reflection import SKIN_F0, fresnel, ggx, strand_gloss


def hemisphere(count: int) -> np.ndarray:
    """Directions over the upper half sphere, evenly."""
    rng = np.random.default_rng(1)
    z, angle = rng.uniform(0, 1, count), rng.uniform(0, 2 * np.pi, count)
    ring = np.sqrt(1 - z * z)
    return np.stack([ring * np.cos(angle), ring * np.sin(angle), z], axis=1)


@pytest.mark.parametrize("alpha", [0.16, 0.42])
@pytest.mark.parametrize("slant", [0.0, 0.8, 1.3])
def test_microfacets_never_send_back_more_light_than_falls_in(alpha, slant):
    light = hemisphere(400_000)
    view = np.array([np.sin(slant), 0, np.cos(slant)])
    half = light + view
    half /= np.linalg.norm(half, axis=1, keepdims=True)
    n_v = np.full(len(light), view[2])
    returned = ggx(half[:, 2], n_v, light[:, 2], alpha).mean() * 2 * np.pi
    assert 0.6 < returned < 1.02


def test_swapping_light_and_view_changes_nothing():
    rng = np.random.default_rng(0)
    n_h, one, two = rng.uniform(0.2, 1, (3, 100))
    np.testing.assert_allclose(ggx(n_h, one, two, 0.2) / two, ggx(n_h, two, one, 0.2) / one, rtol=1e-6)


def test_skin_mirrors_little_from_the_front_and_all_at_grazing():
    np.testing.assert_allclose(fresnel(np.array([1.0, 0.0]), SKIN_F0), [SKIN_F0, 1.0])


def test_hair_shines_where_light_and_eye_lie_on_one_cone_about_the_strand():
    strand = np.array([[0.0, 1, 0]])
    light = np.array([[0.6, 0.8, 0]])
    _, mirrored = strand_gloss(strand, light, np.array([[0.6, -0.8, 0]]))
    _, beside = strand_gloss(strand, light, np.array([[1.0, 0, 0]]))
    assert mirrored[0] == pytest.approx(1)
    assert beside[0] < 0.01
