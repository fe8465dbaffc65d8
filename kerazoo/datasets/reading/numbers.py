"""Numbers of a column of texts: read if all of it can be read in one way only."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd

from kerazoo._wording import counted
from kerazoo.errors import InvalidInput

_EMPTY = {"", "na", "n/a", "nan", "nat", "null", "none"}
_MARKS = {"?", ".", "-", "--", "–", "—", "...", "…", "#n/a", "#na", "#n/d", "<na>", "\\n", "*"}
_HALF = 0.5
_LONGEST = 100  # signs of a number; looking for one in longer text takes the square of its length
_WHOLE = r"(?:0|[1-9]\d{0,2})"
# Forms other than Python's own: a pattern, what to take out, and what the decimal mark is.
_FORMS = (
    ("decimal comma", r"[-+]?\d+(?:,\d+)?", "", ","),
    ("thousands", rf"[-+]?{_WHOLE}(?:,\d{{3}})*(?:\.\d+)?", ",", "."),
    ("decimal comma", rf"[-+]?{_WHOLE}(?:\.\d{{3}})*(?:,\d+)?", ".", ","),
    ("thousands", rf"[-+]?{_WHOLE}(?:[ \u00a0\u202f'’]\d{{3}})*(?:\.\d+)?", " \u00a0\u202f'’", "."),
    ("decimal comma", rf"[-+]?{_WHOLE}(?:[ \u00a0\u202f'’]\d{{3}})*,\d+", " \u00a0\u202f'’", ","),
)
_SIGNS = r"%|[$€£₩¥]|원"


@dataclass(frozen=True)
class Numbers:
    """A column.

    Args:
        values: float64, NaN where a cell is empty.
        wrong: cells that are neither a finite number nor empty.
        notes: what was converted, and which marks were taken as empty.
        marks: the marks that were taken as empty.
        ways: in how many ways it could be read.
        form: how it is written, if not as Python writes numbers: one of
            `kerazoo.datasets.splits.WRITTEN`.
    """

    values: np.ndarray
    wrong: np.ndarray
    notes: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    ways: int = 1
    form: str = ""


def has_numbers(cells: pd.Series) -> bool:
    """Tell whether a column is meant to hold numbers: half of what is not empty is one."""
    if _has_values(cells):
        return True
    if pd.api.types.is_bool_dtype(cells) or pd.api.types.is_datetime64_any_dtype(cells):
        return False
    if isinstance(cells.dtype, pd.PeriodDtype):
        return False
    text = _texts(cells)
    filled = ~_is_empty(text)
    if not filled.any():
        return False
    plain = pd.to_numeric(text[filled], errors="coerce").notna()
    return bool(plain.mean() >= _HALF) or bool(_look_like_numbers(text[filled]).mean() >= _HALF)


def _look_like_numbers(text: pd.Series) -> pd.Series:
    """Tell which cells may be numbers, in whatever way they are written."""
    return pd.to_numeric(text, errors="coerce").notna() | text.str.contains(
        rf"^[-+]?(?:{_SIGNS})?\s*[-+]?\d[\d ,.'’\u00a0\u202f]*\s*(?:{_SIGNS})?$", regex=True
    )


def writes_decimal_points(frame: pd.DataFrame) -> bool:
    """Tell whether a column of numbers has decimals after a point, and no commas at all."""
    return any(
        pd.api.types.is_float_dtype(frame[column])
        if _has_values(frame[column])
        else _texts(frame[column]).str.fullmatch(r"[-+]?\d+\.\d+").mean() > _HALF
        for column in frame
    )


def read_numbers(cells: pd.Series, column: str, *, points: bool, form: str = "") -> Numbers:
    """Read a column.

    Args:
        cells: texts, or what pandas has read.
        column: its name.
        points: whether other columns of the table write decimals with a point: then `12,345` is
            twelve thousand.
        form: how such a column was written before, which decides if it can be read so.
    """
    if _has_values(cells):
        values = cells.to_numpy("float64", na_value=np.nan)
        return Numbers(values, _not_finite(values) & ~cells.isna().to_numpy("bool"))
    text = _texts(cells)
    empty = _is_empty(text)
    marks = sorted(set(text[empty]) - _EMPTY, key=len)
    notes = []
    if marks:
        count = int(text.isin(marks).sum())
        shown = " and ".join(repr(mark) for mark in marks)
        notes.append(
            f"{shown} in {counted(count, 'cell')} of {column!r} was taken as an empty cell"
        )
    values = _to_float(text)
    wrong = _not_finite(values) & ~empty.to_numpy()
    if not wrong.any() and not form:
        return Numbers(values, wrong, tuple(notes), tuple(marks))
    # What is no number in any way of writing does not decide how the others are written.
    legible = (~empty & _look_like_numbers(text)).to_numpy() & (np.isnan(values) | ~wrong)
    if not legible.any():
        return Numbers(values, wrong, tuple(notes), tuple(marks))
    filled, sign = _without_sign(text[legible])
    readings = _readings(filled, points=points, form=form)
    if form in readings:
        found = form
    elif "" in readings or len(readings) == 1:
        found = "" if "" in readings else next(iter(readings))
    else:
        return Numbers(values, wrong, ways=len(readings) or 1)
    read = values.copy()
    read[legible] = readings[found]
    converted = legible & (read != values)
    if converted.any():
        row = int(converted.argmax())
        example = f"{str(cells.iloc[row])!r} in column {column!r} was read as {read[row]:g}"
        notes.append(example + (f", without {sign!r}" if sign else ""))
    wrong = _not_finite(read) & ~empty.to_numpy()
    return Numbers(read, wrong, tuple(notes), tuple(marks), form=found)


def refuse_wrong(
    numbers: Numbers, cells: pd.Series, column: str, source: str, advice: str = ""
) -> None:
    """Refuse a column in which a cell is no number.

    Args:
        numbers: how the cells were read.
        cells: what they hold; rows are counted by their index, from 0 on.
        column: its name.
        source: the table.
        advice: what to do about it.

    Raises:
        InvalidInput: which names the first one.
    """
    if not numbers.wrong.any():
        return
    first = int(numbers.wrong.argmax())
    row, cell = int(cells.index[first]), str(cells.iloc[first])[:40]
    advice = advice and f" {advice}"
    if numbers.ways > 1:
        raise InvalidInput(
            f"{source}: {cell!r} in column {column!r} can be read in two ways, with decimals or "
            "with thousands; write numbers without separators and with '.' before decimals."
            f"{advice}"
        )
    raise InvalidInput(
        f"{source}: row {row + 1}, column {column!r} is {cell!r}; expected a finite number.{advice}"
    )


def _has_values(cells: pd.Series) -> bool:
    """Tell whether another library has read numbers already."""
    types = pd.api.types
    is_number = types.is_float_dtype(cells) or types.is_integer_dtype(cells)
    return is_number and not isinstance(cells.dtype, pd.SparseDtype)


def _texts(cells: pd.Series) -> pd.Series:
    text = cells if isinstance(cells.dtype, pd.StringDtype) else cells.astype(object)
    text = text.fillna("").astype(str).str.strip()
    is_long = text.str.len() > _LONGEST
    if is_long.any():
        text = text.mask(is_long, "long text")
    return text.str.replace("\u2212", "-", regex=False)  # a typographic minus


def is_empty(cells: pd.Series) -> pd.Series:
    """Tell which cells are empty, or hold a mark that stands for nothing, such as `?` or `NA`."""
    if _has_values(cells):
        return cells.isna()
    return _is_empty(_texts(cells))


def _is_empty(text: pd.Series) -> pd.Series:
    return text.str.lower().isin(_EMPTY | _MARKS)


def _to_float(text: pd.Series) -> np.ndarray:
    numbers: np.ndarray = pd.to_numeric(text, errors="coerce").to_numpy("float64", na_value=np.nan)
    return numbers


def _not_finite(values: np.ndarray) -> np.ndarray:
    with np.errstate(over="ignore"):
        return ~np.isfinite(values.astype("float32"))


def _without_sign(text: pd.Series) -> tuple[pd.Series, str]:
    """Take off one percent or currency sign that every cell has."""
    found = text.str.extract(rf"({_SIGNS})")[0]
    if found.isna().any() or found.nunique() != 1:
        return text, ""
    sign = re.escape(found.iloc[0])
    bare = text.str.replace(rf"\s*{sign}$|^([-+]?){sign}\s*", r"\1", regex=True)
    return bare, str(found.iloc[0])


def _readings(text: pd.Series, *, points: bool, form: str) -> dict[str, np.ndarray]:
    """Return every way to read all of the cells, by how they are written then; "" if plainly."""
    found: dict[str, np.ndarray] = {}
    for kind, pattern, separators, mark in _FORMS:
        if kind in found or not text.str.fullmatch(pattern).all():
            continue
        few_commas = kind == "decimal comma" and text.str.contains(",").mean() < _HALF
        if few_commas and points and kind != form:
            continue  # one 1,5 in a table that writes 1.5 elsewhere is a mistake
        bare = text.str.replace(f"[{separators}]", "", regex=True) if separators else text
        found[kind] = _to_float(bare.str.replace(mark, ".", regex=False))
    if len(found) == 2 and points and form != "decimal comma":
        del found["decimal comma"]
    plain = _to_float(text)
    if not _not_finite(plain).any():
        found[""] = plain
    return found
