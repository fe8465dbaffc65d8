"""How an answer is compared with what is right, of which only a digest is kept."""

from __future__ import annotations

import hashlib
import itertools
import math
import re
from dataclasses import dataclass
from fractions import Fraction

_LETTERS = 16  # of a digest: enough to tell answers apart
_MOST_PARTS = 8  # of an answer: each may be off by one, and all combinations are tried
_BETWEEN_PARTS = re.compile(r"[\s,;()\[\]{}×]+")


@dataclass(frozen=True)
class Exercise:
    """What is right, as a digest, and a hint for those who are not there yet.

    Args:
        digest: what `digest_of` makes of the right answer.
        hint: in English.
        hint_ko: in Korean.
        decimals: how many decimals of a number are compared; the last one may be off by one. With 0
            a number has to be exact.
    """

    digest: str
    hint: str
    hint_ko: str
    decimals: int = 0

    def hint_in(self, language: str) -> str:
        """Return the hint, and how many decimals are compared."""
        hint = self.hint_ko if language == "ko" else self.hint
        if not self.decimals:
            return hint
        compared = {"ko": f"(소수점 아래 {self.decimals}자리까지 비교합니다)"}.get(
            language, f"({self.decimals} decimals are compared)"
        )
        return f"{hint} {compared}"


def digest_of(name: str, answer: object, decimals: int = 0) -> str:
    """Return the digest of a right answer.

    Args:
        name: the lesson and the exercise, such as `"optimizers/momentum"`.
        answer: a number, a word, or several of them.
        decimals: how many decimals are compared.

    Example:
        >>> digest_of("lesson/exercise", "(2, 3)") == digest_of("lesson/exercise", [2, 3])
        True
    """
    scaled = (
        str(round(part * 10**decimals)) if isinstance(part, Fraction) else part
        for part in _parts(answer)
    )
    return _digest(name, tuple(scaled))


def agrees(exercise: Exercise, name: str, answer: object) -> bool:
    """Tell whether an answer is the one of which the digest is kept."""
    parts = _parts(answer)
    if len(parts) > _MOST_PARTS:
        return False
    ways = (_roundings(part, exercise.decimals) for part in parts)
    return any(_digest(name, way) == exercise.digest for way in itertools.product(*ways))


def _parts(answer: object) -> list[Fraction | str]:
    """Split an answer into numbers and words."""
    if hasattr(answer, "numpy"):  # a tensor
        answer = answer.numpy()
    if hasattr(answer, "tolist"):  # an array
        answer = answer.tolist()
    texts = [one for one in _BETWEEN_PARTS.split(str(answer).lower()) if one]
    return [_number(text.strip("'\"")) for text in texts]


def _number(text: str) -> Fraction | str:
    try:
        return Fraction(text)  # takes 1/3 and 1e-3, too
    except (ValueError, ZeroDivisionError):
        return text


def _roundings(part: Fraction | str, decimals: int) -> set[str]:
    if isinstance(part, str):
        return {part}
    scaled = part * 10**decimals
    if not decimals:
        return {str(scaled)}
    near = range(math.ceil(scaled - 1), math.floor(scaled + 1) + 1)
    return {str(one) for one in near}


def _digest(name: str, parts: tuple[str, ...]) -> str:
    text = f"kerazoo/{name}: {' '.join(parts)}"
    return hashlib.sha256(text.encode()).hexdigest()[:_LETTERS]
