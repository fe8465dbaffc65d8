"""The words of a saved model are a line each of its table, whatever its card vouches for."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from kerazoo.errors import DamagedFile
from kerazoo.tasks.words.formats import load_word_vectors
from tests.saved_networks import forge_file

CHANGES = {
    "not UTF-8": (lambda lines: [b"caf\xe9", *lines[1:]], "is not UTF-8 text"),
    "lines of Windows": (lambda lines: [line + b"\r" for line in lines], r"'the\\r' in line 1"),
    "shortened": (
        lambda lines: lines[:-1],
        "has 9999 whole lines, expected 10000",
    ),
    "a word more": (lambda lines: [*lines, b"more"], "has 10001 whole lines"),
    "a giant word": (lambda lines: [b"x" * 10**6, *lines[1:]], "in line 1, which is no word"),
    "an empty word": (lambda lines: [b"", *lines[1:]], "'' in line 1, which is no word"),
    "a word twice": (lambda lines: [lines[1], *lines[1:]], "has a word twice"),
    "a byte order mark": (
        lambda lines: [b"\xef\xbb\xbf" + lines[0], *lines[1:]],
        r"'\\ufeffthe' in line 1",
    ),
    "two words in a line": (lambda lines: [b"the king", *lines[1:]], "'the king' in line 1"),
    "a hard space": (lambda lines: ["the\u00a0king".encode(), *lines[1:]], "in line 1"),
    "an escape code": (lambda lines: [b"\x1b[2J", *lines[1:]], r"'\\x1b\[2J' in line 1"),
}


@pytest.fixture
def copy(root: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(root / "saved_models" / "word2vec", tmp_path / "word2vec"))


@pytest.mark.parametrize("change", CHANGES)
def test_words_that_do_not_fit_are_refused(change: str, copy: Path) -> None:
    edit, message = CHANGES[change]
    lines = (copy / "words.txt").read_bytes().split(b"\n")[:-1]
    forge_file(copy, "words.txt", b"".join(line + b"\n" for line in edit(lines)))
    with pytest.raises(DamagedFile, match=message):
        load_word_vectors(copy)


def test_an_edit_that_the_card_does_not_know_is_refused(copy: Path) -> None:
    first, second, *rest = (copy / "words.txt").read_bytes().split(b"\n")
    (copy / "words.txt").write_bytes(b"\n".join([second, first, *rest]))
    with pytest.raises(DamagedFile, match="SHA-256"):
        load_word_vectors(copy)


def test_words_with_joiners_are_words(copy: Path) -> None:
    lines = (copy / "words.txt").read_bytes().split(b"\n")[:-1]
    lines[0] = "می\u200cخواهم".encode()
    forge_file(copy, "words.txt", b"".join(line + b"\n" for line in lines))
    assert load_word_vectors(copy).words[0] == "می\u200cخواهم"
