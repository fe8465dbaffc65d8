"""How far single rows and images are from those of the training."""

from __future__ import annotations

import dataclasses
import shutil
from pathlib import Path

import keras
import numpy as np
import pytest

import kerazoo
from kerazoo.datasets import Part, Splits
from kerazoo.datasets.about import Images, Table
from kerazoo.errors import DamagedFile
from kerazoo.predict import load_predictor
from kerazoo.predict.drift import measure_distances
from kerazoo.predict.texts import encode_rows
from kerazoo.predict.typicality import typicality
from kerazoo.saved import load_card
from kerazoo.saved.array import Array
from kerazoo.saved.calibration import Scores
from kerazoo.saved.card_text import read_card, write_card
from kerazoo.saved.profile import profile_of
from kerazoo.saved.trust_checks import check_trust
from kerazoo.saved.typical import (
    Typical,
    differences,
    distances_of_thumbnails,
    rarity_of,
    spans_of,
    thumbnails_of,
    typical_of_splits,
)
from tests.saved_networks import forge
from tests.small_data import clothes


def test_distances_by_hand() -> None:
    about = Table(("size", "color", "floor"), {"color": ("red", "blue")})
    x = np.array([[n, n % 2, 3] for n in range(101)], "float32")
    spans = spans_of(profile_of(x, about), about.feature_names)
    assert spans.tolist() == [80, 0, 0]  # the middle 80 %; a word; a constant column
    known = np.array([[10, 0, 3], [np.nan, 1, 3]], "float32")
    rows = np.array([[30, 1, 3], [10, 0, 4], [np.nan, 0, 3]], "float32")
    expected = np.array([[20 / 80 + 1, 1], [1, 3], [1, 1]]) / 3
    np.testing.assert_allclose(differences(rows, known, spans), expected, rtol=1e-6)


def test_columns_of_one_value_and_of_none_divide_by_nothing() -> None:
    about = Table(("same", "empty", "mostly"))
    x = np.full((100, 3), np.nan, "float32")
    x[:, 0], x[:, 2] = 7, 0
    x[0, 2] = 5  # the middle 80 % are 0: the whole range counts
    spans = spans_of(profile_of(x, about), about.feature_names)
    assert spans.tolist() == [0, 0, 5]
    found = differences(np.array([[8, np.nan, 0]], "float32"), x[1:2], spans)
    assert found.item() == pytest.approx(1 / 3)


def test_known_rows_in_pieces_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    random = np.random.default_rng(0)
    rows, known = random.normal(size=(3, 4)), random.normal(size=(50, 4))
    whole = differences(rows, known, np.ones(4))
    monkeypatch.setattr("kerazoo.saved.typical._PIECE", 28)
    np.testing.assert_array_equal(differences(rows, known, np.ones(4)), whole)
    np.testing.assert_allclose(whole, np.abs(rows[:, None] - known).mean(axis=2), atol=1e-6)


def test_test_rows_are_as_typical_as_is_said_and_others_are_not(wine) -> None:
    """Of rows like the validation rows, a share of 5 % is in the farthest 5 %, or nearly."""
    predictor, x = load_predictor(wine.path), wine.splits.test.x
    usual = predictor.typicality(x)
    for share in (0.05, 0.25, 0.5):
        assert (usual.farther <= share).mean() == pytest.approx(share, abs=0.06)
    mixed = np.random.default_rng(0).permuted(x, axis=0)  # each column as it was, no row is
    assert predictor.typicality(mixed).distance.mean() > 1.4 * usual.distance.mean()
    stored = predictor.card.profile.sample.decode()
    own = predictor.typicality(stored)
    assert own.distance.max() == 0
    assert own.farther.min() == 1
    far = x[:3].copy()
    far[:, 0] *= 1000
    with pytest.warns(UserWarning, match="check the unit"):
        assert predictor.typicality(far).farther.max() == 0


def test_images_are_compared_as_thumbnails(tmp_path: Path) -> None:
    splits = clothes()
    assert (thumbnails_of(splits.test.x[:1].repeat(2, 1).repeat(2, 2)) >= 0).all()
    by_hand = splits.test.x[0].reshape(7, 4, 7, 4).astype("float64").mean(axis=(1, 3))
    found = thumbnails_of(splits.test.x[:1])[0].astype("float64")
    assert np.abs(found[:49] - by_hand.ravel()).max() <= 0.5
    by_hand = splits.test.x[0].reshape(7, 4, 7, 4).astype("float64").std(axis=(1, 3))
    assert np.abs(found[49:] - by_hand.ravel()).max() <= 0.5 + 1e-9
    inputs = keras.Input((28, 28, 1), dtype="uint8", name="image")
    x = keras.layers.Flatten(name="flatten")(keras.layers.Rescaling(1 / 255, name="s")(inputs))
    model = keras.Model(inputs, keras.layers.Dense(10, "softmax", name="class")(x), name="own")
    kerazoo.save_model(model, tmp_path / "own", splits=splits)
    predictor = load_predictor(tmp_path / "own")
    usual = predictor.typicality(splits.test.x[:50])
    odd = predictor.typicality(255 - splits.test.x[:50])
    assert np.median(usual.farther) > 0.2
    assert np.median(odd.farther) < 0.02


def test_noise_is_far_although_no_part_gets_lighter() -> None:
    """Photos are as light here and there as others; means alone do not tell that one is spoiled."""
    random = np.random.default_rng(0)
    rough = random.integers(0, 256, (400, 4, 4, 3)).repeat(8, axis=1).repeat(8, axis=2)
    moved = [np.roll(rough, (down, across), (1, 2)) for down in range(8) for across in range(8)]
    x, y = np.mean(moved, axis=0).astype("uint8"), np.arange(400) % 2
    parts = [Part(x[rows], y[rows]) for rows in (slice(200), slice(200, 300), slice(300, 400))]
    splits = Splits(*parts, about=Images(("a", "b")))
    found = typical_of_splits(splits, "uint8")
    card = dataclasses.replace(load_card("vgg_small"), typical=found)
    check_trust(card)
    noisy = np.clip(x[300:] + random.normal(0, 40, x[300:].shape), 0, 255).astype("uint8")
    assert not measure_distances(x[300:], card).has_drifted
    assert measure_distances(noisy, card).odd > 0.9
    numbers = 7 * 7 * 3  # of cards of old
    known, rows = found.thumbnails.decode()[:, :numbers], thumbnails_of(x[200:300])[:, :numbers]
    distances = distances_of_thumbnails(rows, known, 3)
    of_means = Typical(Scores.of(distances), Array.of(known))
    old = dataclasses.replace(card, typical=of_means)
    check_trust(old)
    assert not measure_distances(noisy, old).has_drifted


def test_images_that_are_all_alike_have_distances() -> None:
    same = thumbnails_of(np.full((3, 14, 14, 1), 200, "uint8"))
    other = thumbnails_of(np.full((1, 14, 14, 1), 149, "uint8"))
    assert distances_of_thumbnails(same, same, 1).tolist() == [0, 0, 0]
    for known in (same, same[:1]):
        assert distances_of_thumbnails(other, known, 1).item() == pytest.approx(51 / 255)


def test_validation_on_training_rows_tells_nothing() -> None:
    assert typical_of_splits(kerazoo.load_dataset("xor"), "float32") is None
    assert typical_of_splits(None, "float32") is None


@pytest.mark.parametrize(
    "change",
    [
        lambda plain: plain["typical"]["distances"].update(rows=0),
        lambda plain: plain["typical"]["distances"]["values"].update(base64="AAAA"),
        lambda plain: plain["typical"].update(
            thumbnails={"shape": [1, 49], "dtype": "uint8", "base64": "A" * 68}
        ),
        lambda plain: plain.pop("profile"),
        lambda plain: plain["typical"].update(more=1),
    ],
    ids=["no rows", "cut short", "thumbnails of a table", "no training rows", "a further field"],
)
def test_a_card_that_was_edited_is_refused(wine, tmp_path: Path, change) -> None:
    copy = Path(shutil.copytree(wine.path, tmp_path / "copy"))
    forge(copy, change)
    with pytest.raises(DamagedFile, match=r"card\.json"):
        load_card(copy)


def test_a_value_that_is_as_large_as_a_float_can_be_is_far_and_not_infinitely() -> None:
    """JSON has no infinity, and a distance goes there."""
    known = np.zeros((3, 2), "float32")
    found = differences(np.array([[3e38, -3e38]]), known, np.array([0.01, 1.0]))
    assert np.isfinite(found).all()
    assert (found > 1e38).all()


def test_windows_of_a_series_are_compared_value_by_value() -> None:
    splits = kerazoo.load_dataset("nyse", **kerazoo.load_recipe("lstm").dataset_arguments)
    found = typical_of_splits(splits, "float32")
    card = dataclasses.replace(load_card("lstm"), typical=found)
    assert read_card(write_card(card), "card.json").typical == found
    usual = typicality(splits.test.x, card)
    assert 0 < (usual.farther <= 0.01).mean() < 0.06  # the volume has gone on rising
    wild = splits.test.x.copy()
    wild[:, 2, 1] += 9  # one volume of five, nine spans off or so
    assert (typicality(wild, card).farther <= 0.01).mean() > 0.9
    known = typicality(splits.train.x[:1], card)
    assert (known.distance.item(), known.farther.item()) == (0, 1)
    long = dataclasses.replace(
        splits,
        train=Part(np.zeros((9, 3000, 1), "float32"), splits.train.y[:9]),
        validation=Part(np.zeros((9, 3000, 1), "float32"), splits.train.y[:9]),
    )
    assert typical_of_splits(long, "float32") is None


def test_texts_are_as_far_as_their_words_are_rare() -> None:
    predictor = load_predictor("imdb_lstm")
    about = predictor.card.about
    usual = [" ".join(about.words[start : start + 30]) for start in range(0, 400, 4)]
    parts = [Part(encode_rows(usual, predictor.card, "t"), np.zeros((100, 1))) for _ in range(3)]
    parts[0] = Part(parts[0].x[:50], parts[0].y[:50])
    splits = Splits(*parts, about=about)
    predictor.card = dataclasses.replace(predictor.card, typical=typical_of_splits(splits, "int32"))
    check_trust(predictor.card)
    found = predictor.typicality([usual[0], "the qqqq zzzz xxxx", " ".join(about.words[-30:])])
    assert found.distance[0] < 0.5 < found.distance[1]
    assert found.farther.tolist() == [1, 0, 0]
    assert rarity_of(np.zeros((1, 4), int), 10).tolist() == [0]


def test_cards_with_what_cannot_be_are_refused() -> None:
    card = load_card("lstm")
    splits = kerazoo.load_dataset("nyse", **kerazoo.load_recipe("lstm").dataset_arguments)
    found = typical_of_splits(splits, "float32")
    for wrong in (
        dataclasses.replace(found, thumbnails=None),
        dataclasses.replace(found, thumbnails=Array.of(found.thumbnails.decode()[:, 1:])),
    ):
        with pytest.raises(ValueError, match="windows"):
            check_trust(dataclasses.replace(card, typical=wrong))
