"""What reading a rig's corpus costs: listing, decoding chosen frames, a check, and a million items in memory.

Run: python -m benchmarks.corpora [--files 64000] [--items 1000000] [--write]

Baselines: plain PyAV (seek to the key frame, decode to the wanted frame, convert to RGB) for the same frames.
One thread; seconds are this process' own, since machines are shared; the wall's are given where disks matter.
Videos have the grain of a sensor: without it there is hardly anything to decode. Ours converts to RGB with
exact rounding and full chroma, which PyAV by itself does not.
"""

import argparse
import io
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from facescale.corpora import files
from facescale.corpora.nersemble.options import ColouredRigOptions
from facescale.corpora.nersemble.raw_v2 import index, load
from facescale.corpora.nersemble.rig import FULL_SIZE, RATE, SEQUENCES, SERIALS
from facescale.corpora.views_check import inspect_capture

RESULTS = Path(__file__).parent / "results"
FRAMES = 25
"""Of each video."""
REPEATS = 3


def make_clip(size: tuple[int, int]) -> bytes:
    """Moving soft shapes with grain, H.264."""
    import av

    width, height = size
    rows, columns = np.meshgrid(np.linspace(0, 9, height), np.linspace(0, 6, width), indexing="ij")
    grain = np.random.default_rng(0).normal(0, 2.5, (height, width))
    buffer = io.BytesIO()
    with av.open(buffer, "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=Fraction(int(RATE)), options={"preset": "ultrafast"})
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.codec_context.gop_size = 12
        for number in range(FRAMES):
            grey = 128 + 100 * np.sin(rows + 0.1 * number) * np.cos(columns - 0.07 * number)
            grey += np.roll(grain, (17 * number, 29 * number), axis=(0, 1))
            picture = np.repeat(grey[..., None].astype(np.uint8), 3, axis=2)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, "rgb24")))
        container.mux(stream.encode(None))
    return buffer.getvalue()


def make_rig(root: Path, clip: bytes) -> None:
    """One sequence of sixteen cameras that share a video's content."""
    import json

    poses = {}
    for place, serial in enumerate(SERIALS):
        c, s = float(np.cos(0.12 * place - 0.9)), float(np.sin(0.12 * place - 0.9))
        poses[serial] = [[c, 0, -s, 0], [0, -1, 0, 0], [-s, 0, -c, 1.1], [0, 0, 0, 1]]
        path = root / f"017/sequences/EXP-1-head/images/cam_{serial}.mp4"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(clip)
    width, height = FULL_SIZE
    matrix = [[8200, 0, width / 2], [0, 8200, height / 2], [0, 0, 1]]
    (root / "017/calibration").mkdir()
    record = json.dumps({"world_2_cam": poses, "intrinsics": matrix})
    (root / "017/calibration/camera_params.json").write_text(record)


def plain(path: Path, numbers: list[int], *, exact: bool = False) -> list[np.ndarray]:
    """The same frames by PyAV alone: as it converts by itself, or asked for the colours that ours has."""
    import av
    from av.video.reformatter import Interpolation as How

    how = How.BICUBIC | How.ACCURATE_RND | How.FULL_CHR_H_INT if exact else None

    found = []
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        stream.codec_context.thread_count = 1
        assert stream.time_base is not None
        for number in numbers:
            wanted = round(number / RATE / stream.time_base)
            container.seek(wanted, stream=stream)
            for frame in container.decode(stream):
                if frame.pts is not None and frame.pts >= wanted:
                    found.append(frame.to_ndarray(format="rgb24", interpolation=how))
                    break
    return found


def least(run: Callable[[], Any]) -> float:
    """Process seconds of the fastest of some runs."""
    spent = []
    for _ in range(REPEATS):
        start = time.process_time()
        run()
        spent.append(time.process_time() - start)
    return min(spent)


def listing(count: int) -> list[str]:
    """Index of a tree of empty videos on local disk."""
    with tempfile.TemporaryDirectory() as folder:
        made = 0
        for participant in range(1000):
            for sequence in SEQUENCES:
                images = Path(folder) / f"{participant:03d}/sequences/{sequence}/images"
                images.mkdir(parents=True)
                for serial in SERIALS:
                    (images / f"cam_{serial}.mp4").touch()
                made += len(SERIALS)
            if made >= count:
                break
        wall, start = time.perf_counter(), time.process_time()
        items = sum(1 for _ in index(folder))
        spent, wall = time.process_time() - start, time.perf_counter() - wall
    rates = f"{made / wall:,.0f} files/s | {made / spent:,.0f} files/s of process time"
    return [f"| index of {made:,} files ({items:,} items), local | {rates} | >= 20,000 |"]


def decoding() -> list[str]:
    """Chosen frames of one full-size camera, and a check of sixteen."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        make_rig(root, make_clip(FULL_SIZE))
        (item,) = index(folder)
        rows = []
        for frames in (1, 6):
            options = ColouredRigOptions(frames=frames, cameras=SERIALS[:1])
            numbers = [int(view.name.rpartition("/")[2]) for view in load(item, options).views]
            path = root / f"017/sequences/EXP-1-head/images/cam_{SERIALS[0]}.mp4"
            same = np.stack([view.image for view in load(item, options).views]).astype(int)
            differ = np.abs(same - np.stack(plain(path, numbers))).max()
            ours = least(lambda options=options: load(item, options))
            theirs = least(lambda numbers=numbers, path=path: plain(path, numbers))
            alike = least(lambda numbers=numbers, path=path: plain(path, numbers, exact=True))
            size = "{} x {}".format(*FULL_SIZE)
            ratio = (
                f"plain PyAV {theirs:.2f} s: {ours / theirs:.2f}x (pixels differ by at most {differ}); "
                f"PyAV asked for the same colours {alike:.2f} s: {ours / alike:.2f}x"
            )
            rows.append(
                f"| {frames} of {FRAMES} frames of a camera, {size} | {ours:.2f} s | {ratio} | <= 1.3x |"
            )
        wall, start = time.perf_counter(), time.process_time()
        checked, _ = inspect_capture(item, lambda one: load(one, ColouredRigOptions()))
        spent, wall = time.process_time() - start, time.perf_counter() - wall
        rows.append(
            f"| check of a sequence of {checked.cameras} cameras, one full-size frame each | {spent:.1f} s | "
            f"{wall:.1f} s on the wall | <= 10 s |"
        )
    return rows


def fake_pages(count: int) -> Iterator[tuple[str, int, str]]:
    """A bucket's listing: one camera a sequence, so that every video is an item."""
    for number in range(count):
        participant, sequence = divmod(number, len(SEQUENCES))
        name = f"bucket/c/{participant:06d}/sequences/{SEQUENCES[sequence]}/images/cam_{SERIALS[0]}.mp4"
        yield name, 1000, "0" * 32


def million(count: int) -> None:
    """Index a listing that no bucket has, and print what it took; runs in a process of its own."""
    files._pages = lambda _files, _base: fake_pages(count)  # noqa: SLF001 - the one place that asks S3
    start = time.process_time()
    items = sum(1 for _ in index("s3://bucket/c"))
    spent = time.process_time() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"| index of {items:,} items from a listing of S3 (faked pages) | {spent:.1f} s | "
        f"peak memory {peak:,.0f} MB | <= 1,000 MB |"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=64_000)
    parser.add_argument("--items", type=int, default=1_000_000)
    parser.add_argument("--only-million", action="store_true", help="the last row alone")
    parser.add_argument("--write", action="store_true", help="write the results' file")
    options = parser.parse_args()
    if options.only_million:
        million(options.items)
        return
    command = [sys.executable, "-m", "benchmarks.corpora", "--only-million", "--items", str(options.items)]
    apart = subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
    rows = [*listing(options.files), *decoding(), apart]
    machine = f"{platform.processor() or platform.machine()}, {os.cpu_count()} CPUs"
    load_average = os.getloadavg()[0]
    table = "\n".join(["| what | cost | beside it | aim |", "|---|---|---|---|", *rows])
    text = f"# Corpora of rigs: listing, decoding, checking\n\n{machine}; load average {load_average:.1f}.\n"
    text += f"\n{(__doc__ or '').split('Baselines', 1)[1].strip().join(['Baselines', ''])}\n\n{table}\n"
    print(text)
    if options.write:
        date = datetime.now(UTC).date().isoformat()
        (RESULTS / f"corpora_cpu_{date}.md").write_text(text)


if __name__ == "__main__":
    main()
