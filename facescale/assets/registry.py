"""What facescale can use but does not own: names, licences, sources, digests. Finds and fetches nothing."""

from dataclasses import dataclass
from functools import cached_property

from facescale.assets import ict_facekit

ICT_RAW = f"https://raw.githubusercontent.com/ICT-VGL/ICT-FaceKit/{ict_facekit.COMMIT}/"
ICT_LICENCE_URL = f"https://github.com/ICT-VGL/ICT-FaceKit/blob/{ict_facekit.COMMIT}/LICENSE"
MEDIAPIPE_MODELS = "https://storage.googleapis.com/mediapipe-models/"


@dataclass(frozen=True, kw_only=True)
class AssetFile:
    """One file of an asset."""

    path: str
    """Relative to the asset's folder, forward slashes."""
    size: int
    sha256: str
    url: str = ""
    """Where it is fetched from; empty where the user brings it."""


@dataclass(frozen=True, kw_only=True)
class Asset:
    """A set of files that only serve together."""

    name: str
    """As users type it."""
    title: str
    licence: str
    licence_url: str
    source: str
    """Address of the upstream project, for people."""
    folder: str
    """Below a root of the lookup."""
    main: str
    """The file or folder within `folder` that a loader is handed."""
    files: tuple[AssetFile, ...]
    other_names: tuple[str, ...] = ()
    """What users may type as well."""

    @cached_property
    def fetchable(self) -> bool:
        """Whether every file has a public address; otherwise the asset is used by path."""
        return all(file.url for file in self.files)

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(file.size for file in self.files)


def _ict_files() -> tuple[AssetFile, ...]:
    rows = (line.split() for line in ict_facekit.FILES.splitlines())
    return tuple(
        AssetFile(path=path, size=int(size), sha256=sha256, url=ICT_RAW + path) for sha256, size, path in rows
    )


def assets() -> tuple[Asset, ...]:
    """Every registered asset."""
    return (
        Asset(
            name="ict",
            title="ICT-FaceKit Light head model, as published",
            licence="MIT",
            licence_url=ICT_LICENCE_URL,
            source="https://github.com/ICT-VGL/ICT-FaceKit",
            folder="ict_facekit",
            main="FaceXModel",
            files=_ict_files(),
        ),
        Asset(
            name="ict-packed",
            title="ICT-FaceKit Light head model in one npz, quicker to load",
            licence="MIT",
            licence_url=ICT_LICENCE_URL,
            source="https://github.com/ICT-VGL/ICT-FaceKit",
            folder="ict_facekit",
            main="ict_facekit_light.npz",
            files=(
                AssetFile(
                    path="ict_facekit_light.npz",
                    size=16829244,
                    sha256="5febc70a87feff07dc7b5c7eb67eed95809552895f2ed67a6eb94a3d14d1447d",
                ),
            ),
        ),
        Asset(
            name="face-landmarker",
            title="MediaPipe face landmark detector",
            licence="Apache-2.0",
            licence_url="https://github.com/google-ai-edge/mediapipe/blob/master/LICENSE",
            source="https://ai.google.dev/edge/mediapipe/solutions/vision/face_landmarker",
            folder="mediapipe",
            main="face_landmarker.task",
            other_names=("mediapipe",),
            files=(
                AssetFile(
                    path="face_landmarker.task",
                    size=3758596,
                    sha256="64184e229b263107bc2b804c6625db1341ff2bb731874b0bcc2fe6544e0bc9ff",
                    url=MEDIAPIPE_MODELS + "face_landmarker/face_landmarker/float16/1/face_landmarker.task",
                ),
            ),
        ),
    )


def asset(name: str) -> Asset:
    """Look an asset up by its name or another one it goes by.

    Raises:
        ValueError: none has that name.
    """
    entries = assets()
    for entry in entries:
        if name in {entry.name, *entry.other_names}:
            return entry
    raise ValueError(f"expected one of the assets {sorted(entry.name for entry in entries)}, got {name!r}")
