"""Calibrations that the tests of photographs share."""

import json

import numpy as np


def rotation(angle=0.3):
    c, s = np.cos(angle), np.sin(angle)
    return np.array([[c, 0, s], [0, 1, 0], [-s, 0, c]])


def fields(**changes):
    """One camera of a 160 x 120 picture as cameras.json has it."""
    camera = {
        "rotation": rotation().tolist(),
        "translation": [1.0, 2.0, 600.0],
        "focal": [200.0, 201.0],
        "principal": [80.5, 59.5],
        "distortion": [0.1, -0.01, 0.001, 0.002, 0.0],
        "size": [160, 120],
    }
    camera |= changes
    return {key: value for key, value in camera.items() if value is not None}


def calibration(cameras, *, form=1, unit="mm"):
    return json.dumps({"format": form, "unit": unit, "cameras": cameras}).encode()
