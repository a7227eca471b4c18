import numpy as np
import torch

from facescale.geometry.topology import boundary_edges
from facescale.synthesis.clutter import with_hair, with_shoulders
from facescale.synthesis.template import Part
from tests.heads.ict_assets import needs_ict
from tests.synthesis.ict_head import template
from tests.synthesis.test_subject import invented

pytestmark = needs_ict


def added(surface, scene, part):
    assert len(scene.part) == len(scene.faces)
    np.testing.assert_array_equal(scene.vertices[: len(surface.vertices)], surface.vertices)
    np.testing.assert_array_equal(scene.faces[: len(surface.faces)], surface.faces)
    faces = scene.faces[scene.part == part]
    assert faces.min() >= len(surface.vertices)
    return faces


def normals_of(vertices, faces):
    corners = vertices[faces].astype(np.float64)
    return corners.mean(axis=1), np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])


def test_hair_grows_outwards_and_leaves_the_face_free():
    for seed in range(4):
        subject = invented(seed)
        scene = with_hair(subject.surface, subject, template(), np.random.default_rng(seed))
        faces = added(subject.surface, scene, Part.HAIR)
        shell = scene.vertices[len(subject.surface.vertices) :]
        grown = np.linalg.norm(shell - subject.vertices, axis=1)
        assert grown.max() > 3
        assert grown.max() < 80
        middles, normals = normals_of(scene.vertices, faces)
        outwards = (normals * (middles - np.array([0, 0, -90.0]))).sum(axis=1) > 0
        assert outwards.mean() > 0.8
        nose = np.linalg.norm(middles - template().nose, axis=1)
        assert nose.min() > 40


def test_shoulders_hang_from_the_neck_and_face_outwards():
    subject = invented(1)
    scene = with_shoulders(subject.surface, subject, template(), np.random.default_rng(1))
    faces = added(subject.surface, scene, Part.CLOTHES)
    middles, normals = normals_of(scene.vertices, faces)
    chin = subject.vertices[1447:1448, 1].min()
    assert middles[:, 1].max() < chin
    upwards = normals[:, 1] > 0
    assert upwards.mean() > 0.7
    assert np.ptp(middles[:, 0]) > 250
    loops = boundary_edges(torch.from_numpy(faces - faces.min()))
    assert len(loops) == 2 * 54
