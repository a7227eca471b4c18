import pytest

from facescale.runtime.batches import BatchFitter, DeviceLostError
from facescale.runtime.guard import Verdict
from facescale.structures.errors import CaptureRejected
from facescale.structures.outcome import Status


class Fit:
    """Doubles numbers; told to fail on some, or on batches that are too long."""

    def __init__(self, *, bad=(), room=1000, error=None):
        self.calls = []
        self.bad, self.room = set(bad), room
        self.error = error or ValueError("bad number")

    def __call__(self, samples):
        self.calls.append(list(samples))
        if len(samples) > self.room:
            raise MemoryError
        if self.bad & set(samples):
            raise self.error
        return [2 * sample for sample in samples]


def reasons(results):
    return [result.reason if isinstance(result, Verdict) else result for result in results]


def test_a_batch_is_one_call():
    fit = Fit()
    assert BatchFitter(fit, 4)([1, 2, 3]) == [2, 4, 6]
    assert fit.calls == [[1, 2, 3]]


def test_a_bad_item_costs_no_neighbour_its_result():
    fit = Fit(bad=[2])
    assert reasons(BatchFitter(fit, 4)([1, 2, 3])) == [2, "fit-value-error", 6]
    assert fit.calls == [[1, 2, 3], [1], [2], [3]]


def test_a_rejection_raised_for_one_item_rejects_that_item():
    (result,) = BatchFitter(Fit(bad=[2], error=CaptureRejected("no-face")), 4)([2])
    assert (result.status, result.reason) == (Status.REJECTED, "no-face")


def test_a_rejection_in_place_of_a_result_spares_the_batch():
    results = BatchFitter(lambda samples: [1, CaptureRejected("no-face"), 3], 4)([1, 2, 3])
    assert reasons(results) == [1, "no-face", 3]


def test_out_of_memory_halves_the_batch_and_the_size_stays_small():
    fit = Fit(room=2)
    fitter = BatchFitter(fit, 8)
    assert fitter(list(range(8))) == [2 * n for n in range(8)]
    assert fitter.size == 2
    assert [len(call) for call in fit.calls] == [8, 4, 2, 2, 4, 2, 2]


def test_an_odd_batch_is_halved_without_losing_an_item():
    fitter = BatchFitter(Fit(room=2), 7)
    assert fitter(list(range(7))) == [2 * n for n in range(7)]


def test_an_item_that_is_too_large_alone_is_failed_and_leaves_the_size_at_one():
    fitter = BatchFitter(Fit(room=0), 2)
    assert reasons(fitter([1, 2])) == ["out-of-memory", "out-of-memory"]
    assert fitter.size == 1


def test_a_lost_device_is_not_tried_again():
    fit = Fit(bad=[2], error=RuntimeError("CUDA error: an illegal memory access was encountered"))
    with pytest.raises(DeviceLostError, match="illegal memory access"):
        BatchFitter(fit, 4)([1, 2])
    assert len(fit.calls) == 1


def test_a_stage_that_returns_too_few_results_is_told_so():
    (result,) = BatchFitter(lambda samples: [], 4)([1])
    assert "expected 1 results from fit, got 0" in result.message


def test_an_error_of_torch_that_says_out_of_memory_halves_the_batch():
    import torch

    sizes = []

    def fit(samples):
        sizes.append(len(samples))
        if len(samples) > 2:
            raise torch.cuda.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB")
        return samples

    fitter = BatchFitter(fit, 8)
    assert fitter(range(8)) == list(range(8))
    assert sizes == [8, 4, 2, 2, 4, 2, 2]
    assert fitter.size == 2
