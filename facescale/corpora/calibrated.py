"""Cameras of calibration files as views carry them. Knows no format."""

from facescale.geometry.cameras.formats.views import CalibratedViews, View, gather
from facescale.structures.view import PinholeRecord


def records(views: CalibratedViews) -> dict[str, PinholeRecord]:
    """Cameras by name; translations in mm where the views are metric, else in the file's unit."""
    cameras = views.cameras
    numbers = {
        field: getattr(cameras, field).double().numpy()
        for field in ("rotation", "translation", "focal", "principal", "distortion")
    }
    return {
        name: PinholeRecord(
            **{field: values[place] for field, values in numbers.items()},
            size=(int(cameras.size[place, 0]), int(cameras.size[place, 1])),
        )
        for place, name in enumerate(views.names)
    }


def record_of(view: View, source: str, *, millimetres: float | None) -> PinholeRecord:
    """One checked camera.

    Raises:
        CaptureRejected: it is no camera.
    """
    (record,) = records(gather([view], source, millimetres=millimetres)).values()
    return record
