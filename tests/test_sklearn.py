"""The tabular networks inside scikit-learn."""

from __future__ import annotations

import math
import random

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import PolynomialFeatures

import kerazoo
from kerazoo.errors import KerazooError
from kerazoo.sklearn import _held_out_last, estimator

pytestmark = pytest.mark.thorough


@pytest.fixture(scope="module")
def boston_data():
    x, y = kerazoo.load_dataset("boston").train
    return kerazoo.datasets.Part(x, y.ravel())


@pytest.fixture(scope="module")
def wine_data():
    x, y = kerazoo.load_dataset("wine").train
    return x[:300], y[:300]


def test_a_clone_is_the_same_and_not_fitted(boston_data):
    original = estimator("boston", epochs=3)
    original.fit(*boston_data)
    copy = clone(original)
    assert not hasattr(copy, "model_")
    assert (copy.epochs, copy.fit_kwargs) == (3, original.fit_kwargs)
    copy.fit(*boston_data)
    np.testing.assert_allclose(
        original.predict(boston_data.x), copy.predict(boston_data.x), rtol=1e-4
    )


def test_cross_validation_of_regression_and_classification(boston_data, wine_data):
    scores = cross_val_score(estimator("boston", epochs=15), *boston_data, cv=2)
    assert scores.min() > 0  # R2: better than the mean
    scores = cross_val_score(estimator("wine_multiclass", epochs=24), *wine_data, cv=2)
    assert scores.min() > 0.4


def test_labels_may_be_words(wine_data):
    x, y = wine_data
    words = np.array(["bad", "middling", "good"])[y]
    fitted = estimator("wine_multiclass", epochs=2).fit(x, words)
    assert set(fitted.predict(x)) <= set(words)


def test_one_probability_serves_as_a_classifier():
    table = kerazoo.load_dataset("xor").train
    fitted = estimator("xor", epochs=2).fit(table.x, table.y.ravel())
    assert set(fitted.predict(table.x)) <= {0, 1}
    np.testing.assert_allclose(fitted.decision_function(table.x).sum(axis=1), 1, rtol=1e-6)


def test_grid_search_in_a_pipeline(boston_data):
    pipeline = make_pipeline(PolynomialFeatures(2), estimator("boston", epochs=2))
    arguments = [{"builder_arguments": {"hidden_units": units}} for units in ((4,), (8, 4))]
    name = pipeline.steps[-1][0]
    search = GridSearchCV(pipeline, {f"{name}__model_kwargs": arguments}, cv=2)
    search.fit(*boston_data)
    assert search.best_params_[f"{name}__model_kwargs"] in arguments
    assert search.predict(boston_data.x).shape[0] == len(boston_data.x)


def test_other_numbers_of_classes_are_refused(wine_data):
    x, y = wine_data
    with pytest.raises(KerazooError, match="3 classes"):
        estimator("wine_multiclass", epochs=1).fit(x, y == 0)
    with pytest.raises(KerazooError, match="2 columns"):
        estimator("xor", epochs=1).fit(x, y == 0)


def test_rows_sorted_by_their_target_are_validated_on_all_of_it(boston_data):
    x, y = boston_data
    order = np.argsort(y)
    fitted = estimator("boston", epochs=40).fit(x[order], y[order])
    test_x, test_y = kerazoo.load_dataset("boston").test
    assert fitted.score(test_x, test_y.ravel()) > 0.6


@pytest.mark.parametrize("stratified", [True, False])
def test_every_class_is_held_out_in_its_share(stratified):
    y = np.repeat([0, 1, 2], [80, 16, 4])
    order = _held_out_last(y, 0.25, seed=0, stratified=stratified)
    assert sorted(order) == list(range(100))
    assert not np.array_equal(order, np.arange(100))
    if stratified:
        assert np.bincount(y[order[75:]]).tolist() == [20, 4, 1]
    assert order.tolist() == _held_out_last(y, 0.25, seed=0, stratified=stratified).tolist()
    assert order.tolist() != _held_out_last(y, 0.25, seed=1, stratified=stratified).tolist()


def test_a_class_of_one_row_is_no_obstacle():
    y = np.array(["a"] * 9 + ["b"])
    assert sorted(_held_out_last(y, 0.25, seed=0, stratified=True)) == list(range(10))


def test_the_learning_rate_falls_over_the_epochs_that_are_trained(wine_data):
    x, y = wine_data
    for model in (
        estimator("wine_multiclass", epochs=4, batch_size=50).fit(x, y),
        estimator("wine_multiclass").fit(x, y, epochs=4, batch_size=50),
        estimator("wine_multiclass").set_params(epochs=4, batch_size=50).fit(x, y),
    ):
        schedule = model.model_.optimizer._learning_rate
        assert schedule.decay_steps == 4 * math.ceil(225 / 50)
        assert float(model.model_.optimizer.learning_rate) == pytest.approx(0, abs=1e-9)


def test_parameters_are_those_that_a_search_varies(boston_data):
    model = estimator("boston", epochs=2, seed=5)
    parameters = model.get_params()
    assert {key: parameters[key] for key in ("epochs", "batch_size", "seed")} == {
        "epochs": 2,
        "batch_size": None,
        "seed": 5,
    }
    search = GridSearchCV(model, {"epochs": [1, 2]}, cv=2).fit(*boston_data)
    assert len(search.best_estimator_.history_.history["loss"]) == search.best_params_["epochs"]


def test_generators_of_others_are_left_as_they_were(boston_data):
    np.random.seed(3)
    random.seed(3)
    expected = np.random.random(), random.random()
    np.random.seed(3)
    random.seed(3)
    estimator("boston", epochs=1).fit(*boston_data)
    assert (np.random.random(), random.random()) == expected


def test_masked_rows_and_rows_in_another_order_are_refused(boston_data):
    x, y = boston_data
    with pytest.raises(kerazoo.InvalidInput, match="X is a masked array"):
        estimator("boston", epochs=1).fit(np.ma.masked_greater(x, 300), y)
    shuffled = pd.DataFrame(x).sample(frac=1, random_state=0)
    with pytest.raises(kerazoo.InvalidInput, match="the same index in another order"):
        estimator("boston", epochs=1).fit(shuffled, pd.Series(y))
