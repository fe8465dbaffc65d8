"""evaluate_model: the compiled loss and metrics on data that training has not seen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np

from kerazoo.datasets.reading.mapped import is_mapped, pieces
from kerazoo.engine.checks import check_rows
from kerazoo.engine.choose import choose_block_rows, reason_for_keras
from kerazoo.engine.data import Data, NotArrays, for_keras, to_data
from kerazoo.engine.inputs import check_columns, check_index, without_extras
from kerazoo.errors import KerazooError


def evaluate_model(
    model: keras.Model, data: Sequence[Any], *, batch_size: int = 256
) -> dict[str, float]:
    """Return the loss and every metric on one part of a data set.

    Args:
        model: a compiled model.
        data: `(x, y)` or `(x, y, sample_weight)`, or one part of a `Splits`.
        batch_size: rows in a step; it does not change the result.

    Raises:
        KerazooError: if the model is not compiled, or there is no data.
        InvalidInput: if the rows are not what the model takes, as for `fit_model`.

    Example:
        >>> import kerazoo
        >>> splits = kerazoo.load_dataset("boston")
        >>> model = kerazoo.compile_model(kerazoo.build_boston(), "boston")
        >>> sorted(evaluate_model(model, splits.test))
        ['loss', 'mean_absolute_error', 'root_mean_squared_error']
    """
    if not model.compiled:
        raise KerazooError(
            f"{model.name!r} is not compiled; call kerazoo.compile_model(model, name) first."
        )
    x, y, sample_weight = (*data, None, None)[:3]
    if x is None or len(x) == 0:
        raise KerazooError("there are no rows to evaluate; pass (x, y) with at least one row.")
    check_columns(model, {"data": data[0]})
    check_index(data, "data")
    rows, block_rows = None, None
    try:
        rows = without_extras(model, to_data(tuple(data), leave_in_files=True).train)
        block_rows = choose_block_rows(Data(rows, None))
        if block_rows is None:
            rows = Data(rows, None).in_memory().train
        check_rows(model, rows, "data")
        x, y, sample_weight = (*for_keras(rows.parts), None, None)[:3]
    except NotArrays:
        pass
    in_blocks = block_rows is not None
    if rows is None or reason_for_keras(model, Data(rows, None), (), in_blocks=in_blocks):
        scores = model.evaluate(
            x, y, sample_weight=sample_weight, batch_size=batch_size, verbose=0, return_dict=True
        )
    elif block_rows:
        from kerazoo.engine.blocks import evaluate_blocks

        scores = evaluate_blocks(model, rows, batch_size=batch_size, block_rows=block_rows)
    else:
        # Not at the top: it imports TensorFlow, which other backends of Keras may lack.
        from kerazoo.engine.program import evaluate_rows

        scores = evaluate_rows(model, rows, batch_size=batch_size)
    return {name: float(value) for name, value in scores.items()}


def predict_rows(model: keras.Model, x: Any, *, batch_size: int = 256) -> Any:
    """Return what a model answers to rows, those of a file some at a time.

    Args:
        model: a built model of one output, if the rows lie in a file.
        x: the rows.
        batch_size: rows in a step.
    """
    if not is_mapped(x):
        return model.predict(x, batch_size=batch_size, verbose=0)
    answers = [model.predict(rows, batch_size=batch_size, verbose=0) for _, rows in pieces(x)]
    return np.concatenate(answers)
