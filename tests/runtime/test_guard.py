import weakref

import pytest

from facescale.runtime import guard
from facescale.runtime.guard import Caught, Infrastructure, LostDevice, OutOfMemory, Verdict
from facescale.runtime.storage import StorageUnavailable
from facescale.structures.errors import CaptureRejected
from facescale.structures.outcome import Status


def raising(*errors):
    """A call that raises these one after another, then returns "sample"."""
    left = list(errors)

    def call():
        call.times += 1
        if left:
            raise left.pop(0)
        return "sample"

    call.times = 0
    return call


def class_named(name, base=Exception):
    return type(name, (base,), {})


def load(call):
    pauses = []
    return guard.load(call, pause=pauses.append), pauses


def test_a_load_that_works_is_tried_once():
    call = raising()
    assert load(call) == ("sample", [])
    assert call.times == 1


def test_storage_gets_three_tries_with_growing_pauses():
    call = raising(ConnectionResetError(), TimeoutError())
    sample, pauses = load(call)
    assert (sample, call.times) == ("sample", 3)
    assert pauses == sorted(pauses)
    verdict, _ = load(raising(*[OSError(5, "Input/output error")] * 3))
    assert (verdict.status, verdict.reason) == (Status.FAILED, "input-unavailable")


@pytest.mark.parametrize(
    "error",
    [
        CaptureRejected("empty-mesh", "expected vertices, got none", "scan it again"),
        ValueError("no header"),
        KeyError("vertices"),
        EOFError(),
        UnicodeDecodeError("ascii", b"\xff", 0, 1, "not ascii"),
        OSError("cannot identify image file"),
        class_named("UnidentifiedImageError", OSError)("cannot identify"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_bad_data_is_rejected_at_the_first_try(error):
    call = raising(error, error, error)
    verdict, pauses = load(call)
    assert verdict.status is Status.REJECTED
    assert (call.times, pauses) == (1, [])


def test_a_rejection_keeps_its_reason_detail_and_hint():
    verdict, _ = load(raising(CaptureRejected("empty-mesh", "expected vertices, got none", "scan it again")))
    assert verdict == Verdict(
        status=Status.REJECTED,
        reason="empty-mesh",
        message="expected vertices, got none",
        hint="scan it again",
    )


@pytest.mark.parametrize(
    "error",
    [
        ConnectionResetError("reset"),
        TimeoutError("slow"),
        PermissionError(13, "denied"),
        StorageUnavailable("unreachable", "503"),
        class_named("ClientError")("SlowDown"),
        class_named("FSTimeoutError")("slow"),
        class_named("SSLError", class_named("ClientError"))("503"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_trouble_with_storage_fails_the_item_and_never_rejects_it(error):
    verdict, pauses = load(raising(*[error] * 3))
    assert verdict.status is Status.FAILED
    assert len(pauses) == 2


def test_a_vanished_input_is_failed_under_its_own_reason():
    verdict, _ = load(raising(*[FileNotFoundError(2, "No such file", "/a.ply")] * 3))
    assert (verdict.status, verdict.reason) == (Status.FAILED, "missing-input")
    assert "/a.ply" in verdict.message


@pytest.mark.parametrize("error", [ImportError("x"), NameError("x"), AssertionError("x"), MemoryError()])
def test_a_bug_in_load_is_failed_at_once_because_the_data_may_be_fine(error):
    call = raising(error)
    verdict, _ = load(call)
    assert verdict.status is Status.FAILED
    assert call.times == 1
    assert "test_guard.py" in verdict.message


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        class_named("OutOfMemoryError", RuntimeError)("CUDA out of memory. Tried to allocate 2 GiB"),
        RuntimeError("CUDA error: out of memory"),
        RuntimeError("Warp: failed to allocate, out of memory"),
    ],
)
def test_out_of_memory_in_fit_asks_for_a_smaller_batch(error):
    assert guard.judge_fit(Caught(error)) == OutOfMemory()


@pytest.mark.parametrize(
    "error",
    [
        RuntimeError("CUDA error: an illegal memory access was encountered"),
        RuntimeError("CUDA error: device-side assert triggered"),
        class_named("AcceleratorError", RuntimeError)("unspecified launch failure"),
    ],
)
def test_a_lost_device_is_told_from_an_error_of_the_item(error):
    assert isinstance(guard.judge_fit(Caught(error)), LostDevice)


def test_any_other_error_in_fit_fails_the_item_under_the_name_of_its_class():
    verdict = guard.judge_fit(Caught(class_named("LinAlgError", ValueError)("singular")))
    assert (verdict.status, verdict.reason) == (Status.FAILED, "fit-lin-alg-error")


def test_research_code_that_exits_is_caught_like_an_exception():
    assert isinstance(guard.attempt(lambda: (_ for _ in ()).throw(SystemExit(1))), Caught)


def test_an_interrupt_is_nobodys_to_catch():
    with pytest.raises(KeyboardInterrupt):
        guard.attempt(raising(KeyboardInterrupt()))


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (StorageUnavailable("credentials", "expired"), "credentials"),
        (OSError(28, "No space left on device"), "no-space"),
        (OSError(122, "Disk quota exceeded"), "no-space"),
        (PermissionError(13, "Permission denied", "/out/x"), "denied"),
        (OSError(30, "Read-only file system"), "denied"),
        (ValueError("a bug"), "save-failed"),
        (CaptureRejected("late", "too late for that"), "save-failed"),
    ],
)
def test_whatever_save_raises_is_infrastructure_with_a_kind(error, kind):
    judged = guard.judge_save(Caught(error))
    assert isinstance(judged, Infrastructure)
    assert judged.kind == kind


def test_a_caught_exception_lets_go_of_what_its_frames_held():
    class Tensor:
        pass

    seen = []

    def fit():
        tensor = Tensor()
        seen.append(weakref.ref(tensor))
        try:
            raise KeyError("inner")  # noqa: TRY301 - the chain is what is tested
        except KeyError:
            raise ValueError("outer") from None

    caught = guard.attempt(fit)
    assert seen[0]() is None
    assert "outer" in caught.trace


def test_messages_are_bounded():
    caught = guard.attempt(raising(ValueError("x" * 1_000_000)))
    assert len(caught.words) + len(caught.trace) < 10_000
