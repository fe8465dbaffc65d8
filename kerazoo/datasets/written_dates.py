"""Dates as people write them, in English and Korean, and as ISO 8601 writes them.

They are made up by the package: a day from 1950 to 2049, and one of 33 ways to write it. Days of
the test part are in no other part.
"""

from __future__ import annotations

import datetime
import os
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from kerazoo.datasets.about import Pairs
from kerazoo.datasets.reading.characters import encode_parts
from kerazoo.datasets.sources import DataFile
from kerazoo.datasets.splits import Splits
from kerazoo.errors import InvalidInput

FILES: tuple[DataFile, ...] = ()
READ, WRITTEN = 32, 10
_FIRST, _LAST = datetime.date(1950, 1, 1), datetime.date(2049, 12, 31)
_HELD_OUT = 10  # one of so many days for validation, and one for the test
_OTHERS = 6  # one pair for validation and one for the test, for so many of the training
_TINY_ROWS = 300

MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_KOREAN_DAYS = "월화수목금토일"
_DIGITS = ("", *"일이삼사오육칠팔구")

ENGLISH = (
    *("{B} {d}, {Y}", "{B} {d} {Y}", "{d} {B} {Y}", "{d} {B}, {Y}", "{b} {d}, {Y}", "{d} {b} {Y}"),
    *("{b}. {d}, {Y}", "{d}-{b}-{Y}", "{B} {o}, {Y}", "{o} {B} {Y}", "the {o} of {B} {Y}"),
    *("{A}, {B} {d}, {Y}", "{a}, {d} {b} {Y}", "{a} {b} {d} {Y}", "{Y} {b} {d}"),
    *("{m}/{d}/{Y}", "{mm}/{dd}/{Y}", "{dd}.{mm}.{Y}", "{d}.{m}.{Y}", "{Y}/{mm}/{dd}"),
    *("{Y}-{m}-{d}", "{Y}{mm}{dd}"),
)
"""With slashes the month is first, with points the day, unless the year is."""

KOREAN = (
    *("{Y}년 {m}월 {d}일", "{Y}년{m}월{d}일", "{Y}년 {mm}월 {dd}일", "{Y}. {m}. {d}."),
    *("{Y}.{mm}.{dd}", "{Y}. {m}. {d}. ({k})", "{Y}년 {m}월 {d}일 {k}요일"),
    *("{Y}년 {m}월 {d}일({k})", "{y}년 {m}월 {d}일", "'{y}. {m}. {d}.", "{KY}년 {KM}월 {KD}일"),
)
"""Years of two digits are from 1950 to 2049."""

_ALL = (*ENGLISH, *KOREAN)


def load(
    data_dir: str | os.PathLike[str] | None = None, *, rows: int = 12000, seed: int = 0
) -> Splits:
    """Make up dates, one way to write each drawn at random.

    Args:
        data_dir: not used; there is no file.
        rows: dates to learn from; a sixth of that for validation, and as many for the test.
        seed: decides which days, and how they are written.

    Raises:
        InvalidInput: if there are too few rows.

    Example:
        >>> splits = load(rows=60)
        >>> splits.train.x.shape, splits.train.y.shape, splits.test.x.shape
        ((60, 42), (60, 10), (10, 42))
    """
    if rows < _OTHERS:
        raise InvalidInput(f"rows is {rows}; pass at least {_OTHERS}, such as 12000.")
    parts = make_pairs(rows, seed)
    return encode_parts(parts, Pairs((), READ, WRITTEN, "written", "iso"))


def tiny(*, rows: int = 12000, seed: int = 0) -> Splits:
    """Return a few of the dates.

    Args:
        rows: as for `load`; 300 at most.
        seed: as for `load`.

    Example:
        >>> len(tiny().train.x)
        300
    """
    return load(rows=min(rows, _TINY_ROWS), seed=seed)


def sample(rows: int) -> Iterator[Sequence[str]]:
    """Yield dates of the test part as rows of a table, its header first."""
    yield ("written", "iso")
    yield from make_pairs(_OTHERS * rows, 0)[2]


def make_pairs(rows: int, seed: int) -> tuple[list[tuple[str, str]], ...]:
    """Return dates as they are written and in ISO, for training, validation and test.

    Args:
        rows: as for `load`.
        seed: as for `load`.
    """
    generator = np.random.default_rng(seed)
    days = generator.permutation((_LAST - _FIRST).days + 1)
    held_out = len(days) // _HELD_OUT
    of_parts = (days[2 * held_out :], days[:held_out], days[held_out : 2 * held_out])
    counts = (rows, rows // _OTHERS, rows // _OTHERS)
    return tuple(
        [_draw(generator, known) for _ in range(count)]
        for known, count in zip(of_parts, counts, strict=True)
    )


def _draw(generator: np.random.Generator, days: np.ndarray) -> tuple[str, str]:
    day = _FIRST + datetime.timedelta(int(generator.choice(days)))
    form = _ALL[generator.integers(len(_ALL))]
    text = write_date(day, form)
    return text.lower() if generator.random() < 0.1 else text, day.isoformat()


def write_date(day: datetime.date, form: str) -> str:
    """Return a date in one of the forms.

    Args:
        day: the date.
        form: one of `ENGLISH` or `KOREAN`.

    Example:
        >>> day = datetime.date(2026, 6, 3)
        >>> [write_date(day, form) for form in ("{a}, {d} {b} {Y}", "the {o} of {B} {Y}")]
        ['Wed, 3 Jun 2026', 'the 3rd of June 2026']
        >>> [write_date(day, form) for form in ("{y}년 {m}월 {d}일", "{KY}년 {KM}월 {KD}일")]
        ['26년 6월 3일', '이천이십육년 유월 삼일']
    """
    signs: dict[str, Callable[[], object]] = {
        "Y": lambda: day.year,
        "y": lambda: f"{day.year % 100:02}",
        "m": lambda: day.month,
        "mm": lambda: f"{day.month:02}",
        "d": lambda: day.day,
        "dd": lambda: f"{day.day:02}",
        "B": lambda: MONTHS[day.month - 1],
        "b": lambda: MONTHS[day.month - 1][:3],
        "A": lambda: DAYS[day.weekday()],
        "a": lambda: DAYS[day.weekday()][:3],
        "o": lambda: f"{day.day}{_ending(day.day)}",
        "k": lambda: _KOREAN_DAYS[day.weekday()],
        "KY": lambda: spell_korean(day.year),
        # Two months are not said as their numbers are.
        "KM": lambda: {6: "유", 10: "시"}.get(day.month, spell_korean(day.month)),
        "KD": lambda: spell_korean(day.day),
    }
    return form.format(**{name: say() for name, say in signs.items() if f"{{{name}}}" in form})


def spell_korean(number: int) -> str:
    """Return a number below 10,000 as it is said in Korean.

    Example:
        >>> spell_korean(2026), spell_korean(1999), spell_korean(31)
        ('이천이십육', '천구백구십구', '삼십일')
    """
    parts = []
    for unit, name in ((1000, "천"), (100, "백"), (10, "십"), (1, "")):
        digit = number // unit % 10
        if digit:
            parts.append(name if digit == 1 and name else f"{_DIGITS[digit]}{name}")
    return "".join(parts)


def _ending(day: int) -> str:
    if day in (11, 12, 13):
        return "th"
    return {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
