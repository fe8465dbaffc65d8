"""The callback that tells a page of a training: of its epochs alone, so that the engine trains."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from kerazoo.engine.epoch_logger import EpochLogger, EpochValues
from kerazoo.web.live import Epoch, LiveTraining


class LiveEpochs(EpochLogger):
    """Hands each epoch to a `LiveTraining`, numbered over all stages.

    Args:
        live: what pages are told.
    """

    def __init__(self, live: LiveTraining) -> None:
        super().__init__()
        self._live = live
        self._before = 0  # epochs of the stages that have ended

    def on_train_begin(self, logs: Mapping[str, Any] | None = None) -> None:
        super().on_train_begin(logs)
        self._live.expect(self._before + ((self.params or {}).get("epochs") or 0))

    def on_train_end(self, logs: Mapping[str, Any] | None = None) -> None:
        self._before += len(self.model.history.epoch)
        self._live.judge()

    def write(self, epochs: Sequence[EpochValues]) -> None:
        self._live.add(
            [Epoch(self._before + one.epoch + 1, _numbers(one), one.seconds) for one in epochs]
        )


def _numbers(epoch: EpochValues) -> dict[str, float]:
    values = {**epoch.values, **epoch.rates, **epoch.values}  # a callback's own rate counts
    return {name: float(value) for name, value in values.items() if getattr(value, "ndim", 0) == 0}
