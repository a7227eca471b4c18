"""Graph decoders as plain arrays by name and back, for files of converted heads. Reads no file."""

from collections.abc import Mapping

import numpy as np
import torch
from torch import Tensor

from facescale.heads.bounded_files import check_array
from facescale.heads.graph_decoder import Convolution, GraphDecoder, SparseRows

MATRIX = ("starts", "columns", "values")
KINDS = {"starts": "i", "columns": "i", "values": "f"}


def decoder_to(decoder: GraphDecoder) -> Mapping[str, Tensor]:
    """All arrays: "weight", "bias", "ups/N/...", "graphs/N/...", "convolutions/N/..."."""
    found = {"weight": decoder.weight, "bias": decoder.bias}
    for kind, matrices in (("ups", decoder.ups), ("graphs", decoder.graphs)):
        for number, matrix in enumerate(matrices):
            found |= {f"{kind}/{number}/{name}": getattr(matrix, name) for name in MATRIX}
            found[f"{kind}/{number}/width"] = torch.tensor(matrix.width)
    for number, layer in enumerate(decoder.convolutions):
        place = f"convolutions/{number}/"
        found |= {place + "weight": layer.weight, place + "bias": layer.bias}
        found[place + "graph"] = torch.tensor(layer.graph)
    return found


def decoder_from(arrays: Mapping[str, np.ndarray]) -> GraphDecoder:
    """Make what `decoder_to` took apart; everything is checked again.

    Raises:
        ValueError: arrays that do not fit together.
        KeyError: one is missing.
    """
    layers = []
    for number in range(_count(arrays, "convolutions")):
        weight, bias, graph = (arrays[f"convolutions/{number}/{part}"] for part in ("weight", "bias", "graph"))
        check_array(f"weight of convolution {number}", weight, (None, None, None))
        check_array(f"bias of convolution {number}", bias, (weight.shape[2],))
        check_array(f"graph of convolution {number}", graph, (), "i")
        layers.append(Convolution(weight=_float(weight), bias=_float(bias), graph=int(graph)))
    check_array("bias of the decoder", arrays["bias"], (None,))
    check_array("weight of the decoder", arrays["weight"], (len(arrays["bias"]), None))
    return GraphDecoder(
        weight=_float(arrays["weight"]),
        bias=_float(arrays["bias"]),
        ups=tuple(_matrix(arrays, f"ups/{number}") for number in range(_count(arrays, "ups"))),
        graphs=tuple(_matrix(arrays, f"graphs/{number}") for number in range(_count(arrays, "graphs"))),
        convolutions=tuple(layers),
    )


def _count(arrays: Mapping[str, np.ndarray], kind: str) -> int:
    return len({name.split("/")[1] for name in arrays if name.startswith(f"{kind}/")})


def _matrix(arrays: Mapping[str, np.ndarray], place: str) -> SparseRows:
    parts = {name: arrays[f"{place}/{name}"] for name in (*MATRIX, "width")}
    for name in MATRIX:
        check_array(f"{name} of {place}", parts[name], (None,), KINDS[name])
    check_array(f"width of {place}", parts["width"], (), "i")
    return SparseRows(
        starts=torch.from_numpy(parts["starts"]).int(),
        columns=torch.from_numpy(parts["columns"]).int(),
        values=_float(parts["values"]),
        width=int(parts["width"]),
    )


def _float(array: np.ndarray) -> Tensor:
    return torch.from_numpy(np.ascontiguousarray(array)).float()
