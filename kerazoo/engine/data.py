"""The data of a training: arrays as Keras would feed them.

`to_data` converts what a user passes, and `hash_data` identifies it. What is wrong with the numbers
themselves is found in `checks.py`.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np

from kerazoo._wording import counted
from kerazoo.datasets.reading.foreign import refuse_masked
from kerazoo.datasets.reading.mapped import is_mapped, pieces
from kerazoo.errors import InvalidInput, KerazooError


@dataclass(frozen=True)
class Arrays:
    """Rows of data: NumPy arrays in the structure that `train_step` unpacks.

    Args:
        parts: `(x,)`, `(x, y)` or `(x, y, sample_weight)`; each an array, or a tuple or
            dict of them. `None` stands for an optional input that is left out. Text is an array of
            Python strings or bytes.
        rows: how many rows every array has.
    """

    parts: tuple[Any, ...]
    rows: int

    @property
    def nbytes(self) -> int:
        """Size of all arrays together, once they are in memory."""
        return sum(
            array.size * dtype_in_memory(array).itemsize
            if array.dtype != object
            else sum(map(len, array.flat))
            for array in flatten(self.parts)
        )

    def __getitem__(self, rows: slice) -> Arrays:
        parts = map_arrays(lambda array: array[rows], self.parts)
        return Arrays(parts, len(range(*rows.indices(self.rows))))


@dataclass(frozen=True)
class Data:
    """Rows to train on, and rows to validate on after each epoch, if there are any."""

    train: Arrays
    validation: Arrays | None

    @property
    def nbytes(self) -> int:
        """Size of both parts."""
        return self.train.nbytes + (self.validation.nbytes if self.validation else 0)

    def in_memory(self) -> Data:
        """Return the same with floats of files as `keras.config.floatx()`."""
        parts = [
            part and Arrays(map_arrays(as_in_memory, part.parts), part.rows)
            for part in (self.train, self.validation)
        ]
        return Data(parts[0] or self.train, parts[1])


class NotArrays(Exception):
    """The data is something that only Keras' `fit` can feed; the message says what."""


def to_data(
    train: Any,
    validation: Any = None,
    *,
    validation_split: float = 0.0,
    leave_in_files: bool = False,
) -> Data:
    """Convert what a user passes, as `keras.Model.fit` would.

    Floats become `keras.config.floatx()`, integers and booleans keep their type, a pandas `Series`
    becomes a column. What `fit` refuses is converted, too: lists of numbers, and pandas columns of
    several types.

    Args:
        train: `(x,)`, `(x, y)` or `(x, y, sample_weight)` of arrays, or tuples or dicts of arrays.
        validation: the same.
        validation_split: share of the last training rows that is split off if there is no
            `validation`.
        leave_in_files: whether memory-mapped arrays keep their type, so that none is read.

    Raises:
        NotArrays: if the data is a generator, a `tf.data.Dataset`, sparse or ragged.
        KerazooError: if the arrays do not go together.
    """
    if isinstance(validation, list):  # as `fit` reads it, but not training data
        validation = tuple(validation)
    data = Data(_to_arrays(train), None if validation is None else _to_arrays(validation))
    if validation_split and data.validation is None:
        data = _split_off_last(data.train, validation_split)
    return data if leave_in_files else data.in_memory()


def hash_data(data: Data) -> str:
    """Return the SHA-256 of all values, shapes and types."""
    digest = hashlib.sha256()
    for part in (data.train, data.validation):
        for array in flatten(part.parts) if part else ():
            digest.update(f"{array.shape} {array.dtype}".encode())
            if array.dtype == object:
                digest.update(repr(array.tolist()).encode())
            else:
                for _, piece in pieces(array):
                    digest.update(np.ascontiguousarray(piece).data)
        digest.update(b"|")
    return digest.hexdigest()


def flatten(structure: Any) -> list[np.ndarray]:
    """Return the arrays of a structure, in order."""
    return [array for array in keras.tree.flatten(structure) if array is not None]


def map_arrays(function: Callable[[Any], Any], structure: Any) -> Any:
    """Apply a function to every array of a structure; `None` stays."""
    return keras.tree.map_structure(
        lambda array: None if array is None else function(array), structure
    )


def for_keras(structure: Any) -> Any:
    """Return arrays as Keras' `fit` and `predict` take them: text as tensors."""

    def convert(array: Any) -> Any:
        is_text = isinstance(array, np.ndarray) and array.dtype == object
        return keras.ops.convert_to_tensor(array, "string") if is_text else array

    return map_arrays(convert, structure)


def _to_arrays(data: Any) -> Arrays:
    if not isinstance(data, tuple):
        raise NotArrays(f"the data is a {type(data).__name__}, not a tuple of arrays")
    if not 1 <= len(data) <= 3:
        raise KerazooError(
            f"data has {len(data)} parts; pass (x,), (x, y) or (x, y, sample_weight)."
        )
    converted = [_convert_part(part, _convert_array) for part in data]
    x, y, weight = (*converted, None, None)[:3]  # fill up with None
    if weight is not None and y is None:
        raise KerazooError("sample weights need targets; pass (x, y, sample_weight).")
    if isinstance(weight, np.ndarray) and not isinstance(y, np.ndarray):
        # Several targets share one weight per row.
        weight = keras.tree.map_structure(lambda _: weight, y)
    parts = tuple(part for part in (x, y, weight) if part is not None)
    rows = {len(array) for array in flatten(parts)}
    if len(rows) != 1 or 0 in rows:
        raise KerazooError(
            f"arrays have {sorted(rows)} rows; all must have the same number, at least one."
        )
    return Arrays(parts, rows.pop())


def _split_off_last(arrays: Arrays, fraction: float) -> Data:
    kept = math.floor(arrays.rows * (1.0 - fraction))
    if not 0 < kept < arrays.rows:
        raise KerazooError(
            f"validation_split={fraction} leaves nothing on one side of "
            f"{counted(arrays.rows, 'row')}; pass a fraction between 0 and 1, usually 0.1 to 0.3."
        )
    return Data(arrays[:kept], arrays[kept:])


def raw_arrays(part: Any) -> list[np.ndarray]:
    """Return the arrays of `x`, `y` or weights before they are rounded to `floatx`."""
    return flatten(_convert_part(part, _raw_array))


def _convert_part(part: Any, convert: Callable[[Any], np.ndarray]) -> Any:
    if part is None:
        return None
    if isinstance(part, Mapping):
        return {key: _convert_part(value, convert) for key, value in part.items()}
    if isinstance(part, (list, tuple)) and not _is_one_array(part):
        return tuple(_convert_part(value, convert) for value in part)
    return convert(part)


def _is_one_array(part: Any) -> bool:
    """Tell whether lists hold plain numbers or texts, and no arrays: they are the rows of one."""
    return bool(part) and all(np.isscalar(value) for value in keras.tree.flatten(part))


def _convert_array(value: Any) -> np.ndarray:
    array = _raw_array(value)
    return array if is_mapped(array) else as_in_memory(array)


def as_in_memory(array: np.ndarray) -> np.ndarray:
    """Return an array in the type that it is trained in."""
    return array if array.dtype == object else array.astype(dtype_in_memory(array), copy=False)


def dtype_in_memory(array: np.ndarray) -> np.dtype:
    """Return the type that numbers are trained in: `keras.config.floatx()` for floats."""
    if array.dtype != object and keras.backend.is_float_dtype(str(array.dtype)):
        return np.dtype(keras.config.floatx())
    return array.dtype


def _raw_array(value: Any) -> np.ndarray:
    kind = type(value).__name__
    refuse_masked(value, "the data")
    if kind in ("SparseTensor", "RaggedTensor", "BCOO") or hasattr(value, "tocoo"):
        raise NotArrays(f"the data holds a {kind}, which is not a dense array")
    if not isinstance(value, (list, tuple)) and not hasattr(value, "__array__"):
        raise NotArrays(f"the data holds a {kind}, which is not an array")
    array = _from_pandas(value) if kind in ("DataFrame", "Series") else _from_array(value)
    if array.ndim == 0:
        raise KerazooError(
            f"got the single value {value!r}; pass an array with one row per example."
        )
    return array[:, None] if kind == "Series" else array


def _from_array(value: Any) -> np.ndarray:
    try:
        array = np.asarray(value.detach().cpu() if hasattr(value, "detach") else value)
        if array.dtype == object:
            array = np.asarray(array.tolist())
    except ValueError as error:
        raise InvalidInput(
            f"the data holds lists or arrays of different lengths ({error}); pass arrays with one "
            "row per example."
        ) from error
    kind = array.dtype.kind
    if kind in "OSUT":
        return _as_text(array)
    if kind in "MmVc":
        raise InvalidInput(
            f"the data holds values of type {array.dtype}; pass real numbers, a column each."
        )
    if kind not in "fiub" and keras.backend.standardize_dtype(array.dtype) != "bfloat16":
        raise NotArrays(f"the data holds values of type {array.dtype}")
    return array


def _from_pandas(value: Any) -> np.ndarray:
    """Return a `DataFrame` or `Series` of any numbers, or of text alone, as one array."""
    if type(value).__name__ == "DataFrame" and not value.columns.is_unique:
        twice = value.columns[value.columns.duplicated()][0]
        raise InvalidInput(f"the column {twice!r} is there more than once. Rename or drop one.")
    columns = dict(value.dtypes) if type(value).__name__ == "DataFrame" else {"": value.dtype}
    types = set(columns.values())
    kinds = {dtype.kind for dtype in types}
    if kinds <= set("fiub"):
        if len(types) == 1 and all(isinstance(dtype, np.dtype) for dtype in types):
            return np.asarray(value)
        array = value.to_numpy("float64", na_value=np.nan)
        return array if "f" in kinds or np.isnan(array).any() else array.astype("int64")
    if kinds & set("fiubMm"):
        others = [str(name) for name, dtype in columns.items() if dtype.kind not in "fiub"]
        raise InvalidInput(
            f"the columns {', '.join(others[:5])} hold no numbers; turn them into numbers, for "
            "example with pandas.get_dummies, or pass a dict of one array per input."
        )
    return _as_text(value.to_numpy(dtype=object))


def _as_text(array: np.ndarray) -> np.ndarray:
    """Return an array of Python strings or bytes."""
    array = array.astype(object)
    for item in array.flat:
        if not isinstance(item, str | bytes):
            raise InvalidInput(
                f"the data holds {item!r} among objects; pass numbers alone or text alone."
            )
    return array
