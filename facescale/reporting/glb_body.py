"""The binary part of a GLB file, filled array by array. Knows glTF's accessors, not what they hold."""

import typing
from typing import Any

import numpy as np
from jaxtyping import Float, Integer

_SMALL = 1 << 16


@typing.final
class GlbBody:
    """Buffer, buffer views and accessors of one file."""

    def __init__(self) -> None:
        self._body = bytearray()
        self._views: list[Any] = []
        self._accessors: list[Any] = []

    def attribute(self, array: np.ndarray, *, bounds: bool = False) -> int:
        """Add a vertex attribute, (n,) or (n, 2..4).

        Args:
            array: float32, uint16 that stands for 0..1, or uint8 that stands for itself.
            bounds: write their least and greatest values, as glTF wants of positions.

        Returns:
            The accessor's number.
        """
        import pygltflib as gltf

        view = self._view(array, target=gltf.ARRAY_BUFFER)
        return self._accessor(array, view, _bounds(array) if bounds else {})

    def indices(self, faces: Integer[np.ndarray, "f 3"]) -> int:
        """Add the corners of triangles; returns the accessor's number."""
        import pygltflib as gltf

        flat = faces.reshape(-1).astype(np.uint32)
        return self._accessor(flat, self._view(flat, target=gltf.ELEMENT_ARRAY_BUFFER), {})

    def sparse(self, values: Float[np.ndarray, "n 3"], *, least: float, bounds: bool = False) -> int:
        """Add vectors of which most are zero; only those with a component beyond `least` are kept.

        Returns:
            The accessor's number.
        """
        import pygltflib as gltf

        kept = np.flatnonzero(np.abs(values).max(axis=1) > least)
        if len(kept) == 0:
            kept = np.zeros(1, np.int64)  # a sparse accessor must have one entry
            values = np.zeros_like(values)
        rows = values[kept].astype(np.float32)
        places = kept.astype(np.uint16 if len(values) <= _SMALL else np.uint32)
        small = places.dtype == np.uint16
        entry = gltf.Sparse(
            count=len(kept),
            indices=gltf.AccessorSparseIndices(
                bufferView=self._view(places, target=None),
                componentType=gltf.UNSIGNED_SHORT if small else gltf.UNSIGNED_INT,
            ),
            values=gltf.AccessorSparseValues(bufferView=self._view(rows, target=None)),
        )
        limits = {}
        if bounds:
            low, high = rows.min(axis=0), rows.max(axis=0)
            if len(kept) < len(values):
                low, high = np.minimum(low, 0), np.maximum(high, 0)
            limits = {"min": low.tolist(), "max": high.tolist()}
        self._accessors.append(
            gltf.Accessor(
                byteOffset=None,  # there is no view that it could count from
                componentType=gltf.FLOAT,
                count=len(values),
                type=gltf.VEC3,
                sparse=entry,
                **limits,
            )
        )
        return len(self._accessors) - 1

    def key_frames(self, array: np.ndarray, *, bounds: bool = False) -> int:
        """Add times, or values of an animation, float32; returns the accessor's number."""
        return self._accessor(array, self._view(array, target=None), _bounds(array) if bounds else {})

    def matrices(self, array: Float[np.ndarray, "n 4 4"]) -> int:
        """Add matrices that act on columns, as a skin has them; returns the accessor's number."""
        # glTF stores columns
        flat = array.swapaxes(1, 2).reshape(-1, 16).astype(np.float32)
        return self._accessor(flat, self._view(flat, target=None), {})

    def file(self, **tree: Any) -> bytes:
        """Close the file.

        Args:
            tree: fields of `pygltflib.GLTF2` beside buffers, views and accessors.
        """
        import pygltflib as gltf

        whole = gltf.GLTF2(
            **tree,
            accessors=self._accessors,
            bufferViews=self._views,
            buffers=[gltf.Buffer(byteLength=len(self._body))],
        )
        whole.set_binary_blob(bytes(self._body))
        return b"".join(whole.save_to_bytes())

    def _view(self, array: np.ndarray, *, target: int | None) -> int:
        import pygltflib as gltf

        data = np.ascontiguousarray(array).tobytes()
        start = len(self._body)
        self._body += data + b"\0" * (-len(data) % 4)
        self._views.append(gltf.BufferView(buffer=0, byteOffset=start, byteLength=len(data), target=target))
        return len(self._views) - 1

    def _accessor(self, array: np.ndarray, view: int, bounds: dict[str, Any]) -> int:
        import pygltflib as gltf

        kinds = {
            np.dtype("f4"): gltf.FLOAT,
            np.dtype("u1"): gltf.UNSIGNED_BYTE,
            np.dtype("u2"): gltf.UNSIGNED_SHORT,
            np.dtype("u4"): gltf.UNSIGNED_INT,
        }
        shapes = {1: gltf.SCALAR, 2: gltf.VEC2, 3: gltf.VEC3, 4: gltf.VEC4, 16: gltf.MAT4}
        self._accessors.append(
            gltf.Accessor(
                bufferView=view,
                componentType=kinds[array.dtype],
                normalized=array.dtype == np.uint16,
                count=len(array),
                type=shapes[array.shape[1] if array.ndim > 1 else 1],
                **bounds,
            )
        )
        return len(self._accessors) - 1


def _bounds(array: np.ndarray) -> dict[str, Any]:
    least, most = np.atleast_1d(array.min(axis=0)), np.atleast_1d(array.max(axis=0))
    return {"min": least.tolist(), "max": most.tolist()}
