"""Text from anywhere becomes numbers, and what is no text is refused."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
import unicodedata
import warnings
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import kerazoo
from kerazoo.datasets.reading import corpus
from kerazoo.datasets.reading import text as reading
from kerazoo.datasets.reading.corpus import SENTENCE_END, encode, read_corpus
from kerazoo.datasets.reading.encodings import find_encoding
from kerazoo.datasets.text_corpus import split_corpus

SENTENCES = ["The cat sat on the mat.", "", "The dog's mat, 2 cats!", "왕이 여왕을 보았다"]
WORDS = ["the", "cat", "sat", "on", "the", "mat", "the", "dog's", "mat", "2", "cats"]
WORDS += ["왕이", "여왕을", "보았다"]


def spell(found: corpus.Corpus) -> list[str]:
    return [found.vocabulary.words[place] for place in found.ids if place != SENTENCE_END]


def test_words_are_numbered_by_falling_frequency() -> None:
    found = read_corpus(SENTENCES, min_count=1)
    assert spell(found) == WORDS
    assert found.words_read == len(WORDS)
    assert found.vocabulary.words[:2] == ("the", "mat")
    assert found.vocabulary.counts[:2].tolist() == [3, 2]
    assert np.flatnonzero(found.ids == SENTENCE_END).tolist() == [6, 12, 16]


def test_rare_words_are_left_out_and_the_vocabulary_is_cut() -> None:
    assert spell(read_corpus(SENTENCES, min_count=2)) == ["the", "the", "mat", "the", "mat"]
    assert len(read_corpus(SENTENCES, min_count=1, vocabulary_size=3).vocabulary) == 3


def test_a_tokenizer_of_ones_own() -> None:
    found = read_corpus(["A-b C", "A-b"], min_count=1, tokenizer=str.split)
    assert spell(found) == ["A-b", "C", "A-b"]


def pack(kind: str, folder: Path) -> Path:
    text = "\n".join(SENTENCES).encode()
    path = folder / f"text.{kind}"
    if kind in ("txt", "gz", "bz2", "xz"):
        opener = {"txt": open, "gz": gzip.open, "bz2": bz2.open, "xz": lzma.open}[kind]
        with opener(path, "wb") as file:
            file.write(text)
        return path
    (folder / "in").mkdir()
    (folder / "in" / "1.txt").write_bytes("\n".join(SENTENCES[:2]).encode())
    (folder / "in" / "2.txt").write_bytes("\n".join(SENTENCES[2:]).encode())
    (folder / "in" / "image.png").write_bytes(b"\0")
    if kind == "folder":
        return folder / "in"
    if kind == "zip":
        with zipfile.ZipFile(path, "w") as archive:
            for name in ("1.txt", "2.txt", "image.png"):
                archive.write(folder / "in" / name, name)
    else:
        with tarfile.open(path, f"w:{kind.partition('.')[2]}") as archive:
            for name in ("1.txt", "2.txt"):
                archive.add(folder / "in" / name, name)
    return path


@pytest.mark.parametrize("kind", ["txt", "gz", "bz2", "xz", "zip", "tar", "tar.gz", "folder"])
def test_every_kind_of_source_gives_the_same_numbers(kind: str, tmp_path: Path) -> None:
    expected = read_corpus(SENTENCES, min_count=1)
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        found = read_corpus(pack(kind, tmp_path), min_count=1)
    assert ["1 x .png" in str(one.message) for one in said] == [True] * (kind in ("zip", "folder"))
    assert found.vocabulary.words == expected.vocabulary.words
    np.testing.assert_array_equal(found.ids, expected.ids)


@given(st.text(st.sampled_from("ab é한\n"), max_size=200), st.integers(8, 40))
def test_blocks_never_cut_a_word(text: str, block: int) -> None:
    text = "a b\n" + text
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reading, "BLOCK", block)
        blocks = list(reading.read_stream(io.BytesIO(text.encode()), "text"))
    assert "".join(blocks) == (text if text.endswith("\n") else text + "\n")
    if max(map(len, text.encode().split())) < block // 4:
        assert [w for b in blocks for w in b.split()] == text.split()


def test_many_words_are_kept_in_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    expected = read_corpus(SENTENCES * 300, min_count=2)
    monkeypatch.setattr(corpus, "_IN_MEMORY", 10)
    monkeypatch.setattr(corpus, "_CHUNK", 7)
    found = read_corpus(SENTENCES * 300, min_count=2)
    assert isinstance(found.ids, np.memmap)
    words = [ids[ids != SENTENCE_END] for ids in (found.ids, expected.ids)]
    np.testing.assert_array_equal(*words)


@pytest.mark.parametrize("sentences", [2, 7, 40, 107])
@pytest.mark.parametrize("length", [1, 14, 300])
def test_every_part_of_a_short_text_has_words(length: int, sentences: int) -> None:
    corpus = read_corpus([" ".join(["word", "text"] * length)] * sentences, min_count=1)
    splits = split_corpus(corpus)
    parts = [part.x for part in (splits.train, splits.validation, splits.test)]
    assert np.concatenate(parts).tolist() == corpus.ids.tolist()
    if len(corpus.ids) >= 8:
        assert all((part >= 0).any() for part in parts)


def test_another_text_by_the_same_vocabulary() -> None:
    vocabulary = read_corpus(SENTENCES, min_count=1).vocabulary
    found = encode(["The bird sat"], vocabulary)
    assert spell(found) == ["the", "sat"]
    assert found.words_read == 3


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "holds no word"),
        (b"word word word", "only the word 'word'"),
        (b"one two three", "0 of 3 words occur at least 2 times"),
        (b"two words\x00", "byte 9 is zero"),
        (b"la cr\xe8me\n", "byte 5 is 0xe8"),
        (b"x " * 2**20 + b"la cr\xe8me\n", f"byte {2**21 + 5} is 0xe8"),
    ],
)
def test_what_is_no_corpus_is_refused(content: bytes, message: str, tmp_path: Path) -> None:
    path = tmp_path / "text.txt"
    path.write_bytes(content)
    with pytest.raises(kerazoo.InvalidInput, match=message):
        read_corpus(path, min_count=2)


def test_other_bad_input(tmp_path: Path) -> None:
    with pytest.raises(kerazoo.KerazooError, match="does not exist"):
        read_corpus(tmp_path / "nothing.txt")
    with pytest.raises(kerazoo.KerazooError, match=r"holds no \.txt file"):
        read_corpus(tmp_path)
    with pytest.raises(kerazoo.InvalidInput, match="item 1 of the corpus is int"):
        read_corpus(["a", 1])
    with pytest.raises(kerazoo.KerazooError, match="min_count is 0"):
        read_corpus(["a"], min_count=0)
    (tmp_path / "broken.txt.gz").write_bytes(gzip.compress(b"text " * 1000)[:-20])
    with pytest.raises(kerazoo.InvalidInput, match="cannot be unpacked"):
        read_corpus(tmp_path / "broken.txt.gz")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("हिन्दी भाषा में किताब।", ["हिन्दी", "भाषा", "में", "किताब"]),
        ("தமிழ் மொழி இனிது", ["தமிழ்", "மொழி", "இனிது"]),
        ("e\u0301te\u0301 \u00e9t\u00e9", ["\u00e9t\u00e9"] * 2),
        ("\u1112\u1161\u11ab\u1100\u1173\u11af", ["한글"]),
        ("می\u200cخواهم", ["می\u200cخواهم"]),
        ("Wort\u00adtrennung", ["worttrennung"]),
        ("\u0130stanbul", ["i\u0307stanbul"]),
        ("שָׁלוֹם", ["שָׁלוֹם"]),
        ("𑀓𑀸𑀫𑀺", ["𑀓𑀸𑀫𑀺"]),  # a Brahmi word, outside of the first plane
        ("don't l’été 정치·경제 3.14", ["don't", "l’été", "정치", "경제", "3", "14"]),
    ],
)
def test_a_word_keeps_its_marks(text: str, words: list[str]) -> None:
    expected = [unicodedata.normalize("NFC", word) for word in words]
    found = read_corpus([text, "a b"], min_count=1)
    assert spell(found)[: len(words)] == expected
    # Whoever asks is understood as the text was.
    for spelling in (text, unicodedata.normalize("NFD", text)):
        assert spell(encode([spelling], found.vocabulary)) == expected
    if len(words) == 1:
        assert text in found.vocabulary
        assert found.vocabulary.words[found.vocabulary.id(f"{text}!")] == expected[0]


def test_a_word_that_a_text_is_split_into_several() -> None:
    vocabulary = read_corpus(["the u s a"], min_count=1).vocabulary
    assert "U.S." not in vocabulary
    with pytest.raises(kerazoo.KerazooError, match=r"'U.S.', which a text is split into: u, s"):
        vocabulary.id("U.S.")


@pytest.mark.parametrize("text", ["我喜欢猫 和狗", "ฉันรักแมว ฉันรักหมา", "猫が好きです 犬も"])
def test_a_script_without_spaces_is_said(text: str) -> None:
    with pytest.warns(UserWarning, match=r"without spaces between words.* pass tokenizer="):
        read_corpus([text], min_count=1)
    read_corpus([text], min_count=1, tokenizer=str.split)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("enc.zip", "is encrypted. Unpack it with its password"),
        ("aes.zip", "is encrypted. Unpack it with its password"),
        ("d64.zip", r"Python cannot unpack \(method 9\). Unpack it with another program"),
    ],
)
def test_an_archive_that_python_cannot_unpack(name: str, reason: str) -> None:
    with pytest.raises(kerazoo.InvalidInput, match=reason):
        read_corpus(Path(__file__).with_name("archives") / name, min_count=1)


@pytest.mark.parametrize("kind", ["gz", "bz2", "xz"])
def test_a_damaged_compressed_text(kind: str, tmp_path: Path) -> None:
    packed = {"gz": gzip, "bz2": bz2, "xz": lzma}[kind].compress(b"to be or not to be\n" * 500)
    for place in range(10, len(packed), 7):
        damaged = bytearray(packed)
        damaged[place] ^= 4
        (tmp_path / f"text.{kind}").write_bytes(damaged)
        try:
            read_corpus(tmp_path / f"text.{kind}", min_count=1)
        except kerazoo.InvalidInput as error:
            assert "cannot be unpacked" in str(error)  # noqa: PT017


def test_the_checksum_after_an_archive_is_looked_at(tmp_path: Path) -> None:
    (tmp_path / "text.txt").write_bytes(b"to be or not to be\n" * 500)
    path = tmp_path / "text.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        archive.add(tmp_path / "text.txt", "text.txt")
    damaged = bytearray(path.read_bytes())
    damaged[-8] ^= 4  # as a bit of the text that was changed shows
    path.write_bytes(damaged)
    with pytest.raises(kerazoo.InvalidInput, match="cannot be unpacked: CRC check failed"):
        read_corpus(path, min_count=1)


def test_what_a_mac_leaves_is_skipped_and_other_files_are_said(tmp_path: Path) -> None:
    files = {"a.txt": b"to be", "B.TXT": b"or not", "._a.txt": b"\0\xff", "__MACOSX/._a.txt": b"\0"}
    files[".DS_Store"] = b"\0"
    (tmp_path / "in" / "__MACOSX").mkdir(parents=True)
    for name, content in files.items():
        (tmp_path / "in" / name).write_bytes(content)
    with (
        zipfile.ZipFile(tmp_path / "a.zip", "w") as packed,
        tarfile.open(tmp_path / "a.tgz", "w:gz") as tar,
    ):
        for name in files:
            packed.write(tmp_path / "in" / name, name)
            tar.add(tmp_path / "in" / name, f"./{name}")
    for source in ("in", "a.zip", "a.tgz"):
        found = read_corpus(tmp_path / source, min_count=1)
        assert sorted(spell(found)) == ["be", "not", "or", "to"], source
    (tmp_path / "in" / "c.md").write_bytes(b"left out")
    with pytest.warns(UserWarning, match=r"left out: 1 file in .*in \(1 x .md\)"):
        assert len(read_corpus(tmp_path / "in", min_count=1).vocabulary) == 4


@pytest.mark.parametrize(
    ("header", "encoding"),
    [
        ("날짜,판매량", "cp949"),
        ("일자,매출", "cp949"),
        ("월,온도", "cp949"),
        ("汽车,排量,功率", "gb18030"),
        ("日期,销售量", "gb18030"),
        ("価格,会社", "euc-jp"),
        ("気温,降水量,風速", "shift_jis"),
    ],
)
def test_the_names_of_columns_tell_korean(header: str, encoding: str) -> None:
    korean = encoding == "cp949"
    content = f"{header}\n2024-01-01,5\n".encode(encoding)
    assert find_encoding(content) == (encoding if korean else None)


def test_korean_particles_are_said() -> None:
    with pytest.warns(UserWarning, match=r"Korean and split at spaces.* pass tokenizer="):
        read_corpus(["학교에 가서 친구를 만나고"], min_count=1)
    read_corpus(["학교에 가서 친구를 만나고"], min_count=1, tokenizer=str.split)


@pytest.mark.filterwarnings("ignore:the corpus is Korean")
@pytest.mark.parametrize(
    ("text", "encoding", "name"),
    [
        ("나는 밥을 먹는다", "cp949", "CP949"),
        ("나는 밥을 먹는다", "euc-kr", "CP949"),
        ("똠방각하 펲시콜라", "cp949", "CP949"),
        ("나는 밥을 먹는다", "utf-16", "UTF-16"),
        ("to be or not", "utf-16-le", "UTF-16-LE"),
        ("to be or not", "utf-16-be", "UTF-16-BE"),
        ("나는 밥을 먹는다", "utf-32", "UTF-32"),
        ("die größte tür war grün", "latin-1", "CP1252"),
    ],
)
@pytest.mark.parametrize("times", [1, 200_000])
def test_text_in_another_encoding(
    text: str, encoding: str, name: str, times: int, tmp_path: Path
) -> None:
    (tmp_path / "text.txt").write_bytes((f"{text}\n" * times).encode(encoding))
    with pytest.warns(UserWarning, match=f"text.txt is not UTF-8; read as {name}"):
        found = read_corpus(tmp_path / "text.txt", min_count=1)
    assert spell(found)[: len(text.split())] == text.split()
    assert found.words_read == times * len(text.split())


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("la crème brûlée est très bonne".encode("latin-1"), "If 'crème' is a word in it, .*1252"),
        ("привет мир как дела".encode("cp1251"), "from its own encoding"),
        ("今天天气很好我们去公园散步".encode("gb18030"), "from its own encoding"),
        ("私は猫が好きです。犬も好きです".encode("shift_jis"), "from its own encoding"),
    ],
)
def test_an_encoding_that_nobody_can_know_is_refused(
    content: bytes, reason: str, tmp_path: Path
) -> None:
    (tmp_path / "text.txt").write_bytes(content)
    with pytest.raises(kerazoo.InvalidInput, match=reason):
        read_corpus(tmp_path / "text.txt", min_count=1)


def test_an_encoding_may_show_late(tmp_path: Path) -> None:
    """In more than what is read at once, the first words that are not English tell."""
    late = b"to be\n" * 400_000 + "나는 밥을 먹는다\n".encode("cp949")
    (tmp_path / "text.txt").write_bytes(late)
    with pytest.warns(UserWarning, match=r"text.txt is not UTF-8; read as CP949"):
        found = read_corpus(tmp_path / "text.txt", min_count=1)
    assert spell(found)[-3:] == ["나는", "밥을", "먹는다"]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_whatever_ends_a_line_ends_a_sentence(tmp_path: Path, end: str) -> None:
    (tmp_path / "t.txt").write_bytes(end.join(["one two", "three", ""]).encode())
    sentences = "".join(reading.read_blocks(tmp_path / "t.txt")).split("\n")
    assert [sentence for sentence in sentences if sentence] == ["one two", "three"]


@pytest.mark.parametrize(
    ("begin", "kind"),
    [
        (b"{\\rtf1\\ansi hello", "an RTF document"),
        (b"%PDF-1.7 hello", "a PDF"),
        (b"PK\3\4 hello", "a packed document or archive"),
        (b"\xef\xbb\xbf\n<!DOCTYPE html><html>", "a web page"),
        (b"<HTML><body>hello", "a web page"),
        (b'<?xml version="1.0"?>', "XML"),
    ],
)
def test_documents_whose_formatting_would_be_words(tmp_path: Path, begin: bytes, kind: str) -> None:
    (tmp_path / "t.txt").write_bytes(begin + b" world" * 9)
    with pytest.raises(kerazoo.InvalidInput, match=f"is {kind}, not plain text"):
        read_corpus(tmp_path / "t.txt", min_count=1)
