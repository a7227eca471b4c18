from dataclasses import dataclass
from typing import Literal

import pytest

from facescale.corpora.layout_options import options_of


@dataclass(frozen=True, kw_only=True)
class Options:
    unit: Literal["mm", "m"] | None = "m"
    cameras: tuple[str, ...] = ()
    frames: int = 1
    shift: float = 0.0
    corrected: bool = False
    name: str = ""


def test_without_settings_all_have_their_defaults():
    assert options_of(Options, []) == Options()


def test_settings_are_read_by_the_types_of_their_fields():
    typed = ["unit=mm", "cameras=0042,0037", "frames=12", "shift=-0.5", "corrected=yes", "name=a=b"]
    made = Options(unit="mm", cameras=("0042", "0037"), frames=12, shift=-0.5, corrected=True, name="a=b")
    assert options_of(Options, typed) == made


def test_serials_stay_text():
    assert options_of(Options, ["cameras=0042"]).cameras == ("0042",)


def test_none_is_typed_as_a_word_where_it_is_allowed():
    assert options_of(Options, ["unit=none"]).unit is None


def test_the_last_of_a_name_counts():
    assert options_of(Options, ["frames=1", "frames=2"]).frames == 2


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("frames", "expected an option NAME=VALUE with a name out of unit, cameras, frames"),
        ("frame=1", "with a name out of unit, cameras, frames, shift, corrected, name, got 'frame=1'"),
        ("frames=x", "expected frames to be a whole number, got 'x'"),
        ("shift=x", "expected shift to be a number, got 'x'"),
        ("unit=km", "expected unit to be one of mm, m, got 'km'"),
        ("corrected=maybe", "expected corrected to be true or false, got 'maybe'"),
    ],
)
def test_what_cannot_be_used_is_refused_with_what_was_expected(setting, message):
    with pytest.raises(ValueError, match=message):
        options_of(Options, [setting])
