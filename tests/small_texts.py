"""A few film reviews whose words tell whether they are good, as files of one's own."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

GOOD = ("great", "lovely", "moving", "clever", "funny", "warm")
BAD = ("dull", "awful", "tedious", "clumsy", "noisy", "cold")
NOUNS = ("film", "plot", "cast", "story", "scene", "ending")


def reviews(words: tuple[str, ...], count: int) -> list[str]:
    """Return different reviews with some of the words."""
    random = np.random.RandomState(len(words[0]))
    return [
        f"Review {number}: the {random.choice(NOUNS)} was {random.choice(words)}, its "
        f"{random.choice(NOUNS)} {random.choice(words)}, and the whole is a {random.choice(words)} "
        f"and {random.choice(words)} {random.choice(NOUNS)}."
        for number in range(count)
    ]


def write_folder(folder: Path, count: int = 40) -> Path:
    """Write a folder of text files for each of two classes."""
    for name, words in (("bad", BAD), ("good", GOOD)):
        (folder / name).mkdir(parents=True)
        for number, text in enumerate(reviews(words, count)):
            (folder / name / f"{number:03}.txt").write_text(text, encoding="utf-8")
    return folder


def write_table(path: Path, count: int = 40) -> Path:
    """Write the same reviews as a table of two columns."""
    rows = [
        (text, name)
        for name, words in (("bad", BAD), ("good", GOOD))
        for text in reviews(words, count)
    ]
    with open(path, "w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([("review", "label"), *rows])
    return path
