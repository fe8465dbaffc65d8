"""The numbers of `fit_model`: which rows, which weights, which settings."""

from __future__ import annotations

import math

import numpy as np
import pytest
from sklearn.utils.class_weight import compute_sample_weight

import kerazoo
from kerazoo import Classifier, Regressor
from kerazoo.sklearn import estimator
from kerazoo.sklearn.network import _hold_out
from tests.sklearn.by_hand import Rows, assert_same_weights, trained_by_hand


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
    one_hot = (words[:, None] == ["bad", "good", "medium"]).astype("float32")
    expected = trained_by_hand("wine_multiclass", (x, one_hot))
    fitted = Classifier("wine_multiclass", epochs=2, random_state=3).fit(x, words)
    assert_same_weights(fitted.model_, expected)
    assert fitted.classes_.tolist() == ["bad", "good", "medium"]
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
    for given in ("balanced", {"bad": 5.0, "medium": 0.5}):
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
    # Gradient boosting reaches .495 where the dearest fifth was held out.
    assert fitted.score(test_x, test_y.ravel()) > 0.55


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
    initializers = {f"{of}_initializer" for of in ("hidden", "output", "kernel", "bias")} | {
        "initializer",
        "activation",
        "by_hand",
    }
    of_any_table = {"columns", "members", "bins"}
    others = {"return", "features", "classes", "standardize"}
    assert known - named == {*others, *of_any_table, *initializers}
