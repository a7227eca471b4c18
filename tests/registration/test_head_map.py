import numpy as np
import pytest
import torch

from facescale.heads.builtin.head import load_builtin
from facescale.heads.conversion import overlap_mask
from facescale.heads.stand_ins.bfm import write_stand_in as write_bfm
from facescale.registration.head_map import find_map

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def heads(tmp_path_factory):
    """The built-in head, and a face crop in other triangles: a model without ears and neck."""
    from facescale.heads.bfm_hdf5 import convert_bfm_hdf5

    path = tmp_path_factory.mktemp("bfm") / "model2019_face12.h5"
    write_bfm(path, "bfm2019")
    return load_builtin(), convert_bfm_hdf5(path, "bfm2019")


def test_a_face_model_becomes_a_whole_head_whose_face_is_its_own(heads):
    whole, face = heads
    found = find_map(face, whole)
    mask = overlap_mask(found)
    assert mask[whole.regions["face"].numpy()].mean() > 0.6
    shape = face.mean_vertices().double().numpy()
    converted, _ = found(shape)
    assert np.isfinite(converted).all()
    # the stand-in is made of the built-in mean: what is filled must be near it
    apart = np.linalg.norm(converted - whole.mean_vertices().double().numpy(), axis=1)
    skin = whole.regions["head"].numpy()
    assert np.median(apart[skin & mask]) < 3
    assert np.quantile(apart[skin & ~mask], 0.9) < 8


def test_a_head_of_its_own_topology_finds_itself():
    whole = load_builtin()
    found = find_map(whole, whole)
    draw = torch.randn(1, whole.blocks[0].size, generator=torch.Generator().manual_seed(1))
    shape = whole.evaluate({"identity": 0.7 * draw})[0].double().numpy()
    converted, _ = found(shape)
    face = whole.regions["face"].numpy() & overlap_mask(found)
    assert face.sum() > 0.9 * whole.regions["face"].sum()
    assert np.quantile(np.linalg.norm(converted - shape, axis=1)[face], 0.95) < 1.0
