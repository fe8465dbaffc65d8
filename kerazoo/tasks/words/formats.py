"""Word vectors from a saved model, and in the formats of the word2vec program."""

from __future__ import annotations

import bz2
import codecs
import gzip
import itertools
import os
import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, Literal

import numpy as np

from kerazoo._files import replacing_file
from kerazoo._notes import warn_user
from kerazoo._wording import agree, counted
from kerazoo.errors import DamagedFile, KerazooError
from kerazoo.saved.card import WORDS_FILE
from kerazoo.saved.reading import Location, Saved, open_saved, read_consistently
from kerazoo.saved.words import read_words
from kerazoo.tasks.words.vectors import WordVectors

_BINARY, _TEXT = (".bin",), (".txt", ".vec")
_LONGEST_WORD = 2**16
_SHOWN = 40
_MOST_NUMBERS = 2**33
_LOOK_AHEAD = 2**16
_NAMED = 5


def load_word_vectors(name_or_path: Location = "word2vec") -> WordVectors:
    r"""Load word vectors: of a saved model, or of a file in one of word2vec's own formats.

    Args:
        name_or_path: the name of an installed model, a directory that `kerazoo train word2vec`
            made, or what `open_saved` gave; or a file: `.bin` is word2vec's binary format, `.txt`
            and `.vec` its text format, each also compressed with `.gz` or `.bz2`.

    Raises:
        UnknownName: if there is no such model.
        KerazooError: if the model has no words.
        DamagedFile: if a file is not what it should be.

    Example:
        >>> import tempfile, pathlib
        >>> path = pathlib.Path(tempfile.mkdtemp()) / "vectors.txt"
        >>> _ = path.write_text("2 3\none 1 0 0\ntwo 0 1 0\n")
        >>> load_word_vectors(path)
        <WordVectors of 2 words, 3 numbers each>
    """
    if not isinstance(name_or_path, Saved) and is_vector_file(name_or_path):
        return read_word_vectors(name_or_path)
    from kerazoo.predict import load_predictor

    while True:
        saved = open_saved(name_or_path)
        if WORDS_FILE not in saved.card.files:
            raise KerazooError(
                f"{saved.folder} is a model without words; kerazoo train word2vec makes one with "
                "them."
            )
        saved, words = read_consistently(saved, read_words)
        predictor = load_predictor(saved)
        if predictor.card == saved.card:  # or the model was replaced in between
            break
        name_or_path = saved.folder
    return WordVectors(words, predictor.predict_array(np.arange(len(words), dtype=np.int32)).values)


def is_vector_file(path: str | os.PathLike[str]) -> bool:
    """Tell by its name whether a file holds vectors in one of the two formats."""
    return _kind(Path(path)) is not None and Path(path).is_file()


def write_word_vectors(
    vectors: WordVectors,
    path: str | os.PathLike[str],
    kind: Literal["binary", "text"] | None = None,
) -> Path:
    """Write vectors in a format of the word2vec program.

    Args:
        vectors: the words and their vectors.
        path: the file; with `.gz` or `.bz2` at the end it is compressed.
        kind: `"binary"` or `"text"`; by default what the name says: `.bin`, or `.txt` and `.vec`.

    Returns:
        The path.

    Raises:
        KerazooError: if the name does not say which format, or a word holds a space.
    """
    path = Path(path)
    kind = kind or _kind(path)
    if kind not in ("binary", "text"):
        raise KerazooError(f"{path.name!r} says no format; end it in .bin or .txt, or pass kind=.")
    for word in vectors.words:
        if not word or len(word.split()) != 1 or word != word.strip():
            raise KerazooError(f"the word {word!r} holds a space; rename it for this format.")
    with replacing_file(path) as part, _open(part, "wb", path.suffix) as file:
        file.write(f"{len(vectors)} {vectors.vectors.shape[1]}\n".encode())
        for word, vector in zip(vectors.words, vectors.vectors, strict=True):
            if kind == "binary":
                file.write(word.encode() + b" " + vector.astype("<f4").tobytes() + b"\n")
            else:
                numbers = " ".join(f"{number:.9g}" for number in vector.tolist())
                file.write(f"{word} {numbers}\n".encode())
    return path


def read_word_vectors(
    path: str | os.PathLike[str], kind: Literal["binary", "text"] | None = None
) -> WordVectors:
    """Read vectors in a format of the word2vec program, or of GloVe, which has no first line.

    A warning says what a file does otherwise than these: a byte order mark, a word that is there
    twice (the first one counts), a word that is cut inside a letter, rows beyond those announced.

    Args:
        path: the file, also compressed with `.gz` or `.bz2`.
        kind: `"binary"` or `"text"`; by default what the name says.

    Raises:
        KerazooError: if there is no such file, or the name does not say which format.
        DamagedFile: if the content is not of this format.
    """
    path = Path(path)
    kind = kind or _kind(path)
    if kind not in ("binary", "text"):
        raise KerazooError(f"{path.name!r} says no format; pass kind='binary' or kind='text'.")
    if not path.is_file():
        raise KerazooError(f"{path} does not exist; give a file of word vectors.")
    try:
        with _open(path, "rb", path.suffix) as file:
            if kind == "binary":
                words, vectors = _read_binary(file, *_read_header(file.readline(100), path), path)
            else:
                words, vectors = _read_text(file, path)
            if file.read(_LOOK_AHEAD).strip():
                _warn(
                    path,
                    f"more follows after the {counted(len(words), 'word')} that it announces; "
                    "left out",
                )
    except (EOFError, OSError, zlib.error, UnicodeDecodeError) as error:
        if getattr(error, "errno", None) is not None:
            raise  # it cannot be opened; what is packed wrongly has no such number
        raise DamagedFile(
            f"{path} is not a whole file of word vectors: {error}. Get it again."
        ) from error
    return WordVectors(*_once_each([_decoded(word, path) for word in words], vectors, path))


def _warn(path: Path, what: str) -> None:
    warn_user(f"{path}: {what}.")


def _decoded(word: bytes, path: Path) -> str:
    try:
        return word.decode("utf-8")
    except UnicodeDecodeError:
        # Programs that give words a fixed number of bytes cut the last letter.
        text = word.decode("utf-8", "replace")
        _warn(path, f"the word {text!r} is cut, or not UTF-8; read as it stands")
        return text


def _once_each(words: list[str], vectors: np.ndarray, path: Path) -> tuple[list[str], np.ndarray]:
    first = {word: index for index, word in reversed(list(enumerate(words)))}
    if len(first) == len(words):
        return words, vectors
    twice = [word for index, word in enumerate(words) if first[word] != index]
    shown = ", ".join(map(repr, twice[:_NAMED]))
    _warn(
        path,
        f"there more than once: {shown} ({counted(len(twice), 'row')} left out); the first one "
        "counts",
    )
    kept = sorted(first.values())
    return [words[index] for index in kept], vectors[kept]


def _kind(path: Path) -> Literal["binary", "text"] | None:
    name = path.name.lower().removesuffix(".gz").removesuffix(".bz2")
    if name.endswith(_BINARY):
        return "binary"
    return "text" if name.endswith(_TEXT) else None


def _open(path: Path, mode: Any, suffix: str) -> IO[bytes]:
    opener: Any = {".gz": gzip.open, ".bz2": bz2.open}.get(suffix.lower(), open)
    return opener(path, mode)


def _read_header(line: bytes, path: Path) -> tuple[int, int]:
    fields = line.split()
    if len(fields) != 2 or not all(field.isdigit() for field in fields):
        raise DamagedFile(
            f"{path} does not begin with two numbers, of words and of their dimension; expected a "
            "file in a format of the word2vec program."
        )
    count, dimension = map(int, fields)
    if not count or not dimension or count * dimension > _MOST_NUMBERS:
        raise DamagedFile(
            f"{path} claims {counted(count, 'word')} of {counted(dimension, 'number')}; expected "
            "at least one of each, and a file that fits in memory. Get it again."
        )
    return count, dimension


def _read_binary(
    file: IO[bytes], count: int, dimension: int, path: Path
) -> tuple[list[bytes], np.ndarray]:
    words, vectors = [], []
    for number in range(count):
        word = _read_word(file, path, number)
        content = file.read(4 * dimension)
        if len(content) < 4 * dimension:
            raise DamagedFile(f"{path} ends in word {number + 1} of {count}; get it again.")
        words.append(word)
        vectors.append(np.frombuffer(content, "<f4"))
    return words, np.stack(vectors)


def _read_word(file: IO[bytes], path: Path, number: int) -> bytes:
    letters = bytearray()
    while (letter := file.read(1)) != b" ":
        if not letter or len(letters) > _LONGEST_WORD:
            raise DamagedFile(
                f"{path} ends in word {number + 1}, or is not binary; pass kind='text', or get it "
                "again."
            )
        if letter != b"\n":  # which some programs write after each vector, and some do not
            letters += letter
    return bytes(letters)


def _read_text(file: IO[bytes], path: Path) -> tuple[list[bytes], np.ndarray]:
    line = file.readline()
    if line.startswith(codecs.BOM_UTF8):
        _warn(path, "begins with a byte order mark, which is left out")
        line = line.removeprefix(codecs.BOM_UTF8)
    lines: Iterator[bytes] = iter(file.readline, b"")
    dimension = _dimension_of_glove(line)
    if dimension is None:
        count, dimension = _read_header(line, path)
        lines, first = itertools.islice(itertools.chain(lines, itertools.repeat(b"")), count), 2
    else:
        _warn(
            path,
            f"has no first line with two numbers; read as GloVe, {counted(dimension, 'number')} a "
            "word",
        )
        lines, first = itertools.chain([line], lines), 1
    words, vectors, spaced = [], [], []
    for number, line in enumerate(lines, first):
        word, vector = _split_line(line, dimension)
        if vector is None:
            raise DamagedFile(
                f"{path}: line {number} is not a word and {counted(dimension, 'number')}; get it "
                "again."
            )
        if b" " in word:
            spaced.append(word.decode("utf-8", "replace"))
        words.append(word)
        vectors.append(vector)
    if spaced:
        _warn(
            path,
            f"{counted(len(spaced), 'word holds', 'words hold')} a space, such as {spaced[0]!r}; "
            f"read as {agree(len(spaced), 'it stands', 'they stand')}",
        )
    return words, np.stack(vectors)


def _dimension_of_glove(line: bytes) -> int | None:
    """Return how many numbers follow the word of a first line; `None` if it is no such line."""
    fields = line.split()
    if len(fields) < 3:
        return None
    return len(fields) - 1 if _split_line(line, len(fields) - 1)[1] is not None else None


def _split_line(line: bytes, dimension: int) -> tuple[bytes, np.ndarray | None]:
    """Return a word, in which there may be spaces, and its vector; `None` if it has none."""
    fields = line.rstrip().split(b" ")
    word = fields[:-dimension]
    try:
        if len(word) > 1 and _is_number(word[-1]):  # a number too many, not a part of the word
            return b"", None
        vector = np.array(fields[-dimension:], np.float32)
    except ValueError:
        return b"", None
    return b" ".join(word), vector if word and len(vector) == dimension else None


def _is_number(field: bytes) -> bool:
    try:
        float(field)
    except ValueError:
        return False
    return True
