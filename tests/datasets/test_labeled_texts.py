"""Texts of one's own: folders of classes, and tables."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

import kerazoo
from kerazoo.datasets import labeled_texts
from kerazoo.datasets.reading.texts import Encoder
from kerazoo.errors import DatasetNotFound, InvalidInput, KerazooError
from tests.small_texts import write_folder, write_table

pytestmark = pytest.mark.filterwarnings("ignore:found in")


def load(path: object, **options) -> kerazoo.Splits:
    return kerazoo.load_dataset("labeled_texts", path=path, **{"length": 12, **options})


def sizes(splits: kerazoo.Splits) -> list[list[int]]:
    return [np.bincount(p.y).tolist() for p in (splits.train, splits.validation, splits.test)]


def test_a_folder_and_a_table_are_the_same(tmp_path: Path) -> None:
    with pytest.warns(UserWarning, match=r"texts of 2 classes: 'bad' \(26 \+ 6 \+ 8\), 'good'"):
        folder = load(write_folder(tmp_path / "reviews"))
    table = load(write_table(tmp_path / "reviews.csv"))
    assert sizes(folder) == sizes(table) == [[26, 26], [6, 6], [8, 8]]
    assert folder.hash() == table.hash()
    assert (table.about.text_name, table.about.target_name) == ("review", "label")
    assert load(tmp_path / "reviews", seed=1).hash() != folder.hash()


def test_rows_are_what_the_encoder_makes_of_texts(tmp_path: Path) -> None:
    splits = load(write_folder(tmp_path / "reviews", 10))
    texts = [path.read_text() for path in sorted((tmp_path / "reviews").rglob("*.txt"))]
    rows = {tuple(row) for row in Encoder(splits.about)(texts).tolist()}
    found = np.concatenate([splits.train.x, splits.validation.x, splits.test.x])
    assert rows == {tuple(row) for row in found.tolist()}


def test_parts_of_their_own(tmp_path: Path) -> None:
    write_folder(tmp_path / "all" / "train", 20)
    write_folder(tmp_path / "all" / "test", 5)
    splits = load(tmp_path / "all")
    assert sizes(splits) == [[17, 17], [3, 3], [5, 5]]


def test_equal_texts_stay_in_one_part(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "reviews", 20)
    for path in sorted(folder.rglob("*.txt")):
        shutil.copy(path, path.with_name("copy_" + path.name))
    splits = load(folder)
    train = {tuple(row) for row in splits.train.x.tolist()}
    assert not train & {tuple(row) for row in splits.test.x.tolist()}


def test_encodings_and_what_has_no_words(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "reviews", 10)
    (folder / "good" / "korean.txt").write_bytes("나는 그 영화를 정말 좋아한다 ".encode("cp949"))
    (folder / "bad" / "empty.txt").write_text(" ... \n")
    with (
        pytest.warns(UserWarning, match=r"korean.txt is not UTF-8; read as CP949"),
        pytest.warns(UserWarning, match="left out: 1 text of 22 that has no words"),
    ):
        splits = load(folder, validation_fraction=0.1, test_fraction=0.1)
    assert sum(map(sum, sizes(splits))) == 21


def test_what_is_refused(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "reviews", 10)
    with pytest.raises(DatasetNotFound, match="there is no file or folder 'nowhere'"):
        load("nowhere")
    (folder / "good" / "000.txt").write_bytes(b"good\0\0\0")
    with pytest.raises(InvalidInput, match=r"000.txt is not text: byte 4 is zero"):
        load(folder)
    shutil.rmtree(folder / "good")
    with pytest.raises(InvalidInput, match="has one class only, 'bad'; expected texts of two"):
        load(folder)
    (folder / "good").mkdir()
    with pytest.raises(InvalidInput, match=r"good holds no .txt file"):
        load(folder)
    table = write_table(tmp_path / "reviews.csv")
    with pytest.raises(InvalidInput, match="there is no column 'title'; it has 'review', 'label'"):
        load(table, text="title")
    with pytest.raises(InvalidInput, match="has 80 classes in 80 texts"):
        load(table, target="review", text="label")
    with pytest.raises(InvalidInput, match="is a folder, whose texts have no columns"):
        load(folder, text="review")
    with pytest.raises(KerazooError, match="leave nothing to train on"):
        load(table, test_fraction=1.0)


def test_three_classes_and_rows_without_one() -> None:
    names = ["a", "b", "c", ""] * 12
    frame = {"Text": [f"word{n % 4} text {n}" for n in range(48)], "Class": names}
    with pytest.warns(UserWarning, match="left out: 12 rows of 48 without 'Class'"):
        splits = load(frame)
    assert splits.class_names == ("a", "b", "c")


def test_judging_on_the_same_texts_and_on_others(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "reviews")
    splits = load(folder)
    again = labeled_texts.load_like(splits.about, folder, trained_on=splits.hash())
    assert again.hash() == splits.hash()
    other = write_folder(tmp_path / "others", 3)
    with pytest.warns(UserWarning, match="all of its 6 texts are judged"):
        judged = labeled_texts.load_like(splits.about, other, trained_on=splits.hash())
    assert [len(part.x) for part in (judged.train, judged.test)] == [0, 6]
    (other / "good").rename(other / "fine")
    with pytest.raises(InvalidInput, match="has the class 'fine'; the network knows 'bad', 'good'"):
        labeled_texts.load_like(splits.about, other, trained_on=splits.hash())
