"""The words of a saved model, one a line in a file of their own."""

from __future__ import annotations

import inspect
import re
from dataclasses import replace
from typing import Any

from kerazoo._wording import LONGEST_NAME
from kerazoo.datasets.about import Texts
from kerazoo.errors import damaged
from kerazoo.registry import list_models, load_builder
from kerazoo.saved.card import WORDS_FILE, Card
from kerazoo.saved.reading import Saved

# Line ends, codes of terminals, spaces, and the mark that some editors put before a text.
_NO_WORD = re.compile("[\x00-\x1f\x7f-\x9f\\s\ufeff]")
_SHOWN = 40


def read_words(saved: Saved) -> tuple[str, ...]:
    """Return the words of a saved model.

    Word vectors have a word for each row of their table; a network that takes texts may know fewer.

    Raises:
        DamagedFile: if they are not that.
    """
    content, source = saved.read(WORDS_FILE), saved.folder / WORDS_FILE
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise damaged(source, f"is not UTF-8 text: {error.reason}") from error
    *words, rest = text.split("\n")
    size = _vocabulary_size(saved.card)
    fewer_will_do = isinstance(saved.card.about, Texts)
    fits = size is None or (len(words) <= size if fewer_will_do else len(words) == size)
    if rest or not fits:
        raise damaged(source, f"has {len(words)} whole lines, expected {size}, a word each")
    for number, word in enumerate(words, start=1):
        if not 0 < len(word) <= LONGEST_NAME or _NO_WORD.search(word):
            shown = ascii(word[:_SHOWN])
            raise damaged(source, f"has {shown} in line {number}, which is no word")
    if len(set(words)) != len(words):
        raise damaged(source, "has a word twice")
    return tuple(words)


def with_words(saved: Saved) -> Card:
    """Return the card of a saved model; of a network that takes texts, with its words."""
    about = saved.card.about
    if not isinstance(about, Texts):
        return saved.card
    return replace(saved.card, about=replace(about, words=read_words(saved)))


def _vocabulary_size(card: Card) -> Any:
    """Return how many words the network's table has; `None` for one that is not known here."""
    name = "vocabulary_size"
    if name not in card.builder_arguments and card.name in list_models():
        parameters = inspect.signature(load_builder(card.name)).parameters
        return parameters[name].default if name in parameters else None
    return card.builder_arguments.get(name)
