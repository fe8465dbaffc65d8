"""What a word is: the one splitter, for a text that is learnt from and for words that are asked."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Sequence

# Letters, digits and what joins them: it splits Korean on spaces, too. A line's end is a token.
_ASCII = re.compile(r"\w+(?:'\w+)*|\n", re.ASCII)
_APOSTROPHES = "'’\u05f4"  # the last one stands in Hebrew abbreviations
_JOINERS = "\u200c\u200d"  # zero-width: between letters of one word in Persian and Hindi
_SOFT_HYPHEN = "\u00ad"
_LAST_MARK_BUT_VARIANTS = 0x1F000  # only selectors of variants come after it
_END_OF_FIRST_PLANE = "\uffff"
_VARIANTS = range(0xE0100, 0xE01F0)
# Thai, Lao, Myanmar, Khmer, Japanese and Chinese: only a dictionary knows where a word ends.
_WITHOUT_SPACES = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u4e00-\u9fff]")

_HANGUL = re.compile("[\uac00-\ud7a3]")


def split_words(text: str) -> list[str]:
    r"""Split a text into words, in lower case; `"\n"` is a token, too.

    A word is a run of letters, digits and the marks on them, as Unicode's UAX 29 has it where no
    dictionary is needed; an apostrophe may stand inside. Letters with marks are composed (NFC), so
    that one word has one spelling.

    Example:
        >>> split_words("The dog's e\u0301clair.\n")
        ['the', "dog's", 'éclair', '\n']
    """
    if text.isascii():
        return _ASCII.findall(text.lower())
    return _unicode_words().findall(normalize(text))


def normalize(text: str) -> str:
    """Return a text in lower case and composed (NFC), without invisible hyphens.

    Example:
        >>> len(normalize("E\u0301"))
        1
    """
    return unicodedata.normalize("NFC", text.lower().replace(_SOFT_HYPHEN, ""))


def is_without_spaces(words: Sequence[str]) -> bool:
    """Tell whether most of some words are of a script that puts no spaces between words.

    Example:
        >>> is_without_spaces(["我喜欢猫", "cat", "我喜欢狗"])
        True
    """
    return 2 * sum(_WITHOUT_SPACES.search(word) is not None for word in words) > len(words)


def is_korean(words: Sequence[str]) -> bool:
    """Tell whether most of some words are Korean, where particles are written to the words.

    Example:
        >>> is_korean(["학교에", "cat", "친구를"])
        True
    """
    return 2 * sum(_HANGUL.search(word) is not None for word in words) > len(words)


@functools.cache
def _unicode_words() -> re.Pattern[str]:
    r"""Return the pattern of a word; `\w` alone has no marks, which in Hindi are half of a word."""
    codes = (*range(_LAST_MARK_BUT_VARIANTS), *_VARIANTS)
    marks = [chr(code) for code in codes if unicodedata.category(chr(code))[0] == "M"]
    # Two sets, as the machine of `re` looks up one of the first plane alone in a table.
    first = re.escape("".join(mark for mark in marks if mark <= _END_OF_FIRST_PLANE))
    further = re.escape("".join(mark for mark in marks if mark > _END_OF_FIRST_PLANE))
    mark = rf"(?:[{first}]|(?=[^\0-{_END_OF_FIRST_PLANE}])[{further}])"
    run = rf"\w+(?:{mark}+\w*)*"
    return re.compile(rf"{run}(?:[{_JOINERS}{_APOSTROPHES}]+{run})*|\n")
