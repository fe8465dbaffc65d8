"""Composed scenes, and folders of one's own with masks or boxes."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import kerazoo
from kerazoo.datasets import box_folder, load_dataset_module, mask_folder
from kerazoo.datasets.reading.samples import read_clothes
from kerazoo.datasets.reading.scenes import compose, resize


@pytest.fixture(autouse=True)
def _quiet() -> None:
    warnings.simplefilter("ignore")  # of what was found


def both() -> tuple[kerazoo.Splits, kerazoo.Splits]:
    tiny = load_dataset_module("composed_scenes").tiny
    return tiny(), tiny(target="boxes")


def test_masks_and_boxes_are_of_the_same_scenes() -> None:
    masks, boxes = both()
    np.testing.assert_array_equal(masks.train.x, boxes.train.x)
    assert masks.class_names == ("background", *boxes.class_names)
    for mask, objects in zip(masks.train.y, boxes.train.y, strict=True):
        there = objects[objects[:, 0] >= 0]
        assert 1 <= len(there) <= 3
        assert {*np.unique(mask)} - {0} == {*(there[:, 0].astype(int) + 1)}
        covered = np.zeros_like(mask, bool)
        for _, x, y, width, height in 56 * there:
            edges = np.array([y - height / 2, y + height / 2, x - width / 2, x + width / 2])
            np.testing.assert_allclose(edges, edges.round(), atol=1e-4)  # whole pixels
            top, bottom, left, right = edges.round().astype(int)
            assert 0 <= top < bottom <= 56
            assert 0 <= left < right <= 56
            covered[top:bottom, left:right] = True
        assert covered[mask > 0].all()


def test_a_box_fits_an_object_that_is_alone() -> None:
    masks, boxes = both()
    alone = np.flatnonzero((boxes.train.y[..., 0] >= 0).sum(axis=1) == 1)
    assert len(alone) > 5
    for row in alone:
        rows, columns = np.nonzero(masks.train.y[row])
        _, x, y, width, height = 56 * boxes.train.y[row, 0]
        assert (columns.min(), columns.max() + 1) == pytest.approx((x - width / 2, x + width / 2))
        assert (rows.min(), rows.max() + 1) == pytest.approx((y - height / 2, y + height / 2))


def test_a_seed_decides_every_byte() -> None:
    images, labels, _, _ = read_clothes()
    one, same, other = (compose(images, labels, 4, size=56, seed=seed) for seed in (1, 1, 2))
    for first, second in zip(one, same, strict=True):
        np.testing.assert_array_equal(first, second)
    assert (one.x != other.x).any()
    # Of whole numbers alone: these are the same on every machine.
    assert [int(one.x.sum()), int(one.masks.sum())] == SUMS


SUMS = [791618, 6713]


def test_a_plain_ground_has_one_gray_level_and_an_uneven_one_many() -> None:
    images, labels, _, _ = read_clothes()
    spread = {}
    for ground in ("plain", "uneven"):
        scenes = compose(images, labels, 20, size=56, seed=0, ground=ground)
        pairs = zip(scenes.x[..., 0], scenes.masks, strict=True)
        spread[ground] = [float(np.ptp(image[mask == 0])) for image, mask in pairs]
    assert max(spread["plain"]) <= 24  # noise alone: 12 up and down
    assert np.median(spread["uneven"]) > 60


def test_an_image_keeps_its_brightness_when_it_is_resized() -> None:
    image = read_clothes()[0][5]
    np.testing.assert_array_equal(resize(image, 28), image)
    small = resize(image, 14)
    expected = image.astype(float).reshape(14, 2, 14, 2).mean(axis=(1, 3))
    np.testing.assert_allclose(small, expected, atol=0.51)  # halved: the mean of four


def test_refuses_what_cannot_be_composed() -> None:
    with pytest.raises(kerazoo.UnknownName, match="unknown images 'cifar'"):
        kerazoo.load_dataset("composed_scenes", images="cifar")
    with pytest.raises(kerazoo.UnknownName, match="unknown target"):
        kerazoo.load_dataset("composed_scenes", images="fashion_mnist_mini", target="classes")
    with pytest.raises(kerazoo.UnknownName, match="unknown ground 'grass'"):
        kerazoo.load_dataset("composed_scenes", images="fashion_mnist_mini", ground="grass")
    with pytest.raises(kerazoo.InvalidInput, match="scenes is 0"):
        kerazoo.load_dataset("composed_scenes", images="fashion_mnist_mini", scenes=0)


# === Folders of one's own ===


@pytest.fixture
def masks(tmp_path: Path) -> Path:
    mask_folder.write_scenes(tmp_path, 10)
    return tmp_path


@pytest.fixture
def boxes(tmp_path: Path) -> Path:
    box_folder.write_scenes(tmp_path, 10)
    return tmp_path


def test_a_folder_of_masks_is_what_was_written(masks: Path) -> None:
    splits = mask_folder.load(path=masks, image_size=(56, 56), color="gray")
    whole = load_dataset_module("composed_scenes").tiny()
    assert splits.about == whole.about
    parts = (splits.train, splits.validation, splits.test)
    assert [len(part.x) for part in parts] == [6, 2, 2]
    for part in parts:
        for image, mask in zip(*part, strict=True):
            (row,) = np.flatnonzero((whole.train.x == image).all(axis=(1, 2, 3)))
            np.testing.assert_array_equal(mask, whole.train.y[row])


def test_a_folder_of_boxes_is_what_was_written(boxes: Path) -> None:
    splits = box_folder.load(path=boxes, image_size=(56, 56), color="gray")
    whole = load_dataset_module("composed_scenes").tiny(target="boxes")
    for image, objects in zip(*splits.test, strict=True):
        (row,) = np.flatnonzero((whole.train.x == image).all(axis=(1, 2, 3)))
        np.testing.assert_allclose(objects, whole.train.y[row][: len(objects)], atol=1e-6)


@pytest.mark.parametrize("reader", [mask_folder, box_folder])
def test_of_other_scenes_than_trained_on_all_are_the_test_part(reader, tmp_path: Path) -> None:
    reader.write_scenes(tmp_path / "some", 10)
    names = reader.load(path=tmp_path / "some").class_names
    known = reader.load(path=tmp_path / "some").hash()
    again = reader.load(path=tmp_path / "some", class_names=names, trained_on=known)
    assert len(again.test.x) == 2
    for count in (9, 1):
        reader.write_scenes(tmp_path / f"{count}", count)
        with pytest.warns(UserWarning, match=rf"all of its {count} images? (is|are) judged"):
            other = reader.load(path=tmp_path / f"{count}", class_names=names, trained_on=known)
        assert [len(part.x) for part in (other.train, other.validation, other.test)] == [
            *(0, 0),
            count,
        ]
        assert len(other.test.y) == count


def test_masks_of_black_and_white_and_palettes_are_numbers_of_classes(masks: Path) -> None:
    (masks / "classes.txt").unlink()
    for path in (masks / "masks").iterdir():
        there = np.asarray(Image.open(path)) > 0
        Image.fromarray(there.astype("uint8") * 255).save(path)
    splits = mask_folder.load(path=masks, image_size=(32, 32))
    assert splits.class_names == ("background", "class 1")
    assert set(np.unique(splits.train.y)) == {0, 1}
    for path in (masks / "masks").iterdir():
        palette = Image.open(path).point(lambda value: value // 255 * 2)
        palette.putpalette([0, 0, 0, 255, 0, 0, 0, 255, 0])
        palette.save(path)
    assert mask_folder.load(path=masks).class_names == ("background", "class 1", "class 2")


def test_pixels_that_count_for_nothing_are_kept(masks: Path) -> None:
    path = masks / "masks" / "000.png"
    mask = np.asarray(Image.open(path)).copy()
    mask[:5] = 255
    Image.fromarray(mask).save(path)
    splits = mask_folder.load(path=masks, image_size=(56, 56))
    parts = (splits.train, splits.validation, splits.test)
    assert sum(int((part.y == 255).sum()) for part in parts) == 5 * 56


def test_bad_masks_are_refused(masks: Path) -> None:
    path = masks / "masks" / "003.png"
    mask = Image.open(path).copy()
    cases = {
        "55 x 40 pixels, and its image 56 x 56": lambda: mask.resize((55, 40)).save(path),
        "is a PNG of mode RGB": lambda: mask.convert("RGB").save(path),
        "is not a whole PNG file": lambda: path.write_bytes(path.read_bytes()[:60]),
        "the class 200, and there are 11 names": lambda: Image.new("L", (56, 56), 200).save(path),
        "003.png has no mask": path.unlink,
    }
    for reason, spoil in cases.items():
        mask.save(path)
        spoil()
        with pytest.raises(kerazoo.KerazooError, match=reason):
            mask_folder.load(path=masks)
    mask.save(path.with_name("alone.png"))
    with pytest.raises(kerazoo.InvalidInput, match=r"alone\.png belongs to no image"):
        mask_folder.load(path=masks)
    with pytest.raises(kerazoo.DatasetNotFound, match="has no folder labels"):
        box_folder.load(path=masks)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("0 0.5 0.5 0.2", "expected five numbers"),
        ("0 0.5 0.5 0.2 high", "expected five numbers"),
        ("0 0.5 0.5 nan 0.2", "expected five numbers"),
        ("1.5 0.5 0.5 0.2 0.2", "has the class 1.5"),
        ("-1 0.5 0.5 0.2 0.2", "has the class -1"),
        ("0 0.5 0.5 0 0.2", "0 x 0.2, which has no area"),
        ("0 0.5 0.5 0.2 -0.2", "which has no area"),
        ("0 0.95 0.5 0.2 0.2", "lies outside of its image: left, top, right and bottom are 0.85"),
        ("0 28 28 10 10", "divide pixels by width and height"),
        ("12 0.5 0.5 0.2 0.2", "the class 12, and there are 10 names"),
    ],
)
def test_bad_boxes_are_refused(boxes: Path, line: str, reason: str) -> None:
    path = boxes / "labels" / "004.txt"
    path.write_text(f"0 0.5 0.5 0.2 0.2\n\n{line}\n")
    with pytest.raises(kerazoo.InvalidInput, match=reason) as caught:
        box_folder.load(path=boxes)
    if "names" not in reason:
        assert f"{path}, line 3" in str(caught.value)


def test_an_image_without_a_label_file_has_no_objects(boxes: Path) -> None:
    for name in ("000", "001"):
        (boxes / "labels" / f"{name}.txt").unlink()
    splits = box_folder.load(path=boxes)
    empty = [
        int((part.y[..., 0] < 0).all(axis=1).sum())
        for part in (splits.train, splits.validation, splits.test)
    ]
    assert sum(empty) == 2
    for path in (boxes / "labels").iterdir():
        path.write_text("")
    with pytest.raises(kerazoo.InvalidInput, match="holds no box"):
        box_folder.load(path=boxes)
