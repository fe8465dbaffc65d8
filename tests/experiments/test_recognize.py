"""Data that nobody has named a network for."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

import kerazoo
from kerazoo.datasets import box_folder, mask_folder
from kerazoo.errors import KerazooError
from kerazoo.experiments.recognize import choose_network


def write(path: Path, text: str) -> Path:
    path.write_text(text)
    return path


def days(rows: int, *, twice: bool = False) -> str:
    dates = np.datetime64("2024-01-01") + np.arange(rows) // (2 if twice else 1)
    return "day,sold\n" + "".join(f"{day},{n}\n" for n, day in enumerate(dates))


@pytest.mark.parametrize(
    ("name", "text", "options", "expected"),
    [
        ("a.csv", "size,color\n1,red\n2,blue\n", {}, "tabm"),
        ("a.tsv", "size\tcolor\n1\tred\n2\tblue\n", {}, "tabm"),
        ("a.csv", days(30), {}, "lstm"),
        ("a.csv", days(30, twice=True), {}, "tabm"),  # several rows a day are no series
        ("a.csv", "sold\n1\n2\n3\n", {"lag": 3}, "lstm"),
        ("a.txt", "some words\n", {}, "word2vec"),
        ("a.csv", "userId,movieId,rating\n1,2,3\n1,3,4\n", {}, "matrix_factorization"),
        ("a.csv", "userId,movieId,rating\n1,2,3\n1,3,4\n", {"target": "rating"}, "tabm"),
        ("a.csv", "userId,age,rating\n1,20,3\n1,30,4\n", {}, "tabm"),
        (
            "a.csv",
            "a,b,c\n1,2,3\n1,3,4\n",
            {"user": "a", "item": "b", "rating": "c"},
            "matrix_factorization",
        ),
    ],
)
def test_files(tmp_path: Path, name: str, text: str, options: dict, expected: str) -> None:
    assert choose_network(write(tmp_path / name, text), options)[0] == expected


def test_folders(tmp_path: Path) -> None:
    for name in ("cat", "dog"):
        (tmp_path / "pets" / name).mkdir(parents=True)
        Image.new("L", (8, 8)).save(tmp_path / "pets" / name / "1.png")
    assert choose_network(tmp_path / "pets", {}) == ("cnn", "images in 2 folders")
    (tmp_path / "faces").mkdir()
    Image.new("L", (8, 8)).save(tmp_path / "faces" / "1.png")
    assert choose_network(tmp_path / "faces", {}) == ("vae", "images without classes")
    mask_folder.write_scenes(tmp_path / "streets", 1)
    assert choose_network(tmp_path / "streets", {}) == ("fcn", "images with masks")
    box_folder.write_scenes(tmp_path / "boxes", 1)
    assert choose_network(tmp_path / "boxes", {}) == ("yolo", "images with boxes")
    (tmp_path / "books").mkdir()
    write(tmp_path / "books" / "one.txt", "words")
    assert choose_network(tmp_path / "books", {})[0] == "word2vec"


def test_what_no_network_takes(tmp_path: Path) -> None:
    with pytest.raises(KerazooError, match="does not exist"):
        choose_network(tmp_path / "none.csv", {})
    with pytest.raises(
        KerazooError, match=r"no network takes .*a\.pdf as it is; expected a folder"
    ):
        choose_network(write(tmp_path / "a.pdf", "%PDF"), {})


def test_a_task_says_whether_it_takes_a_table_in_memory() -> None:
    frame = {"sold": list(range(90))}
    with pytest.raises(
        KerazooError, match=r"lstm learns from a CSV file .*; pass its path as data="
    ):
        kerazoo.train("lstm", data=frame, target="sold")


def test_a_table_with_a_date_a_day_is_no_series_if_its_target_holds_words(tmp_path: Path) -> None:
    days = pd.date_range("2020-01-01", periods=60).astype(str)
    frame = pd.DataFrame({"joined": days, "age": range(60), "churn": ["yes", "no", ""] * 20})
    frame.to_csv(tmp_path / "customers.csv", index=False)
    assert choose_network(tmp_path / "customers.csv", {"target": "churn"})[0] == "tabm"
    assert choose_network(tmp_path / "customers.csv", {"target": "age"})[0] == "lstm"
