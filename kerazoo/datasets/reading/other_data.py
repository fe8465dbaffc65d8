"""Data that a network was not trained on, and is judged on: all of it."""

from __future__ import annotations

import os

import numpy as np

from kerazoo._notes import warn_user
from kerazoo._wording import agree, counted
from kerazoo.datasets.splits import Part, Splits


def say_all_are_judged(
    source: str | os.PathLike[str],
    count: int,
    unit: str,
    *,
    but: str = "",
    than: str = "the data that the network was trained on",
) -> None:
    """Warn that none of some data is held back, as a network was not trained on it.

    Args:
        source: the file or folder.
        count: how much there is.
        unit: of what: `"image"`.
        but: what is left out.
        than: what it is not.
    """
    warn_user(
        f"{source} is not {than}, so that all of its {counted(count, unit)} "
        f"{agree(count, 'is', 'are')} judged{but}. {unit.capitalize()}s of the training among them "
        "would make the figures too good."
    )


def all_judged(splits: Splits, source: str | os.PathLike[str], unit: str) -> Splits:
    """Return data whose test part is all there is, and say so.

    Args:
        splits: the data, split as for a training.
        source: the file or folder.
        unit: of what it consists: `"image"`.
    """
    parts = [splits.train, splits.validation, splits.test]
    x = np.concatenate([part.x for part in parts])
    has_targets = splits.test.y is not None
    y = np.concatenate([part.y for part in parts]) if has_targets else None
    say_all_are_judged(source, len(x), unit)
    nothing = Part(x[:0], None if y is None else y[:0])
    return Splits(nothing, nothing, Part(x, y), splits.about)
