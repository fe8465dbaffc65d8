"""What one part of the package looks for in an object that another part made.

A model or a callback may offer more than Keras asks of it. Each offer is declared here once; a
comment at both ends, where it is made and where it is looked for, names its protocol. Keras is
imported for annotations only.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

if TYPE_CHECKING:
    import keras

    from kerazoo.recipe import Recipe


class Trainer(Protocol):
    """Trains the stages of one network as its recipe says.

    Offered by `experiments/stages.py`; `experiments/run.py` hands it to the `fit` hook of a model
    file, such as `models/vision/vgg_transfer.py`.
    """

    recipe: Recipe

    def compile(self, model: keras.Model, *, rate: float = 1.0) -> None:
        """Compile a model as the recipe says, its learning rate multiplied by `rate`."""

    def fit(
        self, model: keras.Model, train: Any, validation: Any, *, epochs: int, stage: str = ""
    ) -> None:
        """Train a compiled model; the values per epoch follow those of the stages before."""


@runtime_checkable
class ReadsInOrder(Protocol):
    """A model whose rows must not be shuffled, because neighboring rows belong together.

    Offered by `models/text/_word_tables.py`; looked for in `engine/fit.py`.
    """

    reads_in_order: bool


@runtime_checkable
class AdaptsToInputs(Protocol):
    """A layer that takes statistics of its inputs before training, and knows what NaN means.

    Offered by `models/tabular/_columns.py`, `models/recommender/_lookup.py` and
    `models/text/_terms.py`; looked for in `engine/normalization.py` and `engine/checks.py`.
    """

    name: str
    takes_missing: bool

    @property
    def is_adapted(self) -> bool:
        """Whether it has statistics."""

    def adapt_to(self, values: Any) -> None:
        """Take them from training rows."""


@runtime_checkable
class AdaptsToPieces(Protocol):
    """A layer that can take its statistics from rows of which only some are in memory at once.

    Offered by `models/tabular/_columns.py`; looked for in `engine/normalization.py`.
    """

    def adapt_to_pieces(self, pieces: Callable[[], Iterable[Any]]) -> None:
        """Take them from training rows, given what yields these as often as it is called."""


@runtime_checkable
class LooksUpRows(Protocol):
    """A layer that reads some rows of its weights, so that the gradient is one of these rows.

    Offered by `models/recommender/_lookup.py`; looked for in `engine/fused_update.py`.
    """

    looks_up_rows: bool


@runtime_checkable
class ServedInHalfPrecision(Protocol):
    """A model whose exported weights may be rounded to 16 bits.

    Offered by `models/text/_word_tables.py`; looked for in `saved/litert.py`.
    """

    served_in_half_precision: bool


@runtime_checkable
class HasServedParts(Protocol):
    """A model with inner models that are saved and answer on their own, such as a decoder.

    Offered by `models/generative/`; looked for in `saved/architecture.py`.
    """

    def served_parts(self) -> dict[str, keras.Model]:
        """Return the inner models by name."""


@runtime_checkable
class KeepsState(Protocol):
    """A callback that says whether its state belongs in a checkpoint; without this, it does.

    Offered, as `False`, by displays: `engine/progress.py` and `tasks/generation/snapshots.py`;
    looked for in `engine/checkpoints/callback_state.py`.
    """

    keeps_state: bool


@runtime_checkable
class ReadsValuesOnly(Protocol):
    """A callback that does nothing between epochs but read their values.

    It lets many epochs run in one call, and is told of all of them afterwards: `on_epoch_begin` is
    called before the first one alone, and `params["epochs_at_once"]` says how many there were.
    Offered, as `True`, by `engine/progress.py`, `engine/epoch_logger.py` and
    `experiments/search/trials.py`; looked for in `engine/callback_hooks.py`.
    """

    reads_values_only: bool


@runtime_checkable
class PausesAfter(Protocol):
    """A callback that `ReadsValuesOnly`, but may end the training after some epochs.

    Of the many epochs that can run in one call, none goes past one of these, counted from 1.
    Offered by `experiments/search/trials.py`; looked for in `engine/callback_hooks.py`.
    """

    pauses_after: Collection[int]


@runtime_checkable
class GivesErrors(Protocol):
    """A model that answers a row with how far that is from its reconstruction, `(rows, 1)`.

    Offered, as `True`, by `models/generative/_table_errors.py`; looked for in
    `saved/anomalies.py` and `saved/validating.py`.
    """

    gives_errors: bool


@runtime_checkable
class DrawsClasses(Protocol):
    """A model that draws images of a class that is asked for, if it knows several.

    Its generator or decoder takes rows of latent vectors, and after these a 1 at the class among 0s
    for the others. Offered by `models/generative/`; looked for in `tasks/generation/decoder.py`.
    """

    classes: int


class WordTables(Protocol):
    """Two tables with one row per word: a `keras.Variable` each."""

    words: Any
    contexts: Any
    vocabulary_size: int


@runtime_checkable
class LearnsFromWords(Protocol):
    """A model of word vectors, with what its training program must know.

    Offered by `models/text/_word_tables.py`; looked for in `engine/words/fit.py`.
    """

    architecture: str
    window: int
    negatives: int

    @property
    def tables(self) -> WordTables:
        """The layer that holds both tables."""


@runtime_checkable
class LearnsByActing(Protocol):
    """A model that acts in an environment, and learns from what it meets there.

    Offered by `models/control/_agent.py`; looked for in `engine/fit.py`, `engine/control/fit.py`
    and `tasks/control/`. What acts is a function of states `(environments, numbers)`, in NumPy.
    """

    settings: Any

    def begin_training(self) -> None:
        """Forget what was remembered of another training."""

    def explore(self, random: Any, done: float) -> Any:
        """Return what acts in training, when a share of it is done."""

    def greedy(self) -> Any:
        """Return what acts as well as it can."""

    def batches(self, experience: Any, random: Any, batch_size: int) -> Mapping[str, Any]:
        """Return arrays `(steps, rows, ...)` for as many gradient steps; none to wait."""

    def update(self, batch: Mapping[str, Any]) -> Any:
        """Take one gradient step, and return the loss."""

    def memory(self) -> list[Any]:
        """Return the arrays in which it remembers earlier rounds, for a checkpoint."""


@runtime_checkable
class TakesFitArguments(Protocol):
    """A model that takes settings of its training from the recipe, before it is compiled.

    Offered by `models/generative/_adversarial.py` and `models/control/_agent.py`; looked for in
    `experiments/run.py`.
    """

    def take_fit_arguments(self, arguments: Mapping[str, Any]) -> None:
        """Set what `Recipe.fit_arguments` holds; refuse what the model does not know."""


@runtime_checkable
class RunsWhenInterrupted(Protocol):
    """A callback with something to do when Ctrl-C ends a training: Keras skips `on_train_end` then.

    Offered by `engine/callbacks.py` and `tasks/generation/snapshots.py`; looked for in
    `experiments/stages.py`.
    """

    def on_interrupt(self) -> None:
        """Leave model and files as the end of the training would."""
