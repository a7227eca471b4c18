"""Errors of MediaPipe's points by point and turn of the head, on pictures of random heads; writes their table.

    FACESCALE_ASSETS=... python -m benchmarks.landmark_errors [--heads 16] [--corpus DIR] [--write]

Each head is a random built-in one (identity within two standard deviations, a few mild expressions, random
tone, iris, stubble and light), seen from every 15 degrees of yaw at random pitch. The truth of a point is its
site of the head's "mediapipe478" embedding, which was fixed on the mean: what random shapes do to sites is part
of the error, as it is in a fit. With `--corpus` faces come from photographs that `facescale corpus rehearse
--layout images` made (off-span shapes, ray-cast light, camera response, noise, JPEG), found as a job finds
them; only turns beyond those of the photographs are filled from the pictures of random heads. Both sides of the
face are measured as one. With `--write` the table becomes `facescale/perception/data/landmark_errors.npz`, and
this text a dated file in `benchmarks/results`.
"""

import argparse
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import torch

from benchmarks.closest_point import hardware
from benchmarks.landmark_embedding import one_face
from facescale.corpora import images
from facescale.geometry.cameras.records import pinhole_of
from facescale.geometry.sites import points_at
from facescale.heads.builtin.tones import IRIS_TONES, SKIN_TONES
from facescale.heads.library import load_head
from facescale.heads.linear import LinearHead
from facescale.heads.prior import draw_prior
from facescale.perception import mediapipe_points as ids
from facescale.perception.face_landmarker import FaceLandmarker
from facescale.perception.landmark_errors import ErrorTable, face_axes, write_error_table
from facescale.perception.mean_face import mean_face
from facescale.perception.pose import face_height, fit_pose
from facescale.pipelines.head_portraits import Look, PaintedHead, soft_light
from facescale.pipelines.rehearse import truth_path, truth_root
from facescale.structures import CaptureRejected, View
from facescale.synthesis.photo.image_truth import ImageTruth

BINS = np.radians(np.arange(-75, 76, 15))
SIZE, SPAN = 480, 290.0
FEW = 5
"""Pictures that are too few to speak for their turn."""
LOST = 0.15
"""Mean error, as a share of the face's height, from which a finding is no finding of this face."""
GROUPS = {
    "oval": ids.OVAL,
    "brows": (*ids.LEFT_BROW, *ids.RIGHT_BROW),
    "eyes": (*ids.LEFT_EYE, *ids.RIGHT_EYE),
    "irises": tuple(range(ids.IRIS_START, ids.COUNT)),
    "lips": (*ids.LIPS, *ids.INNER_MOUTH),
}


@dataclass(frozen=True, kw_only=True)
class Sample:
    """One picture: what was found and what was there, pixels."""

    found: np.ndarray
    truth: np.ndarray
    millimetres: float
    """A pixel at the head's distance."""
    turn: float
    """True turn of the head towards the subject's left, radians."""


def draw_samples(heads: int, seed: int) -> tuple[list[Sample], int]:
    """Take pictures and find points; returns also the number of pictures."""
    head = load_head("builtin")
    assert isinstance(head, LinearHead)
    rng = np.random.default_rng(seed)
    detect, close = one_face()
    samples, pictures = [], 0
    for _ in range(heads):
        look = Look(
            tone=rng.choice(list(SKIN_TONES)),
            iris=rng.choice(list(IRIS_TONES)),
            seed=int(rng.integers(1000)),
            stubble=float(rng.choice([0, 0, 0.5])),
        )
        vertices = head.evaluate(draw_shape(head, rng))[0]
        truth = points_at(vertices[None], head.faces, head.landmarks[ids.SCHEME])[0]
        angles = [(float(-yaw), float(rng.normal(0, 0.12))) for yaw in BINS]
        painted = PaintedHead(head, look)
        for picture, (yaw, _) in zip(
            painted.portraits(vertices, angles, size=SIZE, span=SPAN, light=soft_light(rng)),
            angles,
            strict=True,
        ):
            pictures += 1
            found = detect(picture.image)
            seen = picture.camera.project(truth).pixels.numpy()
            if found is None or np.linalg.norm(found - seen, axis=1).mean() > LOST * face_height(seen):
                continue
            samples.append(Sample(found=found, truth=seen, millimetres=SPAN / SIZE, turn=-yaw))
    close()
    return samples, pictures


def corpus_samples(root: str) -> tuple[list[Sample], int]:
    """Find points in rehearsed photographs; returns also the number of pictures."""
    head = load_head("builtin")
    assert isinstance(head, LinearHead)
    sizes = [block.size for block in head.blocks]
    basis = dict(zip((block.name for block in head.blocks), head.basis.split(sizes, dim=-1), strict=True))
    samples, pictures = [], 0
    with FaceLandmarker() as landmarker:
        for item in images.index(root):
            capture = images.load(item)
            path = Path(truth_root(root)) / truth_path(item.item)
            truth = ImageTruth.from_npz(path.read_bytes())
            if truth.head != head.card.name:
                raise SystemExit(f"expected people drawn from {head.card.name}, got {truth.head}")
            for view in capture.views:
                pictures += 1
                sample = corpus_sample(head, basis["expression"].numpy(), truth, view, landmarker)
                if sample is not None:
                    samples.append(sample)
    return samples, pictures


def corpus_sample(
    head: LinearHead, expression: np.ndarray, truth: ImageTruth, view: View, landmarker: FaceLandmarker
) -> Sample | None:
    """One photograph with what is there; None where the detector finds nothing, or not this face."""
    try:
        found = landmarker.detect(view.image).positions.astype(np.float64)
    except CaptureRejected:
        return None
    place = truth.views.index(view.name)
    shape = torch.from_numpy(truth.vertices(place, expression))[None]
    points = points_at(shape, head.faces, head.landmarks[ids.SCHEME])[0].double().numpy()
    camera = truth.camera(place)
    world = points @ truth.head_rotations[place].T + truth.head_translations[place]
    seen = pinhole_of([camera]).project(torch.from_numpy(world)[None]).pixels[0].numpy()
    if np.linalg.norm(found - seen, axis=1).mean() > LOST * face_height(seen):
        return None
    turned = camera.rotation @ truth.head_rotations[place]
    middle = camera.rotation @ world.mean(axis=0) + camera.translation
    # the face's direction against the ray to the camera, around the vertical
    turn = np.arctan2(turned[0, 2], -turned[2, 2]) + np.arctan2(middle[0], middle[2])
    return Sample(found=found, truth=seen, millimetres=middle[2] / camera.focal[0], turn=float(turn))


def filled(samples: list[Sample], others: list[Sample]) -> list[Sample]:
    """Samples, and of others those whose turn, as it is estimated, is beyond all but a few of the samples'."""
    reach = np.sort([abs(fit_pose(sample.found).yaw) for sample in samples])[-FEW]
    return samples + [sample for sample in others if abs(fit_pose(sample.found).yaw) > reach]


def draw_shape(head: LinearHead, rng: np.random.Generator) -> dict[str, torch.Tensor]:
    """A random identity and a few mild expressions."""
    params = {}
    for block in head.blocks:
        values = draw_prior(block, rng, truncation=2.0) if block.name == "identity" else np.zeros(block.size)
        if block.name == "expression":
            some = rng.permutation(block.size)[: rng.integers(0, 5)]
            values[some] = rng.uniform(0.1, 0.5, len(some))
        limits = (block.lower.numpy(), block.upper.numpy())
        params[block.name] = torch.from_numpy(np.clip(values, *limits)).float()[None]
    return params


def make_table(samples: list[Sample]) -> ErrorTable:
    """Means and moments by the turn that is estimated from the points, of each picture and its mirror image."""
    mirror, flip = mean_face().mirror, np.array([-1.0, 1.0])
    errors: list[list[np.ndarray]] = [[] for _ in BINS]
    for sample in samples:
        error = (sample.found - sample.truth) @ face_axes(sample.found).T / face_height(sample.found)
        yaw = fit_pose(sample.found).yaw
        for turn, off in ((yaw, error), (-yaw, error[mirror] * flip)):
            errors[int(np.abs(BINS - turn).argmin())].append(off)
    counts = [len(one) for one in errors]
    if min(counts) < 2:
        raise SystemExit(f"expected pictures in each bin of yaw, got {counts}: more heads")
    stacked = [np.stack(one) for one in errors]
    # few pictures say little of a mean: it is drawn to zero
    means = np.stack([len(one) / (len(one) + FEW) * one.mean(axis=0) for one in stacked])
    means[:, list(ids.OVAL)] = 0
    moments = np.stack([
        np.einsum("pki,pkj->kij", one - mean, one - mean) / len(one)
        for one, mean in zip(stacked, means, strict=True)
    ])  # fmt: skip
    return ErrorTable(yaws=BINS, means=means, moments=moments)


def report(samples: list[Sample], pictures: int) -> str:
    """Markdown: root mean square errors in mm by group and true turn."""
    rest = np.setdiff1d(np.arange(ids.COUNT), np.concatenate([list(group) for group in GROUPS.values()]))
    groups = {**GROUPS, "other skin": tuple(rest)}
    turns = 15 * np.round(np.abs(np.degrees([sample.turn for sample in samples])) / 15).astype(int)
    lines = [
        f"\nFaces found at their place in {len(samples)} of {pictures} pictures. RMS errors, mm.\n",
        "| turn, degrees | faces | " + " | ".join(groups) + " | estimated turn |",
        "|---:|---:|" + "---:|" * (len(groups) + 1),
    ]
    for turn in np.unique(turns):
        some = [sample for sample, its in zip(samples, turns, strict=True) if its == turn]
        squares = np.stack([((s.found - s.truth) * s.millimetres) ** 2 for s in some]).sum(axis=2)
        cells = [f"{np.sqrt(squares[:, list(group)].mean()):.1f}" for group in groups.values()]
        guess = np.degrees(np.mean([abs(fit_pose(s.found).yaw) for s in some]))
        lines.append(f"| {turn} | {len(some)} | " + " | ".join(cells) + f" | {guess:.0f} |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--heads", type=int, default=16)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--corpus", default="", help="rehearsed photographs, with their truth beside them")
    parser.add_argument("--write", action="store_true", help="write the table and a dated file")
    options = parser.parse_args()
    torch.set_num_threads(1)
    samples, pictures = draw_samples(options.heads, options.seed)
    text = report(samples, pictures)
    print(text)
    described = f"{options.heads} random built-in heads, seed {options.seed}"
    if options.corpus:
        photographs, taken = corpus_samples(options.corpus)
        described = f"{taken} rehearsed photographs; {described} for turns beyond theirs and below"
        text = report(photographs, taken) + "\n\nThe pictures of random heads:\n" + text
        print(text)
        samples = filled(photographs, samples)
    table = make_table(samples)
    if options.write:
        print(f"written: {write_error_table(table)}")
        title = f"# Errors of MediaPipe's 478 points\n\n{described}"
        day = datetime.now(UTC).date()
        path = Path(__file__).parent / "results" / f"landmark_errors_{hardware('cpu')}_{day}.md"
        path.write_text(f"{title}\n{text}\n")
        print(f"written: {path}")


if __name__ == "__main__":
    main()
