"""Images: converted where that is clearly meant, otherwise refused."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from PIL import Image

import kerazoo
from kerazoo.datasets.about import Images
from kerazoo.datasets.reading.images import SUFFIXES, read_pixels
from kerazoo.errors import InvalidInput
from kerazoo.predict import load_predictor, sources

FORMATS = {".jfif": "JPEG"}
LOSSLESS = {"lossless": True}  # which only WebP knows


def image_network(tmp_path, shape):
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (4, *shape), dtype="uint8")
    part = kerazoo.datasets.Part(images, np.zeros(4, int))
    splits = kerazoo.Splits(part, part, part, Images(("dark", "bright")))
    inputs = keras.Input(shape)
    x = keras.layers.Flatten()(keras.layers.Rescaling(1 / 255)(inputs))
    model = keras.Model(inputs, keras.layers.Dense(2, "softmax")(x), name="images")
    return load_predictor(kerazoo.save_model(model, tmp_path / "m", splits=splits)).card


@pytest.fixture(scope="module")
def gray(tmp_path_factory):
    return image_network(tmp_path_factory.mktemp("gray"), (6, 8))


@pytest.fixture(scope="module")
def color(tmp_path_factory):
    return image_network(tmp_path_factory.mktemp("colour"), (6, 8, 3))


def read(path, card) -> np.ndarray:
    batches = sources.read_source(str(path), card, lambda share: None, lambda note: None)
    return np.concatenate([batch.rows for batch in batches])


@pytest.fixture
def photo() -> Image.Image:
    pixels = np.random.default_rng(1).integers(0, 256, (6, 8, 3), dtype="uint8")
    return Image.fromarray(pixels)


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "LA", "RGBA"])
def test_modes_whose_meaning_is_clear_are_converted(tmp_path, gray, color, photo, mode):
    path = tmp_path / "photo.png"
    photo.convert(mode).save(path)
    for card, wanted in ((gray, "L"), (color, "RGB")):
        rows = read(path, card)
        np.testing.assert_array_equal(rows[0], np.asarray(photo.convert(mode).convert(wanted)))


def test_jpeg_and_a_turned_photo(tmp_path, color, photo):
    photo.save(tmp_path / "photo.jpg", quality=95)
    assert read(tmp_path / "photo.jpg", color).shape == (1, 6, 8, 3)
    turned = photo.transpose(Image.Transpose.ROTATE_90)
    exif = Image.Exif()
    exif[0x0112] = 6  # turn it clockwise to see it upright
    turned.save(tmp_path / "turned.png", exif=exif)
    np.testing.assert_array_equal(read(tmp_path / "turned.png", color)[0], np.asarray(photo))


def test_a_predictor_takes_paths(tmp_path, photo):
    card = image_network(tmp_path, (6, 8, 3))
    predictor = load_predictor(tmp_path / "m")
    (tmp_path / "photos").mkdir()
    for name in ("a.png", "b.png"):
        photo.save(tmp_path / "photos" / name)
    expected = predictor.predict(np.asarray(photo)).values
    for path in (tmp_path / "photos", str(tmp_path / "photos" / "a.png")):
        for values in predictor.predict(path).values:
            np.testing.assert_array_equal(values, expected[0])
    assert card.valid_range == (0, 255)


@pytest.mark.parametrize("suffix", [*SUFFIXES, ".WEBP", ".Tif", ".JPEG"])
def test_every_kind_that_training_reads(tmp_path, color, photo, suffix):
    gray = photo.convert("L").convert("RGB")  # a GIF keeps all of its colors
    gray.save(tmp_path / f"a{suffix}", format=FORMATS.get(suffix.lower()), **LOSSLESS)
    rows = read(tmp_path / f"a{suffix}", color)
    if suffix.lower() in (".jpg", ".jpeg", ".jfif"):
        assert rows.shape == (1, 6, 8, 3)
    else:
        np.testing.assert_array_equal(rows[0], np.asarray(gray))


def test_a_folder_of_class_folders_and_what_is_left_out(tmp_path, photo):
    image_network(tmp_path, (6, 8, 3))
    predictor = load_predictor(tmp_path / "m")
    photos = tmp_path / "photos"
    for name in ("cat", "dog", "dog/odd.jpg"):
        (photos / name).mkdir(parents=True)
    names = ("cat/1.webp", "cat/2.PNG", "dog/1.bmp", "dog/odd.jpg/0.png")
    for name in names:
        photo.save(photos / name, **LOSSLESS)
    (photos / "cat" / "3.heic").write_bytes(b"")
    (photos / "cat" / "._1.webp").write_bytes(b"")
    notes: list[str] = []
    answers = list(predictor.predict_source(photos, note=notes.append))
    assert [file for _, carried in answers for file in carried["file"]] == [
        str(photos / n) for n in names
    ]
    assert len(notes) == 1
    assert "left out: 1 file" in notes[0]
    assert "1 x .heic" in notes[0]
    with pytest.warns(UserWarning, match="1 x .heic"):
        assert len(predictor.predict(photos)) == 4
    assert len(predictor.predict(photos / "dog" / "odd.jpg")) == 1


def test_images_of_another_size_are_fitted_where_one_says_how(tmp_path, color, photo):
    size, path = (8, 6), tmp_path / "wide.png"
    wide = photo.resize((32, 6))
    wide.save(path)
    with pytest.raises(InvalidInput, match=r"takes 8 x 6. Add --fit crop, pad or stretch"):
        read(path, color)
    expected = {
        "crop": wide.crop((12, 0, 20, 6)),
        "stretch": wide.resize(size, Image.Resampling.BILINEAR),
    }
    for fit, image in expected.items():
        (batch,) = sources.read_source(str(path), color, fit=fit)
        np.testing.assert_array_equal(batch.rows[0], np.asarray(image))
    (padded,) = sources.read_source(str(path), color, fit="pad")
    assert not padded.rows[0, [0, 1, 4, 5]].any()
    assert padded.rows[0, [2, 3]].any()


@pytest.mark.parametrize("fit", ["pad", "stretch"])
def test_images_are_read_as_in_training(tmp_path, photo, fit):
    for name in ("cat", "dog"):
        (tmp_path / "photos" / name).mkdir(parents=True)
        for number in range(4):
            photo.resize((20 + number, 9)).save(tmp_path / "photos" / name / f"{number}.png")
    splits = kerazoo.load_dataset(
        "image_folder", path=tmp_path / "photos", image_size=(6, 8), fit=fit
    )
    inputs = keras.Input((6, 8, 3))
    outputs = keras.layers.Dense(2, "softmax")(keras.layers.Flatten()(inputs))
    model = keras.Model(inputs, outputs, name="images")
    kerazoo.save_model(model, tmp_path / "m", splits=splits)
    predictor = load_predictor(tmp_path / "m")
    found = predictor.predict([tmp_path / "photos" / "cat" / f"{n}.png" for n in range(4)]).values
    parts = (splits.train, splits.validation, splits.test)
    known = np.concatenate([predictor.predict(part.x).values for part in parts])
    assert all(np.abs(known - row).max(axis=1).min() < 1e-6 for row in found)


def test_a_predictor_takes_a_list_of_paths(tmp_path, photo):
    image_network(tmp_path, (6, 8, 3))
    predictor = load_predictor(tmp_path / "m")
    darker = photo.point(lambda value: value // 3)
    photo.save(tmp_path / "a.png")
    darker.save(tmp_path / "b.png")
    expected = predictor.predict(np.stack([np.asarray(photo), np.asarray(darker)])).values
    paths = [tmp_path / "a.png", tmp_path / "b.png"]
    for given in (paths, [str(path) for path in paths], tuple(paths), np.array(paths, str)):
        np.testing.assert_allclose(predictor.predict(given).values, expected, atol=1e-6)
    with pytest.raises(InvalidInput, match=r"no file '.*c.png'"):
        predictor.predict([*paths, tmp_path / "c.png"])


def test_a_folder_is_read_in_order_of_names(tmp_path, color, photo):
    for number in range(3):
        darker = photo.point(lambda value, most=80 * number: min(value, most))
        darker.save(tmp_path / f"{number}.png")
    (tmp_path / "notes.txt").write_text("not an image")
    rows = read(tmp_path, color)
    assert rows.shape == (3, 6, 8, 3)
    assert rows[0].max() == 0 < rows[1].max() < rows[2].max()


def test_what_is_not_clear_is_refused(tmp_path, gray, photo, wine):
    photo.resize((60, 80)).save(tmp_path / "large.png")
    photo.transpose(Image.Transpose.ROTATE_90).save(tmp_path / "lying.png")
    photo.save(tmp_path / "whole.png")
    (tmp_path / "cut.png").write_bytes((tmp_path / "whole.png").read_bytes()[:-60])
    (tmp_path / "text.png").write_text("no image")
    (tmp_path / "empty").mkdir()
    for name, reason in (
        ("large.png", "60 x 80 pixels; the network takes 8 x 6"),
        ("lying.png", "6 x 8 pixels"),
        ("cut.png", "not a whole"),
        ("text.png", "not a whole"),
        ("empty", "holds no image"),
        ("missing.png", "no file"),
    ):
        with pytest.raises(InvalidInput, match=reason):
            read(tmp_path / name, gray)
    with pytest.raises(InvalidInput, match="not images"):
        read(tmp_path / "whole.png", kerazoo.saved.load_card(wine.path))
    (tmp_path / "table.csv").write_text("a,b\n1,2\n")
    with pytest.raises(InvalidInput, match="takes no table; pass images"):
        read(tmp_path / "table.csv", gray)


def test_what_training_converts_is_converted(tmp_path, gray, color, photo):
    """Also for a network that was not trained on a folder; what is put on white is said."""
    clear = photo.convert("RGBA")
    clear.putpixel((0, 0), (1, 2, 3, 0))
    clear.save(tmp_path / "clear.png")
    photo.convert("CMYK").save(tmp_path / "print.jpg")
    deep = np.arange(48, dtype="uint16").reshape(6, 8) * 1365
    Image.fromarray(deep).save(tmp_path / "deep.png")
    for name in ("clear.png", "print.jpg", "deep.png"):
        for card, mode in ((gray, "gray"), (color, "rgb")):
            notes: list[str] = []
            (batch,) = sources.read_source(str(tmp_path / name), card, note=notes.append)
            trained = read_pixels(tmp_path / name, (6, 8), mode).reshape(batch.rows[0].shape)
            np.testing.assert_array_equal(batch.rows[0], trained)
            said = [f"{tmp_path / name} is transparent in places; put on white."]
            assert notes == (said if name == "clear.png" else [])
    for folder in ("a", "b"):
        (tmp_path / "photos" / folder).mkdir(parents=True)
        for number in range(4):
            clear.save(tmp_path / "photos" / folder / f"{number}.png")
    with pytest.warns(UserWarning, match="transparent in places, such as .*, are put on white"):
        kerazoo.load_dataset("image_folder", path=tmp_path / "photos", image_size=(6, 8))


def test_a_decompression_bomb_is_not_decoded(tmp_path, gray):
    Image.new("1", (10_000, 10_000)).save(tmp_path / "large.png")
    Image.new("1", (20_000, 20_000)).save(tmp_path / "bomb.png")
    with pytest.raises(InvalidInput, match="pixels"):
        read(tmp_path / "large.png", gray)
    with pytest.raises(InvalidInput, match="it has more than"):
        read(tmp_path / "bomb.png", gray)


def test_pixels_of_0_and_1_are_asked_about(tmp_path):
    image_network(tmp_path, (6, 8, 3))
    predictor = load_predictor(tmp_path / "m")
    ones = np.random.default_rng(0).integers(0, 2, (2, 6, 8, 3))
    for pixels in (ones, ones.astype("uint8"), ones.astype("float32"), ones.astype(bool), ones / 2):
        with pytest.raises(InvalidInput, match=r"has pixels from 0 to .*takes 0 to 255"):
            predictor.predict(pixels)
    assert len(predictor.predict(np.zeros((2, 6, 8, 3), "uint8"))) == 2
    assert len(predictor.predict(ones * 255)) == 2
