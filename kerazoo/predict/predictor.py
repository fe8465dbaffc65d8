"""Predictor: a network that answers raw rows, in batches."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from kerazoo._notes import warn_user
from kerazoo.datasets.about import Series, Texts
from kerazoo.errors import InvalidInput
from kerazoo.predict.certainty import checked_coverage, with_coverage
from kerazoo.predict.paths import paths_in
from kerazoo.predict.prediction import Prediction
from kerazoo.predict.ranges import Limits, RangeCheck
from kerazoo.predict.rows import to_array
from kerazoo.saved.calibration import PLAIN
from kerazoo.saved.card import Card
from kerazoo.saved.gaussian import is_gaussian

if TYPE_CHECKING:
    from kerazoo.datasets.reading.images import Fit
    from kerazoo.datasets.splits import Splits
    from kerazoo.predict.dependence import Dependence
    from kerazoo.predict.explaining import Explained
    from kerazoo.predict.nearest import Nearest
    from kerazoo.predict.sources import Note, Progress
    from kerazoo.predict.tables import Carried
    from kerazoo.predict.typicality import Typicality

_BATCH_BYTES = 2**25
_LARGEST_BATCH = 4096


class Network(Protocol):
    """A function from a batch of rows to a batch of outputs."""

    bytes_per_row: int

    def __call__(self, rows: np.ndarray) -> np.ndarray:
        """Return an output per row."""


class Predictor:
    """A network ready to answer; any number of threads may use it.

    Args:
        card: what the network takes and gives.
        network: what computes the outputs.
        runtime: `"litert"` or `"keras"`.
    """

    def __init__(self, card: Card, network: Network, runtime: str) -> None:
        self.card = card
        self.runtime = runtime
        self._network = network
        self._limits = Limits(card)
        rows = _BATCH_BYTES // max(network.bytes_per_row, 1)
        self._batch_size = int(np.clip(rows, 1, _LARGEST_BATCH))

    def __repr__(self) -> str:
        return f"<Predictor {self.card.name!r} on {self.runtime}>"

    def predict(
        self,
        rows: Any,
        batch_size: int | None = None,
        *,
        fit: Fit | None = None,
        coverage: float | None = None,
        sets: str = PLAIN,
    ) -> Prediction:
        """Answer rows of raw input.

        Args:
            rows: an array, nested lists, a DataFrame (pandas, polars), a pyarrow Table, a dict of
                columns (in any order), a list of dicts, or the path of a CSV, Parquet, `.npy` or
                image file or a folder of images, or a list of such paths. Words of a category may
                stand for their codes. A network that takes texts takes one, or a list of them.
            batch_size: rows computed at once; by default as many as take a few dozen megabytes.
            fit: what is done to image files of another size: `"crop"` around the center, `"pad"`
                with black, or `"stretch"`; by default what was done in training, if anything.
            coverage: a share of rows, such as 0.9, whose truth is to be in a set of classes or an
                interval of numbers; see `docs/trust.md` for what is promised.
            sets: how sets of classes are made: `"plain"`, as small as can be and perhaps empty,
                for none of these; `"adaptive"`, never empty and larger where the network is less
                sure; `"each-class"`, which hold the truth so often in each class, rare ones too.

        Returns:
            `.values`, and for a classifier `.labels` and `.probabilities`; with a coverage also
            `.sets` or `.interval`.

        Raises:
            InvalidInput: if the columns, the shape, the type or a value is not what it takes, or
                the coverage is not between 0 and 1, or cannot be told from so few scores.
            KerazooError: if a coverage is asked for, and the saved model has no scores.

        Example:
            >>> import kerazoo, tempfile
            >>> path = kerazoo.save_model(kerazoo.build_boston(), tempfile.mkdtemp())
            >>> kerazoo.load_predictor(path).predict([[0.0] * 13] * 4).values.shape
            (4, 1)
        """
        if coverage is not None:
            checked_coverage(self.card, coverage, sets)  # before what may take long
        answer = self._predict_any(rows, batch_size, fit)
        return answer if coverage is None else with_coverage(answer, self.card, coverage, sets)

    def explain(self, rows: Any, *, seed: int = 0, pairs: int | None = None) -> Explained:
        """Tell what each part of its input counts for an answer; of a classifier, its probability.

        - Columns of a table by Shapley values: up to 13 columns exactly, by all coalitions of
          columns; beyond by orders of columns that are drawn at random, with a standard error.
          Answers are compared with a sample of training rows that the saved model holds.
        - Words of texts by leaving each out, and images by covering patches.

        Args:
            rows: as for `predict`, but in memory.
            seed: decides which orders are drawn.
            pairs: orders that are drawn for a row, each taken forwards and backwards; by default
                as many as 260,000 answers allow.

        Returns:
            An `Explanation` of a table, `WordsLeftOut` of texts, or `PatchesCovered` of images.

        Raises:
            InvalidInput: as for `predict`.
            KerazooError: if it takes something else, or holds no sample of its training rows.

        Example:
            >>> import kerazoo, tempfile
            >>> splits, model = kerazoo.load_dataset("boston"), kerazoo.build_boston()
            >>> path = kerazoo.save_model(model, tempfile.mkdtemp(), splits=splits)
            >>> why = kerazoo.load_predictor(path).explain(splits.test.x[:1])
            >>> why.values.shape
            (1, 13, 1)
        """
        array = to_array(rows, self.card)
        RangeCheck(self._limits, "input", warn_user)(array)
        return self.explain_array(array, seed=seed, pairs=pairs)

    def explain_array(
        self, rows: np.ndarray, *, seed: int = 0, pairs: int | None = None
    ) -> Explained:
        """Explain the answers to rows that are checked already, as `predict_array` takes them."""
        from kerazoo.predict.explaining import explain

        return explain(self._answers, rows, self.card, seed=seed, pairs=pairs)

    def partial_dependence(self, column: str) -> Dependence:
        """Tell how answers depend on one column, all others being as they are in training rows.

        Args:
            column: of the table that the network takes. A number is set to 20-quantiles of the
                training rows, a word to each word.

        Returns:
            A `Dependence`: `.mean`, `.rows`, `.to_frame()`; `kerazoo.plots.plot_dependence` draws
            it.

        Raises:
            KerazooError: if it takes no table, or holds no sample of its training rows.
            UnknownName: if there is no such column.

        Example:
            >>> import kerazoo
            >>> found = kerazoo.load_predictor("wine_multiclass").partial_dependence("alcohol")
            >>> bool(found.mean[-1, 2] > found.mean[0, 2])  # strong wines are more often good
            True
        """
        from kerazoo.predict.dependence import partial_dependence

        return partial_dependence(self._answers, self.card, column)

    def typicality(self, rows: Any) -> Typicality:
        """Tell how far each row is from the training rows that the saved model holds.

        Args:
            rows: as for `explain`, of a table or images.

        Returns:
            `.distance`, and `.farther`: the share of validation rows that are so far; 0.01 is odd.

        Raises:
            KerazooError: if the card does not know how far validation rows are.

        Example:
            >>> import kerazoo
            >>> splits = kerazoo.load_dataset("wine", task="multiclass", deduplicate=True)
            >>> found = kerazoo.load_predictor("wine_multiclass").typicality(splits.train.x[0])
            >>> found.distance.tolist(), found.farther.tolist()  # one of those that it holds
            ([0.0], [1.0])
        """
        from kerazoo.predict.typicality import typicality

        array = to_array(rows, self.card)
        RangeCheck(self._limits, "input", warn_user)(array)
        return typicality(array, self.card)

    def nearest(self, rows: Any, splits: Splits, count: int = 3) -> Nearest:
        """Find the training rows that are nearest to each row.

        Args:
            rows: as for `predict`, but in memory.
            splits: what the network was trained on: the saved model does not hold that.
            count: how many for each row.

        Returns:
            `.indices` of `splits.train.x`, the nearest first, and `.distances`.

        Raises:
            KerazooError: if it was trained on other data, or takes what has no distances.

        Example:
            >>> import kerazoo
            >>> recipe = kerazoo.load_recipe("wine_multiclass")
            >>> splits = kerazoo.load_dataset(recipe.dataset, **recipe.dataset_arguments)
            >>> predictor = kerazoo.load_predictor("wine_multiclass")
            >>> predictor.nearest(splits.train.x[7], splits).distances[0, 0].tolist()
            0.0
        """
        from kerazoo.predict.nearest import nearest_rows

        return nearest_rows(to_array(rows, self.card), splits, self.card, count)

    def _answers(self, rows: np.ndarray) -> np.ndarray:
        """Return what is shown of answers, `(rows, outputs)`: probabilities, or numbers."""
        answer = self.predict_array(rows)
        shares = answer.probabilities
        return answer.values.reshape(len(rows), -1) if shares is None else shares

    def _predict_any(self, rows: Any, batch_size: int | None, fit: Fit | None) -> Prediction:
        paths = paths_in(rows, self.card)
        if paths:
            answers = (
                a for path in paths for a, _ in self.predict_source(path, batch_size, fit=fit)
            )
            found = np.concatenate([answer.values for answer in answers])
            return self._prediction(found)
        array = to_array(rows, self.card)
        RangeCheck(self._limits, "input", warn_user)(array)
        return self.predict_array(array, batch_size)

    def _prediction(self, values: np.ndarray) -> Prediction:
        calibration = self.card.calibration
        temperature = None if calibration is None else calibration.temperature
        # Of a network that forecasts nothing, two numbers side by side are two numbers.
        forecasts = isinstance(self.card.about, Series) and is_gaussian(values)
        return Prediction(values, self.card.class_names, temperature, are_distributions=forecasts)

    def predict_array(
        self, rows: np.ndarray, batch_size: int | None = None, first_row: int = 1
    ) -> Prediction:
        """Answer rows that are checked already, and are in the network's own shape and type.

        Args:
            rows: what `kerazoo.predict.sources.read_source` gives.
            batch_size: as for `predict`.
            first_row: number of the first row, for messages.

        Raises:
            InvalidInput: if the network has no finite answer to a row.
        """
        size = self._batch_size if batch_size is None else batch_size
        if not isinstance(size, int | np.integer) or size < 1:
            raise InvalidInput(f"batch_size is {size!r}; expected a whole number, at least 1.")
        if len(rows) <= size:
            values = self._network(rows)
        else:
            starts = range(0, len(rows), size)
            values = np.concatenate([self._network(rows[at : at + size]) for at in starts])
        if not np.isfinite(values).all():
            row = int(np.argwhere(~np.isfinite(values))[0][0]) + first_row
            raise InvalidInput(
                f"{self.card.name!r} has no finite answer to row {row}: a value in it is far too "
                "large. Check its unit, or leave the row out."
            )
        return self._prediction(values)

    def _predict_good(
        self, rows: np.ndarray, batch_size: int | None, first_row: int, bad: list[str]
    ) -> Prediction:
        """Answer rows but for those that could not be read, or have no finite answer."""
        flat = rows.reshape(len(rows), -1)
        # Cells that could not be read are infinite, texts without a word are empty rows.
        are_texts = isinstance(self.card.about, Texts)
        good = flat.any(axis=1) if are_texts else ~np.isinf(flat).any(axis=1)
        # Any row of numbers tells the shape of an answer.
        values = np.full_like(self._network(np.zeros_like(rows[:1])).repeat(len(rows), 0), np.nan)
        try:
            if good.any():
                values[good] = self.predict_array(rows[good], batch_size, first_row).values
        except InvalidInput:
            for index in np.flatnonzero(good).tolist():
                try:
                    values[index] = self.predict_array(
                        rows[index : index + 1], 1, first_row + index
                    ).values[0]
                except InvalidInput as error:
                    bad.append(str(error))
        return self._prediction(values)

    def predict_source(
        self,
        source: str | os.PathLike[str],
        batch_size: int | None = None,
        *,
        report: Progress | None = None,
        note: Note | None = None,
        keep: Sequence[str] = (),
        fit: Fit | None = None,
        bad: list[str] | None = None,
        add: Callable[[Prediction, np.ndarray], Prediction] | None = None,
    ) -> Iterator[tuple[Prediction, Carried]]:
        """Answer a file, a folder or standard input, some rows at a time, so that any size will do.

        Args:
            source: as for `kerazoo.predict.sources.read_source`.
            batch_size: as for `predict`.
            report: told now and then which share has been read.
            note: told what a person should know, such as a column that is not looked at.
            keep: columns of a table that go along with the answers.
            fit: as for `predict`.
            bad: takes what is wrong with rows of a table, whose answers are NaN; by default they
                are refused.
            add: adds something to the answers for some rows, which it gets as the network does.

        Yields:
            The predictions for some rows, and what goes along with them by column: those that are
            kept, or the `file` that each row comes from.

        Raises:
            InvalidInput: as for `predict`.
        """
        from kerazoo.predict.sources import read_source

        row = 1
        check = RangeCheck(self._limits, os.fspath(source), note or warn_user)
        for batch in read_source(
            os.fspath(source), self.card, report, note, keep=keep, fit=fit, bad=bad
        ):
            check(batch.rows, row)
            if bad is None:
                answer = self.predict_array(batch.rows, batch_size, row)
            else:
                answer = self._predict_good(batch.rows, batch_size, row, bad)
            yield answer if add is None else add(answer, batch.rows), batch.carried
            row += len(batch.rows)
