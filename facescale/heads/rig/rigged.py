"""A subject's own blendshapes as a head: the identity is fixed, expressions are all that is left to choose."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import torch
from jaxtyping import Float

from facescale.heads.blocks import expression_block
from facescale.heads.linear import LinearHead


def rigged_head(
    model: LinearHead,
    neutral: Float[np.ndarray, "v 3"],
    moved: Float[np.ndarray, "k v 3"],
    names: Sequence[str],
    *,
    subject: str,
    notes: Sequence[str] = (),
) -> LinearHead:
    """Make the head of one subject in a model's topology.

    Args:
        model: whose topology, landmarks, regions and licence it has.
        neutral: mm in the head frame.
        moved: displacements at full activation.
        names: of the expressions.
        subject: part of the head's name.
        notes: how it was made.
    """
    basis = torch.from_numpy(np.ascontiguousarray(moved.transpose(1, 2, 0))).float()
    card = replace(
        model.card, name=f"{model.card.name}({subject})", notes=(*model.card.notes, *notes), native_unit="mm"
    )
    return replace(
        model,
        card=card,
        zero=torch.from_numpy(np.ascontiguousarray(neutral)).float(),
        basis=basis,
        blocks=(expression_block(basis, model.regions["head"], tuple(names)),),
        mirror=None,
    )
