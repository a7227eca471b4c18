import pytest
import torch

from facescale.heads.field_surface import extract_surface

BOX = torch.tensor([[-50.0, -45.0, -40.0], [50.0, 45.0, 40.0]])


def ball(points, *, radius=30.0, middle=(3.0, -2.0, 1.0)):
    return (points - torch.tensor(middle).to(points)).norm(dim=1) - radius


def two_thin_shells(points):
    """A shell of 1.5 mm, as thin as an ear's rim: between two coarse places."""
    return (ball(points).abs() - 0.75).to(points)


def edges_of(faces):
    return torch.cat([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]]).long()


def test_every_vertex_lies_on_a_ball_and_faces_look_outwards():
    found = extract_surface(ball, BOX, spacing=1.0)
    # linear interpolation in a cell of a field with curvature 1 / 30
    assert float(ball(found.vertices).abs().max()) < 1 / 30
    corners = found.vertices[found.faces.long()]
    normal = torch.linalg.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    outwards = corners.mean(dim=1) - torch.tensor([3.0, -2.0, 1.0])
    assert bool(((normal * outwards).sum(dim=1) >= 0).all())


@pytest.mark.parametrize("field", [ball, two_thin_shells])
def test_blocks_give_the_triangles_of_the_dense_grid_for_a_fraction_of_the_questions(field):
    found = extract_surface(field, BOX, spacing=1.0)
    dense = extract_surface(field, BOX, spacing=1.0, steepest=1e6)
    assert torch.equal(found.vertices, dense.vertices)
    assert torch.equal(found.faces, dense.faces)
    assert found.asked < 0.2 * dense.asked


def test_a_surface_is_closed_where_it_does_not_leave_the_box():
    faces = extract_surface(two_thin_shells, BOX, spacing=1.0).faces
    there = {tuple(pair) for pair in edges_of(faces).tolist()}
    assert len(there) == 3 * len(faces)
    assert all((b, a) in there for a, b in there)


def test_a_finer_grid_comes_closer():
    coarse, fine = (extract_surface(ball, BOX, spacing=s).vertices for s in (4.0, 2.0))
    assert float(ball(fine).abs().max()) < 0.3 * float(ball(coarse).abs().max())


@pytest.mark.parametrize(
    ("bounds", "spacing", "says"),
    [
        (BOX.flip(0), 1.0, "positive size"),
        (BOX, 0.0, "positive spacing"),
        (BOX, 0.001, "at most"),
        (BOX + 200.0, 1.0, "changes its sign"),
    ],
)
def test_what_cannot_be_extracted_is_said(bounds, spacing, says):
    with pytest.raises(ValueError, match=says):
        extract_surface(ball, bounds, spacing=spacing)
