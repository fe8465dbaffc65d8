"""perceptron, linear_regression, logistic_regression and softmax_classifier: one layer each."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

import kerazoo
from kerazoo.models.tabular.linear_regression import FIRST_LOG, SECOND_LOG
from kerazoo.models.tabular.logistic_regression import START
from kerazoo.report.results import Results
from tests.small_data import clothes

# The costs that the documents print, every hundredth or thousandth of them.
E_FIRST = (
    "18.472391 0.211665 0.130796 0.080824 0.049944 0.030863 0.019071 0.011785 0.007282 0.004500 "
    "0.002781 0.001718 0.001062 0.000656 0.000405 0.000251 0.000155 0.000096 0.000059 0.000037"
)
E_SECOND = (
    "28.903635 0.069457 0.042920 0.026522 0.016389 0.010127 0.006258 0.003867 0.002390 0.001477 "
    "0.000912 0.000564 0.000348 0.000215 0.000133 0.000082 0.000051 0.000031 0.000019 0.000012 "
    "0.000007"
)
D_COSTS = (0.7932398319, 0.5122759938, 0.3988317251, 0.3250758350, 0.2740058005, 0.2367737740)


def trained(name: str, arguments: dict[str, Any], epochs: int) -> tuple[keras.Model, list[float]]:
    """Train from a fixed start by the documented recipe; return the cost of each update.

    The documents do not shuffle, and the order of three rows changes the last digit of their sum.
    """
    recipe = kerazoo.load_recipe(name, "documented")
    model = kerazoo.compile_model(kerazoo.load_builder(name)(**arguments), recipe)
    rows = kerazoo.load_dataset(recipe.dataset, **recipe.dataset_arguments).train
    options = {"batch_size": recipe.batch_size, "shuffle": False, "jit_compile": False}
    history = kerazoo.fit_model(model, rows, epochs=epochs, verbose=0, **options).history
    return model, history["loss"]


def printed(costs: list[float]) -> str:
    return " ".join(f"{cost:.6f}" for cost in costs)


def test_the_second_log_to_the_last_digit() -> None:
    model, costs = trained("linear_regression", SECOND_LOG, epochs=2001)
    assert printed(costs[::100]) == E_SECOND
    weight, bias = (float(value.ravel()[0]) for value in model.get_weights())
    assert (weight, bias) == pytest.approx((1.9968464, 0.0071688), abs=1e-6)


def test_the_first_log_was_printed_two_updates_late() -> None:
    model, costs = trained("linear_regression", FIRST_LOG, epochs=2002)
    assert printed(costs[2::100]) == E_FIRST
    answer = float(model.predict(np.array([[4.0]], "float32"), verbose=0)[0, 0])
    assert f"{answer:.4f}" == "7.9905"
    assert [f"{float(value.ravel()[0]):.4f}" for value in model.get_weights()] == [
        "1.9945",
        "0.0125",
    ]


def test_three_features_end_at_least_squares() -> None:
    recipe = kerazoo.load_recipe("linear_regression").of_experiment("three features")
    run = kerazoo.train("linear_regression", recipe=recipe)
    x, y = run.splits.train
    design = np.column_stack([x, np.ones(len(x))]).astype("float64")
    best = np.linalg.lstsq(design, y.astype("float64"), rcond=None)[0]
    assert best.ravel() == pytest.approx([0.79548, 0.40838, 0.75459, 4.40211], abs=1e-4)
    assert run.metrics["loss"] == pytest.approx(0.1043, abs=1e-4)
    assert run.model.predict(x[:1], verbose=0).item() == pytest.approx(151.736, abs=2e-3)


def test_the_log_of_logistic_regression() -> None:
    model, costs = trained("logistic_regression", START, epochs=5001)
    assert costs[::1000] == pytest.approx(D_COSTS, abs=1e-6)
    weights, bias = model.get_weights()
    assert [*weights.ravel(), *bias] == pytest.approx([1.0848083, 1.1075894, -4.039375], abs=5e-6)
    slope, intercept = -weights[0, 0] / weights[1, 0], -bias[0] / weights[1, 0]
    assert (slope, intercept) == pytest.approx((-0.97943, 3.64700), abs=1e-5)
    test = kerazoo.load_dataset("six_points").test
    answers = model.predict(test.x, verbose=0).ravel()
    assert answers == pytest.approx([0.0495, 0.1389, 0.1362, 0.8069, 0.9268, 0.8105], abs=1e-4)
    confusion = np.zeros((2, 2), int)
    np.add.at(confusion, (test.y.ravel().astype(int), (answers >= 0.5).astype(int)), 1)
    assert confusion.tolist() == [[2, 2], [1, 1]]


def test_the_start_of_the_log_is_that_of_the_documents_seed() -> None:
    tf.random.set_seed(2020)
    drawn = [*tf.random.normal([2, 1]).numpy().ravel(), *tf.random.normal([1]).numpy()]
    weights, bias = kerazoo.build_logistic_regression(**START).get_weights()
    assert drawn == pytest.approx([*weights.ravel(), *bias], abs=1e-8)


def test_a_step_by_hand_gives_the_numbers_of_keras() -> None:
    ours, costs = trained("logistic_regression", {**START, "by_hand": True}, epochs=1001)
    usual, expected = trained("logistic_regression", START, epochs=1001)
    assert type(ours).train_step is not keras.Model.train_step
    assert costs == pytest.approx(expected, abs=1e-6)
    for one, other in zip(ours.get_weights(), usual.get_weights(), strict=True):
        assert one == pytest.approx(other, abs=1e-5)


@pytest.mark.parametrize("gate", ["OR", "NAND", "XOR"])
def test_a_perceptron_learns_what_a_line_parts(gate: str) -> None:
    recipe = kerazoo.load_recipe("perceptron").of_experiment(gate)
    run = kerazoo.train("perceptron", recipe=recipe, seed=1)
    assert run.metrics["solved"] == (gate != "XOR")
    if gate == "XOR":
        outputs = run.model.predict(run.splits.test.x, verbose=0)
        assert np.abs(outputs - 0.5).max() < 0.01


def test_both_weights_of_and_are_alike_and_its_bias_is_large_and_negative() -> None:
    run = kerazoo.train("perceptron", variant="documented", seed=1)
    (first,), (second,) = run.model.get_weights()[0]
    bias = float(run.model.get_weights()[1][0])
    assert first == pytest.approx(second, rel=0.05)
    assert bias < -first < 0


@pytest.mark.parametrize("variant", ["documented", "tuned"])
def test_recorded_gates_are_solved_from_every_start_and_xor_from_none(variant: str) -> None:
    recorded = Results.load("perceptron")
    for experiment in ("AND", "OR", "NAND", "XOR"):
        score = recorded.score(variant, experiment, "solved")
        assert (score.mean, score.count) == (0.0 if experiment == "XOR" else 1.0, 100)


def test_scores_of_classes_are_one_product_with_the_bias_in_the_matrix() -> None:
    model = kerazoo.build_softmax_classifier()
    kernel, bias = model.get_weights()
    pixels = clothes().test.x[:5].reshape(5, -1) / np.float32(255)
    folded = np.column_stack([pixels, np.ones(5)]) @ np.vstack([kernel, bias])
    scores = np.exp(folded) / np.exp(folded).sum(axis=1, keepdims=True)
    answers = model.predict(clothes().test.x[:5], verbose=0)
    assert answers == pytest.approx(scores, abs=1e-5)


def test_a_picture_in_color_has_weights_for_each_channel() -> None:
    assert kerazoo.build_softmax_classifier((32, 32, 3)).count_params() == 30_730


def test_one_line_for_each_network_is_drawn() -> None:
    splits = kerazoo.load_dataset("gates", gate="or")
    models = {"start": kerazoo.build_perceptron(), "end": kerazoo.load_model("perceptron")}
    figure = kerazoo.plots.plot_decision_lines(models, splits)
    legend = [text.get_text() for text in figure.axes[0].get_legend().get_texts()]
    assert legend == ["start", "end", "0", "1"]


def test_lines_need_two_inputs_and_a_network() -> None:
    splits = kerazoo.load_dataset("gates")
    with pytest.raises(kerazoo.InvalidInput, match="models is empty"):
        kerazoo.plots.plot_decision_lines({}, splits)
    with pytest.raises(kerazoo.InvalidInput, match="two inputs and one output"):
        kerazoo.plots.plot_decision_lines({"boston": kerazoo.build_boston()}, splits)


@pytest.mark.parametrize(
    ("name", "option", "wrong"),
    [("gates", "gate", "nor"), ("straight_lines", "table", "triple")],
)
def test_an_unknown_table_is_named(name: str, option: str, wrong: str) -> None:
    with pytest.raises(kerazoo.UnknownName, match=f"'{wrong}'"):
        kerazoo.load_dataset(name, **{option: wrong})
