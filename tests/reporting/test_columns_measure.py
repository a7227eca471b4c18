from facescale.reporting import columns


def test_scans_are_judged_by_their_surface():
    assert columns.measure_of([{columns.FIT: 0.3}]) is columns.SURFACE
    assert columns.measure_of([]) is columns.SURFACE


def test_images_are_judged_by_the_true_surface_where_it_is_known_and_else_by_their_landmarks():
    landmarks = {columns.LANDMARKS: 1.2}
    assert columns.measure_of([landmarks]) is columns.REPROJECTION
    assert columns.measure_of([landmarks, {**landmarks, columns.FIT: 0.9}]) is columns.TRUE_SURFACE
