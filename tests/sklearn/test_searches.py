"""Folds and searches: one program, the same scores from every worker."""

from __future__ import annotations

from collections.abc import Iterator

import joblib
import numpy as np
import pytest
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import PolynomialFeatures

from kerazoo import Regressor
from kerazoo.engine import program_cache
from kerazoo.engine.tracer import Tracer
from kerazoo.sklearn import estimator
from tests.sklearn.by_hand import Rows


@pytest.fixture
def traced(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Tracer]]:
    """What was traced, of programs that the process does not know yet."""
    program_cache.clear_program_cache()
    found: list[Tracer] = []
    trace = Tracer.trace
    monkeypatch.setattr(Tracer, "trace", lambda self: (found.append(self), trace(self))[1])
    yield found
    program_cache.clear_program_cache()


@pytest.mark.thorough
def test_a_search_traces_one_program(boston_data: Rows, traced: list[Tracer]) -> None:
    rows = np.arange(300)
    search = GridSearchCV(
        Regressor("boston", epochs=1),
        {"learning_rate": [0.001, 0.005], "epochs": [1, 2], "random_state": [0, 1]},
        cv=[(rows[:250], rows[250:])],
    ).fit(*boston_data)
    assert len(search.cv_results_["params"]) == 8
    assert len(set(search.cv_results_["mean_test_score"])) == 8
    assert len(traced) == 1
    assert search.best_estimator_.n_iter_ == search.best_params_["epochs"]


@pytest.mark.thorough
def test_grid_search_in_a_pipeline(boston_data: Rows) -> None:
    pipeline = make_pipeline(PolynomialFeatures(2), Regressor("boston", epochs=1))
    grid = {"regressor__hidden_units": [(4,), (8, 4)], "regressor__batch_size": [64]}
    search = GridSearchCV(pipeline, grid, cv=2).fit(*boston_data)
    assert search.best_params_["regressor__hidden_units"] in [(4,), (8, 4)]
    assert search.predict(boston_data[0]).shape == (len(boston_data[0]),)


@pytest.mark.thorough
def test_cross_validation_of_regression_and_classification(
    boston_data: Rows, wine_data: Rows
) -> None:
    scores = cross_val_score(estimator("boston", epochs=15), *boston_data, cv=2)
    assert scores.min() > 0  # R2: better than the mean
    scores = cross_val_score(estimator("wine_multiclass", epochs=24), *wine_data, cv=2)
    assert scores.min() > 0.4


@pytest.mark.parametrize("backend", ["threading", pytest.param("loky", marks=pytest.mark.thorough)])
def test_workers_score_as_one_does(backend: str, boston_data: Rows) -> None:
    model = Regressor("boston", epochs=3)
    expected = cross_val_score(model, *boston_data, cv=2)
    with joblib.parallel_config(backend=backend):
        scores = cross_val_score(model, *boston_data, cv=2, n_jobs=2)
    assert scores.tolist() == expected.tolist()
