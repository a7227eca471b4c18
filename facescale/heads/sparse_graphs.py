"""Sparse matrices for graph decoders, made of scipy's and of edges. Knows no network's weights."""

import numpy as np
import torch
from jaxtyping import Int
from scipy.sparse import coo_array, csr_array

from facescale.heads.graph_decoder import SparseRows


def sparse_rows(matrix: csr_array) -> SparseRows:
    """A matrix in single precision."""
    return SparseRows(
        starts=torch.from_numpy(matrix.indptr.astype(np.int32)),
        columns=torch.from_numpy(matrix.indices.astype(np.int32)),
        values=torch.from_numpy(matrix.data.astype(np.float32)),
        width=int(np.shape(matrix)[1]),
    )


def laplacian(edges: Int[np.ndarray, "e 2"], size: int) -> SparseRows:
    """-D^-1/2 A D^-1/2 of a graph: its normalised Laplacian scaled to -1..1, its greatest value taken to be 2.

    Args:
        edges: pairs of vertices, each once.
        size: vertices.
    """
    a, b = edges.T
    degree = np.bincount(edges.ravel(), minlength=size).astype(np.float64)
    root = np.divide(1.0, np.sqrt(degree), out=np.zeros(size), where=degree > 0)
    value = -root[a] * root[b]
    rows, columns = np.concatenate([a, b]), np.concatenate([b, a])
    table = coo_array((np.concatenate([value, value]), (rows, columns)), shape=(size, size))
    return sparse_rows(csr_array(table))
