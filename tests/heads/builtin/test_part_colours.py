import numpy as np
import pytest

from facescale.heads.builtin.eyeballs import EyeballMeasures, eyeballs
from facescale.heads.builtin.part_colours import LIMBUS, PUPIL, iris_colours, part_albedo, part_texture
from facescale.heads.builtin.parts import Part
from facescale.heads.builtin.teeth import TeethMeasures, teeth
from facescale.heads.builtin.tones import IRIS_TONES
from facescale.heads.builtin.tongue import TongueMeasures, resting_tongue

EYES = eyeballs(EyeballMeasures(), (31.0, 0.0, -6.0))


def brightness(colours):
    return colours.astype(float) @ [0.2126, 0.7152, 0.0722]


def test_the_painted_iris_has_the_size_of_the_modelled_one():
    assert EyeballMeasures().limbus_radius == LIMBUS
    assert EyeballMeasures().pupil_radius == PUPIL


@pytest.mark.parametrize("iris", IRIS_TONES)
def test_pupil_iris_and_sclera_run_from_dark_to_light(iris):
    colours = brightness(part_albedo(EYES, iris=iris))
    groups = EYES.groups
    pupil, ring, white = (colours[groups[name]].mean() for name in ("shell_pupil", "shell_iris", "sclera"))
    assert pupil < 30
    assert pupil < ring < 0.75 * white


def test_the_limbus_is_darker_than_the_iris_and_fibres_vary_around_the_axis():
    angle = np.linspace(-np.pi, np.pi, 400, endpoint=False)
    middle = iris_colours(np.full(400, 4.0), angle, iris="blue", seed=0)
    ring = iris_colours(np.full(400, LIMBUS - 0.1), angle, iris="blue", seed=0)
    assert ring.mean() < 0.6 * middle.mean()
    assert middle.std(axis=0).max() > 0.1 * middle.mean()
    around = iris_colours(np.full(2, 4.0), np.array([-np.pi, np.pi]), iris="blue", seed=0)
    np.testing.assert_allclose(around[0], around[1], atol=1e-9)


def test_the_iris_has_its_named_colour():
    red, _, blue = part_albedo(EYES, iris="blue")[EYES.groups["shell_iris"]].astype(float).mean(axis=0)
    assert blue > 1.15 * red
    red, _, blue = part_albedo(EYES, iris="brown")[EYES.groups["shell_iris"]].astype(float).mean(axis=0)
    assert red > 1.5 * blue


def test_the_whites_have_veins_that_leave_the_iris_free():
    texture = part_texture(EYES, 512)
    assert texture.shape == (512, 512, 3)
    sclera = part_albedo(EYES)[EYES.groups["sclera"]].astype(float)
    assert 1.0 < (sclera[:, 0] / sclera[:, 1]).mean() < 1.35


def test_teeth_are_light_and_gums_are_red():
    for arch in teeth(TeethMeasures()):
        colours = part_albedo(arch).astype(float)
        crown, gum = colours[arch.groups["teeth"]], colours[arch.groups["gums"]]
        assert brightness(crown).mean() > 1.3 * brightness(gum).mean()
        assert (gum[:, 0] / gum[:, 1]).mean() > 1.4
        assert (crown[:, 0] / crown[:, 1]).mean() < 1.15


def test_the_tongue_is_red_and_its_back_paler():
    tongue = resting_tongue(TongueMeasures(), TeethMeasures())
    colours = part_albedo(tongue).astype(float)
    assert (colours[:, 0] / colours[:, 1]).min() > 1.3
    back = tongue.groups["back"] & tongue.groups["body"]
    assert brightness(colours[back]).mean() > brightness(colours[tongue.groups["underside"]]).mean()


def test_the_same_seed_paints_the_same():
    assert np.array_equal(part_albedo(EYES, seed=3), part_albedo(EYES, seed=3))
    assert not np.array_equal(part_albedo(EYES, seed=3), part_albedo(EYES, seed=4))


def test_a_part_without_colours_is_refused():
    strange = Part(**{**vars(EYES), "name": "horns"})
    with pytest.raises(ValueError, match="got 'horns'"):
        part_albedo(strange)
