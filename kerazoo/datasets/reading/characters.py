"""Texts and what they become as rows of characters: what is learned from, and what is asked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from kerazoo._wording import clean_name, counted, is_printable
from kerazoo.datasets.about import Pairs
from kerazoo.datasets.splits import Part, Splits
from kerazoo.errors import InvalidInput

NOTHING, BEGINNING, UNKNOWN, FIRST_CHARACTER = 0, 1, 2, 3
"""Ids of no character, of the beginning of what is written, of any other character, and of the
first one that is known."""

Texts = Sequence[tuple[str, str]]
"""Texts, and what each becomes."""


def number_characters(texts: Iterable[str]) -> tuple[str, ...]:
    """Return the characters of some texts, sorted.

    Example:
        >>> number_characters(["3월 1일", "1 March"])
        (' ', '1', '3', 'M', 'a', 'c', 'h', 'r', '월', '일')
    """
    return tuple(sorted({sign for text in texts for sign in text if is_printable(sign)}))


class Encoder:
    """Turns texts into rows of ids of characters, and back, in NumPy alone.

    Letters are composed, and spaces are one blank each, as people do not see the difference.

    Args:
        about: the characters that have an id, and how many are in a row.

    Example:
        >>> encode = Encoder(Pairs(("a", "b"), read=4, written=3))
        >>> encode.texts(["ab?"]).tolist()
        [[3, 4, 2, 0]]
        >>> x, y = encode.pairs([("ab", "b")])
        >>> x.tolist(), y.tolist(), encode.decode(y)
        ([[3, 4, 0, 0, 1, 4, 0]], [[4, 0, 0]], ['b'])
    """

    def __init__(self, about: Pairs) -> None:
        self.about = about
        self._ids = {one: n for n, one in enumerate(about.characters, start=FIRST_CHARACTER)}

    def texts(self, texts: Sequence[str]) -> np.ndarray:
        """Return `(texts, read)`, `int32`; what does not fit in is cut off."""
        return self._fill([clean_name(text) for text in texts], self.about.read)

    def pairs(self, pairs: Texts) -> tuple[np.ndarray, np.ndarray]:
        """Return rows, `(pairs, read + written)`, and what is written, `(pairs, written)`."""
        y = self._fill([clean_name(target) for _, target in pairs], self.about.written)
        x = self.begin(self.texts([text for text, _ in pairs]))
        x[:, self.about.read + 1 :] = y[:, :-1]
        return x, y

    def begin(self, texts: np.ndarray) -> np.ndarray:
        """Return rows of which nothing is written yet."""
        rows = np.full((len(texts), self.about.row), NOTHING, np.int32)
        rows[:, : self.about.read] = texts
        rows[:, self.about.read] = BEGINNING
        return rows

    def decode(self, written: np.ndarray) -> list[str]:
        """Return what is written in rows of ids, up to the first that is no character."""
        found = []
        for row in written.tolist():
            ended = row.index(NOTHING) if NOTHING in row else len(row)
            found.append("".join(map(self._character, row[:ended])))
        return found

    def unknown(self, text: str) -> list[str]:
        """Return the different characters of a text that have no id."""
        return sorted(set(clean_name(text)) - self._ids.keys())

    def why_not(self, text: str, where: str) -> str:
        """Say why a text cannot be read; `""` if it can.

        Args:
            text: it may have signs that are not known, but not only such.
            where: which one it is.
        """
        clean = clean_name(text)
        if not clean:
            return f"{where} is empty; expected a text. Fill it in, or leave it out."
        if len(clean) > self.about.read:
            return (
                f"{where} has {counted(len(clean), 'character')}; the network reads "
                f"{self.about.read} at most. Shorten it, or leave it out."
            )
        if not any(sign in self._ids for sign in clean if not sign.isspace()):
            return (
                f"{where} has no character that the network knows; expected a text like those of "
                "its training. Leave it out."
            )
        return ""

    def _fill(self, texts: Sequence[str], length: int) -> np.ndarray:
        rows = np.full((len(texts), length), NOTHING, np.int32)
        for row, text in zip(rows, texts, strict=True):
            ids = [self._ids.get(sign, UNKNOWN) for sign in text[:length]]
            row[: len(ids)] = ids
        return rows

    def _character(self, index: int) -> str:
        known = self.about.characters
        index -= FIRST_CHARACTER
        return known[index] if 0 <= index < len(known) else "\N{REPLACEMENT CHARACTER}"


def encode_parts(parts: Sequence[Texts], about: Pairs) -> Splits:
    """Return train, validation and test as rows of ids.

    Args:
        parts: texts and what they become, for each part.
        about: what a row holds; the characters of the training part have an id, if it has none.
    """
    if not about.characters:
        signs = number_characters(clean_name(one) for pair in parts[0] for one in pair)
        about = replace(about, characters=signs)
    if min(about.read, about.written) < 1:
        raise InvalidInput(
            f"read is {about.read} and written {about.written}; pass at least one character each."
        )
    encode = Encoder(about)
    train, validation, test = (Part(*encode.pairs(part)) for part in parts)
    return Splits(train, validation, test, about)
