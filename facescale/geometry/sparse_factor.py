"""A sparse positive definite matrix, factorised once and solved for many columns. float64, on the CPU.

SuperLU in its symmetric mode, which SciPy brings along: for a head's surface a factorisation takes as long as
some ten solves, so that a Cholesky library would save little, and would be one more thing to install.
"""

from typing import final

import numpy as np
import scipy.sparse as sp
from jaxtyping import Float
from scipy.sparse.linalg import splu


@final
class SparseFactor:
    """Solves with one matrix.

    Args:
        matrix: symmetric and positive definite.

    Raises:
        ValueError: a matrix that is singular.
    """

    def __init__(self, matrix: sp.sparray) -> None:
        try:
            self._factor = splu(
                sp.csc_array(matrix),
                permc_spec="MMD_AT_PLUS_A",
                diag_pivot_thresh=0.0,
                options={"SymmetricMode": True},
            )
        except RuntimeError as error:
            raise ValueError(f"expected a positive definite matrix, got: {error}") from error

    @property
    def entries(self) -> int:
        """Numbers in the lower triangle: what a solve costs."""
        return int(self._factor.L.nnz)

    def solve(self, columns: Float[np.ndarray, "v *rest"]) -> Float[np.ndarray, "v *rest"]:
        """Solve for any number of right-hand sides at once.

        Args:
            columns: one right-hand side for each index of the axes after the first.
        """
        return self._factor.solve(columns.reshape(len(columns), -1)).reshape(columns.shape)
