"""Questions to word vectors, and the formats of the word2vec program."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest

import kerazoo
from kerazoo import WordVectors, load_word_vectors
from kerazoo.tasks.words.formats import read_word_vectors, write_word_vectors
from tests.conftest import run_python

RNG = np.random.default_rng(0)
WORDS = [f"word{number}" for number in range(500)] + ["여왕", "dog's"]
VECTORS = RNG.standard_normal((len(WORDS), 20)).astype("float32")
FORMATS = ["v.bin", "v.txt", "v.vec", "v.bin.gz", "v.txt.gz", "v.txt.bz2", "v.bin.bz2"]


@pytest.fixture
def vectors() -> WordVectors:
    return WordVectors(WORDS, VECTORS)


@pytest.mark.parametrize("name", FORMATS)
def test_formats_keep_every_bit(name: str, vectors: WordVectors, tmp_path: Path) -> None:
    path = write_word_vectors(vectors, tmp_path / name)
    read = load_word_vectors(path)
    assert read.words == vectors.words
    np.testing.assert_array_equal(read.vectors, vectors.vectors)


@pytest.mark.parametrize("name", ["v.bin", "v.txt"])
def test_gensim_reads_and_writes_the_same(name: str, vectors: WordVectors, tmp_path: Path) -> None:
    models = pytest.importorskip("gensim.models", reason="gensim is not installed")
    binary = name.endswith("bin")
    path = write_word_vectors(vectors, tmp_path / name)
    theirs = models.KeyedVectors.load_word2vec_format(path, binary=binary)
    np.testing.assert_array_equal(theirs.vectors, vectors.vectors)
    theirs.save_word2vec_format(tmp_path / f"their_{name}", binary=binary)
    ours = read_word_vectors(tmp_path / f"their_{name}")
    assert ours.words == vectors.words
    np.testing.assert_allclose(ours.vectors, vectors.vectors, rtol=1e-6)
    for question in (
        {"positive": ["word3"]},
        {"positive": ["word1", "word2"], "negative": ["word3"], "topn": 7},
    ):
        found, expected = ours.most_similar(**question), theirs.most_similar(**question)
        assert [word for word, _ in found] == [word for word, _ in expected]
        np.testing.assert_allclose([s for _, s in found], [s for _, s in expected], atol=1e-6)
    some = ["word5", "word9", "여왕", "dog's"]
    assert ours.doesnt_match(some) == theirs.doesnt_match(some)
    assert ours.similarity(*some[:2]) == pytest.approx(theirs.similarity(*some[:2]), abs=1e-6)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("v.txt", b"no numbers here\n", "does not begin with two numbers"),
        ("v.txt", b"2 3\none 1 0 0\n", "line 3 is not a word and 3 numbers"),
        ("v.txt", b"1 3\none 1 x 0\n", "line 2"),
        ("v.bin", b"1 3\none \x00\x00", "ends in word 1"),
        ("v.bin", b"99999999 99999999\n", "claims"),
        ("v.bin", b"1 3\n", "ends in word 1"),
    ],
)
def test_damaged_files_are_refused(name: str, content: bytes, message: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(kerazoo.DamagedFile, match=message):
        load_word_vectors(tmp_path / name)


def test_a_word_with_a_space_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(kerazoo.KerazooError, match="holds a space"):
        write_word_vectors(WordVectors(["new york"], [[1.0]]), tmp_path / "v.txt")
    assert not list(tmp_path.iterdir())


def test_unknown_words_suggest_near_spellings(vectors: WordVectors) -> None:
    with pytest.raises(kerazoo.UnknownName, match=r"'word77x' among 502 words\. Near .*word77"):
        vectors.most_similar("word77x")
    assert vectors.similarity("WORD7", "word7") == pytest.approx(1)  # as text is read


@pytest.mark.parametrize(
    "ask",
    [
        lambda v: v.most_similar(),
        lambda v: v.most_similar("word1", topn=0),
        lambda v: v.doesnt_match(["word1"]),
        lambda v: v.similar_by_vector(np.zeros(3)),
        lambda v: WordVectors(["a"], [[np.nan]]),
        lambda v: WordVectors(["a", "a"], [[1.0], [2.0]]),
        lambda v: WordVectors(["a", "b"], [[1.0]]),
        lambda v: WordVectors([], np.zeros((0, 3))),
    ],
)
def test_questions_without_an_answer_are_refused(ask, vectors: WordVectors) -> None:
    with pytest.raises(kerazoo.InvalidInput):
        ask(vectors)


def test_neighbors_are_exact_across_blocks(
    vectors: WordVectors, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = vectors.most_similar("word8", topn=30)
    monkeypatch.setattr("kerazoo.tasks.words.vectors._ROWS_AT_ONCE", 17)
    found = WordVectors(WORDS, VECTORS).most_similar("word8", topn=30)
    assert [word for word, _ in found] == [word for word, _ in expected]
    unit = VECTORS / np.linalg.norm(VECTORS, axis=1, keepdims=True)
    order = np.argsort(-(unit @ unit[8]))[1:31]
    assert [word for word, _ in found] == [WORDS[place] for place in order]
    both = vectors.neighbors(["word8", "word9"], topn=2)
    assert [word for word, _ in both[0]] == [word for word, _ in expected[:2]]
    assert len(vectors.most_similar("word8", topn=10**6)) == len(WORDS) - 1


def test_analogy_is_a_sum(vectors: WordVectors) -> None:
    assert vectors.analogy("word1", "word2", "word3") == vectors.most_similar(
        ["word2", "word3"], ["word1"]
    )


def test_a_large_vocabulary_answers_at_once() -> None:
    count = 300_000
    vectors = WordVectors([str(n) for n in range(count)], RNG.random((count, 50), "float32"))
    vectors.most_similar("7")  # computes the lengths, once
    started = time.process_time()
    vectors.most_similar("8")
    assert time.process_time() - started < 1


def test_nothing_heavy_is_imported() -> None:
    code = """
import sys, kerazoo
vectors = kerazoo.WordVectors(["a", "b"], [[1, 0], [1, 1]])
print(vectors.most_similar("a")[0][0], [m for m in ("keras", "tensorflow") if m in sys.modules])
"""
    assert run_python(code).stdout == "b []\n"


ROWS = b"king 1 2 3 4\nqueen 2 1 3 4\nman 0 1 0 1\n"


@pytest.mark.parametrize(
    ("name", "content", "words", "said"),
    [
        ("v.txt", ROWS, ["king", "queen", "man"], "no first line .* read as GloVe, 4 numbers"),
        ("v.vec", b"\xef\xbb\xbf3 4\n" + ROWS, ["king", "queen", "man"], "byte order mark"),
        (
            "v.txt",
            b"4 4\n" + ROWS + b"king 9 9 9 9\n",
            ["king", "queen", "man"],
            "'king' .1 row left",
        ),
        ("v.txt", b"4 4\n" + ROWS + b". . . 1 2 3 4\n", ["king", "queen", "man", ". . ."], "space"),
        ("v.txt", b"2 4\n" + ROWS, ["king", "queen"], "more follows after the 2 words"),
        ("v.txt", b"1 4\r\nking 1 2 3 4\r\n" + ROWS, ["king"], "more follows"),
        ("v.txt", b"1 4\nki\xed\x95 1 2 3 4\n", ["ki\ufffd"], "is cut"),
        ("v.bin", b"1 1\nki\xed\x95 \0\0\x80?\n", ["ki\ufffd"], "is cut"),
        ("v.bin", b"1 1\nking \0\0\x80?\nman \0\0\x80?\n", ["king"], "more follows"),
    ],
)
def test_files_of_other_programs_are_read_and_said(
    name: str, content: bytes, words: list[str], said: str, tmp_path: Path
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.warns(UserWarning, match=said):
        found = kerazoo.load_word_vectors(tmp_path / name)
    assert list(found) == words
    if name != "v.bin":
        assert found[0].tolist() == [1, 2, 3, 4]


def test_a_number_too_many_is_no_word_with_a_space(tmp_path: Path) -> None:
    (tmp_path / "v.txt").write_bytes(b"3 3\n" + ROWS)
    with pytest.raises(kerazoo.DamagedFile, match="line 2 is not a word and 3 numbers"):
        kerazoo.load_word_vectors(tmp_path / "v.txt")


def test_what_one_asks_of_gensim() -> None:
    rows = {"king": [2, 0, 1], "man": [0, 0, 1], "queen": [2, 1, 0], "woman": [0, 1, 0]}
    vectors = WordVectors(list(rows), list(rows.values()))
    assert list(vectors) == list(rows)
    assert vectors[1].tolist() == vectors[-3].tolist() == vectors["man"].tolist() == [0, 0, 1]
    assert vectors[["man", "woman"]].tolist() == [[0, 0, 1], [0, 1, 0]]
    assert "King" in vectors
    assert vectors["King"].tolist() == [2, 0, 1]
    assert 1 not in vectors
    for wrong in ("prince", 4, -5):
        with pytest.raises(KeyError, match=r"^[^']*no (vector|word)"):
            vectors[wrong]

    unit = np.array(list(rows.values())) / np.sqrt([[5], [1], [5], [1]])
    cosines = unit @ unit.T
    assert vectors.distance("king", "queen") == pytest.approx(1 - 4 / 5)
    np.testing.assert_allclose(vectors.distances("king"), 1 - cosines[0], atol=1e-6)
    np.testing.assert_allclose(vectors.distances([2, 0, 1], ["man"]), 1 - cosines[0, 1], atol=1e-6)
    assert vectors.closer_than("king", "man") == ["queen"]
    assert (vectors.rank("king", "queen"), vectors.rank("king", "woman")) == (1, 3)
    assert vectors.n_similarity(["king", "man"], ["woman"]) == pytest.approx(0, abs=1e-6)
    assert vectors.n_similarity(["king", "man"], ["king"]) == pytest.approx(6 / np.sqrt(8 * 5))

    asked = unit[0] + unit[3] - unit[1]
    by_words = vectors.most_similar(["king", "woman"], ["man"])
    assert by_words[0][0] == "queen"
    np.testing.assert_allclose(
        vectors.most_similar(["king", "woman"], ["man"], topn=None),
        unit @ asked / np.linalg.norm(asked),
        atol=1e-6,
    )
    by_vector = vectors.most_similar([unit[0], "woman"], [("man", 1.0)])
    assert [word for word, _ in by_vector] == ["queen", "king"]
    assert vectors.most_similar(unit[0], topn=1)[0][0] == "king"
    nearest = vectors.most_similar("woman", restrict_vocab=2)
    assert {word for word, _ in nearest} == {"man", "king"}
    assert vectors.similar_by_word("king", 1) == vectors.most_similar("king", topn=1)
    (word, score), *_ = vectors.most_similar_cosmul(["king", "woman"], ["man"])
    near = (1 + cosines[2]) / 2
    assert word == "queen"
    assert score == pytest.approx(near[0] * near[3] / (near[1] + 1e-6), rel=1e-5)
    for ask in (
        lambda: vectors.most_similar([]),
        lambda: vectors.most_similar(np.ones(2)),
        lambda: vectors.most_similar("king", restrict_vocab=0),
        lambda: vectors.n_similarity([], ["king"]),
    ):
        with pytest.raises(kerazoo.InvalidInput):
            ask()
