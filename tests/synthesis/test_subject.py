import numpy as np
import pytest
import torch

from facescale.geometry.topology import boundary_edges
from facescale.heads.ict_files import IBUG68
from facescale.structures.keypoints import NOW7_IN_IBUG68
from facescale.synthesis.off_span import root_mean_square
from facescale.synthesis.subject import MOST_ACTIVE, TRUNCATION, Subject, invent
from facescale.synthesis.template import Part
from tests.heads.ict_assets import needs_ict
from tests.synthesis.ict_head import ict, off_span, template

pytestmark = needs_ict


def invented(seed: int, *, leave_span: bool = True) -> Subject:
    return invent(
        ict(),
        template(),
        np.random.default_rng(seed),
        off_span=off_span() if leave_span else None,
        rms=0.8,
        wavelengths=(15, 80),
    )


def evaluated(subject: Subject) -> np.ndarray:
    params = {name: torch.from_numpy(values)[None] for name, values in subject.params.items()}
    return ict().evaluate(params)[0].numpy()


def test_identities_are_truncated_normal_and_expressions_few_and_mild():
    subjects = [invented(seed, leave_span=False) for seed in range(20)]
    identities = np.stack([subject.params["identity"] for subject in subjects])
    assert np.abs(identities).max() <= TRUNCATION
    assert identities.std() == pytest.approx(0.95, abs=0.05)
    for subject in subjects:
        active = subject.params["expression"][subject.params["expression"] != 0]
        assert len(active) <= MOST_ACTIVE
        assert ((active > 0) & (active < 0.4)).all()
    assert len({int((s.params["expression"] != 0).sum()) for s in subjects}) > 2


def test_an_in_span_subject_is_exactly_the_models_own_shape():
    subject = invented(0, leave_span=False)
    np.testing.assert_array_equal(subject.vertices, evaluated(subject))
    np.testing.assert_array_equal(subject.surface.vertices, subject.vertices)
    assert (subject.off_span_rms, subject.wrinkle_rms) == (0, 0)


def test_an_off_span_subject_is_off_by_what_its_record_says():
    subject = invented(1)
    skin = template().skin
    away = root_mean_square((subject.vertices - evaluated(subject))[skin])
    assert subject.off_span_rms == pytest.approx(0.8)
    assert away == pytest.approx(np.hypot(0.8, subject.wrinkle_rms), abs=0.02)
    assert 0.5 < subject.off_span_face_rms < 1.0
    assert 0.01 < subject.wrinkle_rms < 0.25


def test_the_seen_surface_passes_through_the_true_vertices_and_is_finer():
    subject = invented(2)
    surface, count = subject.surface, len(subject.vertices)
    np.testing.assert_array_equal(surface.vertices[:count], subject.vertices)
    skin = surface.faces[surface.part == Part.SKIN]
    assert len(skin) == 4 * 22288
    assert skin.max() >= count


def test_rounding_tears_nothing():
    surface = invented(3).surface
    fine = surface.faces[surface.part == Part.SKIN]
    coarse = template().faces[template().part == Part.SKIN]
    borders = [len(boundary_edges(torch.from_numpy(faces))) for faces in (fine, coarse)]
    assert borders[0] == 2 * borders[1]
    # midpoints on a border lie on the straight edge, where the unsplit neighbour has it
    rigid, vertices = template().rigid, invented(3).vertices
    middles = surface.vertices[len(vertices) + np.flatnonzero(rigid)]
    straight = vertices[template().edges[rigid]].mean(axis=1)
    assert np.linalg.norm(middles - straight, axis=1).max() < 0.6


def test_no_face_of_lashes_or_tear_film_is_seen():
    subject = invented(4)
    transparent = np.arange(24591, 26719)
    assert not np.isin(subject.surface.faces, transparent).any()
    assert set(np.unique(subject.surface.part)) == {Part.SKIN, Part.EYE, Part.INSIDE}


def test_keypoints_are_the_landmarks_of_the_true_shape():
    subject = invented(5)
    corners = [IBUG68[index] for index in NOW7_IN_IBUG68]
    assert np.linalg.norm(subject.keypoints - subject.vertices[corners], axis=1).max() < 1e-4
