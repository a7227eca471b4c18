import dataclasses

import numpy as np

from facescale.reconstruction.landmark_fit.config import LandmarkFitConfig
from facescale.reconstruction.landmark_fit.sample import prepare
from tests.reconstruction.landmark_fit.subjects import subject_of, truth_of


def test_a_detector_s_known_bias_is_taken_from_what_it_found(head, embedding):
    subject = subject_of(head, embedding, truth_of(head, views=2, seed=4), seed=4)
    bias = np.random.default_rng(0).normal(0, 3, subject.views[0].landmarks.positions.shape).astype(np.float32)
    moved = []
    for view in subject.views:
        marks = view.landmarks
        off = dataclasses.replace(marks, positions=marks.positions + bias, biases=bias)
        moved.append(dataclasses.replace(view, landmarks=off))
    plain = prepare(subject, embedding, LandmarkFitConfig())
    found = prepare(dataclasses.replace(subject, views=tuple(moved)), embedding, LandmarkFitConfig())
    np.testing.assert_allclose(found.pixels, plain.pixels, atol=1e-3)
