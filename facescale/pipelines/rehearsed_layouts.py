"""The layouts that a rehearsal can have: who makes a subject of each, and what of it is written where.

Joins synthesis and corpora; knows nothing of processes and of what is there already.
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from facescale.pipelines.rehearse_config import Layout, RehearseConfig, parsed_size

if TYPE_CHECKING:
    from facescale.synthesis.photo.photographs import PhotoSynthesis

UNIT: Mapping[Layout, str] = {"scans": "scans", "images": "sets of photographs", "videos": "videos"}
"""What a corpus of each layout has one of a subject."""


def item_name(config: RehearseConfig, index: int) -> str:
    """The item id of a subject, as the layout's index will have it."""
    if config.layout == "scans":
        from facescale.synthesis.scans import scan_name

        return scan_name(index)
    from facescale.synthesis.photo.photographs import image_item

    return image_item(index, picture_settings(config).kind)


def picture_settings(config: RehearseConfig) -> "PhotoSynthesis":
    """What the pictures of a corpus are like."""
    from facescale.synthesis.photo.photographs import PhotoSynthesis

    moving = config.layout == "videos"
    return PhotoSynthesis(
        kind="video" if moving else "rig" if config.calibrated else "photographs",
        truth=config.truth,
        views=config.frames if moving else config.photos,
        size=parsed_size(config.size),
    )


def maker(config: RehearseConfig) -> Callable[[int], tuple[str, bytes]]:
    """Load the head, and give the function that makes and writes a subject by number.

    It returns the item's id and the bytes of its truth, which the caller writes last.
    """
    return _scans(config) if config.layout == "scans" else _pictures(config)


def _scans(config: RehearseConfig) -> Callable[[int], tuple[str, bytes]]:
    from facescale.corpora.scans import write_scan
    from facescale.heads.library import load_head
    from facescale.synthesis.scans import ScanSynthesis, ScanSynthesizer

    synthesizer = ScanSynthesizer(load_head(config.head), ScanSynthesis(truth=config.truth))

    def make(index: int) -> tuple[str, bytes]:
        made = synthesizer.make(config.seed, index)
        write_scan(made.capture, config.out, keypoint_format=made.keypoint_format)
        return made.truth.item, made.truth.to_npz()

    return make


def _pictures(config: RehearseConfig) -> Callable[[int], tuple[str, bytes]]:
    from facescale.corpora.image_writing import write_images
    from facescale.corpora.video_writing import encode_mp4, write_video
    from facescale.heads.library import load_head
    from facescale.synthesis.photo.photographs import PhotoSynthesizer

    synthesizer = PhotoSynthesizer(load_head(config.head), picture_settings(config))

    def make(index: int) -> tuple[str, bytes]:
        made = synthesizer.make(config.seed, index)
        if config.layout == "videos":
            frames = (view.image for view in made.capture.views)
            write_video(made.truth.item, encode_mp4(frames, rate=made.rate), config.out)
        else:
            write_images(made.capture, made.encoded, config.out)
        return made.truth.item, made.truth.to_npz()

    return make
