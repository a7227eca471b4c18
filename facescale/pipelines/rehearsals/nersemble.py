"""Rehearsals of NeRSemble's deliveries. Joins synthesis and corpora.

With quirks the second subject lacks a sequence, and a camera in another, and its folder is not padded with
zeros; the third's names differ in case, and one of its videos breaks off. The truth's folder says so.
"""

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from facescale.corpora.nersemble.rig import FRONTAL, FULL_SIZE, RATE, SEQUENCES, SERIALS
from facescale.pipelines.rehearsals.rehearsal import Rehearsal
from facescale.pipelines.rehearse_config import RehearseConfig, parsed_size

if TYPE_CHECKING:
    from facescale.synthesis.photo.session_synthesis import SessionSynthesizer, SyntheticSession

ALIKE = 0.01
"""Largest difference of two shapes' ratios of sides."""
FIRST = 17
"""Number of the first participant."""
ORDER = ("EXP-1-head", "SEN-02-same_phrase_thirty_times", "EMO-1-shout+laugh", "FREE")
"""Sequences that are made first, of all kinds."""


def rig_cameras(count: int) -> tuple[str, ...]:
    """Serials of a rehearsed rig, the frontal one first.

    Raises:
        ValueError: more than the rig has.
    """
    if count > len(SERIALS):
        raise ValueError(f"expected at most {len(SERIALS)} cameras, got {count}")
    others = [serial for serial in SERIALS if serial != FRONTAL]
    return tuple([FRONTAL, *others][:count])


def rig_sequences(count: int) -> tuple[str, ...]:
    """Names of rehearsed sequences.

    Raises:
        ValueError: more than the corpus has.
    """
    if count > len(SEQUENCES):
        raise ValueError(f"expected at most {len(SEQUENCES)} sequences, got {count}")
    others = [name for name in SEQUENCES if name not in ORDER]
    return tuple([*ORDER, *others][:count])


def participant(config: RehearseConfig, index: int) -> str:
    """Folder of a subject."""
    number = FIRST + index
    return str(number) if config.quirks and index == 1 else f"{number:03d}"


def present(config: RehearseConfig, index: int) -> tuple[str, ...]:
    """Sequences that a subject has."""
    names = rig_sequences(config.sequences)
    return names[:-1] if config.quirks and index == 1 and len(names) > 1 else names


def sessions(
    config: RehearseConfig, *, one_lens: bool, even: bool, depth: bool = False, rate: float = RATE
) -> "SessionSynthesizer":
    """What makes the performances."""
    from facescale.heads.library import load_head
    from facescale.synthesis.photo.session_synthesis import SessionSynthesis, SessionSynthesizer

    settings = SessionSynthesis(
        cameras=rig_cameras(config.cameras),
        frames=config.frames,
        rate=rate,
        size=parsed_size(config.size, even=even),
        offsets=config.offsets,
        one_lens=one_lens,
        depth=rig_cameras(config.cameras) if depth else (),
        truth=config.truth,
    )
    return SessionSynthesizer(load_head(config.head), settings)


def items(config: RehearseConfig, index: int) -> tuple[str, ...]:
    """Ids of a subject's items."""
    return tuple(f"{participant(config, index)}/{name}" for name in present(config, index))


def _raw_v2(config: RehearseConfig) -> Callable[[int], Mapping[str, bytes]]:
    from facescale.corpora.nersemble.writing import raw_v2_files

    synthesizer = sessions(config, one_lens=True, even=True)

    def files(made: "SyntheticSession") -> dict[str, bytes]:
        return raw_v2_files(made.capture, rate=made.rate, backgrounds=made.backgrounds)

    return _maker(config, synthesizer, files)


def _raw_v1(config: RehearseConfig) -> Callable[[int], Mapping[str, bytes]]:
    from facescale.corpora.nersemble.writing import raw_v1_files

    synthesizer = sessions(config, one_lens=True, even=True)
    return _maker(config, synthesizer, lambda made: raw_v1_files(made.capture, rate=made.rate))


def _paper(config: RehearseConfig) -> Callable[[int], Mapping[str, bytes]]:
    from facescale.corpora.nersemble.writing import paper_files

    width, height = parsed_size(config.size)
    enlarged = FULL_SIZE[0] / width
    if abs(enlarged * height / FULL_SIZE[1] - 1) > ALIKE:
        raise ValueError(f"expected a size of the shape of 2200x3208, such as 550x802, got {config.size}")
    synthesizer = sessions(config, one_lens=True, even=False, depth=True)
    return _maker(config, synthesizer, lambda made: paper_files(made.capture, enlarged=enlarged))


def _benchmark(config: RehearseConfig) -> Callable[[int], Mapping[str, bytes]]:
    from facescale.corpora.nersemble.writing import benchmark_files

    synthesizer = sessions(config, one_lens=False, even=True)

    def files(made: "SyntheticSession") -> dict[str, bytes]:
        return benchmark_files(made.capture, task="nvs", rate=made.rate)

    return _maker(config, synthesizer, files, prefix="nvs/")


def _maker(
    config: RehearseConfig,
    synthesizer: "SessionSynthesizer",
    form: "Callable[[SyntheticSession], dict[str, bytes]]",
    prefix: str = "",
) -> Callable[[int], Mapping[str, bytes]]:
    """What makes all sequences of a subject, forms their files and writes them."""

    def make(index: int) -> Mapping[str, bytes]:
        truths = {}
        for sequence in present(config, index):
            made = synthesizer.make(config.seed, index, sequence, subject=participant(config, index))
            write_files(config, index, made.truth.item, form(made))
            truths[prefix + made.truth.item] = made.truth.to_npz()
        return truths

    return make


def write_files(config: RehearseConfig, index: int, item: str, files: dict[str, bytes]) -> None:
    """Write the files of one item, with the quirks that it is to have.

    Args:
        config: of the rehearsal.
        index: number of the subject.
        item: its id.
        files: path below the root -> content; this changes it.
    """
    from facescale.corpora.files import join, write_bytes

    planted = _spoil(config, index, item, files) if config.quirks else []
    for path, data in files.items():
        write_bytes(join(config.out, path), data)
    if planted:
        record = json.dumps(planted, indent=1).encode()
        write_bytes(join(config.out.rstrip("/") + "-truth", f"{item}.quirks.json"), record)


def _spoil(config: RehearseConfig, index: int, item: str, files: dict[str, bytes]) -> list[str]:
    """Plant the quirks of one item; gives them in words."""
    first = item == items(config, index)[0]
    cameras = rig_cameras(config.cameras)
    done: list[str] = []
    if index == 1 and first:
        done.append(f"the folder {participant(config, index)} is not padded with zeros")
        lost = set(rig_sequences(config.sequences)) - set(present(config, index))
        done += [f"the sequence {name} is missing" for name in sorted(lost)]
        if config.cameras > 1:
            video = next(path for path in files if path.endswith(f"cam_{cameras[-1]}.mp4"))
            del files[video]
            done.append(f"{video} is missing")
    if index == 2 and first:  # noqa: PLR2004 - the third
        whole = next(path for path in files if path.endswith(f"cam_{cameras[0]}.mp4"))
        odd = whole.replace("/images/cam_", "/Images/CAM_").replace(".mp4", ".MP4")
        files[odd] = files.pop(whole)
        done.append(f"{odd} differs in case")
        if config.cameras > 1:
            video = next(path for path in files if path.endswith(f"cam_{cameras[-1]}.mp4"))
            files[video] = files[video][: len(files[video]) // 2]
            done.append(f"{video} breaks off")
    return done


def _lists(config: RehearseConfig) -> None:
    from facescale.corpora.files import join, write_bytes
    from facescale.corpora.nersemble.writing import metadata

    found = {participant(config, index): present(config, index) for index in range(config.subjects)}
    for name, data in metadata(found, SEQUENCES).items():
        write_bytes(join(config.out, name), data)


def _in_task(config: RehearseConfig, index: int) -> tuple[str, ...]:
    return tuple(f"nvs/{name}" for name in items(config, index))


SETTINGS = frozenset({"frames", "cameras", "sequences", "offsets", "size"})
UNIT = "participants"
REHEARSALS = {
    "nersemble-benchmark": Rehearsal(unit=UNIT, settings=SETTINGS, items=_in_task, maker=_benchmark),
    "nersemble-paper": Rehearsal(unit=UNIT, settings=SETTINGS, items=items, maker=_paper),
    "nersemble-v1": Rehearsal(unit=UNIT, settings=SETTINGS, items=items, maker=_raw_v1),
    "nersemble-v2": Rehearsal(
        unit=UNIT, settings=SETTINGS | {"quirks"}, items=items, maker=_raw_v2, lists=_lists
    ),
}
