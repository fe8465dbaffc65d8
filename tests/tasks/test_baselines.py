"""Baselines that are fitted to a table of the user's own."""

from __future__ import annotations

import dataclasses
import warnings

import numpy as np
import pytest

import kerazoo
from kerazoo.datasets import Part, load_dataset
from kerazoo.tasks import _shared
from kerazoo.tasks._baselines import score_baseline


def table(**columns: object) -> kerazoo.Splits:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of what each column is
        return load_dataset("table_csv", path=columns, target="y")


def test_the_order_of_equal_rows_tells_nothing() -> None:
    """As in a table that is sorted by its target: the first of many equal rows are of one class."""
    word = np.tile(["a", "b"], 300)
    y = np.where(np.arange(600) < 200, "rare", "usual")
    splits = table(word=word, y=y)
    assert score_baseline("nearest_neighbors", splits)["accuracy"] > 0.5


@pytest.mark.parametrize("name", ["nearest_neighbors", "gradient_boosting", "least_squares"])
def test_gaps_and_words_are_inputs(name: str) -> None:
    generator = np.random.default_rng(0)
    size = generator.normal(size=300)
    word = generator.choice(["low", "high"], 300)
    y = size + 5 * (word == "high")
    size[::9] = np.nan
    splits = table(size=size, word=word, y=y)
    beaten = score_baseline("mean_of_training", splits)["mean_absolute_error"]
    assert score_baseline(name, splits)["mean_absolute_error"] < beaten / 2


@pytest.mark.parametrize(
    "name", ["majority_class", "logistic_regression", "gradient_boosting", "nearest_neighbors"]
)
def test_weights_count_in_fitting_and_in_scores(name: str) -> None:
    generator = np.random.default_rng(0)
    x = generator.normal(size=400)
    y = np.where(generator.random(400) < 0.3, "rare", "usual")
    frame = {"x": x, "w": np.where(y == "rare", 9, 1), "y": y}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        weighed = kerazoo.load_table(frame, target="y", weights="w")
        plain = kerazoo.load_table(frame, target="y", drop=["w"])
    measures = ("balanced_accuracy",)
    scores = [score_baseline(name, one, measures=measures) for one in (weighed, plain)]
    assert set(scores[0]) == {"accuracy", "balanced_accuracy"}
    if name == "nearest_neighbors":  # it takes none
        assert scores[0]["balanced_accuracy"] == pytest.approx(scores[1]["balanced_accuracy"])
    elif name == "majority_class":  # all rows are called rare, which is right in most of the weight
        assert scores[0]["accuracy"] == pytest.approx(0.79, abs=0.05)
        assert scores[1]["accuracy"] == pytest.approx(0.7, abs=0.05)
    else:
        assert scores[0]["accuracy"] > scores[1]["accuracy"]


def test_large_tables_are_fitted_in_part(monkeypatch: pytest.MonkeyPatch) -> None:
    splits = table(x=np.arange(600) * 7 % 601, y=np.arange(600) * 1.5)
    recipe = dataclasses.replace(
        kerazoo.load_recipe("boston"), baselines=("least_squares", "nearest_neighbors")
    )
    monkeypatch.setattr(_shared, "_MOST_ROWS", 100)
    monkeypatch.setattr(_shared, "_MOST_PAIRS", 100)
    with pytest.warns(UserWarning, match="baselines|neighbors") as said:
        scores = _shared.score_baselines("boston", recipe, splits)
    assert set(scores) == {"least_squares"}
    assert [str(one.message) for one in said] == [
        "baselines are fitted to 100 of 390 rows.",
        "nearest neighbors are left out: 120 test rows.",
    ]


def test_thumbnails_tell_classes_of_images() -> None:
    splits = load_dataset("fashion_mnist_mini")
    few = dataclasses.replace(
        splits,
        train=Part(splits.train.x[:600], splits.train.y[:600]),
        validation=Part(splits.validation.x[:100], splits.validation.y[:100]),
        test=Part(splits.test.x[:300], splits.test.y[:300]),
    )
    for name in ("nearest_mean_of_thumbnails", "logistic_regression_on_thumbnails"):
        assert score_baseline(name, few)["accuracy"] > 0.6
    with pytest.raises(kerazoo.InvalidInput, match="this baseline needs images"):
        score_baseline(name, table(x=np.arange(60) % 7, y=np.arange(60) * 1.5))
