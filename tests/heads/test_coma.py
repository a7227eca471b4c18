import io
import pickle

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from facescale.heads.bounded_files import STAND_IN_MARK
from facescale.heads.coma import convert_coma
from facescale.heads.coma_files import NORM, TEMPLATE, TRANSFORMS, read_coma
from facescale.heads.converted import read_head, write_head
from facescale.heads.decoded import LATENT
from facescale.heads.graph_decoder_reference import decode_reference
from facescale.heads.mesh_pyramid import pyramid
from facescale.heads.stand_ins.coma import write_coma
from facescale.heads.stand_ins.surface import resampled

VERTICES, RIM = 700, 60
NAME = "checkpoint_200.pt"


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    """A checkpoint with landmarks beside it, so that each test need not carry them over."""
    path = tmp_path_factory.mktemp("coma") / NAME
    sheet = resampled(VERTICES, 2 * VERTICES - 2 - RIM)
    write_coma(path, sheet, [])
    sites = sheet.landmarks()
    marks = {"face": sites.face.numpy(), "barycentric": sites.barycentric.numpy()}
    np.savez(path.with_name("checkpoint_200.landmarks.npz"), **marks)
    return path


@pytest.fixture(scope="module")
def state(path):
    return torch.load(path, weights_only=True)["state_dict"]


@pytest.fixture(scope="module")
def head(path):
    return convert_coma(path, "coma")


@pytest.fixture
def copy(path, tmp_path):
    for file in path.parent.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    return tmp_path / NAME


def test_the_stand_in_has_the_keys_and_shapes_of_pytorch_coma(path, state):
    shapes = {name: tuple(value.shape) for name, value in state.items()}
    levels = read_coma(path).levels
    assert levels.sizes == (700, 175, 44, 11, 3)
    wide = 32 * levels.sizes[-1]
    inward, back = (3, 16, 16, 16, 32), (32, 32, 16, 16, 16, 3)
    wanted = {f"cheb.{k}.weight": (6, inward[k], inward[k + 1]) for k in range(4)}
    wanted |= {f"cheb.{k}.bias": (inward[k + 1],) for k in range(4)}
    wanted |= {f"cheb_dec.{k}.weight": (6, back[k], back[k + 1]) for k in range(5)}
    wanted |= {f"cheb_dec.{k}.bias": (back[k + 1],) for k in range(4)}
    wanted |= {"enc_lin.weight": (8, wide), "enc_lin.bias": (8,)}
    wanted |= {"dec_lin.weight": (wide, 8), "dec_lin.bias": (wide,)}
    assert shapes == wanted
    assert path.read_bytes().endswith(STAND_IN_MARK)


def test_the_head_is_mean_and_deviation_times_the_network(head, path):
    with np.load(path.with_name("checkpoint_200" + NORM)) as norm:
        mean, std = norm["mean"] * 1000.0, norm["std"] * 1000.0
    latent = torch.tensor([[0.0, 3.0, 1.0, 2.0, 2.5, 0.3, 1.0, 2.0]])
    decoded = decode_reference(head.decoder, latent[0]).numpy()
    found = head.evaluate({LATENT: latent})[0].double().numpy()
    shift = head.zero.double().numpy()[0] - mean[0]
    np.testing.assert_allclose(found, mean + shift + std * decoded, atol=0.02)
    assert head.card.name == "coma(stand-in)"


def test_the_prior_has_the_shapes_spread_and_its_mean_is_near_the_training_mean(head):
    block = head.blocks[0]
    assert (block.name, block.size, block.scope) == (LATENT, 8, "subject")
    assert (block.lower <= block.prior_mean).all()
    assert (block.prior_std > 0).all()
    apart = ((head.mean_vertices() - head.zero) / head.spread)[head.regions["head"]]
    assert float(apart.square().mean().sqrt()) < 1.2
    slopes = head.decoder.slopes(block.prior_mean[None])[0] * block.prior_std[:, None, None]
    torch.testing.assert_close(float(slopes.square().sum(dim=0).mean().sqrt()), 1.0, rtol=0.05, atol=0)


def test_the_card_says_which_transforms_were_used(head, copy, path):
    assert any(note.startswith("transforms: computed here") for note in head.card.notes)
    assert any("level 4, as pytorch_coma trains it" in note for note in head.card.notes)
    write_transforms(copy, last_level=0)
    given = convert_coma(copy, "coma")
    assert any(note == "transforms: checkpoint_200.transforms.npz" for note in given.card.notes)
    assert "the last convolution runs on the finest mesh" in given.card.notes
    assert given.card.assets.keys() - head.card.assets.keys() == {"checkpoint_200.transforms.npz"}
    # the last kernel of the stand-in has one order: on which graph it runs makes no difference
    latent = {LATENT: torch.full((1, 8), 1.5)}
    torch.testing.assert_close(given.evaluate(latent), head.evaluate(latent), rtol=0, atol=2e-3)


def write_transforms(copy, last_level=None, **changes):
    levels = read_coma(copy).levels
    arrays = {}
    for step, up in enumerate(levels.ups):
        arrays |= {f"up{step}_{part}": getattr(up, part) for part in ("data", "indices", "indptr")}
        arrays |= {f"up{step}_columns": up.shape[1], f"edges{step + 1}": levels.edges[step + 1]}
    if last_level is not None:
        arrays["last_level"] = last_level
    np.savez(copy.with_name("checkpoint_200" + TRANSFORMS), **{**arrays, **changes})


def test_a_larger_latent_is_taken_as_the_file_has_it(copy, state):
    wide = state["dec_lin.weight"].repeat(1, 8)
    save(copy, {**state, "dec_lin.weight": wide})
    assert [block.size for block in convert_coma(copy, "coma").blocks] == [64]


def test_what_the_training_knew_of_its_latents_is_the_prior(copy, path):
    with np.load(copy.with_name("checkpoint_200" + NORM)) as file:
        norm = dict(file)
    np.savez(
        copy.with_name("checkpoint_200" + NORM), **norm, latent_mean=np.full(8, 2.0), latent_std=np.full(8, 0.6)
    )
    block = convert_coma(copy, "coma").blocks[0]
    assert block.prior_mean.tolist() == [2.0] * 8
    torch.testing.assert_close(block.prior_std, torch.full((8,), 0.6))


def test_the_normalisation_may_be_pytorch_comas_own(copy, head):
    with np.load(copy.with_name("checkpoint_200" + NORM)) as file:
        norm = {name: torch.from_numpy(file[name]) for name in file.files}
    copy.with_name("checkpoint_200" + NORM).unlink()
    torch.save(norm, copy.with_name("sliced_norm.pt"))
    found = convert_coma(copy, "coma")
    assert torch.equal(found.spread, head.spread)
    assert "sliced_norm.pt" in found.card.assets


def test_a_converted_head_is_the_same_head(head, tmp_path):
    digest = write_head(head, tmp_path / "coma.npz")
    again = read_head(tmp_path / "coma.npz")
    latent = {LATENT: torch.full((2, 8), 1.5)}
    assert torch.equal(again.evaluate(latent), head.evaluate(latent))
    assert again.card.assets == {**head.card.assets, "converted": digest}


def test_without_the_normalisation_it_is_said_what_it_is_and_how_it_is_made(copy):
    copy.with_name("checkpoint_200" + NORM).unlink()
    with pytest.raises(
        ValueError, match=r"checkpoints lack, in .*checkpoint_200\.norm\.npz .*numpy's mean and std"
    ):
        convert_coma(copy, "coma")


class Runs:
    def __init__(self, victim):
        self.victim = victim

    def __reduce__(self):
        return open, (str(self.victim), "w")


def save(copy, state, *, old=False):
    torch.save({"state_dict": state}, copy, _use_new_zipfile_serialization=not old)


@pytest.mark.parametrize("place", [NAME, "sliced_norm.pt"])
@pytest.mark.parametrize("form", ["new", "old", "pickle"])
def test_a_hostile_torch_file_is_refused_and_does_nothing(copy, tmp_path, place, form):
    victim, target = tmp_path / "victim", copy.with_name(place)
    if place != NAME:
        copy.with_name("checkpoint_200" + NORM).unlink()
    hostile = {"state_dict": {"dec_lin.weight": Runs(victim)}, "mean": Runs(victim)}
    if form == "pickle":
        target.write_bytes(pickle.dumps(hostile))
    else:
        torch.save(hostile, target, _use_new_zipfile_serialization=form == "new")
    with pytest.raises(ValueError, match="a torch file of plain tensors"):
        convert_coma(copy, "coma")
    assert not victim.exists()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda s: {k: v for k, v in s.items() if k != "dec_lin.bias"}, "expected dec_lin.bias in state_dict"),
        (lambda s: {k: v for k, v in s.items() if k != "cheb_dec.1.weight"}, "expected cheb_dec.0.weight and"),
        (lambda s: {**s, "dec_lin.weight": s["dec_lin.weight"][:-1]}, "expected dec_lin.weight"),
        (lambda s: {**s, "cheb_dec.2.weight": s["cheb_dec.2.weight"][:, :-1]}, "channels and a graph"),
        (lambda s: {**s, "cheb_dec.2.bias": s["cheb_dec.2.bias"][:-1]}, "numbers in cheb_dec.2.bias"),
        (lambda s: {**s, "dec_lin.bias": s["dec_lin.bias"] * torch.nan}, "finite numbers in dec_lin.bias"),
        (lambda s: {**s, "dec_lin.bias": s["dec_lin.bias"].long()}, "floats of 1 axes in dec_lin.bias"),
        (lambda _: [1, 2], "no dictionary"),
    ],
)
def test_a_malformed_checkpoint_is_refused_saying_why(copy, state, change, said):
    save(copy, change(state), old=True)
    with pytest.raises(ValueError, match=said):
        convert_coma(copy, "coma")


@pytest.mark.parametrize(
    ("name", "spoil", "said"),
    [
        (TEMPLATE, lambda b: b.replace(b"f 1", b"f 9999999"), "indices of faces of template.obj|channels"),
        (TEMPLATE, lambda b: b"v 1 2 nan\n" + b, "finite numbers in vertices of template.obj"),
        (TEMPLATE, lambda b: b"v 1 2\n" + b, "vertices and triangles of plain numbers"),
        (TEMPLATE, lambda _: b"", "expected faces in"),
        (NAME, lambda _: b"version https://git-lfs.github.com/spec/v1\n", "the pointer that git keeps"),
        (NAME, lambda b: b[:500], "a torch file of plain tensors"),
        (NAME, lambda _: b"PK\x03\x04 no zip", "a torch file of plain tensors"),
    ],
)
def test_malformed_files_are_refused(copy, name, spoil, said):
    file = copy.with_name(name)
    file.write_bytes(spoil(file.read_bytes()))
    with pytest.raises(ValueError, match=said):
        convert_coma(copy, "coma")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"up1_indices": np.array([10**6])}, "up1_indices of shape"),
        ({"up0_columns": 0}, "up0_columns in 1..700"),
        ({"up0_indptr": np.zeros(701, int)}, "up0_indptr to part"),
        ({"edges2": np.array([[0, 10**6]])}, "indices of edges2"),
        ({"last_level": 9}, "indices of last_level"),
    ],
)
def test_malformed_transforms_are_refused(copy, changes, said):
    write_transforms(copy, **changes)
    with pytest.raises(ValueError, match=said):
        read_coma(copy)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    place=st.floats(0, 1), value=st.binary(min_size=1, max_size=6), new=st.booleans(), kept=st.floats(0.5, 1)
)
def test_random_damage_to_a_checkpoint_is_refused_with_a_value_error_or_changes_numbers(
    copy, state, place, value, new, kept
):
    stream = io.BytesIO()
    small = {name: part for name, part in state.items() if part.numel() < 2000}
    torch.save({"state_dict": small}, stream, _use_new_zipfile_serialization=new)
    data = bytearray(stream.getvalue())
    at = int(place * (len(data) - len(value)))
    data[at : at + len(value)] = value
    copy.write_bytes(bytes(data[: int(len(data) * (kept if kept > 0.6 else 1))]))
    with pytest.raises(ValueError, match="expected"):
        convert_coma(copy, "coma")  # without dec_lin.weight it is refused in the end, whatever is damaged


def test_levels_are_a_quarter_of_each_other_and_lead_back_to_where_vertices_are():
    sheet = resampled(VERTICES, 2 * VERTICES - 2 - RIM)
    points = sheet.vertices + np.array([0.0, 1500.0, 0.0])
    levels = pyramid(points, sheet.faces.astype(np.int64), (4, 4))
    assert levels.sizes == (700, 175, 44)
    kept = points
    for up in levels.ups:
        # kept vertices are copied, and rows say which: those with a single one
        single = np.flatnonzero(np.diff(up.indptr) == 1)
        assert len(single) >= up.shape[1]
        coarse = np.full((up.shape[1], 3), np.nan)
        ones = single[np.isclose(up.data[up.indptr[single]], 1.0)]
        coarse[up.indices[up.indptr[ones]]] = kept[ones]
        near = np.linalg.norm(up @ coarse - kept, axis=1)
        assert np.median(near) < 4
        kept = coarse
