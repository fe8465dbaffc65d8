"""What an answer loses when a part of its input is left out: words of texts, patches of images.

Reference:
    Zeiler and Fergus, "Visualizing and understanding convolutional networks", 2014.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from kerazoo.datasets.about import Texts
from kerazoo.datasets.reading.texts import FIRST_WORD
from kerazoo.errors import KerazooError
from kerazoo.predict.explanation import in_short, short
from kerazoo.predict.shapley import Answer
from kerazoo.saved.card import Card

if TYPE_CHECKING:
    from numpy.typing import NDArray

_GRID = 8  # patches in a row and in a column, of an image that is as large at least
_MOST_WORDS = 10  # that a cell names
_PIECE = 256  # rows that are asked at once


@dataclass(frozen=True)
class WordsLeftOut:
    """What answers lose when a word is left out wherever it stands in its text.

    Args:
        outputs: names of the answers: the classes, or what is predicted.
        words: of each text, the words that the network knows, the one that counts most first.
        values: of each text, `(words,)`: its answer minus that without the word.
        answers: `(texts, outputs)`.
    """

    outputs: tuple[str, ...]
    words: tuple[tuple[str, ...], ...]
    values: tuple[NDArray[np.floating], ...]
    answers: NDArray[np.floating]

    def __len__(self) -> int:
        return len(self.words)

    def in_short(self) -> list[str]:
        """Name for each answer the words that count most."""
        pairs = zip(self.words, self.values, strict=True)
        return [in_short(words, values) for words, values in pairs]

    def fields(self) -> tuple[list[str], list[list[Any]]]:
        """Return the words that count most, as one column."""
        pairs = zip(self.words, self.values, strict=True)
        return ["why"], [[in_short(words, values, _MOST_WORDS) for words, values in pairs]]

    def records(self) -> list[dict[str, Any]]:
        """Return what each word counts, for JSON."""
        return [
            {"why": dict(zip(words, map(short, values), strict=True))}
            for words, values in zip(self.words, self.values, strict=True)
        ]


@dataclass(frozen=True)
class PatchesCovered:
    """What answers lose when a patch of the image is covered with its mean color.

    Args:
        outputs: names of the answers: the classes, or what is predicted.
        values: `(images, down, across)`: an answer minus that with the patch covered.
        answers: `(images, outputs)`.
    """

    outputs: tuple[str, ...]
    values: NDArray[np.floating]
    answers: NDArray[np.floating]

    def __len__(self) -> int:
        return len(self.values)

    def in_short(self) -> list[str]:
        """Name for each answer the patch that counts most, by its row and column from 1."""
        texts = []
        for grid in self.values:
            row, column = np.unravel_index(np.abs(grid).argmax(), grid.shape)
            texts.append(f"row {row + 1}, column {column + 1} {grid[row, column]:+.3g}")
        return texts

    def fields(self) -> tuple[list[str], list[list[Any]]]:
        """Return what each patch counts, row by row."""
        _, down, across = self.values.shape
        names = [f"why_{row + 1}_{column + 1}" for row in range(down) for column in range(across)]
        return names, self.values.reshape(len(self), -1).T.tolist()

    def records(self) -> list[dict[str, Any]]:
        """Return what each patch counts, rows of them, for JSON."""
        return [{"why": [[short(one) for one in row] for row in grid]} for grid in self.values]


def leave_out_words(answer: Answer, rows: np.ndarray, card: Card) -> WordsLeftOut:
    """Leave out each known word of each text in turn.

    Words act together: "not good" may lose little by either. What they lose does not add up to the
    answer, as Shapley values do.

    Args:
        answer: gives `(rows, outputs)`.
        rows: `(texts, length)`, ids.
        card: of a network that takes texts, with its words.
    """
    about = card.about
    assert isinstance(about, Texts)
    answers = answer(rows).astype("float64")
    words, values = [], []
    for row, given in zip(rows, answers, strict=True):
        ids = np.unique(row[row >= FIRST_WORD])
        if not len(ids):
            words.append(())
            values.append(np.zeros(0))
            continue
        asked = np.stack([_without(row, one, about.keep) for one in ids])
        best = int(given.argmax())
        lost = given[best] - _in_pieces(answer, asked)[:, best]
        order = np.argsort(-np.abs(lost), kind="stable")
        words.append(tuple(about.words[ids[index] - FIRST_WORD] for index in order))
        values.append(lost[order])
    return WordsLeftOut(_outputs(card, answers.shape[1]), tuple(words), tuple(values), answers)


def cover_patches(answer: Answer, rows: np.ndarray, card: Card) -> PatchesCovered:
    """Cover each patch of each image in turn.

    Args:
        answer: gives `(rows, outputs)`.
        rows: `(images, height, width)`, or with channels after that.
        card: of the network.

    Raises:
        KerazooError: if the rows are no images.
    """
    if rows.ndim not in (3, 4):
        raise KerazooError(
            f"{card.name!r} takes inputs of shape {rows.shape[1:]}; expected images of a height "
            "and a width."
        )
    answers = answer(rows).astype("float64")
    down, across = (_edges(length) for length in rows.shape[1:3])
    found = []
    for image, given in zip(rows, answers, strict=True):
        color = image.mean(axis=(0, 1)).astype(image.dtype)
        asked = np.repeat(image[np.newaxis], (len(down) - 1) * (len(across) - 1), axis=0)
        patches = [(i, j) for i in range(len(down) - 1) for j in range(len(across) - 1)]
        for covered, (i, j) in zip(asked, patches, strict=True):
            covered[down[i] : down[i + 1], across[j] : across[j + 1]] = color
        best = int(given.argmax())
        lost = given[best] - _in_pieces(answer, asked)[:, best]
        found.append(lost.reshape(len(down) - 1, len(across) - 1))
    return PatchesCovered(_outputs(card, answers.shape[1]), np.stack(found), answers)


def _without(row: np.ndarray, one: int, keep: str) -> np.ndarray:
    """Return a row of ids without one of them; what is filled up stands where it always does."""
    rest = row[row != one]
    gone = len(row) - len(rest)
    return np.pad(rest, (0, gone) if keep == "once" else (gone, 0))


def _edges(length: int) -> np.ndarray:
    """Return where the patches of a side begin and end.

    Example:
        >>> _edges(28).tolist()
        [0, 4, 7, 10, 14, 18, 21, 24, 28]
    """
    return np.linspace(0, length, min(_GRID, length) + 1).round().astype(int)


def _in_pieces(answer: Answer, rows: np.ndarray) -> np.ndarray:
    """Return the answers to rows of which many take a lot of memory."""
    pieces = [answer(rows[at : at + _PIECE]) for at in range(0, len(rows), _PIECE)]
    return np.concatenate(pieces).astype("float64")


def _outputs(card: Card, count: int) -> tuple[str, ...]:
    target = card.target_name or "prediction"
    return card.class_names or tuple(f"{target}_{n}" for n in range(count))
