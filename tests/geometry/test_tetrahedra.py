import importlib.util
import sys

import pytest
import torch

from facescale.geometry.tetrahedra import FillConfig, Region, fill
from facescale.geometry.watertight import enclosed_volume
from tests.geometry.test_surface import sphere

needs_tetgen = pytest.mark.skipif(
    importlib.util.find_spec("tetgen") is None, reason="the optional extra `tetgen` is not installed"
)
CENTRE = (0.0, 0.0, 0.0)


def volumes(filled):
    a, b, c, d = filled.vertices[filled.elements].unbind(1)
    return (torch.linalg.cross(b - a, c - a) * (d - a)).sum(-1) / 6


def outer_faces(filled):
    """Faces of a single tetrahedron, each as a sorted triple of surface vertices."""
    sides = torch.cat([filled.elements[:, [i for i in range(4) if i != k]] for k in range(4)]).sort(1).values
    kinds, count = sides.unique(dim=0, return_counts=True)
    return filled.source[kinds[count == 1]].sort(1).values.unique(dim=0)


def nested():
    vertices, faces = sphere(2)
    return torch.cat([vertices, vertices * 0.5]), torch.cat([faces, faces + len(vertices)])


@needs_tetgen
def test_a_filled_ball_has_its_volume_and_its_surface():
    vertices, faces = sphere(3)
    filled = fill(vertices, faces)
    assert (volumes(filled) > 0).all()
    assert volumes(filled).sum().item() == pytest.approx(
        enclosed_volume(vertices[None], faces).item(), rel=1e-9
    )
    assert torch.equal(outer_faces(filled), faces.sort(1).values.unique(dim=0))
    assert (filled.labels == 0).all()


@needs_tetgen
def test_vertices_keep_their_places_and_numbers_and_unused_ones_are_left_out():
    vertices, faces = sphere(2)
    padded = torch.cat([torch.full((5, 3), 1e6), vertices])
    filled = fill(padded, faces + 5)
    kept = filled.source >= 0
    assert torch.equal(filled.vertices[kept], padded[filled.source[kept]].double())
    assert kept.sum() == len(vertices)
    assert torch.equal(outer_faces(filled), (faces + 5).sort(1).values.unique(dim=0))


@needs_tetgen
def test_inner_surfaces_part_regions_that_can_be_named():
    vertices, faces = nested()
    filled = fill(vertices, faces, regions=[Region(label=7, inside=CENTRE)])
    whole = enclosed_volume(vertices[None, :162], faces[: len(faces) // 2]).item()
    assert volumes(filled)[filled.labels == 7].sum().item() == pytest.approx(whole / 8, rel=1e-6)
    assert volumes(filled)[filled.labels == 0].sum().item() == pytest.approx(whole * 7 / 8, rel=1e-6)


@needs_tetgen
def test_holes_stay_empty():
    vertices, faces = nested()
    filled = fill(vertices, faces, holes=[CENTRE])
    whole = enclosed_volume(vertices[None, :162], faces[: len(faces) // 2]).item()
    assert volumes(filled).sum().item() == pytest.approx(whole * 7 / 8, rel=1e-6)
    assert torch.equal(outer_faces(filled), faces.sort(1).values.unique(dim=0))


@needs_tetgen
def test_a_bound_on_the_volume_makes_more_and_smaller_tetrahedra():
    vertices, faces = sphere(2)
    coarse, fine = fill(vertices, faces), fill(vertices, faces, config=FillConfig(max_volume=5000.0))
    assert len(fine.elements) > 2 * len(coarse.elements)
    assert (volumes(fine) <= 5000).double().mean() > 0.9
    assert volumes(fine).sum().item() == pytest.approx(volumes(coarse).sum().item(), rel=1e-9)


@needs_tetgen
def test_what_cannot_be_filled_is_refused_with_its_fault():
    vertices, faces = sphere(2)
    with pytest.raises(ValueError, match="3 boundary edges"):
        fill(vertices, faces[1:])
    with pytest.raises(ValueError, match="counter-clockwise"):
        fill(vertices, faces.flip(1))
    turned = faces.clone()
    turned[0] = turned[0].flip(0)
    with pytest.raises(ValueError, match="opposite winding"):
        fill(vertices, turned)
    through = torch.cat([vertices, vertices + torch.tensor([60.0, 0, 0])])
    with pytest.raises(ValueError, match="pairs of crossing faces"):
        fill(through, nested()[1])


def test_without_tetgen_the_error_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "tetgen", None)
    with pytest.raises(ImportError, match=r"pip install 'facescale\[tetgen\]'"):
        fill(*sphere(1))


def test_settings_that_cannot_be_met_are_refused():
    with pytest.raises(ValueError, match="positive volume"):
        FillConfig(max_volume=0.0)
    with pytest.raises(ValueError, match="ratio above 1"):
        FillConfig(radius_edge_ratio=1.0)
    with pytest.raises(ValueError, match="label of at least 1"):
        Region(label=0, inside=CENTRE)
