"""The corpus layout "lfw": Labeled Faces in the Wild. Knows nothing of verification.

`<variant>/<First_Last>/<First_Last>_<4 digits>.jpg`; the lists of the protocol beside the variant or in it.
"""

import posixpath
from collections.abc import Iterator, Mapping
from itertools import groupby

from facescale.corpora.files import as_input
from facescale.corpora.layout import CorpusLayout
from facescale.corpora.lfw.listing import SIZE, Found, LfwOptions, pictures, protocol_of
from facescale.corpora.lfw.survey import survey
from facescale.corpora.view_files import ReadViews, inputs_of
from facescale.structures.capture import Capture
from facescale.structures.errors import CaptureRejected
from facescale.structures.item import Item

CORPUS = "lfw"


def index(root: str, options: LfwOptions) -> Iterator[Item]:
    """Find the pictures, streaming, in the order of their paths; only the lists are opened.

    An item is "First_Last/First_Last_0001", or "First_Last". Numbers without padding and endings in capitals
    are taken too; of two files with one number the first counts. Attributes: the variant, the number, and the
    person's fold and part of View 1 where the lists say them.

    Raises:
        ValueError: no folder, or several variants and none chosen.
        OSError: it cannot be listed.
    """
    try:
        known = protocol_of(root).attributes()
    except CaptureRejected:
        known = {}  # the survey says so
    for _, members in groupby(pictures(root, options), lambda one: one.portrait.name):
        shown: dict[int, Found] = {}
        for one in members:
            shown.setdefault(one.portrait.number, one)
        if options.item == "person":
            first = next(iter(shown.values()))
            yield _item(first.portrait.name, list(shown.values()), known, {})
            continue
        for number, one in shown.items():
            yield _item(one.portrait.item, [one], known, {"number": str(number)})


def load(item: Item, options: LfwOptions) -> Capture:
    """Read one item: uncalibrated views named like their files.

    The attribute "odd_size" names those that are not 250 x 250, as published ones are.

    Raises:
        CaptureRejected: no picture can be used.
        OSError: a file cannot be read.
    """
    read = ReadViews(longest_side=options.longest_side)
    for file in inputs_of(item.inputs, "image"):
        read.read(file, posixpath.basename(file.path))
    lost = read.lost
    whole = not 0 < options.longest_side < max(SIZE)
    odd = [view.name for view in read.views if whole and view.image.shape[:2] != SIZE[::-1]]
    return Capture(
        item=item.item,
        subject=item.subject,
        views=tuple(read.views),
        lost_views=lost,
        attributes={**item.attributes, **({"odd_size": " ".join(odd)} if odd else {})},
    )


def _item(
    name: str, shown: list[Found], known: Mapping[str, Mapping[str, str]], more: Mapping[str, str]
) -> Item:
    person = shown[0].portrait.name
    variant = {"variant": shown[0].variant} if shown[0].variant else {}
    return Item(
        corpus=CORPUS,
        item=name,
        subject=person,
        inputs=tuple(as_input("image", one.entry) for one in shown),
        attributes={**variant, **more, **known.get(person, {})},
    )


LAYOUT = CorpusLayout(
    name=CORPUS,
    title="Labeled Faces in the Wild: original, funneled or deep-funneled",
    holds="views",
    role="image",
    options=LfwOptions,
    index=index,
    load=load,
    survey=survey,
    licence="LFW (public download, no formal licence)",
)
