"""Numbers of a column of texts: read if all of it can be read in one way only."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from kerazoo._wording import counted
from kerazoo.datasets.reading.columns import refusal
from kerazoo.errors import InvalidInput

_EMPTY = {"", "na", "n/a", "nan", "nat", "null", "none"}
_MARKS = {"?", ".", "-", "--", "–", "—", "...", "…", "#n/a", "#na", "#n/d", "<na>", "\\n", "*"}
_HALF = 0.5
_LONGEST = 100  # signs of a number; looking for one in longer text takes the square of its length
# Groups of three digits: a number below 1000 has no separator, and none begins with 0 but 0 itself.
_COMMAS = r"[-+]?(?:0|[1-9]\d{0,2}(?:,\d{3})*)"
_POINTS = r"[-+]?(?:0|[1-9]\d{0,2}(?:\.\d{3})*)"
_SPACES = r"[-+]?(?:0|[1-9]\d{0,2}(?:[ \u00a0\u202f'’]\d{3})*)"
# Forms other than Python's own: a pattern, what to take out, and what the decimal mark is.
_FORMS = (
    ("decimals", r"[-+]?\d+(?:,\d+)?", "", ","),
    ("thousands", rf"{_COMMAS}(?:\.\d+)?", ",", "."),
    ("decimals", rf"{_POINTS}(?:,\d+)?", ".", ","),
    ("thousands", rf"{_SPACES}(?:\.\d+)?", " \u00a0\u202f'’", "."),
    ("decimals", rf"{_SPACES},\d+", " \u00a0\u202f'’", ","),
)
# What can only be decimals: not three digits, or after a number that has no groups of three.
_CLEAR_COMMA = r"[-+]?(?:\d+,(?:\d{1,2}|\d{4,})|(?:0\d*|\d{4,}),\d+|[1-9]\d{0,2}(?:\.\d{3})+,\d+)"
_SIGNS = r"%|[$€£₩¥]|원"
_WITHOUT_DECIMALS = "₩¥원"


@dataclass(frozen=True)
class Numbers:
    """A column.

    Args:
        values: float64, NaN where a cell is empty.
        wrong: cells that are neither a finite number nor empty.
        notes: what was converted, and which marks were taken as empty.
        marks: the marks that were taken as empty.
        ways: in how many ways it could be read.
        kind: what commas, points and spaces in it were taken for: `"decimals"` or `"thousands"`;
            `""` if it has none.
        sign: a percent or currency sign that was taken off every cell.
        written: how it is written, if not as Python writes numbers: one of
            `kerazoo.datasets.splits.WRITTEN`.
        conversion: which of the notes says how commas, points and spaces were read.
    """

    values: np.ndarray
    wrong: np.ndarray
    notes: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    ways: int = 1
    kind: str = ""
    sign: str = ""
    written: str = ""
    conversion: str = ""


@dataclass(frozen=True)
class Marks:
    """How the columns of a table write numbers.

    Args:
        points: whether some write decimals with a point: then `12,345` is twelve thousand.
        commas: whether some write decimals with a comma: then `12.345` is twelve thousand.
        between_commas: whether commas separate its columns. Elsewhere, a comma is often the decimal
            mark, and a point separates thousands.
    """

    points: bool = False
    commas: bool = False
    between_commas: bool = True


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


def find_marks(frame: pd.DataFrame, delimiter: str = ",") -> Marks:
    """Tell how a table writes decimals, by the columns that can be read in one way only.

    Args:
        frame: texts, or what pandas has read.
        delimiter: what separates its columns.

    Example:
        >>> find_marks(pd.DataFrame({"sold": ["1.200", "900"], "share": ["0,5", "0,25"]}), ";")
        Marks(points=False, commas=True, between_commas=False)
    """
    points = commas = False
    between_commas = delimiter == ","
    for column in frame:
        if pd.api.types.is_numeric_dtype(frame[column]):
            points |= pd.api.types.is_float_dtype(frame[column])
            continue
        if pd.api.types.is_datetime64_any_dtype(frame[column]):
            continue
        text = _texts(frame[column])
        text = text[~_is_empty(text)]
        dotted = text.str.fullmatch(r"[-+]?\d+\.\d+")
        if dotted.mean() > _HALF and (between_commas or not _are_thousands(text)):
            points = True
        decimals = text.str.fullmatch(_FORMS[0][1]) | text.str.fullmatch(_FORMS[2][1])
        commas |= bool(decimals.all()) and bool(text.str.fullmatch(_CLEAR_COMMA).any())
    return Marks(points, commas, between_commas)


def read_numbers(
    cells: pd.Series, column: str, marks: Marks, kind: str = "", *, written: str = ""
) -> Numbers:
    """Read a column.

    Args:
        cells: texts, or what pandas has read.
        column: its name.
        marks: how its table writes numbers.
        kind: as of `Numbers`, what is known of rows before these.
        written: how the column was written in another table of its kind, which decides what its
            commas and points are.
    """
    if written:
        is_comma = written == "decimal comma"
        marks = replace(marks, points=not is_comma, commas=is_comma)
    if _has_values(cells):
        values = cells.to_numpy("float64", na_value=np.nan)
        return Numbers(values, _not_finite(values) & ~cells.isna().to_numpy("bool"))
    text = _texts(cells)
    empty = _is_empty(text)
    signs = sorted(set(text[empty]) - _EMPTY, key=len)
    notes = []
    if signs:
        count = int(text.isin(signs).sum())
        shown = " and ".join(repr(sign) for sign in signs)
        notes.append(
            f"{shown} in {counted(count, 'cell')} of {column!r} was taken as an empty cell"
        )
    values = _to_float(text)
    wrong = _not_finite(values) & ~empty.to_numpy()
    # What is no number in any way of writing does not decide how the others are written.
    legible = (~empty & _look_like_numbers(text)).to_numpy() & (np.isnan(values) | ~wrong)
    if not legible.any():
        return Numbers(values, wrong, tuple(notes), tuple(signs))
    filled, sign = _without_sign(text[legible])
    doubtful = not pd.api.types.is_numeric_dtype(cells) and _are_thousands(filled)
    if not wrong.any() and not doubtful:
        return Numbers(values, wrong, tuple(notes), tuple(signs))
    readings = _readings(filled, marks, sign)
    if kind in readings:
        readings = {kind: readings[kind]}
    if len(readings) != 1:
        return Numbers(values, wrong, ways=len(readings) or 1)
    ((kind, numbers),) = readings.items()
    read = values.copy()
    read[legible] = numbers
    changed = (wrong & legible) | (doubtful & text.str.contains(".", regex=False).to_numpy())
    is_said = kind == "thousands" or marks.commas or not marks.between_commas
    conversion = ""
    if changed.any() and ((wrong & legible).any() or is_said):
        row = int(changed.argmax())
        example = f"{str(cells.iloc[row])!r} in column {column!r} was read as {read[row]:.15g}"
        conversion = example + (f", without {sign!r}" if sign else "")
        notes.append(conversion)
    wrong = _not_finite(read) & ~empty.to_numpy()
    return Numbers(
        read,
        wrong,
        tuple(notes),
        tuple(signs),
        kind=kind,
        sign=sign,
        written=_describe_writing(filled, kind),
        conversion=conversion,
    )


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
    advice = advice and f" {advice}"
    if numbers.ways > 1:
        marked = _texts(cells).str.contains("[.,]").to_numpy()
        cell = str(cells.iloc[int((numbers.wrong if numbers.wrong.any() else marked).argmax())])
        cell = cell[:40]
        raise InvalidInput(
            f"{source}: {cell!r} in column {column!r} can be read in two ways, with decimals or "
            "with thousands; write numbers without separators and with '.' before decimals."
            f"{advice}"
        )
    if not numbers.wrong.any():
        return
    first = int(numbers.wrong.argmax())
    row, cell = int(cells.index[first]), str(cells.iloc[first])[:40]
    raise InvalidInput(refusal(cell, column, (), source=source, row=row + 1) + advice)


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


def _are_thousands(text: pd.Series) -> bool:
    """Tell whether points in a column may separate thousands: each is before three digits."""
    dotted = text.str.contains(".", regex=False)
    return bool(dotted.any()) and bool(text.str.fullmatch(_POINTS).all())


def _readings(text: pd.Series, marks: Marks, sign: str) -> dict[str, np.ndarray]:
    """Return every way to read all of the cells, by what their marks are."""
    plain = _to_float(text)
    if not _not_finite(plain).any():
        return _readings_of_points(text, plain, marks)
    found: dict[str, np.ndarray] = {}
    for kind, pattern, separators, mark in _FORMS:
        if kind in found or not text.str.fullmatch(pattern).all():
            continue
        if kind == "decimals" and marks.points and text.str.contains(",").mean() < _HALF:
            continue  # one 1,5 in a table that writes 1.5 elsewhere is a mistake
        bare = text.str.replace(f"[{separators}]", "", regex=True) if separators else text
        found[kind] = _to_float(bare.str.replace(mark, ".", regex=False))
    if len(found) == 2:
        if marks.points is not marks.commas:
            del found["decimals" if marks.points else "thousands"]
        elif (sign and sign in _WITHOUT_DECIMALS) or _drop_no_zeros(text):
            del found["decimals"]
    return found


def _readings_of_points(text: pd.Series, plain: np.ndarray, marks: Marks) -> dict[str, np.ndarray]:
    """Return the ways to read cells such as 12.345, which are numbers as they stand."""
    if not _are_thousands(text) or marks.points:
        return {"decimals": plain}
    thousands = _to_float(text.str.replace(".", "", regex=False))
    if marks.commas:
        return {"thousands": thousands}
    if marks.between_commas or text.str.contains(".", regex=False).all():
        return {"decimals": plain}  # perhaps of three decimals each
    return {"decimals": plain, "thousands": thousands}


def _describe_writing(text: pd.Series, kind: str) -> str:
    """Return what commas and points are in cells that were read: one of `WRITTEN`, or `""`."""
    has_commas = bool(text.str.contains(",", regex=False).any())
    if kind == "decimals":
        return "decimal comma" if has_commas else ""
    has_points = bool(text.str.contains(".", regex=False).any())
    return "thousands" if has_commas else "decimal comma" if has_points else ""


def _drop_no_zeros(text: pd.Series) -> bool:
    """Tell whether 950 stands beside 1,000: as decimals they would be 950,000, or 1."""
    return bool((~text.str.contains(",")).any()) and bool(text.str.contains(r",\d*0$").any())
