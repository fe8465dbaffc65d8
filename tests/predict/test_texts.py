"""Raw texts in, answers out."""

from __future__ import annotations

import io
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

import kerazoo
from kerazoo.datasets.reading.texts import Encoder
from kerazoo.errors import DamagedFile, InvalidInput
from kerazoo.saved.reading import open_saved
from kerazoo.saved.words import read_words
from tests.small_texts import BAD, GOOD, reviews, write_folder

TEXTS = [*reviews(BAD, 5), *reviews(GOOD, 5)]


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("texts")
    write_folder(folder / "reviews")
    run = kerazoo.train(data=folder / "reviews", epochs=120, out=folder / "model")
    assert run.name == "imdb_mlp"
    assert run.metrics["accuracy"] == 1.0
    return folder / "model"


@pytest.fixture(scope="module")
def predictor(saved: Path) -> kerazoo.Predictor:
    return kerazoo.load_predictor(saved)


def test_texts_become_what_they_were_in_training(saved: Path, predictor) -> None:
    answers = predictor.predict(TEXTS)
    assert predictor.runtime == "litert"
    assert answers.labels.tolist() == ["bad"] * 5 + ["good"] * 5
    rows = Encoder(predictor.card.about)(TEXTS)
    model = kerazoo.load_model(saved)
    np.testing.assert_allclose(answers.values, model.predict(rows, verbose=0), atol=1e-5)
    by_keras = kerazoo.load_predictor(saved, "keras").predict(TEXTS)
    np.testing.assert_allclose(by_keras.values, answers.values, atol=1e-5)
    np.testing.assert_array_equal(predictor.predict(rows).values, answers.values)


@pytest.mark.parametrize(
    "rows",
    [
        tuple(TEXTS),
        np.array(TEXTS),
        np.array(TEXTS, object),
        pd.Series(TEXTS),
        pd.DataFrame({"number": range(10), "text": TEXTS}),
        pd.DataFrame({"anything": TEXTS}),
        {"Review": TEXTS, "number": list(range(10))},
    ],
)
def test_any_form_of_texts(predictor, rows: object) -> None:
    np.testing.assert_array_equal(predictor.predict(rows).values, predictor.predict(TEXTS).values)


def test_one_text_and_a_very_long_one(predictor) -> None:
    assert predictor.predict("a great and lovely film").labels.tolist() == ["good"]
    assert predictor.predict("a great and lovely film " * 20_000).labels.tolist() == ["good"]


def test_files(predictor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = predictor.predict(TEXTS).values

    def answers(source: object) -> np.ndarray:
        notes: list[str] = []
        pieces = list(predictor.predict_source(source, note=notes.append))
        return np.concatenate([answer.values for answer, _ in pieces])

    lines = tmp_path / "lines.txt"
    lines.write_text("\n".join(TEXTS) + "\n\n")
    np.testing.assert_array_equal(answers(lines), expected)
    pd.DataFrame({"number": range(10), "text": TEXTS}).to_csv(tmp_path / "a.csv", index=False)
    np.testing.assert_array_equal(answers(tmp_path / "a.csv"), expected)
    folder = tmp_path / "folder"
    folder.mkdir()
    for number, text in enumerate(TEXTS):
        (folder / f"{number}.txt").write_text(text.replace(" was ", "\nwas\n"))
    np.testing.assert_array_equal(answers(folder), expected)
    carried = [columns for _, columns in predictor.predict_source(folder)]
    assert carried[0]["file"][0] == str(folder / "0.txt")
    stream = io.TextIOWrapper(io.BytesIO("\n".join(TEXTS).encode()))
    monkeypatch.setattr("sys.stdin", stream)
    np.testing.assert_array_equal(answers("-"), expected)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ("", r"input: row 1 has no words; expected a text"),
        (["great film", "..."], r"row 2 has no words"),
        (["qwertz"], r"row 1 has no word of the \d+ words that the network knows"),
        ([], r"there is no row; expected a text"),
        (["great", 3], r"row 2 is int; expected a text"),
        (3, r"is a int; expected a text, a list of texts"),
        ({"a": ["x"], "b": ["y"]}, r"no column 'text'; it has 'a', 'b'"),
    ],
)
def test_what_is_refused(predictor, rows: object, message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        predictor.predict(rows)


def test_files_that_are_refused(predictor, tmp_path: Path) -> None:
    def read(content: bytes, name: str = "a.txt") -> None:
        (tmp_path / name).write_bytes(content)
        list(predictor.predict_source(tmp_path / name, note=lambda _: None))

    with pytest.raises(InvalidInput, match=r"a.txt: row 2 has no words"):
        read(b"great\n\nfilm\n")
    with pytest.raises(InvalidInput, match=r"a.txt holds no text"):
        read(b"\n")
    with pytest.raises(InvalidInput, match=r"a.txt is not text: byte 5 is zero"):
        read(b"great\0")
    with pytest.raises(InvalidInput, match=r"a.txt is a PDF"):
        read(b"%PDF-1.4 great")
    with pytest.raises(InvalidInput, match=r"there is no file .*none.txt"):
        list(predictor.predict_source(tmp_path / "none.txt"))


def test_bad_rows_may_be_left_empty(predictor, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("a great film\n\nqwertz\nan awful film\n")
    bad: list[str] = []
    answers = predictor.predict_source(tmp_path / "a.txt", bad=bad, note=lambda _: None)
    ((answer, _),) = list(answers)
    assert np.isnan(answer.values[:, 0]).tolist() == [False, True, True, False]
    assert len(bad) == 2


def test_damaged_words_are_refused(saved: Path, tmp_path: Path) -> None:
    opened = open_saved(saved)
    for content, message in (
        (b"a\n" * 100_000, "whole lines"),
        (b"a\na\n", "a word twice"),
        (b"a\n\n", "is no word"),
        (b"a\xff\n", "is not UTF-8"),
    ):
        damaged = SimpleNamespace(
            card=opened.card, folder=opened.folder, read=lambda file, found=content: found
        )
        with pytest.raises(DamagedFile, match=message):
            read_words(damaged)
