"""The head models whose own files can be imported: names, licences, what they need, who converts them."""

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from facescale.heads.converted import ConvertedHead
from facescale.heads.generic_linear import DESCRIPTION
from facescale.heads.metahuman import LICENCE, NOTICE, SOURCE


@dataclass(frozen=True, kw_only=True)
class HeadFormat:
    """One published model in its own files."""

    name: str
    """As users type it after --as."""
    title: str
    licence: str
    source: str
    """Where its owner gives it away."""
    files: str
    """What to name, and what is looked for beside it."""
    converter: str
    """module:function of (path, name)."""
    stand_in: str
    """module:function of (path, name) that writes a made-up one."""
    stand_in_file: str
    """The published name of the main file."""
    notice: str = ""
    """What its owner wants to be known before any use."""


FLAME_FILES = (
    "the model .pkl; used where they lie beside it: landmark_embedding.npy or flame_static_embedding*.pkl "
    "(landmarks), FLAME_masks.pkl (regions), FLAME_texture.npz (texture coordinates)"
)


def _flame(name: str, title: str, licence: str, file: str) -> HeadFormat:
    return HeadFormat(
        name=name,
        title=title,
        licence=licence,
        source="https://flame.is.tue.mpg.de",
        files=FLAME_FILES,
        converter="facescale.heads.flame:convert_flame",
        stand_in="facescale.heads.stand_ins.flame:write_stand_in",
        stand_in_file=file,
    )


def _bfm(name: str, title: str, file: str) -> HeadFormat:
    return HeadFormat(
        name=name,
        title=title,
        licence=GATED,
        source=BASEL,
        files="any crop's .h5; " + OWN_LANDMARKS,
        converter="facescale.heads.bfm_hdf5:convert_bfm_hdf5",
        stand_in="facescale.heads.stand_ins.bfm:write_stand_in",
        stand_in_file=file,
    )


FACESCAPE = "https://facescape.nju.edu.cn"
BASEL = "https://faces.dmi.unibas.ch/bfm"
OWN_LANDMARKS = (
    "used where it lies beside it: NAME.landmarks.npz with vertex (68,), or face (68,) and barycentric (68, 3)"
)
COMA_FILES = (
    "checkpoint_N.pt; beside it template.obj and the training's normalisation, NAME.norm.npz (mean and std, "
    "metres; latent_mean and latent_std where known) or pytorch_coma's own *norm.pt; where it is there, "
    "NAME.transforms.npz (up0_data, up0_indices, up0_indptr, up0_columns and so on, edges1 and so on, "
    "last_level); "
)
GATED = "non-commercial research, registration needed"
FORMATS: tuple[HeadFormat, ...] = (
    _flame("flame2020", "FLAME 2020", GATED, "generic_model.pkl"),
    _flame("flame2023", "FLAME 2023", GATED, "flame2023.pkl"),
    _flame("flame2023-no-jaw", "FLAME 2023, jaw within expressions", GATED, "flame2023_no_jaw.pkl"),
    _flame("flame2023-open", "FLAME 2023 Open", "CC-BY-4.0, credit needed", "flame2023_Open.pkl"),
    HeadFormat(
        name="bfm2009",
        title="Basel Face Model 2009",
        licence=GATED,
        source=BASEL,
        files="01_MorphableModel.mat; " + OWN_LANDMARKS,
        converter="facescale.heads.bfm2009:convert_bfm2009",
        stand_in="facescale.heads.stand_ins.bfm2009:write_stand_in",
        stand_in_file="01_MorphableModel.mat",
    ),
    HeadFormat(
        name="bfm2009-front",
        title="Basel Face Model 2009, front crop with expressions of Deng et al.",
        licence=GATED,
        source=BASEL,
        files="01_MorphableModel.mat; beside it Exp_Pca.bin, std_exp.txt, BFM_exp_idx.mat, BFM_front_idx.mat; "
        + OWN_LANDMARKS,
        converter="facescale.heads.bfm2009:convert_bfm2009_front",
        stand_in="facescale.heads.stand_ins.bfm2009:write_stand_in",
        stand_in_file="01_MorphableModel.mat",
    ),
    _bfm("bfm2017", "Basel Face Model 2017", "model2017-1_face12_nomouth.h5"),
    _bfm("bfm2019", "Basel Face Model 2019", "model2019_face12.h5"),
    HeadFormat(
        name="facescape",
        title="FaceScape bilinear model 1.6",
        licence=GATED,
        source=FACESCAPE,
        files="facescape_bm_v1.6_847_50_52_id_front.npz, or its forms _id and 300; " + OWN_LANDMARKS,
        converter="facescale.heads.facescape:convert_facescape",
        stand_in="facescale.heads.stand_ins.facescape:write_stand_in",
        stand_in_file="facescape_bm_v1.6_847_50_52_id_front.npz",
    ),
    HeadFormat(
        name="facescape-v1",
        title="FaceScape bilinear model 1.0 to 1.3",
        licence=GATED,
        source=FACESCAPE,
        files="core_847_50_52.npy or core_847_300_52.npy; beside it factors_id_847_*.npy, predef_faces.pkl, "
        "predef_texcoords.pkl; used where they are: front_indices.pkl, landmark_indices.npz; " + OWN_LANDMARKS,
        converter="facescale.heads.facescape:convert_facescape_v1",
        stand_in="facescale.heads.stand_ins.facescape:write_stand_in_v1",
        stand_in_file="core_847_50_52.npy",
    ),
    HeadFormat(
        name="gnm",
        title="GNM Head 3.0",
        licence="Apache-2.0",
        source="https://github.com/google/GNM",
        files="gnm_head.npz; head_sparse_68.txt (landmarks), where it lies beside it; " + OWN_LANDMARKS,
        converter="facescale.heads.gnm:convert_gnm",
        stand_in="facescale.heads.stand_ins.gnm:write_stand_in",
        stand_in_file="gnm_head.npz",
    ),
    HeadFormat(
        name="metahuman",
        title="MetaHuman DNA, nine parameters a joint",
        licence=LICENCE,
        source=SOURCE,
        files="any .dna of generation 2, version 1; " + OWN_LANDMARKS,
        converter="facescale.heads.metahuman:convert_metahuman",
        stand_in="facescale.heads.stand_ins.metahuman:write_stand_in",
        stand_in_file="Ada.dna",
        notice=NOTICE,
    ),
    HeadFormat(
        name="coma",
        title="CoMA, decoder of a pytorch_coma checkpoint",
        licence="data under MPI terms, code MIT",
        source="https://github.com/pixelite1201/pytorch_coma",
        files=COMA_FILES + OWN_LANDMARKS,
        converter="facescale.heads.coma:convert_coma",
        stand_in="facescale.heads.stand_ins.coma:write_stand_in",
        stand_in_file="checkpoint_200.pt",
    ),
    HeadFormat(
        name="linear",
        title="A linear model of your own",
        licence="yours",
        source="no owner but you",
        files=DESCRIPTION,
        converter="facescale.heads.generic_linear:convert_linear",
        stand_in="facescale.heads.stand_ins.linear:write_stand_in",
        stand_in_file="linear.npz",
    ),
)


def format_names() -> tuple[str, ...]:
    """Names of all formats, in the order in which people read them."""
    return tuple(entry.name for entry in FORMATS)


def head_format(name: str) -> HeadFormat:
    """Look a format up by name.

    Raises:
        ValueError: none has that name.
    """
    for entry in FORMATS:
        if entry.name == name:
            return entry
    raise ValueError(f"expected one of the formats {list(format_names())}, got {name!r}")


def convert(entry: HeadFormat, path: Path) -> ConvertedHead:
    """Make a head of a model's own files.

    Raises:
        ValueError: not such a model, saying what was expected and found.
    """
    return _named(entry.converter)(path, entry.name)


def write_stand_in(entry: HeadFormat, folder: Path) -> Path:
    """Write a made-up model in a format under its published name, and what belongs beside it.

    Returns:
        The main file.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / entry.stand_in_file
    _named(entry.stand_in)(path, entry.name)
    return path


def _named(reference: str) -> Callable[[Path, str], ConvertedHead]:
    module, function = reference.split(":")
    return getattr(importlib.import_module(module), function)
