"""Landmarks a second on one core: MediaPipe's bare face landmarker against ours around it.

    FACESCALE_ASSETS=... python -m benchmarks.perception [--repeats 40] [--write]

Both are warm and see the same images in one process; times are medians. The library has threads of its own, so
that processor time is printed beside wall time: on a busy machine only that is comparable. A ratio above 1
means that ours takes longer. Images are 512 x 512: a photograph, the same on its side and upside down, with the
face at a tenth of the image's height, and without a face.
"""

import argparse
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from PIL import Image
from skimage import data

from benchmarks.closest_point import hardware
from facescale.perception.face_landmarker import FaceLandmarker, LandmarkerConfig, landmarker_path
from facescale.perception.mediapipe_library import close_landmarker, faces_in, open_landmarker
from facescale.structures import CaptureRejected


@dataclass(frozen=True, kw_only=True)
class Timing:
    """Medians of one call, ms."""

    wall: float
    processor: float
    found: bool


def images() -> dict[str, np.ndarray]:
    face = data.astronaut()
    small = np.random.default_rng(0).integers(110, 140, face.shape).astype(np.uint8)
    small[180:326, 200:346] = np.array(Image.fromarray(face[0:300, 80:380]).resize((146, 146)))
    return {
        "upright": face,
        "on its side": np.ascontiguousarray(np.rot90(face)),
        "upside down": np.ascontiguousarray(face[::-1, ::-1]),
        "a tenth of the height": small,
        "no face": np.full_like(face, 128),
    }


def timed(call: Callable[[], bool], repeats: int) -> Timing:
    call()
    wall, processor, found = [], [], False
    for _ in range(repeats):
        start, used = time.perf_counter(), time.process_time()
        found = call()
        wall.append(1e3 * (time.perf_counter() - start))
        processor.append(1e3 * (time.process_time() - used))
    return Timing(wall=float(np.median(wall)), processor=float(np.median(processor)), found=found)


def rejecting(landmarker: FaceLandmarker, image: np.ndarray) -> bool:
    try:
        landmarker.detect(image)
    except CaptureRejected:
        return False
    return True


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeats", type=int, default=40)
    parser.add_argument("--write", action="store_true", help="write a dated file to benchmarks/results")
    options = parser.parse_args()
    bare = open_landmarker(landmarker_path(), faces=1, detection=0.5, presence=0.5)
    lines = [
        f"# Face landmarks\n\n{hardware('cpu')}, load average {os.getloadavg()[0]:.1f}, warm, medians\n",
        "| image | what | found | ms | ms of processor | images a second of processor | ratio to bare |",
        "|---|---|---|---:|---:|---:|---:|",
    ]
    with FaceLandmarker() as ours, FaceLandmarker(LandmarkerConfig(rolls=False)) as upright:
        for name, image in images().items():
            rows = {
                "bare": timed(lambda image=image: bool(faces_in(bare, image)), options.repeats),
                "ours": timed(lambda image=image: rejecting(ours, image), options.repeats),
                "ours, no turns": timed(lambda image=image: rejecting(upright, image), options.repeats),
            }
            for what, row in rows.items():
                found, ratio = "yes" if row.found else "no", row.processor / rows["bare"].processor
                lines.append(
                    f"| {name} | {what} | {found} | {row.wall:.1f} | {row.processor:.1f} "
                    f"| {1e3 / row.processor:.0f} | {ratio:.2f} |"
                )
    close_landmarker(bare)
    print("\n".join(lines))
    if options.write:
        day = datetime.now(UTC).date()
        path = Path(__file__).parent / "results" / f"perception_{hardware('cpu')}_{day}.md"
        path.write_text("\n".join(lines) + "\n")
        print(f"written: {path}")


if __name__ == "__main__":
    main()
