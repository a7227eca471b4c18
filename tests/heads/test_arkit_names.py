from facescale.heads.arkit_names import arkit_name, arkit_sums
from facescale.heads.builtin.arkit import ARKIT_NAMES


def test_a_side_is_spelt_out_where_arkit_has_the_expression():
    assert arkit_name("eyeBlink_L") == "eyeBlinkLeft"
    assert arkit_name("mouthSmile_R") == "mouthSmileRight"


def test_other_names_stay_as_they_are():
    assert arkit_name("jawOpen") == "jawOpen"
    assert arkit_name("browInnerUp_L") == "browInnerUp_L"
    assert arkit_name("PupilDilate_R") == "PupilDilate_R"
    assert arkit_name("A") == "A"


def test_every_name_of_arkit_is_left_alone():
    assert [arkit_name(name) for name in ARKIT_NAMES] == list(ARKIT_NAMES)


def test_halves_are_summed_only_where_the_whole_is_missing():
    assert arkit_sums(("browInnerUp_L", "browInnerUp_R", "cheekPuff_L")) == {
        "browInnerUp": ("browInnerUp_L", "browInnerUp_R")
    }
    assert arkit_sums(("browInnerUp", "browInnerUp_L", "browInnerUp_R")) == {}
    assert arkit_sums(("eyeBlink_L", "eyeBlink_R")) == {}
