import numpy as np
import pytest

from facescale.geometry.subdivision import catmull_clark
from facescale.heads.builtin.albedo import Grooming, linear, skin_texture, srgb, vertex_albedo
from facescale.heads.builtin.regions import skin_regions
from facescale.heads.builtin.tones import SKIN_TONES
from facescale.heads.builtin.topology import skin_topology
from facescale.heads.builtin.uv_chart import skin_uv_chart

SIZE = 256
PLAIN = Grooming(freckles=0, scalp=0)


def brightness(colours):
    return colours.astype(float) @ [0.2126, 0.7152, 0.0722]


def redness(colours):
    mean = colours.astype(float).mean(axis=0)
    return mean[0] / mean[1]


def at_vertices(texture):
    """Of the cage: what the texture shows at their coordinates."""
    uv = skin_uv_chart().uv[: skin_topology().num_vertices]
    column, row = (uv * [SIZE, -SIZE] + [0, SIZE]).astype(int).T
    return texture[row, column]


def test_the_same_seed_paints_the_same_and_another_one_does_not():
    one = skin_texture(SIZE, seed=4)
    assert one.shape == (SIZE, SIZE, 3)
    assert np.array_equal(one, skin_texture(SIZE, seed=4))
    assert not np.array_equal(one, skin_texture(SIZE, seed=5))
    assert np.array_equal(vertex_albedo(seed=4), vertex_albedo(seed=4))


def test_texture_and_vertices_agree():
    vertices = vertex_albedo(tone="medium", grooming=PLAIN)[: skin_topology().num_vertices].astype(float)
    texture = at_vertices(skin_texture(SIZE, tone="medium", grooming=PLAIN)).astype(float)
    regions = skin_regions()
    chosen = regions["cheeks"] | regions["forehead"] | regions["neck"]
    assert np.abs(vertices - texture)[chosen].mean() < 4


@pytest.mark.parametrize("tone", SKIN_TONES)
def test_lips_nose_and_ears_are_redder_than_the_forehead(tone):
    colours = vertex_albedo(tone=tone, grooming=PLAIN)[: skin_topology().num_vertices]
    regions = {name: colours[mask] for name, mask in skin_regions().items()}
    forehead = redness(regions["forehead"])
    assert redness(regions["lips"]) > 1.15 * forehead
    for name in ("nose", "ears", "eyelids", "cheeks"):
        assert redness(regions[name]) > forehead, name


def test_tones_run_from_light_to_dark():
    shades = [brightness(vertex_albedo(tone=tone, grooming=PLAIN)).mean() for tone in SKIN_TONES]
    assert shades == sorted(shades, reverse=True)
    assert shades[0] > 2 * shades[-1]


def test_brows_scalp_and_stubble_darken_their_regions_only():
    regions = skin_regions()
    bare = at_vertices(skin_texture(SIZE, grooming=Grooming(scalp=0, stubble=0, brows=0, freckles=0)))
    cheek = regions["cheeks"] & ~regions["beard"]
    for region, grooming in (
        ("scalp", Grooming(scalp=1, brows=0, freckles=0)),
        ("brows", Grooming(scalp=0, brows=1, freckles=0)),
        ("beard", Grooming(scalp=0, brows=0, stubble=1, freckles=0)),
    ):
        change = brightness(bare) - brightness(at_vertices(skin_texture(SIZE, grooming=grooming)))
        assert change[regions[region]].mean() > 15, region
        assert np.abs(change[cheek]).mean() < 3, region


def test_freckles_are_spots_on_the_middle_of_the_face():
    few, many = (at_vertices(skin_texture(SIZE, grooming=Grooming(scalp=0, freckles=f))) for f in (0, 1))
    change = brightness(few) - brightness(many)
    regions = skin_regions()
    assert change[regions["nose"]].max() > 8
    assert np.abs(change[regions["neck"]]).mean() < 0.5


def test_the_line_where_lips_meet_and_the_lashes_are_dark():
    rings = skin_topology().rings
    colours = brightness(vertex_albedo(grooming=PLAIN))
    assert colours[rings["mouth"][8]].mean() < 0.85 * colours[rings["mouth"][5]].mean()
    upper = np.arange(17, 26)
    assert colours[rings["eye"][6, upper]].mean() < 0.6 * colours[rings["eye"][3, upper]].mean()


def test_every_vertex_of_the_subdivided_skin_has_a_colour():
    topology = skin_topology()
    count = catmull_clark(topology.quads, topology.num_vertices).matrix.shape[0]
    assert vertex_albedo().shape == (count, 3)


def test_srgb_and_linear_are_inverse():
    colours = np.arange(0, 256, 5)[:, None].repeat(3, axis=1)
    assert np.array_equal(srgb(np.stack([linear(tuple(c)) for c in colours.tolist()])), colours)


@pytest.mark.parametrize("bad", [{"scalp": 1.2}, {"stubble": -0.1}, {"freckles": 2.0}, {"brows": 2.5}])
def test_shares_out_of_range_are_refused(bad):
    with pytest.raises(ValueError, match=f"expected {next(iter(bad))} within 0"):
        Grooming(**bad)


def test_too_small_a_texture_and_an_unknown_tone_are_refused():
    with pytest.raises(ValueError, match="at least 16 texels, got 8"):
        skin_texture(8)
