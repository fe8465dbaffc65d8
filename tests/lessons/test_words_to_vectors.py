"""The numbers of the lesson on word vectors, and the answers to its exercises."""

from __future__ import annotations

import math
import re

from tests.lessons.printed import printed_by

ANSWERS = {
    "pairs": sum((i > 0) + (i < 6) for i in range(7)),
    "tfidf": 2 / 10 * math.log10(100 / 1),
    "cosine": (3 * 4 + 4 * 3) / (5 * 5),
}


def test_the_lesson_prints_the_tables_of_the_course() -> None:
    """B, lines 2648-2786 and 2834-2897."""
    printed = printed_by("words_to_vectors")
    for row in (r"^A +3 +2 +1$", r"^B +2 +3 +0$", r"{1: 8, 2: 7, 3: 6}"):
        assert re.search(row, printed, re.M), row
    assert {"0.0334", "0.1003", "0.0753", "0.0376"} <= set(printed.split())
    assert "22 ['The', 'fat', 'sat', 'on']" in printed
    assert re.search(r"\(5, 1\) +\(5, 2\) +1\.000", printed)


def test_what_the_lesson_says_of_the_vectors_holds() -> None:
    printed = printed_by("words_to_vectors")
    assert "prince - man + woman: ['princess'" in printed
    good_bad, good_table = (
        float(re.search(rf"good, {word}: (\S+)", printed)[1]) for word in ("bad", "table")
    )
    assert good_bad > good_table + 0.3
