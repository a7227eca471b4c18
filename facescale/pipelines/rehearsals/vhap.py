"""Rehearsal of VHAP's exports; its input is not rehearsed. Joins synthesis and corpora.

With quirks the second subject's first export lacks a picture and an alpha that it lists, and the third's lacks
the common list, so that the splits count. The truth's folder says so.
"""

import json
from collections.abc import Callable, Mapping

from facescale.corpora.nersemble.rig import FRONTAL, SERIALS
from facescale.pipelines.rehearsals.nersemble import FIRST, rig_sequences, sessions
from facescale.pipelines.rehearsals.rehearsal import Rehearsal
from facescale.pipelines.rehearse_config import RehearseConfig

RATE = 25.0
ENDING = "v16_DS4_whiteBg_staticOffset_maskBelowLine"


def _subject(index: int) -> str:
    return f"{FIRST + index:03d}"


def _folder(index: int, sequence: str) -> str:
    """Of an export; sequences are called by their kind and number."""
    return f"{_subject(index)}_{'-'.join(sequence.split('-')[:2])}_{ENDING}"


def _items(config: RehearseConfig, index: int) -> tuple[str, ...]:
    return tuple(_folder(index, sequence) for sequence in rig_sequences(config.sequences))


def _maker(config: RehearseConfig) -> Callable[[int], Mapping[str, bytes]]:
    from dataclasses import replace

    from facescale.corpora.files import join, write_bytes
    from facescale.corpora.vhap.writing import export_files

    synthesizer = sessions(config, one_lens=True, even=False, rate=RATE)
    indices = {serial: place for place, serial in enumerate(SERIALS)}

    def make(index: int) -> Mapping[str, bytes]:
        truths = {}
        for place, sequence in enumerate(rig_sequences(config.sequences)):
            made = synthesizer.make(config.seed, index, sequence, subject=_subject(index))
            folder = _folder(index, sequence)
            files = export_files(made.capture, folder, indices=indices, validated=indices[FRONTAL])
            told = _spoil(index, folder, files) if config.quirks and place == 0 else []
            for path, data in files.items():
                write_bytes(join(config.out, path), data)
            if told:
                record = json.dumps(told, indent=1).encode()
                write_bytes(join(config.out.rstrip("/") + "-truth", f"{folder}.quirks.json"), record)
            truths[folder] = replace(made.truth, item=folder).to_npz()
        return truths

    return make


def _spoil(index: int, folder: str, files: dict[str, bytes]) -> list[str]:
    """Take away what the quirks of an export say; gives them in words."""
    lost: list[str] = []
    if index == 1:
        pictures = sorted(path for path in files if "/images/" in path)
        masks = sorted(path for path in files if "/fg_masks/" in path)
        # others must be left
        lost = [pictures[-1], masks[0]] if len(pictures) > 1 else [masks[0]]
    if index == 2:  # noqa: PLR2004 - the third
        lost = [f"{folder}/transforms.json"]
    for path in lost:
        del files[path]
    return [f"{path} is missing" for path in lost]


REHEARSALS = {
    "vhap": Rehearsal(
        unit="exports",
        settings=frozenset({"frames", "cameras", "sequences", "offsets", "size", "quirks"}),
        items=_items,
        maker=_maker,
    )
}
