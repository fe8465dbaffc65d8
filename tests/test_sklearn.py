"""The tabular networks inside scikit-learn."""

from __future__ import annotations

import copy
import dataclasses
import math
import pickle
import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import joblib
import keras
import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator, clone, is_classifier
from sklearn.ensemble import BaggingRegressor
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import PolynomialFeatures
from sklearn.utils import estimator_checks
from sklearn.utils.class_weight import compute_sample_weight
from sklearn.utils.estimator_checks import parametrize_with_checks

import kerazoo
from kerazoo import Classifier, Regressor
from kerazoo.engine import program_cache
from kerazoo.engine.tracer import Tracer
from kerazoo.errors import KerazooError
from kerazoo.experiments.run import early_stopping
from kerazoo.recipe import for_training_on
from kerazoo.sklearn import estimator
from kerazoo.sklearn.network import _hold_out
from tests.conftest import run_python

# docs/scikit_learn.md says so, too.
EXPECTED_FAILED_CHECKS = {
    "check_sample_weight_equivalence_on_dense_data": "a row of weight 2 is one row of one batch; "
    "the same row twice is drawn twice, into other batches"
}

Rows = tuple[np.ndarray, np.ndarray]


@pytest.fixture(scope="module")
def boston_data() -> Rows:
    x, y = kerazoo.load_dataset("boston").train
    return x, y.ravel()


@pytest.fixture(scope="module")
def wine_data() -> Rows:
    x, y = kerazoo.load_dataset("wine").train
    return x[:300], np.array(["bad", "middling", "good"])[y[:300]]


@pytest.fixture(scope="module")
def boston(boston_data: Rows) -> Regressor:
    return Regressor("boston", epochs=2).fit(*boston_data)


@pytest.fixture(scope="module")
def wine(wine_data: Rows) -> Classifier:
    return Classifier("wine_multiclass", epochs=2).fit(*wine_data)


@pytest.fixture
def traced(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Tracer]]:
    """What was traced, of programs that the process does not know yet."""
    program_cache.clear_program_cache()
    found: list[Tracer] = []
    trace = Tracer.trace
    monkeypatch.setattr(Tracer, "trace", lambda self: (found.append(self), trace(self))[1])
    yield found
    program_cache.clear_program_cache()


# === What scikit-learn asks of every estimator ===


@pytest.mark.thorough
@parametrize_with_checks(
    [Classifier(), Regressor(), Classifier("wine_binary")],
    expected_failed_checks=lambda _: EXPECTED_FAILED_CHECKS,
    xfail_strict=True,
)
def test_estimators_are_as_scikit_learn_wants(estimator: BaseEstimator, check: Any) -> None:
    check(estimator)


@pytest.mark.parametrize(
    "check",
    [
        "check_do_not_raise_errors_in_init_or_set_params",
        "check_estimator_cloneable",
        "check_estimator_repr",
        "check_estimators_unfitted",
        "check_get_params_invariance",
        "check_mixin_order",
        "check_no_attributes_set_in_init",
        "check_parameters_default_constructible",
        "check_set_params",
        "check_valid_tag_types",
    ],
)
def test_parameters_are_as_scikit_learn_wants(check: str) -> None:
    for one in (Classifier(), Regressor(), Classifier("xor"), Classifier("no such network")):
        getattr(estimator_checks, check)(type(one).__name__, one)


# === What is trained ===


def trained_by_hand(
    name: str, part: Any, validation: Any = None, variant: str = "tuned"
) -> keras.Model:
    """Train for two epochs from seed 3, without an estimator."""
    recipe = dataclasses.replace(kerazoo.load_recipe(name, variant), epochs=2)
    recipe = for_training_on(recipe, len(part[0]))
    keras.utils.set_random_seed(3)
    model = kerazoo.load_builder(name)(**recipe.builder_arguments)
    kerazoo.fit_model(
        kerazoo.compile_model(model, recipe),
        part,
        validation,
        epochs=2,
        batch_size=recipe.batch_size,
        seed=3,
        callbacks=early_stopping(recipe),
        verbose=0,
    )
    return model


def assert_same_weights(model: keras.Model, other: keras.Model) -> None:
    assert len(model.get_weights()) > 3
    for one, two in zip(model.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_array_equal(one, two)


def test_a_regressor_is_what_fit_model_trains(boston_data: Rows) -> None:
    x, y = boston_data
    expected = trained_by_hand("boston", (x, y[:, None]))
    fitted = Regressor("boston", epochs=2, random_state=3).fit(x, y)
    assert_same_weights(fitted.model_, expected)
    assert fitted.n_iter_ == len(fitted.history_["loss"]) == 2
    answers = expected.predict(x, verbose=0)[:, 0]
    np.testing.assert_allclose(fitted.predict(x), answers, rtol=1e-5)


def test_a_recipe_that_stops_early_watches_rows_that_are_held_out(boston_data: Rows) -> None:
    x, y = boston_data
    kept, held_out = _hold_out(y, 3, stratified=False)
    parts = [(x[rows], y[rows, None]) for rows in (kept, held_out)]
    expected = trained_by_hand("boston", *parts, variant="documented")
    fitted = Regressor("boston", "documented", epochs=2, random_state=3).fit(x, y)
    assert_same_weights(fitted.model_, expected)
    assert fitted.history_ == expected.history.history
    assert "val_loss" in fitted.history_
    stopped = Regressor("boston", "documented", epochs=200).fit(x, y)
    assert 3 < stopped.n_iter_ < 200


def test_a_classifier_is_what_fit_model_trains(wine_data: Rows) -> None:
    x, words = wine_data
    one_hot = (words[:, None] == ["bad", "good", "middling"]).astype("float32")
    expected = trained_by_hand("wine_multiclass", (x, one_hot))
    fitted = Classifier("wine_multiclass", epochs=2, random_state=3).fit(x, words)
    assert_same_weights(fitted.model_, expected)
    assert fitted.classes_.tolist() == ["bad", "good", "middling"]
    probabilities = fitted.predict_proba(x)
    np.testing.assert_allclose(probabilities, expected.predict(x, verbose=0), rtol=1e-5)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-6)
    assert (fitted.predict(x) == fitted.classes_[probabilities.argmax(axis=1)]).all()
    assert fitted.score(x, words) == np.mean(fitted.predict(x) == words)
    # Nothing watches a loss of validation: all rows are trained on.
    assert not any(name.startswith("val_") for name in fitted.history_)


def test_one_probability_serves_as_a_classifier() -> None:
    x, y = kerazoo.load_dataset("xor").train
    expected = trained_by_hand("xor", (x, y.astype("float32")))
    fitted = Classifier("xor", epochs=2, random_state=3).fit(x, np.where(y.ravel(), "yes", "no"))
    assert_same_weights(fitted.model_, expected)
    of_yes = expected.predict(x, verbose=0)
    np.testing.assert_allclose(fitted.predict_proba(x), np.hstack([1 - of_yes, of_yes]), rtol=1e-5)
    assert set(fitted.predict(x)) <= {"no", "yes"}


def test_two_classes_of_wine_are_told_apart_by_a_network_of_two(wine_data: Rows) -> None:
    x, words = wine_data
    fitted = Classifier(epochs=1).fit(x, words == "bad")
    assert fitted.classes_.tolist() == [False, True]
    assert fitted.model_.output_shape == (None, 2)
    assert fitted.predict(x).dtype == bool


def test_a_row_of_weight_0_is_left_out(boston_data: Rows, boston: Regressor) -> None:
    x, y = boston_data
    more_x, more_y = np.vstack([x[:9] + 100, x]), np.concatenate([np.full(9, 1e6), y])
    weight = np.repeat([0, 1], [9, len(x)])
    weighted = Regressor("boston", epochs=2).fit(more_x, more_y, sample_weight=weight)
    expected = Regressor("boston", epochs=2).fit(x, y, sample_weight=np.ones(len(x)))
    assert_same_weights(weighted.model_, expected.model_)
    np.testing.assert_allclose(expected.predict(x), boston.predict(x), rtol=1e-3)


def test_class_weights_are_weights_of_rows(wine_data: Rows, wine: Classifier) -> None:
    x, words = wine_data
    fitted = []
    for given in ("balanced", {"bad": 5.0, "middling": 0.5}):
        expected = Classifier(epochs=1).fit(x, words, compute_sample_weight(given, words))
        fitted.append(Classifier(epochs=1, class_weight=given).fit(x, words))
        assert_same_weights(fitted[-1].model_, expected.model_)
    share = [(one.predict(x) == "bad").mean() for one in (fitted[1], wine)]
    assert share[0] > share[1]
    doubled = Classifier(epochs=1, class_weight="balanced").fit(x, words, np.full(len(x), 2.0))
    weights = 2 * compute_sample_weight("balanced", words)
    assert_same_weights(doubled.model_, Classifier(epochs=1).fit(x, words, weights).model_)


@pytest.mark.thorough
@pytest.mark.parametrize("variant", ["tuned", "documented"])
def test_rows_sorted_by_their_target_are_validated_on_all_of_it(
    variant: str, boston_data: Rows
) -> None:
    x, y = boston_data
    order = np.argsort(y)
    fitted = estimator("boston", variant, epochs=40).fit(x[order], y[order])
    test_x, test_y = kerazoo.load_dataset("boston").test
    assert fitted.score(test_x, test_y.ravel()) > 0.6


@pytest.mark.parametrize("stratified", [True, False])
def test_every_class_is_held_out_in_its_share(stratified: bool) -> None:
    y = np.repeat([0, 1, 2], [80, 16, 4])
    kept, held_out = _hold_out(y, seed=0, stratified=stratified)
    assert sorted([*kept, *held_out]) == list(range(100))
    assert len(held_out) == 25
    assert not np.array_equal(held_out, np.sort(held_out))
    if stratified:
        assert np.bincount(y[held_out]).tolist() == [20, 4, 1]
    again, other = (_hold_out(y, seed, stratified=stratified)[1] for seed in (0, 1))
    assert held_out.tolist() == again.tolist() != other.tolist()


def test_a_class_of_one_row_is_no_obstacle() -> None:
    y = np.array(["a"] * 9 + ["b"])
    assert sorted(np.concatenate(_hold_out(y, 0, stratified=True))) == list(range(10))


def test_the_learning_rate_falls_over_the_epochs_that_are_trained(wine_data: Rows) -> None:
    for model in (
        estimator("wine_multiclass", epochs=4, batch_size=50),
        Classifier("wine_multiclass", learning_rate=0.01).set_params(epochs=4, batch_size=50),
    ):
        rate = model.fit(*wine_data).model_.optimizer._learning_rate
        assert rate.decay_steps == 4 * math.ceil(300 / 50)
        assert rate.initial_learning_rate == (model.learning_rate or 0.003)
        assert float(model.model_.optimizer.learning_rate) == pytest.approx(0, abs=1e-9)


def test_arguments_of_the_builder_are_added_to_those_of_the_recipe(boston_data: Rows) -> None:
    x, y = boston_data
    fitted = Regressor("boston", epochs=1, hidden_units=(4,)).fit(x[:, :5], y)
    shapes = [layer.output.shape[1:] for layer in fitted.model_.layers]
    assert shapes == [(5,), (5,), (5,), (4,), (1,), (1,)]  # the recipe's noise is the third
    without = Regressor("boston", epochs=1, hidden_units=(4,), input_noise=0).fit(x[:, :5], y)
    assert len(without.model_.layers) == 5
    by_dict = Regressor("boston", epochs=1, builder_arguments={"hidden_units": (4,)}).fit(x, y)
    assert by_dict.model_.layers[3].units == 4


def test_every_setting_of_the_zoos_networks_has_a_place() -> None:
    """What few networks have is in `builder_arguments`: a further name is chosen with care."""
    known = set()
    for name in kerazoo.list_models("tabular"):
        known |= kerazoo.load_builder(name).__wrapped__.__annotations__.keys()
    named = known & estimator("boston").get_params().keys()
    assert named == {"hidden_units", "dropout", "input_noise"}
    initializers = {"hidden_initializer", "output_initializer"}
    assert known - named == {"return", "features", "classes", "standardize", *initializers}


# === One seed, one network; nothing else changes ===


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


# === Predicting and keeping ===


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


# === Searches and folds ===


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
    expected = cross_val_score(model, *boston_data, cv=4)
    with joblib.parallel_config(backend=backend):
        scores = cross_val_score(model, *boston_data, cv=4, n_jobs=2)
    assert scores.tolist() == expected.tolist()


# === What is refused ===


def test_an_estimator_is_chosen_by_the_recipe() -> None:
    kinds = {name: type(estimator(name)) for name in kerazoo.list_models("tabular")}
    assert kinds.pop("boston") is Regressor
    assert set(kinds.values()) == {Classifier}
    assert is_classifier(estimator("xor", "documented"))
    parameters = estimator("boston", "documented", epochs=2, batch_size=8, seed=5).get_params()
    assert {name: value for name, value in parameters.items() if value is not None} == {
        "network": "boston",
        "variant": "documented",
        "epochs": 2,
        "batch_size": 8,
        "random_state": 5,
        "verbose": 0,
    }


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (Classifier("bostn"), "Did you mean 'boston'"),
        (Classifier("boston"), r"network for numbers; use kerazoo.Regressor\('boston'\)"),
        (Regressor("xor"), r"network for classes; use kerazoo.Classifier\('xor'\)"),
        (Classifier("cnn"), "asked about images; scikit-learn takes only networks on tables"),
        (Classifier(variant="tune"), "unknown variant 'tune'. Did you mean 'tuned'"),
        (Classifier("xor"), "'xor' takes 2 columns; X has 12"),
        (Classifier("wine_binary"), "has 2 classes; y has 3. Only binary classification"),
        (Classifier(builder_arguments={"classes": 4}), "has 4 classes; y has 3"),
        (Classifier(epochs=0), "epochs is 0; expected a whole number"),
        (Classifier(batch_size=2.5), "batch_size is 2.5; expected a whole number"),
        (Classifier(learning_rate=-1), "learning_rate is -1; expected a number above 0"),
        (Classifier(input_noise=0.1), "unknown argument of build_wine_multiclass 'input_noise'"),
        (Classifier(builder_arguments={"drop": 1}), "'drop'. Did you mean 'dropout'"),
        (Classifier(hidden_units=5), "build_wine_multiclass cannot use .* not iterable"),
        (Classifier(random_state=-1), "Seed must be between 0 and"),
    ],
)
def test_what_does_not_fit_is_refused(model: Any, message: str, wine_data: Rows) -> None:
    x, words = wine_data
    y = words if isinstance(model, Classifier) else np.arange(len(x))
    with pytest.raises(ValueError, match=message) as caught:
        model.fit(x, y)
    assert "\n" not in str(caught.value)
    assert not hasattr(model, "model_")


def test_rows_that_teach_nothing_are_refused(wine_data: Rows) -> None:
    x, _ = wine_data
    with pytest.raises(KerazooError, match="one class, 'bad'"):
        Classifier().fit(x, ["bad"] * len(x))
    with pytest.raises(KerazooError, match="1 sample of a weight above 0; pass at least 2"):
        Regressor().fit(x, np.arange(len(x)), np.arange(len(x)) == 5)


# === What the page shows ===


@pytest.mark.thorough
def test_the_page_runs_and_names_every_parameter(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = (root / "docs" / "scikit_learn.md").read_text(encoding="utf-8")
    assert all(f"`{name}`" in page for name in Classifier().get_params())
    assert all(f"`{check}`" in page for check in EXPECTED_FAILED_CHECKS)
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    for block in re.findall(r"```python\n(.*?)```", page, re.DOTALL):
        exec(compile(block, "scikit_learn.md", "exec"), names)
    x = names["splits"].test.x
    answers = kerazoo.load_predictor("runs/best").predict(x).values
    np.testing.assert_allclose(np.ravel(answers), names["best"].predict(x), rtol=1e-4)
