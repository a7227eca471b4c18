"""Fitting one batch so that no item costs another its result. Knows nothing of processes or storage."""

import gc
import sys
import typing
from collections.abc import Callable, Sequence
from typing import Any

from facescale.runtime import guard


class DeviceLostError(RuntimeError):
    """The GPU's context is gone: the process must end, and its items go on in another."""


@typing.final
class BatchFitter:
    """Calls `fit` and owns the batch size, which shrinks when the device runs out of memory."""

    def __init__(self, fit: Callable[[Sequence[Any]], Sequence[Any]], size: int) -> None:
        self._fit = fit
        self.size = size
        """Items that the next batch may hold."""

    def __call__(self, samples: Sequence[Any]) -> list[Any]:
        """Fit samples.

        Returns:
            One result or `guard.Verdict` a sample, in order.

        Raises:
            DeviceLostError: nothing in this process can be trusted any more.
        """
        results = guard.attempt(lambda: self._checked(samples))
        if not isinstance(results, guard.Caught):
            return [guard.result_of_fit(result) for result in results]
        judged = guard.judge_fit(results)
        del results
        if isinstance(judged, guard.LostDevice):
            raise DeviceLostError(judged.message)
        if isinstance(judged, guard.OutOfMemory):
            return self._in_halves(samples)
        if len(samples) == 1:
            return [judged]
        return [result for sample in samples for result in self([sample])]

    def _checked(self, samples: Sequence[Any]) -> Sequence[Any]:
        results = self._fit(samples)
        if len(results) != len(samples):
            raise ValueError(f"expected {len(samples)} results from fit, got {len(results)}")
        return results

    def _in_halves(self, samples: Sequence[Any]) -> list[Any]:
        _release_memory()
        if len(samples) == 1:
            return [guard.out_of_memory()]
        half = (len(samples) + 1) // 2
        self.size = min(self.size, half)
        return [*self(samples[:half]), *self(samples[half:])]


def _release_memory() -> None:
    gc.collect()
    torch = sys.modules.get("torch")
    if torch is not None and torch.cuda.is_initialized():
        torch.cuda.empty_cache()
