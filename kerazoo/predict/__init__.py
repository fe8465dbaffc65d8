"""Raw rows in, predictions out, from a saved model; LiteRT first, Keras second.

In reading order:

- this file: `load_predictor`, and `Predictor`, which runs a network in batches.
- `prediction.py`: what it returns: values, classes and probabilities.
- `sources.py`: a file, a folder or standard input as batches of rows; `tables.py` reads tables, as
  `datasets/reading/` does for training, a piece at a time; `images.py` reads image files.
- `texts.py`: texts, a line or a file each, for a network that takes them.
- `rows.py`: arrays, DataFrames and lists as one array that the network takes; `frames.py` encodes
  tables, and `columns.py` finds the columns by name.
- `pairs.py`: users and items by their names.
- `output.py`: predictions as text.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Literal, Protocol

import numpy as np

from kerazoo._notes import warn_user
from kerazoo._wording import counted
from kerazoo.datasets.about import Ratings, Texts
from kerazoo.errors import InvalidInput, KerazooError, unknown_name
from kerazoo.predict.prediction import Prediction
from kerazoo.predict.rows import Limits, RangeCheck, check_array, to_array
from kerazoo.saved.card import LITERT_FILE, Card, part_file
from kerazoo.saved.reading import (
    Location,
    Saved,
    check_probe,
    load_with_card,
    open_saved,
    read_consistently,
)
from kerazoo.saved.trust import try_unless_known
from kerazoo.saved.words import with_words

if TYPE_CHECKING:
    import keras

    from kerazoo.datasets.reading.images import Fit
    from kerazoo.predict.sources import Note, Progress
    from kerazoo.predict.tables import Carried

__all__ = ["Prediction", "Predictor", "load_predictor"]

_RUNTIMES = ("auto", "litert", "keras")
_BATCH_BYTES = 2**25
_LARGEST_BATCH = 4096
_SMALL = 2**20  # bytes; starting a second thread takes longer than running such a network


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
        self, rows: Any, batch_size: int | None = None, *, fit: Fit | None = None
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

        Returns:
            `.values`, and for a classifier `.labels` and `.probabilities`.

        Raises:
            InvalidInput: if the columns, the shape, the type or a value is not what it takes.

        Example:
            >>> import kerazoo, tempfile
            >>> path = kerazoo.save_model(kerazoo.build_boston(), tempfile.mkdtemp())
            >>> kerazoo.load_predictor(path).predict([[0.0] * 13] * 4).values.shape
            (4, 1)
        """
        paths = self._paths(rows)
        if paths:
            answers = (
                a for path in paths for a, _ in self.predict_source(path, batch_size, fit=fit)
            )
            found = np.concatenate([answer.values for answer in answers])
            return Prediction(found, self.card.class_names)
        array = to_array(rows, self.card)
        RangeCheck(self._limits, "input", warn_user)(array)
        return self.predict_array(array, batch_size)

    def _paths(self, rows: Any) -> list[str | os.PathLike[str]]:
        """Return the paths that are meant; none if the rows are no paths.

        A list of texts is one row of a network that takes words of categories, a row each of one
        that takes texts, and paths for all others.
        """
        if isinstance(rows, np.ndarray) and rows.dtype.kind not in "UO":
            return []
        are_texts = isinstance(self.card.about, Texts)
        takes_words = bool(self.card.columns) or isinstance(self.card.about, Ratings | Texts)
        if isinstance(rows, os.PathLike) or (isinstance(rows, str) and not are_texts):
            return [rows]
        kinds = (os.PathLike,) if takes_words else (str, os.PathLike)
        if isinstance(rows, np.ndarray) and rows.ndim == 1:
            rows = rows.tolist()
        if not isinstance(rows, list | tuple) or not all(isinstance(row, kinds) for row in rows):
            return []
        return list(rows)

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
        return Prediction(values, self.card.class_names)

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
        return Prediction(values, self.card.class_names)

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
            yield answer, batch.carried
            row += len(batch.rows)


def load_predictor(
    name_or_path: Location,
    runtime: Literal["auto", "litert", "keras"] = "auto",
    *,
    part: str | None = None,
    builder: Callable[..., keras.Model] | None = None,
) -> Predictor:
    """Load a saved model for prediction.

    Args:
        name_or_path: the directory, or the name of an installed model; or what `open_saved` gave.
        runtime: `"litert"` needs no TensorFlow and starts in a blink; `"keras"` runs everything;
            `"auto"` is LiteRT if the model has a `.tflite`, otherwise Keras.
        part: a model inside it that is served on its own, such as the `"decoder"` of a VAE.
        builder: as for `load_model`; only for Keras.

    Raises:
        UnknownName: if there is no such model, part or runtime.
        DamagedFile: if a file is not what it should be, or the network does not answer as it did.

    Example:
        >>> import kerazoo, tempfile
        >>> path = kerazoo.save_model(kerazoo.build_xor(), tempfile.mkdtemp())
        >>> load_predictor(path)
        <Predictor 'xor' on litert>
    """
    if runtime not in _RUNTIMES:
        raise unknown_name("runtime", runtime, _RUNTIMES)
    saved = open_saved(name_or_path)
    card = saved.card if part is None else saved.card.of_part(part)
    if len(card.inputs) != 1 or len(card.outputs) != 1:
        raise KerazooError(
            f"{card.name!r} has {counted(len(card.inputs), 'input')} and "
            f"{counted(len(card.outputs), 'output')}; a predictor serves networks of one each. Use "
            "load_model."
        )
    if runtime == "keras" or (runtime == "auto" and not card.has_litert):
        return _load_keras(saved, part, builder)
    return _load_litert(saved, part)


def _load_litert(saved: Saved, part: str | None) -> Predictor:
    from kerazoo.runtimes.litert import LitertNetwork

    file = LITERT_FILE if part is None else part_file(part)
    saved, (content, whole) = read_consistently(
        saved, lambda saved: (saved.read(file), with_words(saved))
    )
    card = whole if part is None else whole.of_part(part)
    source = str(saved.folder / file)
    threads = 1 if len(content) < _SMALL else os.cpu_count() or 1
    probe = check_array(card.probe.inputs[0].decode(), card, source, is_probe=True)
    try_unless_known(saved.folder, content, lambda: _try_network(content, probe, source))
    predictor = Predictor(card, LitertNetwork(content, source, threads), "litert")
    check_probe(card, [predictor.predict_array(probe).values], source)
    return predictor


def _try_network(content: bytes, rows: np.ndarray, source: str) -> None:
    from kerazoo.runtimes.trial import try_network

    try_network(content, rows, source)


def _load_keras(
    saved: Saved, part: str | None, builder: Callable[..., keras.Model] | None
) -> Predictor:
    from kerazoo.runtimes.keras import KerasNetwork
    from kerazoo.saved.architecture import served_parts

    saved, model = load_with_card(saved, builder=builder)  # which checks the probe
    if part is None:
        return Predictor(with_words(saved), KerasNetwork(model), "keras")
    return Predictor(saved.card.of_part(part), KerasNetwork(served_parts(model)[part]), "keras")
