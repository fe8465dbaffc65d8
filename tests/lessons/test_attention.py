"""The numbers of the lesson on attention, and the answers to its exercises."""

from __future__ import annotations

import math
import re

from tests.lessons.printed import printed_by

ANSWERS = {
    "scores": 12 * 12,
    "weight": math.exp(2) / (math.exp(2) + math.exp(1) + math.exp(0)),
    "patches": (224 // 16) ** 2,
}


def test_the_weights_of_the_first_word_are_those_in_the_text() -> None:
    powers = [math.exp(score / math.sqrt(2)) for score in (0, 6, 2)]
    assert [round(power / sum(powers), 3) for power in powers] == [0.013, 0.932, 0.055]
    assert "scores: [[0.0, 6.0, 2.0]," in printed_by("attention")


def test_order_is_lost_without_positions_and_learned_with_them() -> None:
    printed = printed_by("attention")
    assert float(re.search(r"without positions: (\S+)", printed)[1]) < 1e-12
    assert float(re.search(r"with positions: (\S+)", printed)[1]) > 0.1
    learned = re.search(r"'with positions': (\S+), 'without': (\S+)}", printed)
    assert float(learned[1]) > 0.99
    assert float(learned[2]) < 0.5
