"""Cameras: world to camera in OpenCV axes, pixel centres at +0.5; their files and their usual mistakes."""

from facescale.geometry.cameras.camera import AbstractCamera, Projection, Rays
from facescale.geometry.cameras.orthographic import OrthographicCamera
from facescale.geometry.cameras.pinhole import PinholeCamera
from facescale.geometry.cameras.weak_perspective import WeakPerspectiveCamera

__all__ = [
    "AbstractCamera",
    "OrthographicCamera",
    "PinholeCamera",
    "Projection",
    "Rays",
    "WeakPerspectiveCamera",
]
