"""How far single rows and images are from those of the training."""

from __future__ import annotations

import shutil
from pathlib import Path

import keras
import numpy as np
import pytest

import kerazoo
from kerazoo.datasets.about import Table
from kerazoo.errors import DamagedFile
from kerazoo.predict import load_predictor
from kerazoo.saved import load_card
from kerazoo.saved.profile import profile_of
from kerazoo.saved.typical import differences, spans_of, thumbnails_of, typical_of_splits
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
    assert np.abs(thumbnails_of(splits.test.x[:1])[0] - by_hand.ravel()).max() <= 0.5
    inputs = keras.Input((28, 28, 1), dtype="uint8", name="image")
    x = keras.layers.Flatten(name="flatten")(keras.layers.Rescaling(1 / 255, name="s")(inputs))
    model = keras.Model(inputs, keras.layers.Dense(10, "softmax", name="class")(x), name="own")
    kerazoo.save_model(model, tmp_path / "own", splits=splits)
    predictor = load_predictor(tmp_path / "own")
    usual = predictor.typicality(splits.test.x[:50])
    odd = predictor.typicality(255 - splits.test.x[:50])
    assert np.median(usual.farther) > 0.2
    assert np.median(odd.farther) < 0.02


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
