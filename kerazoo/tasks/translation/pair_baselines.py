"""Baselines of texts that become other texts: rules for dates, and the text that is most alike."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Mapping

import numpy as np

from kerazoo.datasets import Part, Splits
from kerazoo.datasets.about import Pairs
from kerazoo.datasets.reading.characters import Encoder
from kerazoo.errors import InvalidInput
from kerazoo.tasks.translation.model import score_written

_UNITS = re.compile(r"\s*[년월]\s*")
_DAY = re.compile(r"\s*\(?[월화수목금토일](요일)?\)?$")  # of the week, or the unit of days
_LONGEST = 3  # characters in a row that are compared
_AT_ONCE = 256


def score_pair_baseline(name: str, splits: Splits) -> dict[str, float]:
    """Score what a baseline writes for the test part.

    Args:
        name: one of `PAIR_BASELINES`.
        splits: pairs of texts.

    Raises:
        InvalidInput: if it is other data.

    Example:
        >>> from kerazoo.datasets import written_dates
        >>> 0.5 < score_pair_baseline("date_rules", written_dates.tiny())["exact_match"] < 1
        True
    """
    if not isinstance(splits.about, Pairs):
        raise InvalidInput(
            "this baseline needs pairs of texts, such as load_dataset('written_dates')."
        )
    encode = Encoder(splits.about)
    answers = PAIR_BASELINES[name](splits, encode)
    written = encode.pairs([("", answer) for answer in answers])[1]
    return score_written(written, splits.test)


def _texts(part: Part, encode: Encoder) -> list[str]:
    return encode.decode(part.x[:, : encode.about.read])


def _by_rules(splits: Splits, encode: Encoder) -> list[str]:
    """Read dates with dateutil, Korean units in the place of hyphens; nothing where it cannot."""
    return [read_date(text) for text in _texts(splits.test, encode)]


def read_date(text: str) -> str:
    """Return a date in ISO form as dateutil reads it; `""` if it cannot.

    Example:
        >>> read_date("2026년 3월 5일"), read_date("5 March 2026"), read_date("이천년")
        ('2026-03-05', '2026-03-05', '')
    """
    from dateutil import parser

    plain = _UNITS.sub("-", _DAY.sub("", _DAY.sub("", text.strip())))
    try:
        # What is missing in a text is filled up from a day that is always the same.
        found = parser.parse(plain, default=datetime.datetime(2000, 1, 1))
    except (ValueError, OverflowError):
        return ""
    return found.date().isoformat()


def _by_likeness(splits: Splits, encode: Encoder) -> list[str]:
    """Answer as the training text was that shares most of its characters in a row."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    parts = (splits.train, splits.validation)
    known = [text for part in parts for text in _texts(part, encode)]
    answers = [text for part in parts for text in encode.decode(np.asarray(part.y))]
    vectors = TfidfVectorizer(analyzer="char", ngram_range=(1, _LONGEST), lowercase=False)
    table = vectors.fit_transform(known).T.tocsr()
    asked = vectors.transform(_texts(splits.test, encode))
    nearest = [
        (asked[at : at + _AT_ONCE] @ table).toarray().argmax(axis=1)
        for at in range(0, asked.shape[0], _AT_ONCE)
    ]
    return [answers[index] for index in np.concatenate(nearest).tolist()]


PAIR_BASELINES: Mapping[str, Callable[[Splits, Encoder], list[str]]] = {
    "date_rules": _by_rules,
    "nearest_text": _by_likeness,
}
"""What each baseline writes for the texts of the test part."""
