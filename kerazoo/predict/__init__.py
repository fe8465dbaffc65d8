"""Raw rows in, predictions out, from a saved model; LiteRT first, Keras second.

In reading order:

- this file: `load_predictor`.
- `predictor.py`: `Predictor`, which runs a network in batches.
- `prediction.py`: what it returns: values, classes and probabilities.
- `certainty.py`: sets and intervals that hold the truth as often as was asked for.
- `explaining.py`: why a row of a table is answered so, by `shapley.py`; `explanation.py` is what
  comes of it.
- `dependence.py`: how answers depend on one column.
- `drift.py`: whether rows as a whole are like those of the training; `typicality.py`: whether each
  is; `nearest.py`: which of these it is like.
- `sources.py`: a file, a folder or standard input as batches of rows; `tables.py` reads tables, as
  `datasets/reading/` does for training, a piece at a time; `images.py` reads image files.
- `texts.py`: texts, a line or a file each, for a network that takes them.
- `paths.py`: whether rows are paths.
- `rows.py`: arrays, DataFrames and lists as one array that the network takes; `frames.py` encodes
  tables, and `columns.py` finds the columns by name.
- `pairs.py`: users and items by their names.
- `output.py`: predictions as text.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Literal

import numpy as np

from kerazoo._wording import counted
from kerazoo.errors import KerazooError, unknown_name
from kerazoo.predict.prediction import Prediction
from kerazoo.predict.predictor import Network, Predictor
from kerazoo.predict.rows import check_array
from kerazoo.saved.card import LITERT_FILE, part_file
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

__all__ = ["Network", "Prediction", "Predictor", "load_predictor"]

_RUNTIMES = ("auto", "litert", "keras")
_SMALL = 2**20  # bytes; starting a second thread takes longer than running such a network


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
