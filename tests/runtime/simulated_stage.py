"""A stage that does what its items' attributes say: sleep, crash, hang, raise, hog memory. No file is read."""

import ctypes
import os
import random
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

from facescale.runtime.stage import AbstractStage, Resources, Saved
from facescale.structures.errors import CaptureRejected
from facescale.structures.item import InputFile, Item

HOUR_S = 3600


class SimulatedStage(AbstractStage):
    """Attributes of an item, all optional:

    load_s, fit_s, save_s: seconds to sleep.
    load, fit, save: what to do there; see `_act`. once: a file; the action happens only while it is absent.

    The variables SIMULATED_LOAD, SIMULATED_FIT and SIMULATED_SAVE do the same to every item on a node.
    """

    def __init__(
        self, *, batch_size=1, num_cpus=1.0, num_gpus=0.0, memory=0, setup="", journal="", artefact=True
    ):
        self.batch_size = batch_size
        self.resources = Resources(num_cpus=num_cpus, num_gpus=num_gpus, memory=memory)
        self._setup = setup
        self._journal = Path(journal) if journal else None
        self._artefact = artefact

    def setup(self):
        if self._setup == "tell-pid":
            note(self._journal, f"pid {os.getpid()}")
        elif self._setup.startswith("broken-for-one:"):
            _break_for_one(Path(self._setup.partition(":")[2]))
        else:
            _act(self._setup)

    def load(self, item):
        self._do("load", item)
        return item

    def fit(self, samples):
        for item in samples:
            self._do("fit", item)
        if any(item.attributes.get("fit") == "batch-oom" for item in samples) and len(samples) > 2:
            raise MemoryError(f"{len(samples)} are too many")
        return [
            CaptureRejected("no-face", "expected a face", "scan it again")
            if item.attributes.get("fit") == "reject-in-place"
            else item
            for item in samples
        ]

    def save(self, item, folder):
        self._do("save", item)
        if item.attributes.get("save") == "big":
            (folder / "big").write_bytes(b"x" * (2 << 20))
        if self._artefact:
            (folder / "result.txt").write_text(result_of(item))
        return Saved(row={"value": value_of(item), "batch_size": self.batch_size}, licences={"head": "CC0"})

    def _do(self, phase, item):
        if self._journal:
            note(self._journal, f"{phase} {item.item}")
        _act(os.environ.get(f"SIMULATED_{phase.upper()}", ""))
        time.sleep(float(item.attributes.get(f"{phase}_s", 0.0)))
        once = item.attributes.get("once")
        if once and phase in item.attributes:
            try:
                os.close(os.open(once, os.O_CREAT | os.O_EXCL))
            except FileExistsError:
                return
        _act(item.attributes.get(phase, ""))


def make_stage(**arguments):
    return SimulatedStage(**arguments)


def note(journal, line):
    """Append a line, whole, so that several processes may share a journal."""
    descriptor = os.open(journal, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.write(descriptor, f"{line}\n".encode())
    os.close(descriptor)


def value_of(item):
    """A result that is random, and depends on the item alone."""
    return random.Random(item.item).random()


def result_of(item):
    return f"{item.item} {value_of(item)!r}\n"


def _break_for_one(path):
    """Raise in every child of one supervisor, whichever comes first, and in no other."""
    with suppress(FileExistsError):
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY)
        os.write(descriptor, sys.argv[1].encode())
        os.close(descriptor)
    time.sleep(0.1)
    if path.read_text() == sys.argv[1]:
        raise RuntimeError("told to be broken")


def cuda_out_of_memory():
    """What torch raises; without torch, whose import would take longer than a test, an error of its name."""
    torch = sys.modules.get("torch")
    known = torch.cuda.OutOfMemoryError if torch else type("OutOfMemoryError", (RuntimeError,), {})
    return known("CUDA out of memory. Tried to allocate 2.00 GiB")


def _act(action):  # noqa: PLR0912 - one branch a fault
    match action:
        case "exit":
            os._exit(3)
        case "segfault":
            ctypes.string_at(0)
        case "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        case "hang":
            # PyDLL does not release the GIL: no other thread of this process ever runs again.
            # A signal with a handler ends the sleep early, and the next one begins at once.
            while True:
                ctypes.PyDLL(None).sleep(HOUR_S)
        case "sleep":
            time.sleep(HOUR_S)
        case "raise":
            raise ValueError("told to raise")
        case "sys-exit":
            raise SystemExit("told to leave")
        case "reject":
            raise CaptureRejected("empty-mesh", "expected vertices, got none", "scan it again")
        case "os-error":
            raise ConnectionResetError("told to be offline")
        case "no-space":
            raise OSError(28, "No space left on device", "/somewhere")
        case "import-error":
            raise ImportError("no such module")
        case "cuda-out-of-memory":
            raise cuda_out_of_memory()
        case "broken-gpu":
            raise RuntimeError("the tensor core gives up")
        case "lost-device":
            raise RuntimeError("CUDA error: an illegal memory access was encountered")
        case "hog":
            hog = bytearray(1 << 30)
            hog[:: 1 << 12] = b"x" * len(hog[:: 1 << 12])
            time.sleep(HOUR_S)
        case "chatter":
            while True:
                os.write(2, b"still here\n")
                time.sleep(0.01)
        case "start-a-program":
            subprocess.Popen(["sleep", str(HOUR_S)])
        case "shout":
            print("a native library speaks on stdout")
            os.write(2, b"and on stderr\n")


def item(name, **attributes):
    """An item whose attributes say what happens to it."""
    size = len(name)
    return Item(
        corpus="simulated",
        item=name,
        subject=name.split("-", maxsplit=1)[0],
        inputs=(InputFile(role="scan", uri=f"/nowhere/{name}", path=name, size=size),),
        attributes={key: str(value) for key, value in attributes.items()},
    )
