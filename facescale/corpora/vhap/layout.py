"""The corpus layout "vhap": what VHAP's tracker reads (an item a participant and sequence) and what it exports.

Input:  <participant>[/sequences]/<sequence>/{images,images_2,images_4,alpha_maps}/cam_<serial>_<frame>.jpg
                                            /landmark2d/{STAR,face-alignment}/<serial>.npz
        <participant>/calibration/camera_params.json, or camera_params/<participant>/camera_params.json
Export: <folder>/{transforms*.json,images/*,fg_masks/*,flame_param/*.npz}

Not loaded: tracked parameters of FLAME, whose topology nobody may ship; those of an export's chosen frames are
listed among its files as "tracking", and a tracker's own output folders are left alone. Colours stay as stored.
"""

from collections.abc import Iterator

from facescale.corpora.layout import CorpusLayout
from facescale.corpora.nersemble.rig import LICENCE
from facescale.corpora.vhap.exported import export_item, load_export
from facescale.corpora.vhap.options import VhapOptions
from facescale.corpora.vhap.prepared import calibration_of, load_prepared, prepared_item
from facescale.corpora.vhap.survey import survey
from facescale.corpora.vhap.tree import folders, sequence_of
from facescale.structures.capture import Capture
from facescale.structures.item import Item

CORPUS = "vhap"


def index(root: str, options: VhapOptions | None = None) -> Iterator[Item]:
    """Find sequences and exports below a root, a folder at a time; only exports' lists are opened.

    Items name the files of the chosen frames and cameras only: other options give other items of the same id.

    Args:
        root: a local folder or s3:// prefix. Of unions, the folder above them and what they unite.
        options: how it is read.

    Raises:
        ValueError: the root is no folder.
        OSError: it cannot be listed, or a list not be read.
    """
    options = options or VhapOptions()
    for folder in folders(root):
        if folder.is_export:
            if options.form != "input":
                yield export_item(CORPUS, root, folder, options)
        elif options.form != "export" and (sequence := sequence_of(folder)) is not None:
            yield prepared_item(CORPUS, sequence, calibration_of(root, sequence), options)


def load(item: Item, options: VhapOptions) -> Capture:
    """Read an item of either form, with the options of its index.

    Returns:
        Views "<camera>/<frame>", calibrated in mm, with alpha and (of inputs) landmarks where there are some.

    Raises:
        CaptureRejected: no calibration, one that is none, or no picture that can be used.
        OSError: a file cannot be read.
    """
    return load_export(item, options) if item.attributes["form"] == "export" else load_prepared(item, options)


LAYOUT = CorpusLayout(
    name=CORPUS,
    title="VHAP: preprocessed sequences of NeRSemble, and exports for Gaussian avatars",
    holds="views",
    role="image",
    beside="cameras",
    options=VhapOptions,
    index=index,
    load=load,
    survey=survey,
    licence=f"{LICENCE}; VHAP (CC BY-NC-SA 4.0)",
)
