"""The input columns of a table: read, and then encoded as a network takes them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from kerazoo._notes import warn_user
from kerazoo.datasets.about import Table
from kerazoo.datasets.reading.columns import refusal
from kerazoo.datasets.reading.numbers import Marks, find_marks
from kerazoo.datasets.reading.roles import Reading, encode_words, read_column, say_other_words
from kerazoo.errors import InvalidInput


def read_columns(
    frame: pd.DataFrame,
    kinds: Mapping[str, str],
    written: Mapping[str, str],
    source: str,
    *,
    marks: Marks,
    note: Callable[[str], object] = warn_user,
    bad: dict[int, str] | None = None,
    before: Mapping[str, Reading] | None = None,
) -> dict[str, Reading]:
    """Return columns as `read_column` reads them.

    Args:
        frame: has all of them, in any order.
        kinds: what each of them is.
        written: how some of them were written before.
        source: the table, for messages.
        marks: how the table writes numbers.
        note: told what was converted: of decimals, which a table writes alike, the first column.
        bad: takes, by row from 0 on, what is wrong with it; by default it is refused.
        before: how the rows before these were read, if there are any.

    Raises:
        InvalidInput: if a cell is not what its column holds.
    """
    before = before or {}
    said = {one.kind for one in before.values()}
    read: dict[str, Reading] = {}
    for name, kind in kinds.items():
        last = before.get(name)
        one = read_column(
            frame[name],
            kind,
            marks=marks,
            source=source,
            written=written.get(name, ""),
            before=last.kind if last else "",
            bad=bad,
        )
        for text in one.notes:
            is_known = one.kind == "decimals" and "decimals" in said
            if text != one.conversion or not (is_known or (last and last.kind)):
                note(f"{source}: {text}.")
        if one.conversion:
            said.add(one.kind)
        read[name] = one
    return read


def to_numbers(
    read: Mapping[str, np.ndarray],
    about: Table,
    source: str,
    note: Callable[[str], object] = warn_user,
) -> np.ndarray:
    """Return columns that were read as a network takes them, `(rows, columns)`.

    Args:
        read: the values of each column.
        about: what they are.
        source: the table, for messages.
        note: told which words are not known.
    """
    x = np.empty((len(next(iter(read.values()))), len(about.feature_names)))
    for index, name in enumerate(about.feature_names):
        if about.kinds is None or about.kinds[name] != "category":
            x[:, index] = read[name]
            continue
        words = about.categories[name]
        x[:, index] = encode_words(read[name], words)
        other = read[name][x[:, index] == len(words)]
        say_other_words(other, len(words), f"{source}: {name!r}", note)
    return x


def describe_table(
    kinds: Mapping[str, str],
    *,
    words: Mapping[str, tuple[str, ...]],
    class_names: tuple[str, ...],
    target: str,
    group: str | None,
    time: str | None,
    written: Mapping[str, str],
    weights: str | None,
    balance: bool,
) -> Table:
    """Return what a table of a user's is: its inputs in their order, and what was asked of it."""
    split_by = {"group": group or "", "time": time or ""}
    weighed_by = {"column": weights or "", "classes": "balanced" if balance else ""}
    return Table(
        feature_names=tuple(kinds),
        categories=words,
        class_names=class_names,
        target_name=target,
        kinds=kinds,
        split_by={name: column for name, column in split_by.items() if column} or None,
        written={name: written[name] for name in kinds if written.get(name)} or None,
        weighed_by={name: how for name, how in weighed_by.items() if how} or None,
    )


class TableReader:
    """Reads the input columns of one table for a network: all rows at once, or some at a time.

    How a table writes numbers is told by all of its rows so far. Where the network's card says
    nothing about the kinds of its columns, every cell must hold a number, or a word that it knows.

    Args:
        about: what the network takes.
        source: the table, for messages.
        marks: what is known of how it writes numbers.
        note: told what was converted, and which words are not known.
        is_begun: whether others have read its first rows, in which all numbers were plain.

    Example:
        >>> reader = TableReader(Table(("a", "b")), "t.csv", Marks(between_commas=False), print)
        >>> frame = pd.DataFrame({"a": ["1,5", "2"], "b": ["3", "4"]})
        >>> reader.encode(reader.read(frame), frame)
        t.csv: '1,5' in column 'a' was read as 1.5.
        array([[1.5, 3. ],
               [2. , 4. ]])
    """

    def __init__(
        self,
        about: Table,
        source: str,
        marks: Marks,
        note: Callable[[str], object] = warn_user,
        *,
        is_begun: bool = False,
    ) -> None:
        self._about = about
        self._is_strict = not about.kinds
        self._kinds = about.kinds or {
            name: "category" if name in about.categories else "number"
            for name in about.feature_names
        }
        self._source = source
        self._note = note
        self._marks = marks
        self._before = {name: Reading(np.empty(0)) for name in self._kinds if is_begun}

    def read(self, frame: pd.DataFrame, bad: dict[int, str] | None = None) -> dict[str, np.ndarray]:
        """Return the values of each column.

        Args:
            frame: has all of them, in any order; its index counts rows from 0 on.
            bad: takes, by that index, what is wrong with a row; by default it is refused.

        Raises:
            InvalidInput: if a cell is not what its column holds.
        """
        frame = frame[list(self._kinds)]
        holds_numbers = [name for name in self._kinds if not self._about.categories.get(name)]
        marks = find_marks(frame[holds_numbers], "," if self._marks.between_commas else ";")
        self._marks = replace(
            self._marks,
            points=self._marks.points or marks.points,
            commas=self._marks.commas or marks.commas,
        )
        read = read_columns(
            frame,
            self._kinds,
            self._about.written or {},
            self._source,
            marks=self._marks,
            note=self._note,
            bad=bad,
            before=self._before,
        )
        for name, one in read.items():
            last = self._before.get(name)
            if last is not None and last.differs(one, frame[name]):
                raise InvalidInput(
                    f"{self._source}: numbers in column {name!r} are written in two ways; write "
                    "them without separators and with '.' before decimals."
                )
            if last is None or one.kind:
                self._before[name] = replace(one, values=np.empty(0))
        return {name: one.values for name, one in read.items()}

    @property
    def is_plain(self) -> bool:
        """Whether all numbers so far are written as Python writes them."""
        converted = any(one.kind or one.sign for one in self._before.values())
        return not converted and not self._marks.commas and self._marks.between_commas

    def encode(
        self,
        read: Mapping[str, np.ndarray],
        frame: pd.DataFrame,
        bad: dict[int, str] | None = None,
    ) -> np.ndarray:
        """Return columns that were read as the network takes them, `(rows, columns)`.

        Args:
            read: what `read` gave.
            frame: what it was given.
            bad: as for `read`; of a row that is in it, the numbers mean nothing.

        Raises:
            InvalidInput: as for `read`.
        """
        if not self._is_strict:
            return to_numbers(read, self._about, self._source, self._note)
        columns = []
        for name in self._about.feature_names:
            words = self._about.categories.get(name, ())
            values = read[name]
            if words:
                codes = {str(code): word for code, word in enumerate(words)} | {w: w for w in words}
                values = encode_words(np.array([codes.get(v, v) for v in values], object), words)
            wrong = np.isnan(values) | (bool(words) & (values == len(words)))
            for index in np.flatnonzero(wrong).tolist():
                row, cell = int(frame.index[index]), frame[name].iloc[index]
                cell = None if pd.isna(cell) else cell
                reason = refusal(cell, name, words, source=self._source, row=row + 1)
                if bad is None:
                    raise InvalidInput(reason)
                bad.setdefault(row, reason)
            columns.append(values)
        return np.stack(columns, axis=1)
