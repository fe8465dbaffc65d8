"""What one part of the package expects of another, where no class says it.

Each protocol names both ends: who has the attribute or method, and who looks for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

if TYPE_CHECKING:
    import keras

    from kerazoo.recipe import Recipe


class Trainer(Protocol):
    """Trains the stages of one network as its recipe says.

    `experiments/run.py` makes it and hands it to the `fit` hook of a model file, such as
    `models/vision/vgg_transfer.py`.
    """

    recipe: Recipe

    def compile(self, model: keras.Model, *, rate: float = 1.0) -> None:
        """Compile a model as the recipe says, its learning rate multiplied by `rate`."""

    def fit(
        self, model: keras.Model, train: Any, validation: Any, *, epochs: int, stage: str = ""
    ) -> None:
        """Train a compiled model; the values per epoch follow those of the stages before."""


@runtime_checkable
class TakesFitArguments(Protocol):
    """A model that the recipe's `fit_arguments` configure.

    `models/generative/_adversarial.py` has it; `experiments/run.py` calls it before compiling.
    """

    def take_fit_arguments(self, arguments: Mapping[str, Any]) -> None:
        """Take the arguments over."""


@runtime_checkable
class RunsWhenInterrupted(Protocol):
    """A callback that has something to finish when Ctrl-C ends a training.

    `EarlyStopping` puts the best weights back, `Snapshots` writes its animation;
    `experiments/run.py` calls it.
    """

    def on_interrupt(self) -> None:
        """Finish."""
