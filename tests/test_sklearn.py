"""The tabular networks inside scikit-learn."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import PolynomialFeatures

import kerazoo
from kerazoo.errors import KerazooError
from kerazoo.sklearn import estimator

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
    assert copy.fit_kwargs["epochs"] == 3
    copy.fit(*boston_data)
    np.testing.assert_allclose(
        original.predict(boston_data.x), copy.predict(boston_data.x), rtol=1e-4
    )


def test_cross_validation_of_regression_and_classification(boston_data, wine_data):
    scores = cross_val_score(estimator("boston", epochs=15), *boston_data, cv=2)
    assert scores.min() > 0  # R2: better than the mean
    scores = cross_val_score(estimator("wine_multiclass", epochs=8), *wine_data, cv=2)
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
