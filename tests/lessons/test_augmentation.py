"""The numbers of the lesson on augmentation, and the answers to its exercises."""

from __future__ import annotations

import itertools
import math
import re

from tests.lessons.printed import printed_by

ANSWERS = {
    "smoothing": (1 - 0.2) * 1 + 0.2 / 5,
    "mixed": -0.7 * math.log(0.6) - 0.3 * math.log(0.2),
    "copies": len(list(itertools.product(range(-2, 3), range(-2, 3), (False, True)))),
}


def test_smoothed_labels_are_as_the_formula_says() -> None:
    printed = printed_by("augmentation").split()
    assert f"{0.9 + 0.1 / 10:.2f}" in printed
    assert printed.count(f"{0.1 / 10:.2f}") >= 9


def test_every_remedy_lowers_the_cross_entropy() -> None:
    printed = printed_by("augmentation")
    names = ("none", "augmentation", "mixup", "label smoothing")
    losses = [float(re.search(rf"^{name} +\S+ +(\S+)$", printed, re.M)[1]) for name in names]
    assert losses[0] == max(losses)
