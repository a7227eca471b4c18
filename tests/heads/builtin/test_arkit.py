from facescale.heads.builtin.arkit import ARKIT_NAMES, MIRRORED, ON_OPEN_JAW

TWO_SIDED = {
    "jawForward",
    "jawOpen",
    "mouthClose",
    "mouthFunnel",
    "mouthPucker",
    "mouthRollLower",
    "mouthRollUpper",
    "mouthShrugLower",
    "mouthShrugUpper",
    "browInnerUp",
    "cheekPuff",
    "tongueOut",
}


def test_there_are_52_names_from_the_left_blink_to_the_tongue():
    assert len(set(ARKIT_NAMES)) == len(ARKIT_NAMES) == 52
    assert ARKIT_NAMES[0] == "eyeBlinkLeft"
    assert ARKIT_NAMES[-1] == "tongueOut"


def test_every_name_but_the_two_sided_ones_has_its_mirror_image_among_the_names():
    assert set(MIRRORED) == set(ARKIT_NAMES) - TWO_SIDED
    assert all(other in ARKIT_NAMES and MIRRORED[other] == name != other for name, other in MIRRORED.items())


def test_what_needs_an_open_jaw_is_two_sided():
    assert set(ON_OPEN_JAW) <= TWO_SIDED
