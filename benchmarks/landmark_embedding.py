"""Fix MediaPipe's 478 points on the means of head models, and write the files that ship with the package.

    FACESCALE_ASSETS=... python -m benchmarks.landmark_embedding [builtin ict]

Prints how well pictures agree, and how far the nearest of the head's own 68 landmarks lie from the points that
stand for them. Files: `facescale/heads/data/mediapipe478_<head>.npz` and, from the built-in head,
`facescale/perception/data/mean_face.npz`.
"""

import argparse
import time
from collections.abc import Callable

import numpy as np

from facescale.assets.lookup import absence, find
from facescale.assets.registry import asset
from facescale.geometry.sites import points_at
from facescale.heads.embeddings import write_embedding
from facescale.heads.library import load_head
from facescale.heads.linear import LinearHead
from facescale.perception import mediapipe_points as ids
from facescale.perception.mean_face import MeanFace, write_mean_face
from facescale.perception.mediapipe_library import close_landmarker, faces_in, open_landmarker
from facescale.pipelines.landmark_embedding import Embedding, embed

SKIN_OF_68 = range(17, 68)
"""But the jaw line, which slides."""


def one_face() -> tuple[Callable[[np.ndarray], np.ndarray | None], Callable[[], None]]:
    """The bare detector, and what closes it."""
    entry = asset("face-landmarker")
    found = find(entry)
    if found is None or found.missing:
        raise SystemExit(absence(entry, found))
    bare = open_landmarker(found.main, faces=1, detection=0.5, presence=0.5)

    def detect(image: np.ndarray) -> np.ndarray | None:
        faces = faces_in(bare, image)
        return faces[0].points if faces else None

    return detect, lambda: close_landmarker(bare)


def table(name: str, head: LinearHead, found: Embedding) -> str:
    """Markdown of one head."""
    own = points_at(head.mean_vertices()[None], head.faces, head.landmarks["ibug68"])[0].numpy()
    away = np.linalg.norm(found.positions[list(ids.IBUG68)] - own, axis=1)[list(SKIN_OF_68)]
    inner = np.delete(found.spread, ids.OVAL)
    return (
        f"| {name} | {found.pictures} | {np.median(inner):.1f} | {np.percentile(inner, 90):.1f} "
        f"| {np.median(found.spread[list(ids.OVAL)]):.1f} | {np.median(away):.1f} | {away.max():.1f} |"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("heads", nargs="*", default=["builtin", "ict"])
    options = parser.parse_args()
    detect, close = one_face()
    print("| head | pictures | spread, mm: inner, median | 90 % | oval, median | to ibug, median | worst |")
    print("|---|---:|---:|---:|---:|---:|---:|")
    for name in options.heads:
        start = time.perf_counter()
        head = load_head(name)
        assert isinstance(head, LinearHead)
        found = embed(head, detect)
        print(table(name, head, found), flush=True)
        paths = [write_embedding(name, ids.SCHEME, head.faces, found.sites)]
        if name == "builtin":
            paths.append(write_mean_face(MeanFace(points=found.positions, mirror=found.mirror)))
        print(f"written in {time.perf_counter() - start:.0f} s: {', '.join(map(str, paths))}")
    close()


if __name__ == "__main__":
    main()
