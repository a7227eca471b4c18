import numpy as np
import pytest
import torch

from facescale.geometry.sites import Sites, points_at
from facescale.heads import embeddings
from facescale.heads.embeddings import embedding, write_embedding
from facescale.heads.library import load_head
from tests.heads.ict_assets import needs_ict

FACES = torch.tensor([[0, 1, 2], [0, 2, 3]])
EYES, MOUTH = (33, 133, 362, 263), (61, 291)
# of ibug's 68, without the jaw line, the points of MediaPipe that lie nearest in the field's use
PAIRS = {30: 4, 33: 2, 36: 33, 39: 133, 42: 362, 45: 263, 48: 61, 51: 0, 54: 291, 57: 17}


@pytest.fixture(scope="module", params=["builtin", pytest.param("ict", marks=needs_ict)])
def head(request):
    return load_head(request.param)


def positions(head, name, vertices=None):
    vertices = head.mean_vertices() if vertices is None else vertices
    return points_at(vertices[None], head.faces, head.landmarks[name])[0]


def test_every_shipped_head_has_478_sites_that_are_weights_of_faces(head):
    sites = head.landmarks["mediapipe478"]
    assert sites.face.shape == (478,)
    assert sites.face.min() >= 0
    assert sites.face.max() < len(head.faces)
    assert sites.barycentric.min() >= -1e-5
    assert sites.barycentric.sum(dim=1) == pytest.approx(torch.ones(478), abs=1e-4)


def test_sites_lie_on_skin_but_for_the_irises(head):
    corners = head.faces[head.landmarks["mediapipe478"].face.long()].long()
    on_skin = head.regions["head"][corners].all(dim=1)
    assert on_skin[:468].all()
    assert not on_skin[468:].any()


def test_sites_agree_with_the_head_s_own_68(head):
    own, found = positions(head, "ibug68"), positions(head, "mediapipe478")
    away = (own[list(PAIRS)] - found[list(PAIRS.values())]).norm(dim=1)
    assert away.max() < 4
    assert away.median() < 2.5


def test_left_and_right_mirror_each_other(head):
    found = positions(head, "mediapipe478")
    mirrored = found[[263, 362, 133, 33, 291, 61, 473]] * torch.tensor([-1.0, 1, 1])
    assert (mirrored - found[[33, 133, 362, 263, 61, 291, 468]]).norm(dim=1).max() < 1.0


def test_lips_part_with_the_jaw(head):
    block = next(block for block in head.blocks if block.name == "expression")
    values = torch.zeros(1, block.size)
    values[0, block.names.index("jawOpen")] = 0.6
    opened = positions(head, "mediapipe478", head.evaluate({"expression": values})[0])
    closed = positions(head, "mediapipe478")
    for upper, lower in ((13, 14), (312, 317), (82, 87), (311, 402), (81, 178)):
        assert (opened[upper] - opened[lower])[1] > (closed[upper] - closed[lower])[1] + 6


def test_written_sites_are_read_for_their_triangles_only(tmp_path, monkeypatch):
    monkeypatch.setattr(embeddings, "FOLDER", tmp_path / "data")
    sites = Sites(
        face=torch.tensor([1, 0], dtype=torch.int32), barycentric=torch.tensor([[0.2, 0.3, 0.5], [1, 0, 0]])
    )
    write_embedding("toy", "two", FACES, sites)
    read = embedding("toy", "two", FACES.int())["two"]
    assert torch.equal(read.face, sites.face)
    assert np.allclose(read.barycentric, sites.barycentric)
    assert embedding("toy", "two", FACES[:, [1, 2, 0]]) == {}
    assert embedding("toy", "three", FACES) == {}
    assert embedding("other", "two", FACES) == {}
