"""Rehearsals of the layouts "images" and "videos". Joins synthesis and corpora."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from facescale.pipelines.rehearsals.rehearsal import Rehearsal
from facescale.pipelines.rehearse_config import RehearseConfig, parsed_size

if TYPE_CHECKING:
    from facescale.synthesis.photo.photographs import PhotoSynthesis


def _items(config: RehearseConfig, index: int) -> tuple[str, ...]:
    from facescale.synthesis.photo.photographs import image_item

    return (image_item(index, _settings(config).kind),)


def _settings(config: RehearseConfig) -> "PhotoSynthesis":
    """What the pictures of a corpus are like."""
    from facescale.synthesis.photo.photographs import PhotoSynthesis

    moving = config.layout == "videos"
    return PhotoSynthesis(
        kind="video" if moving else "rig" if config.calibrated else "photographs",
        truth=config.truth,
        views=config.frames if moving else config.photos,
        size=parsed_size(config.size, even=moving),
    )


def _maker(config: RehearseConfig) -> Callable[[int], Mapping[str, bytes]]:
    from facescale.corpora.image_writing import write_images
    from facescale.corpora.video_writing import encode_mp4, write_video
    from facescale.heads.library import load_head
    from facescale.synthesis.photo.photographs import PhotoSynthesizer

    synthesizer = PhotoSynthesizer(load_head(config.head), _settings(config))

    def make(index: int) -> Mapping[str, bytes]:
        made = synthesizer.make(config.seed, index)
        if config.layout == "videos":
            frames = (view.image for view in made.capture.views)
            write_video(made.truth.item, encode_mp4(frames, rate=made.rate), config.out)
        else:
            write_images(made.capture, made.encoded, config.out)
        return {made.truth.item: made.truth.to_npz()}

    return make


REHEARSALS = {
    "images": Rehearsal(
        unit="sets of photographs",
        settings=frozenset({"photos", "calibrated", "size"}),
        items=_items,
        maker=_maker,
    ),
    "videos": Rehearsal(unit="videos", settings=frozenset({"frames", "size"}), items=_items, maker=_maker),
}
