"""COLMAP's binary files cameras.bin and images.bin, little endian. `colmap_models` states the conventions."""

import struct

from facescale.geometry.cameras.formats.colmap_models import (
    COUNTS,
    MODELS,
    SOURCE,
    Intrinsics,
    Pose,
    intrinsics,
    join_poses,
    known_model,
    model_of,
    split_views,
)
from facescale.geometry.cameras.formats.reading import MAX_CAMERAS, MAX_NAME, numbers
from facescale.geometry.cameras.formats.rejections import bad_file, too_large
from facescale.geometry.cameras.formats.views import CalibratedViews

MAX_BYTES = 1 << 30
_FEATURE = struct.calcsize("<ddq")


class Reader:
    """A place in bytes that never runs past their end."""

    def __init__(self, data: bytes, what: str) -> None:
        if len(data) > MAX_BYTES:
            raise too_large(SOURCE, f"{MAX_BYTES:,} bytes of {what}", f"{len(data):,}")
        self._data = data
        self._what = what
        self.place = 0

    def take(self, layout: str) -> tuple:
        """Unpack the next fields."""
        size = struct.calcsize(layout)
        self.skip(size)
        return struct.unpack(layout, self._data[self.place - size : self.place])

    def skip(self, size: int) -> None:
        """Pass over bytes."""
        if size > len(self._data) - self.place:
            found = f"{len(self._data) - self.place} at byte {self.place}"
            raise bad_file(SOURCE, f"{size} more bytes of {self._what}", found)
        self.place += size

    def name(self) -> str:
        """A text that ends with a zero byte."""
        end = self._data.find(b"\0", self.place, self.place + MAX_NAME + 1)
        if end < 0:
            raise bad_file(
                SOURCE, f"a name of at most {MAX_NAME} bytes and a zero", f"none at byte {self.place}"
            )
        text = self._data[self.place : end]
        self.place = end + 1
        try:
            return text.decode()
        except UnicodeDecodeError as error:
            raise bad_file(SOURCE, "a name in UTF-8", text[:20].hex(" ")) from error

    def finish(self) -> None:
        """Nothing may be left."""
        if self.place != len(self._data):
            raise bad_file(SOURCE, f"the end of {self._what} at byte {self.place}", f"{len(self._data)} bytes")


def read_binary(cameras: bytes, images: bytes, *, millimetres: float | None = None) -> CalibratedViews:
    """Read cameras.bin and images.bin; features are passed over.

    Args:
        cameras: content of cameras.bin.
        images: content of images.bin.
        millimetres: in a unit of the reconstruction where its scale is known; None: not metric.

    Raises:
        CaptureRejected: not such files, or a camera model that is not supported.
    """
    return join_poses(_cameras(cameras), _poses(images), millimetres)


def write_binary(views: CalibratedViews, *, millimetres: float | None = None) -> tuple[bytes, bytes]:
    """Content of cameras.bin and images.bin, one camera a view, without features.

    Raises:
        ValueError: a unit is asked of views without one, or a name that the format cannot hold.
    """
    parts = split_views(views, millimetres)
    cameras, images = [struct.pack("<Q", len(parts))], [struct.pack("<Q", len(parts))]
    for number, (view, quaternion) in enumerate(parts, start=1):
        model, parameters = model_of(view)
        cameras.append(struct.pack("<IiQQ", number, MODELS.index(model), *view.size))
        cameras.append(struct.pack(f"<{len(parameters)}d", *parameters))
        images.append(struct.pack("<I7dI", number, *quaternion, *view.translation, number))
        images.append(view.name.encode() + b"\0" + struct.pack("<Q", 0))
    return b"".join(cameras), b"".join(images)


def _cameras(data: bytes) -> dict[int, Intrinsics]:
    reader = Reader(data, "cameras.bin")
    count = _count(reader, "cameras")
    found: dict[int, Intrinsics] = {}
    for _ in range(count):
        key, number, width, height = reader.take("<IiQQ")
        if not 0 <= number < len(MODELS):
            raise bad_file(SOURCE, f"a camera model from 0 to {len(MODELS) - 1}", number)
        model = known_model(MODELS[number])
        values = reader.take(f"<{COUNTS[model]}d")
        if key in found:
            raise bad_file(SOURCE, "every camera once", f"camera {key} twice")
        parameters = numbers(values, COUNTS[model], SOURCE, f"the parameters of {model}").tolist()
        found[key] = intrinsics(model, parameters, width, height)
    reader.finish()
    return found


def _poses(data: bytes) -> list[Pose]:
    reader = Reader(data, "images.bin")
    poses = []
    for _ in range(_count(reader, "images")):
        _, *values, camera = reader.take("<I7dI")
        name = reader.name()
        (features,) = reader.take("<Q")
        reader.skip(features * _FEATURE)
        pose = numbers(values, 7, SOURCE, "a pose").tolist()
        poses.append(Pose(name=name, quaternion=pose[:4], translation=pose[4:], camera=camera))
    reader.finish()
    return poses


def _count(reader: Reader, what: str) -> int:
    (count,) = reader.take("<Q")
    if count > MAX_CAMERAS:
        raise too_large(SOURCE, f"{MAX_CAMERAS:,} {what}", count)
    return count
