"""The language of `list`, `show` and of what a training comes to: English, or Korean if asked."""

from __future__ import annotations

from contextvars import ContextVar
from typing import Literal

from kerazoo.cli._korean import LINES
from kerazoo.report.korean import KOREAN

Language = Literal["en", "ko"]

_chosen: ContextVar[Language] = ContextVar("language", default="en")


def choose_language(language: Language) -> None:
    """Print in this language from now on."""
    _chosen.set(language)


def is_korean() -> bool:
    """Tell whether Korean was asked for."""
    return _chosen.get() == "ko"


def said(english: str, **values: object) -> str:
    """Return a line in the chosen language; what is not translated stays English.

    Args:
        english: the line, with names in braces where values go.
        values: by these names; words among them are translated, too.

    Example:
        >>> said("the network beats the best baseline, {baseline}", baseline="mean")
        'the network beats the best baseline, mean'
    """
    if not is_korean():
        return english.format(**values) if values else english
    line = LINES.get(english) or KOREAN.get(english, english)
    words = {k: KOREAN.get(v, v) if isinstance(v, str) else v for k, v in values.items()}
    return line.format(**words) if values else line
