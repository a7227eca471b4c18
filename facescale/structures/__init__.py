"""Wire types: what crosses processes and storage. numpy and pyarrow only."""

from facescale.structures.capture import Capture
from facescale.structures.depth_map import DepthMap
from facescale.structures.errors import CaptureRejected
from facescale.structures.face_landmarks import FaceLandmarks
from facescale.structures.item import InputFile, Item, item_key
from facescale.structures.keypoints import NOW7, NOW7_IN_IBUG68, Keypoints
from facescale.structures.mesh import Mesh
from facescale.structures.outcome import FINAL, FileRecord, Outcome, Scalar, Status
from facescale.structures.registered_mesh import RegisteredMesh
from facescale.structures.units import MILLIMETRES_PER, UNITS, Unit
from facescale.structures.view import ImagePoints, LostView, PinholeRecord, View

__all__ = [
    "FINAL",
    "MILLIMETRES_PER",
    "NOW7",
    "NOW7_IN_IBUG68",
    "UNITS",
    "Capture",
    "CaptureRejected",
    "DepthMap",
    "FaceLandmarks",
    "FileRecord",
    "ImagePoints",
    "InputFile",
    "Item",
    "Keypoints",
    "LostView",
    "Mesh",
    "Outcome",
    "PinholeRecord",
    "RegisteredMesh",
    "Scalar",
    "Status",
    "Unit",
    "View",
    "item_key",
]
