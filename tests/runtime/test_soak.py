import pytest

from tests.runtime.fleet import Fleet
from tests.runtime.soak import soak


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_job_under_random_faults_loses_nothing_and_does_nothing_twice(s3_server, tmp_path):
    with Fleet(nodes=2, cpus=2) as fleet:
        soaked = soak(fleet, tmp_path, s3_server, items=150, seed=11, every=60)
    assert soaked.faults.total() == 2
    count = soaked.count
    assert (count.lost, count.second, count.false_quarantines) == (0, 0, 0), (count, soaked.said)
    assert count.redone <= count.in_flight, (count, soaked.faults, soaked.said)
