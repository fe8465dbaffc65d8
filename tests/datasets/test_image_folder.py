"""A user's own images: any size, mode and format in, one array out; what is wrong is said."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

import kerazoo
from kerazoo.datasets import sources
from kerazoo.datasets.reading import folders as _folders
from kerazoo.datasets.reading.images import read_pixels
from kerazoo.predict.images import read_image


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "cache_folder", lambda: tmp_path / "cache")
    monkeypatch.setattr(_folders, "cache_folder", lambda: tmp_path / "cache")


def noise(height: int = 12, width: int = 16, seed: int = 0) -> Image.Image:
    return Image.fromarray(
        np.random.RandomState(seed).randint(0, 256, (height, width, 3), dtype="uint8")
    )


def fill(folder: Path, images: int = 5, classes: tuple[str, ...] = ("cat", "dog")) -> Path:
    """Make a folder per class, no two images alike."""
    for label, name in enumerate(classes):
        (folder / name).mkdir(parents=True, exist_ok=True)
        for number in range(images):
            noise(seed=1000 * label + number).save(folder / name / f"{number}.png")
    return folder


def load(folder: Path, **options) -> kerazoo.Splits:
    return kerazoo.load_dataset("image_folder", path=folder, image_size=(12, 16), **options)


def test_every_image_is_in_one_part_with_its_label(tmp_path: Path) -> None:
    folder = fill(tmp_path / "pets", 10)
    splits = load(folder)
    parts = (splits.train, splits.validation, splits.test)
    assert splits.class_names == ("cat", "dog")
    assert [part.x.shape for part in parts] == [(n, 12, 16, 3) for n in (12, 4, 4)]
    assert all(part.x.dtype == np.uint8 and part.y.dtype == np.int32 for part in parts)
    assert [np.bincount(part.y).tolist() for part in parts] == [[6, 6], [2, 2], [2, 2]]
    labels = {x.tobytes(): y for part in parts for x, y in zip(*part, strict=True)}
    assert len(labels) == 20
    for label, name in enumerate(splits.class_names):
        for path in (folder / name).iterdir():
            assert labels[np.asarray(Image.open(path)).tobytes()] == label


def test_rare_classes_count_as_much(tmp_path: Path) -> None:
    folder = fill(tmp_path / "pets", 20)
    [path.unlink() for path in sorted((folder / "dog").iterdir())[5:]]
    with pytest.warns(UserWarning, match=r"a row counts 2\.5 for 'cat'|0\.625 for 'cat', 2\.5 for"):
        splits = load(folder, balance=True)
    for part in (splits.train, splits.validation):
        sums = np.bincount(part.y, part.weight)
        assert sums[0] == pytest.approx(sums[1])
    assert splits.test.weight is None
    assert splits.about.weighed_by == {"classes": "balanced"}
    with pytest.raises(kerazoo.InvalidInput, match="balance"):
        load(folder, balance=True, classes="ignored")


def test_the_split_depends_on_names_and_seed_alone(tmp_path: Path) -> None:
    one, two = fill(tmp_path / "one", 10), tmp_path / "two"
    for path in sorted(one.rglob("*.png"), reverse=True):
        copy = two / path.relative_to(one)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(path.read_bytes())
    assert load(one).hash() == load(two).hash() == load(one).hash()
    assert load(one, seed=1).hash() != load(one).hash()


@pytest.mark.parametrize("images", [3, 4, 5, 7, 50])
@pytest.mark.parametrize("share", [0.05, 0.2, 0.45])
def test_every_part_has_every_class(tmp_path: Path, images: int, share: float) -> None:
    folder = fill(tmp_path / "pets", images)
    splits = load(folder, validation_fraction=share, test_fraction=share)
    counts = [np.bincount(p.y, minlength=2) for p in (splits.train, splits.validation, splits.test)]
    assert np.min(counts) >= 1
    assert np.sum(counts) == 2 * images
    assert (np.diff(counts, axis=1) == 0).all(), "equal shares of equal classes"


@pytest.mark.parametrize(
    "parts",
    [
        ("train", "validation", "test"),
        ("Train", "val", "test"),
        ("train", "valid", "test"),
        ("TRAINING", "Valid", "Testing"),
        ("training", "dev", "TEST"),
    ],
)
def test_folders_of_parts_are_taken_as_they_are(tmp_path: Path, parts: tuple[str, ...]) -> None:
    for number, part in enumerate(parts):
        fill(tmp_path / "pets" / part, number + 1)
    splits = load(tmp_path / "pets")
    sizes = [len(part.x) for part in (splits.train, splits.validation, splits.test)]
    assert sizes == [2, 4, 6]


def test_a_missing_part_comes_from_train(tmp_path: Path) -> None:
    fill(tmp_path / "pets" / "train", 10)
    fill(tmp_path / "pets" / "test", 3)
    splits = load(tmp_path / "pets")
    sizes = [len(part.x) for part in (splits.train, splits.validation, splits.test)]
    assert sizes == [16, 4, 6]


def test_a_class_may_be_called_train(tmp_path: Path) -> None:
    folder = fill(tmp_path / "vehicles", 5, ("car", "train"))
    assert load(folder).class_names == ("car", "train")
    folder = fill(tmp_path / "answers", 5, ("test", "train", "valid"))
    assert load(folder).class_names == ("test", "train", "valid")
    for kind in ("fast", "slow"):
        (tmp_path / "vehicles" / "train" / kind).mkdir()
    assert load(tmp_path / "vehicles").class_names == ("car", "train")


def test_parts_that_are_not_clear_are_refused(tmp_path: Path) -> None:
    for part in ("train", "val"):
        fill(tmp_path / "pets" / part)
    fill(tmp_path / "pets" / "validation")
    with pytest.raises(kerazoo.KerazooError, match="val, validation, of which two mean the same"):
        load(tmp_path / "pets")
    (tmp_path / "pets" / "validation").rename(tmp_path / "pets" / "unsure")
    with pytest.raises(kerazoo.KerazooError, match="parts train, val, and beside them unsure"):
        load(tmp_path / "pets")
    (tmp_path / "pets" / "train").rename(tmp_path / "train")
    (tmp_path / "pets" / "unsure").rename(tmp_path / "pets" / "test")
    with pytest.raises(kerazoo.KerazooError, match="parts test, val, but no train"):
        load(tmp_path / "pets")


def test_folders_that_may_be_parts_are_said(tmp_path: Path) -> None:
    for fold in ("fold1", "fold2", "fold3"):
        fill(tmp_path / "pets" / fold)
    with pytest.warns(UserWarning, match="each of fold1, fold2, fold3 .* holds the folders cat, d"):
        assert load(tmp_path / "pets").class_names == ("fold1", "fold2", "fold3")
    fill(tmp_path / "outer" / "pets")
    with pytest.raises(kerazoo.KerazooError, match=r"give .*outer.pets, which holds cat, dog"):
        load(tmp_path / "outer")


def test_what_is_no_image_is_left_out_and_said(tmp_path: Path) -> None:
    folder = fill(tmp_path / "pets")
    before = load(folder).hash()
    for name in ("cat/.hidden.png", ".thumbnails/1.png", "cat/__MACOSX/1.png", "dog/Thumbs.db"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(b"")
    assert load(folder).hash() == before
    for name in ("notes.txt", "cat/notes.txt", "cat/1.HEIC"):
        (folder / name).write_bytes(b"")
    with pytest.warns(UserWarning, match=r"left out: 3 files in .*pets \(2 x .txt, 1 x .heic\)"):
        assert load(folder).hash() == before
    for name in ("notes.txt", "cat/notes.txt", "cat/1.HEIC"):
        (folder / name).unlink()
    noise().save(folder / "beside.png")
    with pytest.warns(UserWarning, match="left out: 1 image in .* outside of the class folders"):
        assert load(folder).hash() == before
    (folder / "beside.png").unlink()
    (folder / "cat" / "more").mkdir()
    noise(seed=77).save(folder / "cat" / "more" / "1.PNG")
    noise(seed=78).save(folder / "cat" / "more" / "2.jfif", format="JPEG")
    splits = load(folder)
    assert sum(len(part.x) for part in (splits.train, splits.validation, splits.test)) == 12


def square(image: Image.Image, path: Path) -> np.ndarray:
    image.save(path)
    return read_pixels(path, (4, 4))


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (lambda: Image.new("L", (4, 4), 90), [90, 90, 90]),
        (lambda: Image.new("1", (4, 4), 1), [255, 255, 255]),
        (lambda: Image.new("P", (4, 4), 0), [0, 0, 0]),
        (lambda: Image.new("RGB", (4, 4), (1, 2, 3)), [1, 2, 3]),
        (lambda: Image.new("RGBA", (4, 4), (9, 9, 9, 0)), [255, 255, 255]),
        (lambda: Image.new("RGBA", (4, 4), (9, 9, 9, 255)), [9, 9, 9]),
        (lambda: Image.new("LA", (4, 4), (0, 51)), [204, 204, 204]),
        (lambda: Image.fromarray(np.full((4, 4), 65535, "uint16")), [255, 255, 255]),
        (lambda: Image.fromarray(np.full((4, 4), 25700, "uint16")), [100, 100, 100]),
    ],
    ids=["gray", "1 bit", "palette", "rgb", "clear", "opaque", "gray+alpha", "white 16", "gray 16"],
)
def test_modes(tmp_path: Path, make: Callable[[], Image.Image], expected: list[int]) -> None:
    pixels = square(make(), tmp_path / "a.png")
    assert pixels.shape == (4, 4, 3)
    assert (pixels == expected).all()


def test_a_palette_with_a_transparent_color(tmp_path: Path) -> None:
    image = Image.new("P", (4, 4), 1)
    image.putpalette([10, 20, 30, 40, 50, 60])
    image.save(tmp_path / "a.png", transparency=1)
    assert (read_pixels(tmp_path / "a.png", (4, 4)) == 255).all()


def test_cmyk_is_made_rgb(tmp_path: Path) -> None:
    Image.new("CMYK", (4, 4), (0, 255, 255, 0)).save(tmp_path / "a.jpg", quality=100)
    red = read_pixels(tmp_path / "a.jpg", (4, 4))
    assert (red[..., 0] > 240).all()
    assert (red[..., 1:] < 15).all()


def test_a_photo_is_turned_upright(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turn clockwise to see it upright
    noise(16, 12).save(tmp_path / "a.png", exif=exif)
    assert (read_pixels(tmp_path / "a.png", (12, 16)) == np.rot90(noise(16, 12), -1)).all()


def test_an_animation_shows_its_first_frame(tmp_path: Path) -> None:
    black, white = Image.new("L", (4, 4), 0), Image.new("L", (4, 4), 255)
    black.save(tmp_path / "a.gif", save_all=True, append_images=[white])
    assert (read_pixels(tmp_path / "a.gif", (4, 4)) == 0).all()


def test_the_middle_is_kept_when_the_shape_differs(tmp_path: Path) -> None:
    """A wide image, red at both sides, green in the middle: green is left, but for the seams."""
    values = np.zeros((40, 80, 3), "uint8")
    values[:, :20, 0] = values[:, 60:, 0] = values[:, 20:60, 1] = 255
    Image.fromarray(values).save(tmp_path / "a.png")
    pixels = read_pixels(tmp_path / "a.png", (10, 10))
    assert (pixels[:, 1:-1] == [0, 255, 0]).all()
    assert (pixels[..., 1] > 200).all()


def test_a_large_photo_is_reduced_to_nearly_the_same_pixels(tmp_path: Path) -> None:
    """Decoding at reduced size is a shortcut: what comes out may differ by a shade."""
    small = np.random.RandomState(0).randint(0, 256, (6, 8, 3), dtype="uint8")
    photo = Image.fromarray(small).resize((1600, 1200), Image.Resampling.BICUBIC)
    photo.save(tmp_path / "a.jpg", quality=95)
    photo.save(tmp_path / "a.png")
    size = (30, 40)
    fast, exact = (read_pixels(tmp_path / name, size) for name in ("a.jpg", "a.png"))
    assert np.abs(fast.astype(int) - exact).mean() < 2


@pytest.mark.parametrize("color", ["rgb", "gray"])
@pytest.mark.parametrize("mode", ["RGB", "L", "P", "1", "RGBA"])
@pytest.mark.parametrize("suffix", ["png", "jpg"])
def test_training_sees_the_pixels_that_prediction_sees(
    tmp_path: Path, color: str, mode: str, suffix: str
) -> None:
    if suffix == "jpg" and mode in ("P", "RGBA", "1"):
        mode = "L"
    path = tmp_path / f"a.{suffix}"
    noise().convert(mode).save(path)
    channels = 3 if color == "rgb" else 1
    card = SimpleNamespace(
        about=None,
        name="any",
        columns=None,
        inputs=[SimpleNamespace(shape=(12, 16, channels))],
    )
    assert (read_pixels(path, (12, 16), color) == read_image(path, card, None, print)).all()


def spoil(folder: Path) -> None:
    """Three kinds of broken files, one of each class's five."""
    whole = (folder / "cat" / "0.png").read_bytes()
    (folder / "cat" / "0.png").write_bytes(whole[: len(whole) // 2])
    (folder / "cat" / "text.jpg").write_text("not an image")
    (folder / "dog" / "empty.png").write_bytes(b"")


def test_broken_files_are_refused_by_name_and_reason(tmp_path: Path) -> None:
    folder = fill(tmp_path / "pets")
    spoil(folder)
    with pytest.raises(kerazoo.DamagedFile, match=r"3 images .* cannot be read") as caught:
        load(folder)
    for part in ("0.png", "truncated", "text.jpg", "cannot identify", "empty.png", "'skip'"):
        assert part in str(caught.value)


def test_broken_files_are_skipped_and_said(tmp_path: Path) -> None:
    folder = fill(tmp_path / "pets", 10)
    spoil(folder)
    with pytest.warns(UserWarning, match="left out: 3 images") as caught:
        splits = load(folder, on_error="skip")
    assert "text.jpg" in str(caught[0].message)
    assert sum(len(part.x) for part in (splits.train, splits.validation, splits.test)) == 19


def test_a_link_to_nowhere_is_a_broken_file(tmp_path: Path) -> None:
    folder = fill(tmp_path / "pets")
    (folder / "cat" / "link.png").symlink_to(tmp_path / "gone.png")
    with pytest.raises(kerazoo.DamagedFile, match=r"link.png is not a whole image: .*No such file"):
        load(folder)


def test_broken_files_do_not_count_in_the_split(tmp_path: Path) -> None:
    folder = fill(tmp_path / "pets", 4)
    (folder / "cat" / "0.png").write_bytes(b"")
    with pytest.warns(UserWarning, match="left out: 1 image in"):
        splits = load(folder, on_error="skip")
    (folder / "cat" / "0.png").unlink()
    assert splits.hash() == load(folder).hash()


def test_many_broken_files_do_not_fill_the_screen(tmp_path: Path) -> None:
    folder = fill(tmp_path / "pets")
    for number in range(100):
        (folder / "cat" / f"broken{number}.png").write_bytes(b"")
    with pytest.raises(kerazoo.DamagedFile, match="and 90 more"):
        load(folder)


def test_a_class_of_broken_files_only(tmp_path: Path) -> None:
    folder = fill(tmp_path / "pets")
    for path in (folder / "dog").iterdir():
        path.write_bytes(b"")
    with (
        pytest.warns(UserWarning, match="left out"),
        pytest.raises(kerazoo.InvalidInput, match=r"pets: no images .* of 'dog'"),
    ):
        load(folder, on_error="skip")


def test_a_decompression_bomb_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)
    noise().save(tmp_path / "a.png")
    with pytest.raises(kerazoo.DamagedFile, match="it has more than 100 pixels; make it smaller"):
        read_pixels(tmp_path / "a.png", (4, 4))


def nothing(folder: Path) -> None:
    folder.mkdir()


def loose_images(folder: Path) -> None:
    folder.mkdir()
    noise().save(folder / "1.png")


def an_empty_class(folder: Path) -> None:
    (fill(folder) / "mouse").mkdir()


def one_class(folder: Path) -> None:
    fill(folder, classes=("cat",))


def a_file(folder: Path) -> None:
    folder.write_text("pets")


def two_images(folder: Path) -> None:
    fill(folder, 2)


def other_classes(folder: Path) -> None:
    fill(folder / "train")
    fill(folder / "test", classes=("cat", "mouse"))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (nothing, "has no folder per class. Expected pets/<class>/<image>"),
        (loose_images, "holds images, but not in folders"),
        (an_empty_class, r"no images \(.png, .jpg.* of 'mouse'"),
        (one_class, "one class only, 'cat'"),
        (a_file, "is a file, not a folder"),
        (lambda folder: None, "there is no folder"),
        (two_images, "'cat' has 2 images; at least 3"),
        (other_classes, "train/ has the classes cat, dog, but test/ has cat, mouse"),
    ],
)
def test_wrong_folders(tmp_path: Path, make: Callable[[Path], None], message: str) -> None:
    make(tmp_path / "pets")
    with pytest.raises(kerazoo.KerazooError, match=message):
        load(tmp_path / "pets")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"path": None}, "needs path="),
        ({"color": "grey"}, "unknown color 'grey'. Did you mean 'gray'"),
        ({"on_error": "ignore"}, "unknown on_error 'ignore'"),
        ({"image_size": 64}, r"image_size is 64; expected height and width"),
        ({"image_size": (64, 0)}, r"image_size is \(64, 0\)"),
        ({"image_size": (64.0, 64.0)}, "image_size"),
        ({"validation_fraction": 0.5, "test_fraction": 0.5}, "leave something to train on"),
        ({"test_fraction": -0.1}, "two shares above 0"),
        ({"image_size": (400_000, 400_000)}, "GB of memory; this machine has .* smaller"),
    ],
)
def test_wrong_options(tmp_path: Path, options: dict, message: str) -> None:
    with pytest.raises(kerazoo.KerazooError, match=message):
        kerazoo.load_dataset("image_folder", **{"path": fill(tmp_path / "pets"), **options})


def test_decoded_images_are_cached_until_one_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_folders, "_CACHE_FROM", 1)
    folder = fill(tmp_path / "pets")
    (folder / "cat" / "broken.png").write_bytes(b"")

    def both() -> tuple[str, str]:
        with pytest.warns(UserWarning, match="left out: 1 image in") as caught:
            return load(folder, on_error="skip").hash(), str(caught[0].message)

    first = both()
    (cached,) = (tmp_path / "cache" / "decoded").iterdir()
    with monkeypatch.context() as no_decoder:
        no_decoder.setattr(_folders, "read_pixels", None)
        assert both() == first, "also what was left out is said again"

    noise(seed=5).save(folder / "cat" / "1.png")
    changed = both()
    assert changed[0] != first[0]
    assert list((tmp_path / "cache" / "decoded").iterdir()) == [cached], "one file per folder"

    content = bytearray(cached.read_bytes())
    content[len(content) // 2] ^= 1
    cached.write_bytes(content)
    assert both() == changed, "a damaged cache is not believed"
    cached.write_bytes(content[:100])
    assert both() == changed

    os.utime(folder / "cat" / "2.png", (1, 1))
    with monkeypatch.context() as no_decoder:
        no_decoder.setattr(_folders, "read_pixels", None)
        with pytest.raises(TypeError):
            load(folder, on_error="skip")


def test_a_cache_that_cannot_be_written_is_no_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_folders, "_CACHE_FROM", 1)
    (tmp_path / "cache").write_text("a file where the folder should be")
    assert len(load(fill(tmp_path / "pets")).train.x) == 6


def test_class_names_are_composed_as_a_mac_does_not(tmp_path: Path) -> None:
    apart = [unicodedata.normalize("NFD", name) for name in ("가위", "나비")]
    fill(tmp_path / "train", classes=("가위", "나비"))
    fill(tmp_path / "test", classes=tuple(apart))
    assert load(tmp_path).class_names == ("가위", "나비")
    fill(tmp_path / "train", classes=(apart[0],))
    with pytest.raises(kerazoo.InvalidInput, match="two folders have the same name"):
        load(tmp_path)


def test_a_class_name_that_cannot_be_printed(tmp_path: Path) -> None:
    fill(tmp_path, classes=("cat", "do\x1bg"))
    with pytest.raises(kerazoo.InvalidInput, match=r"'do\\x1bg' has signs that cannot be printed"):
        load(tmp_path)
