"""What a pipeline must provide to be run over items. Knows nothing of Ray, of processes or of storage."""

import importlib
import re
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from facescale.structures.item import Item
from facescale.structures.outcome import Scalar


@dataclass(frozen=True, kw_only=True)
class Resources:
    """What one worker needs."""

    num_cpus: float = 1.0
    num_gpus: float = 0.0
    memory: int = 0
    """Bytes; 0 leaves it to the machine."""


@dataclass(frozen=True, kw_only=True)
class Saved:
    """What `save` hands back."""

    row: Mapping[str, Scalar]
    """The item's result row: flat scalars."""
    licences: Mapping[str, str] = field(default_factory=dict)


class AbstractStage(ABC):
    """One map over items: `setup` once a worker, then `load`, `fit` and `save`, which the runtime overlaps.

    `load` and `save` run on threads, `fit` runs alone. A stage lives in a child process of its own, may use
    any native library, and may die: only the items that it held are affected.

    Raising: `load` may raise CaptureRejected or any parser error (Rejected), or OSError (retried, then
    Failed). `fit` raising on a batch is repeated one by one (Failed). `save` raising stops the run.
    `fit` may put a CaptureRejected in place of a result: that item is Rejected, its batch goes on.
    """

    resources: Resources = Resources()
    batch_size: int = 1
    """Items that one call of `fit` takes at the most."""

    @abstractmethod
    def setup(self) -> None:
        """Load models and compile kernels; called once, before anything else, in the child."""

    @abstractmethod
    def load(self, item: Item) -> Any:
        """Read one item from storage and make it ready for `fit`."""

    @abstractmethod
    def fit(self, samples: Sequence[Any]) -> Sequence[Any]:
        """Compute; one result (or CaptureRejected) a sample, in order."""

    @abstractmethod
    def save(self, result: Any, folder: Path) -> Saved:
        """Write artefacts into a local folder that exists and is empty; the runtime uploads and commits it."""


@dataclass(frozen=True, kw_only=True)
class StageSpec:
    """How a child process makes its stage: an import path and JSON-able arguments, never a pickle of code."""

    factory: str
    """"package.module:callable", called with `arguments` as keywords, returning an AbstractStage."""
    arguments: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[\w.]+:\w+", self.factory):
            msg = f"expected a factory like 'package.module:callable', got {self.factory!r}"
            raise ValueError(msg)

    def build(self) -> AbstractStage:
        """Import the factory and call it."""
        module, name = self.factory.split(":")
        return getattr(importlib.import_module(module), name)(**self.arguments)
