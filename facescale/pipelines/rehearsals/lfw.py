"""Rehearsal of LFW: invented people, one to `photos` pictures each, cut out as the corpus' were, and its lists.

With quirks every fourth person lacks the last of several pictures, which the lists still name, every fourth has
an ending in capitals, and one picture breaks off. The truth's folder says so.
"""

import json
from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from facescale.pipelines.rehearsals.rehearsal import Rehearsal
from facescale.pipelines.rehearse_config import RehearseConfig

if TYPE_CHECKING:
    from facescale.synthesis.photo.image_truth import ImageTruth

SIDE = 250
"""Pixels of LFW's pictures."""
WHOLE = 360
"""Of a side of the photographs that they are cut out of."""
FILL = (0.34, 0.4)
"""Share of their height that a face takes: cut-outs then hardly leave them."""
ENLARGED = 2.2
"""Side of a cut-out in boxes of the face detector."""
BOX = 2.7
"""Side of that box in distances of the eyes' middles, for a face from the front."""
QUALITY = 92
FIRST = (
    "Ada", "Bela", "Caio", "Dora", "Emre", "Fenna", "Goran", "Hana", "Ivo", "Jaro", "Kaja", "Lino", "Mira",
    "Noor", "Odo", "Pia", "Quim", "Runa", "Sami", "Tove", "Ulla", "Vito", "Wim", "Xenia", "Yara", "Zeno",
    "Alva", "Bror", "Cleo", "Davor", "Elin", "Falk", "Gita", "Hugo", "Inka", "Joris", "Kolja", "Lumi", "Malte",
    "Nils",
)  # fmt: skip
LAST = (
    "Abend", "Birke", "Calder", "Dorn", "Esche", "Fabel", "Garten", "Halm", "Imker", "Jansk", "Kiesel",
    "Lerch", "Moorland", "Nordal", "Ostrow", "Palme", "Quell", "Reif", "Sander", "Ulmen", "Veldt", "Wiese",
    "Xander", "Ypern", "Zander", "Ahorn", "Buchan", "Clausen", "Distel", "Erlen", "Farn", "Ginster", "Hasel",
    "Irving", "Juniper", "Kamill", "Linde", "Mohn", "Nessel", "Tannert",
)  # fmt: skip


def person(index: int) -> str:
    """The invented name of a subject: another for every number."""
    many = len(FIRST) * len(LAST)
    again, place = divmod(index, many)
    # A stride without a common divisor passes every pair once, in an order that looks like none.
    place = place * 619 % many
    middle = [f"{chr(ord('A') + again % 26)}{'a' * (again // 26)}"] if again else []
    return "_".join([FIRST[place % len(FIRST)], *middle, LAST[place // len(FIRST)]])


def pictures(config: RehearseConfig, index: int) -> int:
    """How many pictures the lists say that a person has."""
    if index % 3 == 0:
        return config.photos
    return int(np.random.default_rng([config.seed, index, 11]).integers(1, config.photos, endpoint=True))


def _there(config: RehearseConfig, index: int) -> int:
    """How many are written."""
    count = pictures(config, index)
    return count - 1 if config.quirks and index % 4 == 0 and count > 1 else count


def _capitals(config: RehearseConfig, index: int) -> frozenset[int]:
    """Numbers of pictures whose ending is in capitals."""
    return frozenset({1} if config.quirks and index % 4 == 2 else ())  # noqa: PLR2004 - some have it


def _items(config: RehearseConfig, index: int) -> tuple[str, ...]:
    name = person(index)
    single = (f"{name}/{name}_{place:04d}" for place in range(1, _there(config, index) + 1))
    return (*single, name)


def _maker(config: RehearseConfig) -> Callable[[int], Mapping[str, bytes]]:
    from facescale.heads.library import load_head
    from facescale.synthesis.photo.cropping import chosen_views
    from facescale.synthesis.photo.photographs import PhotoSynthesis, PhotoSynthesizer

    head = load_head(config.head)

    @cache
    def synthesizer(count: int) -> PhotoSynthesizer:
        settings = PhotoSynthesis(truth=config.truth, views=count, size=(WHOLE, WHOLE), fill=FILL)
        return PhotoSynthesizer(head, settings)

    def make(index: int) -> Mapping[str, bytes]:
        made = synthesizer(pictures(config, index)).make(config.seed, index)
        name, count = person(index), _there(config, index)
        capitals = _capitals(config, index)
        endings = ("JPG" if place in capitals else "jpg" for place in range(1, count + 1))
        files = [f"{name}_{place:04d}.{ending}" for place, ending in enumerate(endings, 1)]
        truth = chosen_views(made.truth, range(count), item=name, names=files)
        images = [view.image for view in made.capture.views[:count]]
        truth, encoded = _cut_out(truth, images)
        _write(config, index, encoded)
        single = {
            f"{name}/{file[:-4]}": chosen_views(truth, [place], item=name, names=[file])
            for place, file in enumerate(files)
        }
        return {item: one.to_npz() for item, one in (single | {name: truth}).items()}

    return make


def _cut_out(truth: "ImageTruth", images: list[np.ndarray]) -> tuple["ImageTruth", list[bytes]]:
    """Cut faces out as LFW did: the detector's box, enlarged, black where that leaves the picture."""
    from facescale.synthesis.photo.camera_response import jpeg
    from facescale.synthesis.photo.cropping import cropped_truth, cut_out

    corners, sides, encoded = [], [], []
    for place, image in enumerate(images):
        marks = truth.keypoints[place]
        eyes = float(np.linalg.norm(marks[36:42].mean(axis=0) - marks[42:48].mean(axis=0)))
        depth = (truth.camera_rotations[place] @ truth.head_translations[place])[2]
        depth += truth.camera_translations[place][2]
        side = round(ENLARGED * BOX * eyes * float(truth.focals[place].mean()) / depth)
        # The box lies between the eyes and the mouth.
        pixels = truth.keypoint_pixels[place]
        middle = (pixels[36:48].mean(axis=0) + pixels[48:60].mean(axis=0)) / 2
        left, top = np.rint(middle - side / 2).astype(int).tolist()
        corners.append((left, top))
        sides.append(side)
        encoded.append(jpeg(cut_out(image, (left, top), side, SIDE), QUALITY))
    return cropped_truth(truth, corners, sides, SIDE), encoded


def _write(config: RehearseConfig, index: int, encoded: list[bytes]) -> None:
    from facescale.corpora.files import join, write_bytes
    from facescale.corpora.lfw.writing import write_person

    name, planted = person(index), []
    if config.quirks and index == 1:
        encoded[-1] = encoded[-1][: len(encoded[-1]) // 2]
        planted.append(f"picture {len(encoded)} breaks off")
    capitals = _capitals(config, index)
    write_person(name, encoded, config.out, capitals=capitals)
    if len(encoded) < pictures(config, index):
        planted.append(f"picture {len(encoded) + 1} is missing, the lists name it")
    planted += [f"the ending of picture {place} is in capitals" for place in capitals]
    if planted:
        record = json.dumps(planted, indent=1).encode()
        write_bytes(join(config.out.rstrip("/") + "-truth", f"{name}.quirks.json"), record)


def _lists(config: RehearseConfig) -> None:
    from facescale.corpora.files import join, write_bytes
    from facescale.corpora.lfw.writing import protocol_files

    counts = {person(index): pictures(config, index) for index in range(config.subjects)}
    for name, data in protocol_files(counts, seed=config.seed).items():
        write_bytes(join(config.out, name), data)


REHEARSALS = {
    "lfw": Rehearsal(
        unit="pictures",
        settings=frozenset({"photos", "quirks"}),
        items=_items,
        maker=_maker,
        lists=_lists,
    )
}
