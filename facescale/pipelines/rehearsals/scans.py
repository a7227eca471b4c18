"""Rehearsals of the layout "scans". Joins synthesis and corpora."""

from collections.abc import Callable, Mapping

from facescale.pipelines.rehearsals.rehearsal import Rehearsal
from facescale.pipelines.rehearse_config import RehearseConfig


def _items(config: RehearseConfig, index: int) -> tuple[str, ...]:
    from facescale.synthesis.scans import scan_name

    del config
    return (scan_name(index),)


def _maker(config: RehearseConfig) -> Callable[[int], Mapping[str, bytes]]:
    from facescale.corpora.scans import write_scan
    from facescale.heads.library import load_head
    from facescale.synthesis.scans import ScanSynthesis, ScanSynthesizer

    synthesizer = ScanSynthesizer(load_head(config.head), ScanSynthesis(truth=config.truth))

    def make(index: int) -> Mapping[str, bytes]:
        made = synthesizer.make(config.seed, index)
        write_scan(made.capture, config.out, keypoint_format=made.keypoint_format)
        return {made.truth.item: made.truth.to_npz()}

    return make


REHEARSALS = {"scans": Rehearsal(unit="scans", settings=frozenset(), items=_items, maker=_maker)}
