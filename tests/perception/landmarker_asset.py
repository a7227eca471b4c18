"""The detector's model, if it is here, and the pictures that tests show it."""

from functools import cache
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from facescale.assets.lookup import find
from facescale.assets.registry import asset


def model_path() -> Path | None:
    """Where the model lies, or None."""
    found = find(asset("face-landmarker"))
    return None if found is None or found.missing else found.main


needs_landmarker = pytest.mark.skipif(
    model_path() is None, reason="no face_landmarker.task, see FACESCALE_ASSETS"
)


@cache
def astronaut() -> np.ndarray:
    """300 x 300 pixels of a photograph with one face, upright, 105 pixels high."""
    from skimage import data

    return np.ascontiguousarray(data.astronaut()[0:300, 80:380])


def rotated(image: np.ndarray, degrees: float) -> tuple[np.ndarray, np.ndarray]:
    """An image turned counter-clockwise about its middle, and the matrix that turns positions about it."""
    turned = Image.fromarray(image).rotate(
        degrees, resample=Image.Resampling.BICUBIC, fillcolor=(128, 128, 128)
    )
    angle = np.radians(degrees)
    return np.array(turned), np.array(
        [[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]], np.float32
    )


def pasted(face: np.ndarray, *, side: int, left: int, top: int, width: int, height: int) -> np.ndarray:
    """A picture of noise with a face's picture in it, scaled to a side."""
    noise = np.random.default_rng(0).integers(110, 140, (height, width, 3)).astype(np.uint8)
    noise[top : top + side, left : left + side] = np.array(
        Image.fromarray(face).resize((side, side), Image.Resampling.LANCZOS)
    )
    return noise


def apart(one: np.ndarray, other: np.ndarray) -> float:
    """Root mean square distance of points, pixels."""
    return float(np.sqrt(np.square(one - other).sum(axis=1).mean()))
