"""One seed, one network, which predicts the same wherever it is taken."""

from __future__ import annotations

import copy
import pickle
import random
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.ensemble import BaggingRegressor

from kerazoo import Classifier, Regressor
from tests.conftest import run_python
from tests.sklearn.by_hand import Rows, assert_same_weights


def test_a_seed_decides_the_network(boston_data: Rows, boston: Regressor) -> None:
    np.random.seed(5)
    random.seed(5)
    assert_same_weights(clone(boston).fit(*boston_data).model_, boston.model_)
    other = clone(boston).set_params(random_state=1).fit(*boston_data)
    assert not np.array_equal(other.predict(boston_data[0]), boston.predict(boston_data[0]))


def test_the_members_of_an_ensemble_differ(boston_data: Rows) -> None:
    members = Regressor("boston", epochs=1, hidden_units=(4,))
    ensemble = BaggingRegressor(members, 2, random_state=0).fit(*boston_data)
    first, second = (one.model_.get_layer("hidden_1").get_weights() for one in ensemble)
    assert not np.array_equal(first[0], second[0])


def test_generators_of_others_are_left_as_they_were(boston_data: Rows) -> None:
    np.random.seed(3)
    random.seed(3)
    expected = np.random.random(), random.random()
    np.random.seed(3)
    random.seed(3)
    fitted = Regressor("boston", epochs=1, hidden_units=(4,)).fit(*boston_data)
    pickle.loads(pickle.dumps(fitted))
    assert (np.random.random(), random.random()) == expected


def test_a_clone_is_not_fitted(boston: Regressor) -> None:
    cloned = clone(boston)
    assert not hasattr(cloned, "model_")
    assert cloned.get_params() == boston.get_params()


def test_a_row_has_one_prediction_whatever_stands_beside_it(
    boston: Regressor, wine: Classifier, boston_data: Rows, wine_data: Rows
) -> None:
    for fitted, (x, _) in ((boston.predict, boston_data), (wine.predict_proba, wine_data)):
        many = np.tile(x, (5, 1))  # more than one block
        answers = fitted(many)
        assert len(answers) == len(many) > 1024
        np.testing.assert_array_equal(answers[: len(x)], answers[-len(x) :])
        for rows in (slice(7, 8), slice(1, 30), slice(None, None, -1)):
            np.testing.assert_array_equal(fitted(x[rows]), answers[: len(x)][rows])


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda one: pickle.loads(pickle.dumps(one))])
def test_a_copy_answers_the_same(
    copied: Any, boston: Regressor, wine: Classifier, boston_data: Rows, wine_data: Rows
) -> None:
    changed = copied(boston).set_params(hidden_units=(3,))  # not what it was fitted with
    answers = copied(changed).predict(boston_data[0])
    np.testing.assert_array_equal(answers, boston.predict(boston_data[0]))
    again = copied(wine)
    np.testing.assert_array_equal(
        again.predict_proba(wine_data[0]), wine.predict_proba(wine_data[0])
    )
    assert again.history_ == wine.history_
    assert again.model_.optimizer is not None
    assert again.score(*wine_data) == wine.score(*wine_data)


@pytest.mark.thorough
def test_a_file_answers_the_same_in_another_process(
    wine: Classifier, wine_data: Rows, tmp_path: Path
) -> None:
    path = tmp_path / "wine.joblib"
    joblib.dump((wine, wine_data[0]), path)
    code = f"import joblib; wine, x = joblib.load({str(path)!r}); y = wine.predict_proba(x)"
    code += f"; joblib.dump(y, {str(path)!r})"
    assert run_python(code).returncode == 0
    np.testing.assert_array_equal(joblib.load(path), wine.predict_proba(wine_data[0]))


def test_a_copy_answers_the_same_in_a_tiny_unit(boston_data: Rows) -> None:
    x, y = boston_data
    fitted = Regressor("boston", epochs=1, hidden_units=(4,)).fit(x * 1e-9, y * 1e-9)
    again = pickle.loads(pickle.dumps(fitted))
    np.testing.assert_array_equal(again.predict(x * 1e-9), fitted.predict(x * 1e-9))
    assert len(np.unique(again.predict(x * 1e-9))) > 100


def test_columns_have_names(wine_data: Rows) -> None:
    table = pd.DataFrame(wine_data[0]).add_prefix("c")
    table["c11"] = table["c11"].astype("int64")
    fitted = Classifier(epochs=1).fit(table, pd.Series(wine_data[1]))
    assert fitted.feature_names_in_.tolist() == list(table)
    assert fitted.n_features_in_ == 12
    with pytest.raises(ValueError, match="feature names"):
        fitted.predict(table[table.columns[::-1]])
