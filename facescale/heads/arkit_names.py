"""A head's expression names in the spelling of ARKit, which avatars and capture programs speak. No shapes."""

from facescale.heads.builtin.arkit import ARKIT_NAMES

_KNOWN = frozenset(ARKIT_NAMES)
_SIDES = {"_L": "Left", "_R": "Right"}


def arkit_name(name: str) -> str:
    """Spell a head's name as ARKit does where it means the same, such as eyeBlink_L; others stay."""
    spelt = name[:-2] + _SIDES.get(name[-2:], name[-2:])
    return spelt if spelt in _KNOWN else name


def arkit_sums(names: tuple[str, ...]) -> dict[str, tuple[str, str]]:
    """Name the ARKit expressions that a head has in two halves only, such as browInnerUp_L and browInnerUp_R.

    Returns:
        ARKit's name -> the halves, of which it is the sum.
    """
    there = set(names)
    return {
        whole: (whole + "_L", whole + "_R")
        for whole in ARKIT_NAMES
        if whole not in there and {whole + "_L", whole + "_R"} <= there
    }
