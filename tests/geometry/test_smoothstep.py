import numpy as np

from facescale.geometry.smoothstep import smoothstep


def test_smoothstep_goes_from_nothing_to_all():
    np.testing.assert_allclose(smoothstep(np.array([-1.0, 2.0, 3.0, 4.0, 9.0]), 2.0, 4.0), [0, 0, 0.5, 1, 1])


def test_it_runs_both_ways():
    assert smoothstep(np.array([0.0, 1, 1.5, 2, 3]), 1, 2).tolist() == [0, 0, 0.5, 1, 1]
    assert smoothstep(np.array([0.0, 1, 1.5, 2, 3]), 2, 1).tolist() == [1, 1, 0.5, 0, 0]
