"""Your own pairs of texts: a table with a column of texts, and one of what each is to become."""

from __future__ import annotations

import os
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from kerazoo._notes import warn_user
from kerazoo._wording import clean_name, counted, listed
from kerazoo.datasets.about import Pairs
from kerazoo.datasets.reading.asked import check_fractions
from kerazoo.datasets.reading.characters import encode_parts
from kerazoo.datasets.reading.holdout import number_equal, share_out
from kerazoo.datasets.reading.other_data import say_all_are_judged
from kerazoo.datasets.sources import DataFile
from kerazoo.datasets.splits import Splits
from kerazoo.datasets.written_dates import make_pairs
from kerazoo.errors import DatasetNotFound, InvalidInput, KerazooError

FILES: tuple[DataFile, ...] = ()
VALIDATION_FRACTION, TEST_FRACTION = 0.1, 0.1
LONGEST = 100
_TINY_ROWS = 120

TextPairs = list[tuple[str, str]]


def load(
    data_dir: str | os.PathLike[str] | None = None,
    *,
    path: Any,
    text: str | None = None,
    target: str | None = None,
    longest: int = LONGEST,
    validation_fraction: float = VALIDATION_FRACTION,
    test_fraction: float = TEST_FRACTION,
    seed: int = 0,
) -> Splits:
    """Load pairs of texts as rows of characters.

    Rows without one of both are left out, and so are pairs with a longer text. Equal texts stay in
    one part. A warning says what was found.

    Args:
        data_dir: a folder that a relative `path` is in.
        path: a CSV or Parquet file, or a table that another library holds.
        text: the column of texts; by default the first, if there are two.
        target: the column of what they become; by default the other one, if there are two.
        longest: characters of a text, at most.
        validation_fraction: share of the pairs held out for validation.
        test_fraction: share of the pairs held out for the test.
        seed: decides which.

    Raises:
        DatasetNotFound: if there is no such file.
        InvalidInput: if a column is missing, or too few pairs are left.

    Example:
        >>> texts = [str(number) for number in range(101)]
        >>> frame = {"number": texts[:-1], "next": texts[1:]}
        >>> with warnings.catch_warnings():
        ...     warnings.simplefilter("ignore")
        ...     splits = load(path=frame)
        >>> splits.train.x.shape, splits.about.read, splits.about.written
        ((80, 5), 2, 3)
    """
    check_fractions(validation_fraction, test_fraction)
    if longest < 1:
        raise InvalidInput(f"longest is {longest}; pass how many characters, such as {LONGEST}.")
    pairs, names, source = _read(_located(path, data_dir), text, target)
    kept = [pair for pair in pairs if max(map(len, pair)) <= longest]
    if len(kept) < len(pairs):
        warn_user(
            f"{source}: left out: {counted(len(pairs) - len(kept), 'pair')} of {len(pairs):,} with "
            f"a text of more than {counted(longest, 'character')} (--longest)."
        )
    if not kept:
        raise InvalidInput(f"{source} has no pair of texts that is left; pass a larger --longest.")
    parts = _share_out(kept, (validation_fraction, test_fraction), seed, source)
    read, written = (max(len(pair[column]) for pair in kept) for column in (0, 1))
    splits = encode_parts(parts, Pairs((), read, written, *names))
    assert isinstance(splits.about, Pairs)
    sizes = [len(part) for part in parts]
    warn_user(
        f"found in {source}: {counted(len(kept), 'pair')} of {names[0]!r} and {names[1]!r}; up to "
        f"{read} and {written} characters, different ones: {len(splits.about.characters)}; train "
        f"{sizes[0]}, validation {sizes[1]}, test {sizes[2]}."
    )
    return splits


def load_like(about: Pairs, path: Any, *, trained_on: str | None = None, seed: int = 0) -> Splits:
    """Load pairs for a network that was trained on such pairs, and judge it on them.

    Args:
        about: what the network's card says.
        path: as for `load`.
        trained_on: the hash of the data that it was trained on. All pairs of other data are the
            test part; by default, pairs are held out as in training.
        seed: as for `load`.

    Raises:
        InvalidInput: if no pair is short enough for the network.
    """
    pairs, _, source = _read(path, about.text_name, about.target_name)
    kept = [pair for pair in pairs if len(pair[0]) <= about.read and len(pair[1]) <= about.written]
    if not kept:
        raise InvalidInput(
            f"{source} has no pair of up to {about.read} and {about.written} characters, which is "
            "what the network reads and writes. Train one on it."
        )
    try:
        fractions = (VALIDATION_FRACTION, TEST_FRACTION)
        same = encode_parts(_share_out(kept, fractions, seed, source), about)
        if trained_on is None or same.hash() == trained_on:
            return same
    except KerazooError:  # too few for three parts: it is other data
        if trained_on is None:
            raise
    left_out = len(pairs) - len(kept)
    longer = f", but for {counted(left_out, 'longer one')}" if left_out else ""
    say_all_are_judged(source, len(kept), "pair", but=longer)
    return encode_parts(([], [], kept), about)


def tiny(
    *,
    text: str | None = None,
    target: str | None = None,
    longest: int = LONGEST,
) -> Splits:
    """Return a few dates and how ISO 8601 writes them, as if a table held them.

    Args:
        text: as for `load`.
        target: as for `load`.
        longest: as for `load`.

    Example:
        >>> tiny().about.text_name
        'written'
    """
    pairs = make_pairs(_TINY_ROWS, 0)[0]
    frame = {"written": [one for one, _ in pairs], "iso": [other for _, other in pairs]}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of what was found
        return load(path=frame, text=text, target=target, longest=longest)


def _located(path: Any, data_dir: str | os.PathLike[str] | None) -> Any:
    if not isinstance(path, str | os.PathLike):
        return path
    source = Path(os.path.expanduser(Path(data_dir or "", path)))
    if not source.is_file():
        raise DatasetNotFound(
            f"there is no file {str(path)!r}. Check the path; expected a CSV or Parquet file with "
            "a column of texts and one of what each is to become."
        )
    return source


def _read(
    path: Any, text: str | None, target: str | None
) -> tuple[TextPairs, tuple[str, str], str]:
    """Return pairs without gaps, the names of both columns, and what to call the table."""
    from kerazoo.datasets.reading.table import read_cases  # imports pandas

    path = str(path) if isinstance(path, os.PathLike) else path
    frame, source, _ = read_cases(path, wanted=[one for one in (text, target) if one])
    names = _choose_columns([str(column) for column in frame.columns], text, target, source)
    cells = [frame[name].fillna("").astype(str).map(clean_name).tolist() for name in names]
    pairs = list(zip(*cells, strict=True))
    whole = [pair for pair in pairs if all(pair)]
    if not whole:
        raise InvalidInput(
            f"{source} has no row with a text in both {names[0]!r} and {names[1]!r}; expected one "
            "at least. Fill them in, or say which columns are meant: --text COLUMN --target COLUMN."
        )
    if len(whole) < len(pairs):
        warn_user(
            f"{source}: left out: {counted(len(pairs) - len(whole), 'row')} of {len(pairs):,} "
            "without one of both texts."
        )
    return whole, names, source


def _choose_columns(
    columns: Sequence[str], text: str | None, target: str | None, source: str
) -> tuple[str, str]:
    for option, name in (("text", text), ("target", target)):
        if name is not None and name not in columns:
            raise InvalidInput(
                f"{source}: there is no column {name!r}; it has {listed(list(map(repr, columns)))}."
                f" Say which column is meant: --{option} COLUMN."
            )
    left = [name for name in columns if name not in (text, target)]
    missing = [text, target].count(None)
    if (len(left) != missing and missing) or (text is not None and text == target):
        raise InvalidInput(
            f"{source} has the columns {listed(list(map(repr, columns)))}; expected one of texts "
            "and one of what each is to become. Say which: add --text COLUMN --target COLUMN."
        )
    first = left.pop(0) if text is None else text
    return first, left.pop(0) if target is None else target


def _share_out(
    pairs: TextPairs, fractions: tuple[float, float], seed: int, source: str
) -> tuple[TextPairs, ...]:
    texts = np.array([text for text, _ in pairs], object)
    parts = share_out(
        equal=number_equal([texts]),
        classes=None,
        order=None,
        fractions=fractions,
        seed=seed,
        source=source,
    )
    return tuple([pairs[row] for row in part.tolist()] for part in parts)
