"""Which heads have bones that a file can hold. Knows the kinds of heads."""

from collections.abc import Mapping

import numpy as np
from jaxtyping import Float

from facescale.heads.bone_skin import BoneSkin
from facescale.heads.template import AbstractTemplateHead


def bone_skin_of(head: AbstractTemplateHead, params: Mapping[str, Float[np.ndarray, "_"]]) -> BoneSkin | None:
    """A subject's bones with four weights a vertex; None for a head whose shape is not its bones' alone.

    Args:
        head: on the CPU.
        params: fitted coefficients by block name.

    Raises:
        ValueError: a block that the head does not have, or of another size.
    """
    from facescale.heads.asm.four_weights import four_weights_of
    from facescale.heads.asm.head import AsmHead

    return four_weights_of(head, params) if isinstance(head, AsmHead) else None
