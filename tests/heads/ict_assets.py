"""Where the ICT-FaceKit asset lies, if it does."""

import os
from pathlib import Path

import pytest

ASSETS = Path(os.environ.get("FACESCALE_ASSETS", "nowhere")) / "ict_facekit"
PACKED, FOLDER = ASSETS / "ict_facekit_light.npz", ASSETS / "FaceXModel"
needs_ict = pytest.mark.skipif(
    not (PACKED.exists() and FOLDER.exists()), reason="FACESCALE_ASSETS holds no ict_facekit"
)
