"""Little results of the course documents, computed by what the package trains and counts with."""

from __future__ import annotations

import keras
import numpy as np
import pytest

import kerazoo
from kerazoo.models.text._word_tables import _are_around
from kerazoo.recipe import cosine_decay
from kerazoo.tasks._scores import describe_classes


def total_of(table: object) -> int:
    """The number of parameters in the last line of a layer table."""
    return int(str(table).splitlines()[-1].split()[1].rstrip(";").replace(",", ""))


def one_hot(index: int, classes: int) -> np.ndarray:
    return np.eye(classes, dtype="float32")[[index]]


@pytest.mark.parametrize(
    ("loss", "predicted", "cost"),
    [
        ("categorical_crossentropy", (0.02, 0.90, 0.05, 0.01, 0.02), 0.105361),  # C, line 245
        ("categorical_crossentropy", (0.1, 0.7, 0.2), 0.356675),  # B, lines 341-351
        ("mean_squared_error", (0.1, 0.7, 0.2), 0.046667),
    ],
)
def test_the_cost_of_an_answer_where_the_second_class_is_right(loss, predicted, cost) -> None:
    found = keras.losses.get(loss)(one_hot(1, len(predicted)), np.array([predicted], "float32"))
    assert float(found[0]) == pytest.approx(cost, abs=1e-6)


@pytest.mark.parametrize(("right", "cost"), [(1.0, 0.0), (0.0, 16.118)])
def test_a_sure_answer_costs_nothing_or_what_the_smallest_probability_costs(right, cost) -> None:
    """Infinite on paper (D, lines 188-195): Keras keeps probabilities away from 0 and 1."""
    answer = np.array([[right, 1 - right]], "float32")
    found = keras.losses.categorical_crossentropy(one_hot(0, 2), answer)
    assert float(found[0]) == pytest.approx(cost, abs=1e-3)


@pytest.mark.parametrize(
    ("probability", "information", "expected"), [(0.01, 4.605170, 0.0461), (0.99, 0.010050, 0.0099)]
)
def test_what_is_improbable_tells_more(probability, information, expected) -> None:
    """A, lines 664-677: rain and a dry day, in the unit that a cross-entropy has."""
    sure = np.array([[probability, 1 - probability]])
    found = float(keras.losses.categorical_crossentropy(one_hot(0, 2).astype("float64"), sure)[0])
    assert found == pytest.approx(information, abs=1e-6)
    assert probability * found == pytest.approx(expected, abs=1e-4)


def test_a_sigmoid_is_never_steeper_than_a_quarter() -> None:
    """B, lines 654-693: so a gradient shrinks at least fourfold in each layer of sigmoids."""
    x = np.linspace(-8, 8, 16001)
    slopes = np.gradient(np.asarray(keras.activations.sigmoid(x)), x)
    assert slopes.max() == pytest.approx(0.25, abs=1e-6)
    assert x[slopes.argmax()] == pytest.approx(0, abs=1e-3)


@pytest.mark.parametrize(
    ("size", "filters", "kernel", "padding", "output"),
    [
        ((6, 6), 1, 3, "valid", (4, 4, 1)),  # A, lines 302-306
        ((6, 6), 1, 3, "same", (6, 6, 1)),
        ((120, 160), 12, 5, "valid", (116, 156, 12)),  # B, lines 1340-1491
    ],
)
def test_the_size_of_a_convolution(size, filters, kernel, padding, output) -> None:
    layer = keras.layers.Conv2D(filters, kernel, padding=padding)
    assert layer.compute_output_shape((None, *size, 1))[1:] == output


def test_pooling_halves_the_size() -> None:
    pooled = keras.layers.MaxPooling2D().compute_output_shape((None, 116, 156, 12))
    assert pooled[1:] == (58, 78, 12)


def test_parameters_are_counted_layer_by_layer() -> None:
    """A, lines 59-63: four inputs, five hidden units, one output."""
    inputs = keras.Input((4,))
    hidden = keras.layers.Dense(5, name="hidden")(inputs)
    model = keras.Model(inputs, keras.layers.Dense(1, name="output")(hidden))
    assert total_of(kerazoo.layer_table(model)) == 31 == (4 + 1) * 5 + (5 + 1) * 1


def test_two_small_filters_have_fewer_weights_than_a_large_one() -> None:
    """They see the same 5 x 5 pixels: 18 C^2 against 25 C^2."""
    channels = 7

    def weights(*kernels: int) -> tuple[int, ...]:
        layers = [keras.layers.Conv2D(channels, kernel, use_bias=False) for kernel in kernels]
        model = keras.Sequential([keras.Input((5, 5, channels)), *layers])
        assert model.output_shape == (None, 1, 1, channels)
        return model.count_params()

    assert (weights(3, 3), weights(5)) == (18 * channels**2, 25 * channels**2)


def test_steps_of_an_epoch_are_rows_by_batch_size() -> None:
    """C, lines 296-306, and A, lines 177-178: the last batch may be smaller."""
    for rows, batch_size, steps in ((10_000, 100, 100), (175, 32, 6), (5, 2, 3)):
        schedule = cosine_decay(0.1, rows=rows, batch_size=batch_size, epochs=1)
        assert schedule["config"]["decay_steps"] == steps


def test_windows_of_a_series_are_its_days_less_the_lag() -> None:
    """A, lines 428-441: 6,051 days and windows of five make 6,046 pairs."""
    splits = kerazoo.load_dataset("nyse", lag=5)
    assert sum(len(part.x) for part in (splits.train, splits.validation, splits.test)) == 6046


def test_pairs_of_a_word_and_a_neighbor() -> None:
    """B, lines 2868-2924: seven words and a window of two make 22 pairs; around *cat* are four."""
    sentence = "The fat cat sat on the mat".lower().split()
    words = sorted(set(sentence))
    ids = np.array([words.index(word) for word in sentence])
    around = keras.ops.convert_to_numpy(_are_around(ids, window=2))
    assert around.sum() == 22
    near_cat = np.flatnonzero(around[sentence.index("cat")])
    assert [sentence[place] for place in near_cat] == ["the", "fat", "sat", "on"]


def test_a_test_tells_more_of_those_whom_it_called_ill_before() -> None:
    """E, lines 853-898: one in ten is ill; 99 of 100 are found, and 1 of 100 healthy ones, too."""

    def precision(ill: int, healthy: int) -> float:
        called = [ill * 99 // 100, healthy // 100]  # of the ill, and of the healthy
        counts = [called[0], ill - called[0], called[1], healthy - called[1]]
        y = np.repeat([1, 1, 0, 0], counts)
        answers = np.eye(2)[np.repeat([1, 0, 1, 0], counts)]
        return describe_classes(y, answers, ("healthy", "ill"))["ill"][1]

    assert precision(1000, 9000) == pytest.approx(0.9167, abs=5e-5)
    assert precision(9900, 900) == pytest.approx(
        0.9991, abs=5e-5
    )  # again, those who were called ill
