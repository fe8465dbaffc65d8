"""Your own running text, word by word, each with the word that follows.

A text file, also compressed, an archive, or a folder of `.txt` files; a sentence ends with a full
stop or the like, and with its line.
"""

from __future__ import annotations

import os
from pathlib import Path

from kerazoo._wording import counted
from kerazoo.datasets.about import Texts
from kerazoo.datasets.reading.next_words import encode_parts, split_sentences
from kerazoo.datasets.reading.other_data import say_all_are_judged
from kerazoo.datasets.reading.samples import own_text
from kerazoo.datasets.reading.text import read_blocks
from kerazoo.datasets.sources import DataFile
from kerazoo.datasets.splits import Splits
from kerazoo.errors import InvalidInput, KerazooError

FILES: tuple[DataFile, ...] = ()
_HELD_OUT = 20  # one of so many sentences for validation, and one for the test
_LEAST = 20  # sentences


def load(
    data_dir: str | os.PathLike[str] | None = None,
    *,
    path: str | os.PathLike[str] | None = None,
    context: int = 1,
    vocabulary_size: int = 5000,
) -> Splits:
    r"""Load a text as rows of words and the next word; the last tenth of it is held out.

    Args:
        data_dir: a folder that a relative `path` is in.
        path: a text file in UTF-8, also compressed, an archive, or a folder of `.txt` files.
        context: words in a row.
        vocabulary_size: how many words have an id, the most frequent ones of the training part.

    Raises:
        KerazooError: if nothing says what to load, or there is no such file.
        InvalidInput: if it is not text, or too short.

    Example:
        >>> import tempfile
        >>> file = Path(tempfile.mkdtemp()) / "text.txt"
        >>> _ = file.write_text("To be, or not to be.\n" * 100)
        >>> splits = load(path=file, context=2)
        >>> splits.about.words, splits.train.x[:3].tolist(), splits.train.y[:3].tolist()
        (('to', 'be', 'or', 'not'), [[0, 1], [1, 3], [3, 4]], [3, 4, 5])
    """
    if path is None:
        raise KerazooError("next_words needs path=, a text file or a folder of them.")
    about = Texts((), (), context, target_name="next_word")
    return _split(_sentences(Path(data_dir or "", path)), about, vocabulary_size)


def load_like(
    about: Texts, path: str | os.PathLike[str], *, trained_on: str | None = None
) -> Splits:
    """Load a text for a network that was trained on such text, and judge it on that.

    Args:
        about: what the network's card says, its words included.
        path: as for `load`.
        trained_on: the hash of the data that it was trained on. All of another text is the test
            part; by default, the end is held out as in training.

    Raises:
        InvalidInput: if it is not text, or too short.
    """
    sentences = _sentences(Path(path))
    same = _split(sentences, about)
    if trained_on is None or same.hash() == trained_on:
        return same
    say_all_are_judged(
        path, len(sentences), "sentence", than="the text that the network was trained on"
    )
    return encode_parts(((), (), sentences), about)


def tiny(*, context: int = 1, vocabulary_size: int = 5000) -> Splits:
    """Return a text that comes with the package: what it says about its data sets.

    Args:
        context: as for `load`.
        vocabulary_size: as for `load`.

    Example:
        >>> tiny(context=2).train.x.shape[1]
        2
    """
    sentences = [one for text in own_text() for one, _ in split_sentences(text)]
    return _split(sentences, Texts((), (), context, target_name="next_word"), vocabulary_size)


def _sentences(path: Path) -> list[str]:
    # A block may end inside a sentence.
    found = [one for one, _ in split_sentences("".join(read_blocks(path)))]
    if len(found) < _LEAST:
        raise InvalidInput(
            f"{path} has {counted(len(found), 'sentence')}; expected running text of {_LEAST} at "
            "least, each ended by a full stop or its line."
        )
    return found


def _split(sentences: list[str], about: Texts, vocabulary_size: int = 0) -> Splits:
    held_out = len(sentences) // _HELD_OUT
    parts = (
        sentences[: -2 * held_out],
        sentences[-2 * held_out : -held_out],
        sentences[-held_out:],
    )
    return encode_parts(parts, about, vocabulary_size)
