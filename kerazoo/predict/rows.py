"""Rows: whatever a user has in memory becomes one array, or an error that says what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from kerazoo._notes import warn_user
from kerazoo.datasets.about import Pairs, Ratings, Texts
from kerazoo.datasets.reading.columns import plain_numbers, refusal
from kerazoo.datasets.reading.foreign import collected, refuse_masked
from kerazoo.errors import InvalidInput
from kerazoo.predict.columns import match_card
from kerazoo.predict.texts import encode_rows, texts_in
from kerazoo.saved.card import Card

_SOURCE = "input"
_SHORT = 16  # rows that are read cell by cell
_LARGE = 2**53  # of whole numbers that a float holds


def to_array(rows: Any, card: Card, *, note: Callable[[str], object] = warn_user) -> np.ndarray:
    """Return rows as the array that a network takes.

    Args:
        rows: an array, nested lists, a DataFrame (pandas, polars), a pyarrow Table, a dict of
            columns or a list of dicts. A single row needs no brackets around it.
        card: what the network takes.
        note: told what a person should know; by default a warning says so.

    Raises:
        InvalidInput: if the columns, the shape, the type or a value is not what the network takes.
    """
    refuse_masked(rows, _SOURCE)
    rows = collected(rows)
    if isinstance(card.about, Texts):
        texts = texts_in(rows, card.about)
        if texts is not None:
            return encode_rows(texts, card, _SOURCE)
    if isinstance(card.about, Ratings):
        from kerazoo.predict.pairs import encode_pairs

        return encode_pairs(rows, card, _SOURCE, note)
    if isinstance(card.about, Pairs) and not isinstance(rows, np.ndarray):
        raise InvalidInput(
            f"{card.name!r} writes a text for a text, a character at a time. Ask it by "
            "kerazoo.load_translator(...).translate(texts); here it takes rows of ids only."
        )
    table = _as_table(rows, card)
    if table is not None and (card.columns or not isinstance(rows, np.ndarray)):
        return _from_table(table, card, note)
    if not isinstance(rows, np.ndarray):
        rows = _from_sequence(rows)
    return check_array(rows, card, _SOURCE, note=note)


def check_array(
    array: np.ndarray,
    card: Card,
    source: str,
    first_row: int = 1,
    *,
    is_probe: bool = False,
    note: Callable[[str], object] = warn_user,
) -> np.ndarray:
    """Return an array in the network's own shape and type.

    Args:
        array: rows, or a single one.
        card: what the network takes.
        source: where it comes from, for messages.
        first_row: number of the first row, for messages.
        is_probe: whether it is the card's own probe, whose pixels may be 0 and 1 by chance.
        note: told how words in it were read.

    Raises:
        InvalidInput: if the shape, the type or a value is not what the network takes.
    """
    spec = card.inputs[0]
    if array.ndim == len(spec.shape):
        array = array[np.newaxis]
    if not _fits(array.shape, spec.shape):
        wanted = ", ".join("any" if length is None else str(length) for length in spec.shape)
        raise InvalidInput(f"{source} has shape {array.shape}; expected (rows, {wanted}).")
    if len(array) == 0:
        raise InvalidInput(f"{source} has no rows; pass at least one.")
    if array.dtype.kind not in "fiub":
        array = _parse(array, card, source, first_row, note)
    if array.dtype == spec.dtype and array.flags.c_contiguous:
        converted = array
    else:
        with np.errstate(over="ignore", invalid="ignore"):
            converted = array.astype(spec.dtype, order="C")
    if not is_probe:
        _check_scale(array, converted, card, source)
    _check_values(array, converted, card, source=source, first_row=first_row)
    return converted


def _fits(shape: tuple[int, ...], wanted: tuple[int | None, ...]) -> bool:
    return len(shape) == 1 + len(wanted) and all(
        length == want or want is None for length, want in zip(shape[1:], wanted, strict=True)
    )


def _check_values(
    array: np.ndarray, converted: np.ndarray, card: Card, *, source: str, first_row: int
) -> None:
    if converted.dtype.kind == "f":
        # NaN is an empty cell, where cells may be empty.
        good = ~np.isinf(converted) if card.takes_missing else np.isfinite(converted)
        wanted = "a finite number"
    else:
        good = converted == array
        wanted = f"a whole number that fits {converted.dtype.name}"
    if card.valid_range is not None:
        low, high = card.valid_range
        good &= (array >= low) & (array <= high)
        wanted = f"a number from {low:g} to {high:g}"
    for number, column in enumerate(card.columns):
        if column.categories:
            codes, known = converted[:, number], len(column.categories)
            if column.kind:  # a cell may be empty, and one more code stands for other words
                codes, known = np.nan_to_num(codes, nan=0), known + 1
            good[:, number] &= (codes >= 0) & (codes < known) & (codes == np.floor(codes))
    if not good.all():
        row, *index = (int(number) for number in np.argwhere(~good)[0])
        value = array[(row, *index)]
        if card.columns:
            column = card.columns[index[0]]
            example = f"{column.minimum:g} to {column.maximum:g}"
            raise InvalidInput(
                refusal(
                    value,
                    column.name,
                    column.categories,
                    source=source,
                    row=row + first_row,
                    example=example,
                )
            )
        position = f"{source}: row {row + first_row}, position {tuple(index)}"
        raise InvalidInput(f"{position} is {value}; expected {wanted}.")


def _check_scale(array: np.ndarray, converted: np.ndarray, card: Card, source: str) -> None:
    """Refuse pixels from 0 to 1 where the network takes 0 to 255."""
    takes_bytes = converted.dtype == np.uint8 or card.valid_range in ((0, 255), [0, 255])
    if takes_bytes and not card.columns and _are_scaled(array):
        low, high = float(array.min()), float(array.max())
        raise InvalidInput(
            f"{source} has pixels from {low:g} to {high:g}; {card.name!r} takes 0 to 255 and "
            "scales them itself. Pass the raw image."
        )


def _are_scaled(pixels: np.ndarray) -> bool:
    """Tell whether pixels go from 0 to 1, also if they are all one or the other; black is black."""
    if pixels.dtype.kind == "b":
        return True
    return bool(pixels.min() >= 0 and 0 < pixels.max() <= 1)


def _as_table(rows: Any, card: Card) -> Mapping[str, Any] | None:
    """Return whatever names its columns as columns by name; `None` for all else.

    That is a DataFrame, a dict, a structured array, a pandas Series whose index are names, and a
    list of such rows, of dicts or of named tuples.
    """
    if isinstance(rows, np.ndarray):
        names = rows.dtype.names
        return None if names is None else {name: np.atleast_1d(rows[name]) for name in names}
    record = _as_record(rows)
    if record is not None:
        return record
    if hasattr(rows, "columns") and hasattr(rows, "__getitem__"):
        names = [str(name) for name in rows.columns]
        if len(set(names)) != len(names):
            raise InvalidInput(f"{_SOURCE}: two columns have the same name; rename one.")
        return {**_of_index(rows, card), **{str(name): rows[name] for name in rows.columns}}
    if isinstance(rows, list | tuple) and rows and _as_record(rows[0]) is not None:
        return _of_dicts([_as_record(row) for row in rows], card)
    return None


def _as_record(row: Any) -> Mapping[str, Any] | None:
    """Return one row whose cells have names as a dict; `None` if they have none."""
    if isinstance(row, Mapping):
        return row
    if isinstance(row, tuple) and hasattr(row, "_asdict"):
        return dict(row._asdict())
    if isinstance(row, np.void):
        fields = row.dtype.names or ()
        return {name: row[name] for name in fields} if fields else None
    if type(row).__name__ == "Series" and hasattr(row, "index"):
        names = list(row.index)
        named = bool(names) and all(isinstance(name, str) for name in names)
        return dict(zip(names, row, strict=True)) if named else None
    return None


def _of_dicts(rows: Sequence[Any], card: Card) -> dict[str, Any]:
    """Return rows as columns; what a row lacks is an empty cell, where cells may be empty."""
    are_dicts = all(isinstance(row, Mapping) for row in rows)
    names = list(dict.fromkeys(name for row in rows for name in row)) if are_dicts else []
    if not are_dicts or not (card.takes_missing or all(len(row) == len(names) for row in rows)):
        raise InvalidInput(f"{_SOURCE}: every row must be a dict of the same columns.")
    return {str(name): [row.get(name) for row in rows] for name in names}


def _of_index(rows: Any, card: Card) -> dict[str, Any]:
    """Return the columns that a DataFrame has as its index, if a network takes them."""
    wanted = {column.name for column in card.columns}
    names = [name for name in getattr(getattr(rows, "index", None), "names", []) if name in wanted]
    return {name: rows.index.get_level_values(name) for name in names}


def _from_table(table: Mapping[str, Any], card: Card, note: Callable[[str], object]) -> np.ndarray:
    if card.takes_missing:
        from kerazoo.predict.frames import encode_frame  # imports pandas

        return encode_frame(table, card, _SOURCE, note)
    names = [str(name) for name in table]
    values = list(table.values())
    chosen = [values[index] for index in match_card(names, card, _SOURCE, note)]
    plain = _plain_rows(chosen, card)
    if plain is not None:
        return check_array(plain, card, _SOURCE)
    cells = [np.atleast_1d(np.asarray(column)) for column in chosen]
    lengths = {len(column) for column in cells}
    if len(lengths) != 1 or any(column.ndim != 1 for column in cells):
        raise InvalidInput(f"{_SOURCE}: expected one value per row in every column of a table.")
    return check_array(_read_cells(cells, card, _SOURCE, 1, note), card, _SOURCE)


def _plain_rows(columns: Sequence[Any], card: Card) -> np.ndarray | None:
    """Read short lists of Python's numbers and known words; `None` if anything else is in them.

    What is left to others they read in the same way, but an array for each column of a single row
    takes longer than the network.
    """
    read = []
    for cells, column in zip(columns, card.columns, strict=True):
        if type(cells) is not list or len(cells) > _SHORT:
            return None
        codes = column.codes
        numbers = [codes.get(cell) if type(cell) is str else cell for cell in cells]
        if not all(
            type(cell) is float or (type(cell) is int and -_LARGE < cell < _LARGE)
            for cell in numbers
        ):
            return None
        read.append(numbers)
    if len({len(numbers) for numbers in read}) != 1:
        return None
    return np.array(read, "float64").T


def _read_cells(
    columns: Sequence[np.ndarray],
    card: Card,
    source: str,
    first_row: int,
    note: Callable[[str], object],
) -> np.ndarray:
    """Return numbers, texts and objects as numbers, `(rows, columns)`."""
    read = [
        cells if cells.dtype.kind in "fiub" else plain_numbers(cells.tolist(), column.categories)
        for cells, column in zip(columns, card.columns, strict=True)
    ]
    plain = [numbers for numbers in read if numbers is not None]
    if len(plain) == len(read) and not card.takes_missing:
        return np.stack(plain, axis=1)
    from kerazoo.predict.frames import encode_frame  # imports pandas

    table = {column.name: cells for column, cells in zip(card.columns, columns, strict=True)}
    return encode_frame(table, card, source, note, first_row=first_row)


def _from_sequence(rows: Any) -> np.ndarray:
    try:
        array = np.asarray(rows)
    except (ValueError, TypeError, OverflowError) as error:
        raise InvalidInput(f"{_SOURCE}: rows of one length are expected: {error}.") from error
    if array.ndim == 0 and array.dtype.kind in "OSU":
        advice = "Call its toarray()." if hasattr(rows, "toarray") else "Make it a list of rows."
        raise InvalidInput(
            f"{_SOURCE} is a {type(rows).__name__}; expected an array, a DataFrame, a dict of "
            f"columns, or a list. {advice}"
        )
    return array


def _parse(
    array: np.ndarray, card: Card, source: str, first_row: int, note: Callable[[str], object]
) -> np.ndarray:
    """Read an array of texts or objects, which is how lists with words arrive."""
    if not card.columns or array.dtype.kind not in "OUS":
        raise InvalidInput(f"{source} has type {array.dtype}; expected numbers. Convert it first.")
    if array.shape[1] != len(card.columns):
        raise InvalidInput(
            f"{source} has shape {array.shape}; expected (rows, {len(card.columns)})."
        )
    return _read_cells(list(array.T), card, source, first_row, note)
