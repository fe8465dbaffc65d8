"""The numbers of the lesson on batch size, and the answers to its exercises."""

from __future__ import annotations

import math
import re

from tests.lessons.printed import printed_by

ANSWERS = {
    "steps": math.ceil(60_000 / 128),
    "noise": 0.8 / math.sqrt(64),
    "he": math.sqrt(2 / 512),
}


def test_the_lesson_counts_the_steps_of_the_course() -> None:
    """C, lines 300-306; D, lines 251-260; A, line 178."""
    printed = printed_by("batch_size")
    for row in (r"10000 +100 +100", r"1000000 +10000 +100", r"175 +32 +6"):
        assert re.search(row, printed), row


def test_the_lesson_finds_what_it_says_of_sharp_minima() -> None:
    rows = re.findall(r"^(8|64|512) +(\S+) +\S+ +(\S+)$", printed_by("batch_size"), re.M)
    rises = [float(rise) for _, _, rise in rows]
    assert [size for size, _, _ in rows] == ["8", "64", "512"] * 2
    assert rises[0] < rises[1] < rises[2]  # with the same number of steps
    assert rises[5] == min(rises[3:])  # with the same training loss
    losses = [float(loss) for _, loss, _ in rows[3:]]
    assert max(losses) - min(losses) < 0.03


def test_equal_units_stay_equal() -> None:
    assert re.search(r"units: 0\.0$", printed_by("batch_size"), re.M)
