"""Cards that say how sure answers are and what training rows looked like; and lies about it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

import kerazoo
from kerazoo.errors import DamagedFile
from kerazoo.saved import load_card
from kerazoo.saved.array import Array
from kerazoo.saved.card_text import read_card, write_card
from kerazoo.saved.profile import profile_of
from tests.saved_networks import Saved, forge


def test_training_says_how_sure_answers_are(wine: Saved, boston: Saved, cases: Saved):
    card = load_card(wine.path)
    found = card.calibration
    rows = len(wine.splits.validation.x)
    assert (found.rows, found.data) == (rows, wine.splits.hash())
    assert sum(scores.rows for scores in found.each_class) == rows
    assert load_card(boston.path).calibration.temperature is None
    distances = np.abs(
        boston.model(boston.splits.validation.x) - boston.splits.validation.y
    ).ravel()
    kept = load_card(boston.path).calibration.scores["distance"].values.decode()
    np.testing.assert_allclose(kept, np.sort(distances), rtol=1e-3, atol=1e-4)
    for saved in (wine, boston, cases):
        again = load_card(saved.path)
        assert read_card(write_card(again), "card.json") == again


def test_the_training_rows_are_described(cases: Saved):
    profile, x = load_card(cases.path).profile, cases.splits.train.x
    names = cases.splits.feature_names
    assert profile.rows == len(x)
    assert profile.sample.decode().shape == (64, len(names))
    size = names.index("size")
    filled = x[:, size][~np.isnan(x[:, size])]
    quantiles = profile.quantiles.decode()[:, size]
    np.testing.assert_allclose(quantiles[[0, 50, 100]], np.quantile(filled, [0, 0.5, 1]), rtol=1e-5)
    assert profile.empty[size] == pytest.approx(1 - len(filled) / len(x), abs=1e-6)
    assert profile.shares.keys() == {"color", "flag", "zip"} & set(cases.splits.about.categories)
    assert profile.shares["color"].decode().sum() == pytest.approx(1)


def test_constant_empty_and_many_columns():
    about = kerazoo.load_dataset("boston").about
    x = np.full((5, 13), np.nan, "float32")
    x[:, 0] = 7
    profile = profile_of(x, about)
    assert set(profile.quantiles.decode()[:, 0]) == {7}
    assert profile.empty[1] == 1
    wide = type(about)(tuple(f"c{n}" for n in range(2000)))
    assert profile_of(np.zeros((5, 2000), "float32"), wide) is None


def test_networks_without_classes_and_numbers_say_nothing():
    assert load_card("vae").calibration is None
    assert load_card("lstm").profile is None


def test_cards_of_old_load_and_say_nothing(tmp_path: Path):
    card = load_card("word2vec")
    assert (card.calibration, card.profile) == (None, None)


def test_logits_are_no_probabilities(wine: Saved, tmp_path: Path):
    model = keras.Sequential([keras.Input((12,)), keras.layers.Dense(3)], name="own")
    kerazoo.save_model(model, tmp_path / "own", splits=wine.splits)
    assert load_card(tmp_path / "own").calibration is None


Change = Callable[[dict[str, Any]], object]


def _array(values: Any, dtype: str = "float32") -> dict[str, Any]:
    array = Array.of(np.asarray(values, dtype))
    return {"shape": list(array.shape), "dtype": array.dtype, "base64": array.base64}


def scores(change: Change) -> Change:
    return lambda plain: change(plain["calibration"]["scores"]["plain"])


def calibration(change: Change) -> Change:
    return lambda plain: change(plain["calibration"])


def profile(change: Change) -> Change:
    return lambda plain: change(plain["profile"])


LIES: dict[str, Change] = {
    "no temperature": calibration(lambda c: c.update(temperature=None)),
    "a temperature of 0": calibration(lambda c: c.update(temperature=0.0)),
    "a huge temperature": calibration(lambda c: c.update(temperature=1e9)),
    "other rows": calibration(lambda c: c.update(rows=3)),
    "rows of a text": calibration(lambda c: c.update(rows="3")),
    "data that is no hash": calibration(lambda c: c.update(data="wine")),
    "a class too few": calibration(lambda c: c["each_class"].pop()),
    "no scores": calibration(lambda c: c.update(scores={})),
    "scores of numbers": calibration(
        lambda c: c["scores"].update(distance=c["scores"].pop("adaptive"))
    ),
    "unsorted scores": scores(lambda s: s.update(values=_array([0.9, 0.1]))),
    "scores beyond 1": scores(lambda s: s.update(values=_array([0.9, 2.0]))),
    "scores that are NaN": scores(lambda s: s.update(values=_array([np.nan]))),
    "scores of two axes": scores(lambda s: s.update(values=_array([[0.5]]))),
    "scores of another type": scores(lambda s: s.update(values=_array([0.5], "float64"))),
    "empty scores": scores(lambda s: s.update(values=_array([]))),
    "more scores than rows": scores(lambda s: s.update(values=_array(np.zeros(10_000)))),
    "scores cut short": scores(lambda s: s["values"].update(base64="AAAA")),
    "one column less": profile(lambda p: p["empty"].pop()),
    "shares above 1": profile(lambda p: p["empty"].__setitem__(0, 1.5)),
    "words of no column": profile(lambda p: p["shares"].update(other=_array([1.0]))),
    "no shares of words": profile(lambda p: p.update(shares={})),
    "shares of fewer words": profile(lambda p: p["shares"].update(color=_array([1.0]))),
    "shares that do not add up": profile(lambda p: p["shares"].update(color=_array([1, 1, 1]))),
    "unsorted quantiles": profile(lambda p: p.update(quantiles=_array([[1.0] * 12, [0.0] * 12]))),
    "quantiles of fewer columns": profile(lambda p: p.update(quantiles=_array([[0.0]] * 3))),
    "rows of another type": profile(lambda p: p.update(sample=_array([[0] * 12], "int64"))),
    "rows of fewer columns": profile(lambda p: p.update(sample=_array([[0.0]]))),
    "no training rows": profile(lambda p: p.update(rows=0)),
    "a further field": profile(lambda p: p.update(more=1)),
}


@pytest.mark.parametrize("change", LIES.values(), ids=LIES)
def test_a_card_that_was_edited_is_refused(wine: Saved, tmp_path: Path, change: Change):
    copy = Path(shutil.copytree(wine.path, tmp_path / "copy"))
    forge(copy, change)
    with pytest.raises(DamagedFile, match=r"card\.json") as refusal:
        load_card(copy)
    assert str(refusal.value).isprintable()


def test_numbers_have_no_temperature_and_images_no_profile(boston: Saved, tmp_path: Path):
    copy = Path(shutil.copytree(boston.path, tmp_path / "copy"))
    forge(copy, calibration(lambda c: c.update(temperature=1.0)))
    with pytest.raises(DamagedFile, match="temperature"):
        load_card(copy)
    forge(copy, lambda plain: plain.pop("calibration"))
    load_card(copy)
