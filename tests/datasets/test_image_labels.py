"""A folder of images whose classes a table tells, or nobody."""

from __future__ import annotations

import re
import warnings
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import kerazoo
from kerazoo.experiments.recognize import choose_network


def paint(folder: Path, name: str, value: int) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.full((12, 10, 3), value, "uint8")).save(path)


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """Ten dark and ten bright images, of a shade each, that lie anywhere in the folder."""
    folder = tmp_path / "photos"
    for number in range(10):
        paint(folder, f"{number}.png", number)
        paint(folder, f"more/{number}.png", 200 + number)
    return folder


def label(folder: Path, text: str = "", *, name: str = "labels.csv") -> Path:
    """Write labels of all images, or a text of our own."""
    rows = [f"{n}.png,dark\nmore/{n}.png,bright\n" for n in range(10)]
    (folder / name).write_text(text or "file,label\n" + "".join(rows), encoding="utf-8")
    return folder


def load(folder: Path, **options) -> tuple[kerazoo.Splits, list[str]]:
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        splits = kerazoo.load_dataset("image_folder", path=folder, image_size=(8, 8), **options)
    return splits, [str(one.message) for one in said]


def shades(part: kerazoo.datasets.Part) -> list[int]:
    return sorted(part.x[:, 0, 0, 0].tolist())


def test_every_image_has_the_label_of_its_row(photos: Path) -> None:
    splits, said = load(label(photos))
    assert splits.class_names == ("bright", "dark")
    parts = (splits.train, splits.validation, splits.test)
    assert [np.bincount(part.y).tolist() for part in parts] == [[6, 6], [2, 2], [2, 2]]
    for part in parts:
        assert np.array_equal(part.x[:, 0, 0, 0] < 100, part.y == 1)
    assert said == [
        f"classes are taken from {photos / 'labels.csv'}: 'file' names an image, 'label' its class."
    ]


def test_columns_in_any_order_under_usual_names_among_others(photos: Path) -> None:
    rows = "".join(f"dark;{n};{n}.png\nbright;{n};more\\{n}.png\n" for n in range(10))
    splits, said = load(label(photos, f"Class;number;Filename\n{rows}", name="Labels.CSV"))
    assert splits.class_names == ("bright", "dark")
    assert len(splits.train.x) == 12
    assert any("'Filename' names an image, 'Class' its class; not used: number" in s for s in said)


def test_what_has_no_label_is_left_out_and_said(photos: Path) -> None:
    rows = "".join(f"{n}.png,dark\nmore/{n}.png,bright\n" for n in range(5))
    splits, said = load(label(photos, f"file,label\n{rows}7.png,\n"))
    assert sum(len(part.x) for part in (splits.train, splits.validation, splits.test)) == 10
    assert any("left out: 1 row of" in one for one in said)
    assert any(
        "left out: 10 images in" in one and "(5.png, 6.png, 7.png, ...)" in one for one in said
    )


def test_a_file_that_is_listed_and_missing(photos: Path) -> None:
    label(photos)
    (photos / "3.png").unlink()
    with pytest.raises(kerazoo.KerazooError, match=r"read: 3.png does not exist; check"):
        load(photos)
    splits, said = load(photos, on_error="skip")
    assert sum(map(len, (splits.train.x, splits.validation.x, splits.test.x))) == 19
    assert any("left out: 1 image in" in one and "3.png does not exist" in one for one in said)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "name,label\n1.png,dark\n",
            "no column 'file'; it has name, label. Expected a column file",
        ),
        ("file,breed\n1.png,dark\n", "no column 'label'; it has file, breed"),
        ("file,path,label\n1.png,1.png,dark\n", "file and path could all be the column 'file'"),
        ("file,label\n1.png,dark\n1.png,bright\n", "1.png has two labels, 'dark' and 'bright'"),
        ("file,label\n../1.png,dark\n", r"\.\./1.png is no path from .*photos on. Put labels.csv"),
        ("file,label\n1.png,\n", "no row has both a file and a label"),
        ("file,label\n1.png,dark\n2.png,dark\n", "has one class only, 'dark'; a classifier takes"),
        ("file,label\n", "a header and no rows"),
    ],
)
def test_wrong_labels(photos: Path, text: str, message: str) -> None:
    with pytest.raises(kerazoo.KerazooError, match=message):
        load(label(photos, text))


def test_parts_may_each_have_their_labels(tmp_path: Path) -> None:
    for part in ("train", "test"):
        for number in range(4):
            paint(tmp_path / part, f"{number}.png", number)
        label(tmp_path / part, "file,label\n0.png,a\n1.png,b\n2.png,a\n3.png,b\n")
    splits, _ = load(tmp_path)
    assert splits.class_names == ("a", "b")
    assert (shades(splits.test), splits.test.y.tolist()) == ([0, 1, 2, 3], [0, 0, 1, 1])


def test_a_folder_with_labels_is_recognized(photos: Path) -> None:
    assert choose_network(label(photos), {}) == ("cnn", "images with labels.csv")


def test_images_without_classes_are_for_a_network_that_needs_none(tmp_path: Path) -> None:
    paint(tmp_path, "a.png", 1)
    assert choose_network(tmp_path, {}) == ("vae", "images without classes")
    paint(tmp_path, "cat/a.png", 1)
    assert choose_network(tmp_path, {})[0] == "cnn"


@pytest.mark.parametrize(("side", "noted"), [(10, False), (20, False), (64, True)])
def test_images_that_are_enlarged_a_lot_are_said(photos: Path, side: int, noted: bool) -> None:
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        kerazoo.load_dataset(
            "image_folder", path=photos, image_size=(side, side), classes="ignored"
        )
    found = [re.search(r"such as \d.png with 10 x 12; a smaller", str(s.message)) for s in said]
    assert list(map(bool, found)) == [True] * noted


# === Images that need no classes ===


def test_images_without_classes_are_each_in_one_part(photos: Path) -> None:
    splits, said = load(photos, classes="if_any")
    parts = (splits.train, splits.validation, splits.test)
    assert [len(part.x) for part in parts] == [12, 4, 4]
    found = sorted(shade for part in parts for shade in shades(part))
    assert found == [*range(10), *range(200, 210)]
    assert (splits.train.y, splits.class_names, said) == (None, (), [])


def test_classes_that_are_ignored_split_images_in_the_same_way(photos: Path) -> None:
    label(photos)
    classified, _ = load(photos)
    ignored, _ = load(photos, classes="ignored")
    assert ignored.test.y is None
    for part in ("train", "validation", "test"):
        assert np.array_equal(getattr(ignored, part).x, getattr(classified, part).x)
    assert np.array_equal(load(photos, classes="if_any")[0].test.y, classified.test.y)


@pytest.mark.parametrize("few", [0, 1, 2])
def test_folders_of_too_few_images_are_no_classes(tmp_path: Path, few: int) -> None:
    for number in range(6):
        paint(tmp_path, f"cat/{number}.png", number)
    (tmp_path / "dog").mkdir()
    for number in range(few):
        paint(tmp_path, f"dog/{number}.png", 100 + number)
    splits, _ = load(tmp_path, classes="if_any")
    assert splits.class_names == ()
    assert sum(map(len, (splits.train.x, splits.validation.x, splits.test.x))) == 6 + few


def test_parts_without_classes(tmp_path: Path) -> None:
    for part, value in (("train", 0), ("val", 100), ("test", 200)):
        for number in range(2):
            paint(tmp_path, f"{part}/{number}.png", value + number)
    splits, _ = load(tmp_path, classes="if_any")
    found = [shades(part) for part in (splits.train, splits.validation, splits.test)]
    assert found == [[0, 1], [100, 101], [200, 201]]
    (tmp_path / "val" / "0.png").unlink()
    (tmp_path / "val" / "1.png").unlink()
    with pytest.raises(kerazoo.KerazooError, match="val holds no image"):
        load(tmp_path, classes="if_any")


def test_too_few_images(tmp_path: Path) -> None:
    paint(tmp_path, "a.png", 1)
    with pytest.raises(kerazoo.KerazooError, match="the folder holds 1 image; at least 3 are"):
        load(tmp_path, classes="if_any")
