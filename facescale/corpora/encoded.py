"""Pictures and arrays as the bytes of files. Writes nothing and knows no layout."""

import io

import numpy as np


def png(image: np.ndarray) -> bytes:
    """A picture as PNG: (h, w) uint8 or uint16, or (h, w, 3) uint8."""
    from PIL import Image

    buffer = io.BytesIO()
    Image.fromarray(image).save(buffer, "PNG", compress_level=4)
    return buffer.getvalue()


def npy(array: np.ndarray | np.generic) -> bytes:
    """An array of numbers as .npy."""
    buffer = io.BytesIO()
    np.save(buffer, array, allow_pickle=False)
    return buffer.getvalue()
