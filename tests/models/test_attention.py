"""seq2seq and transformer: what attention sees, what positions tell, and what may not be seen."""

from __future__ import annotations

import math

import keras
import numpy as np
import pytest

import kerazoo
from kerazoo.datasets import written_dates
from kerazoo.errors import InvalidInput, UnknownName
from kerazoo.models._positions import AddPositions
from kerazoo.models.text._attention import attend

ARCHITECTURES = ("lstm", "attention", "transformer")
WORDS = np.array([[5, 3, 8, 12, 4, 7]], "int32")
ORDER = [4, 0, 3, 5, 1, 2]


def small_transformer(positions: bool) -> keras.Model:
    keras.utils.set_random_seed(3)
    return kerazoo.build_transformer((6,), vocabulary_size=20, blocks=2, positions=positions)


def answers_of(model: keras.Model, words: np.ndarray) -> np.ndarray:
    """What it answers, without compiling anything, as `predict` does."""
    return keras.ops.convert_to_numpy(model(words))


def encoded(model: keras.Model, words: np.ndarray) -> np.ndarray:
    """What comes out of the last block, `(rows, length, units)`."""
    return answers_of(keras.Model(model.input, model.get_layer("block2_norm").output), words)


def test_without_positions_a_permutation_of_the_input_permutes_the_output() -> None:
    model = small_transformer(positions=False)
    np.testing.assert_allclose(
        encoded(model, WORDS[:, ORDER]), encoded(model, WORDS)[:, ORDER], atol=1e-5
    )
    # And what is told of the whole text stays the same.
    np.testing.assert_allclose(
        answers_of(model, WORDS[:, ORDER]), answers_of(model, WORDS), atol=1e-6
    )


def test_with_positions_the_order_makes_a_difference() -> None:
    model = small_transformer(positions=True)
    difference = encoded(model, WORDS[:, ORDER]) - encoded(model, WORDS)[:, ORDER]
    assert np.abs(difference).max() > 1e-3
    assert np.abs(answers_of(model, WORDS[:, ORDER]) - answers_of(model, WORDS)).max() > 1e-5


def test_nobody_looks_at_what_fills_up_a_row() -> None:
    keras.utils.set_random_seed(3)
    options = {"vocabulary_size": 20, "positions": False}
    short = kerazoo.build_transformer((6,), **options)
    long = kerazoo.build_transformer((9,), **options)
    long.set_weights(short.get_weights())
    filled = np.pad(WORDS, ((0, 0), (3, 0)))
    np.testing.assert_allclose(answers_of(long, filled), answers_of(short, WORDS), atol=1e-6)
    scores = keras.Model(long.input, long.get_layer("attention1").output[1])
    weights = answers_of(scores, filled)
    assert weights[:, :, 3:, :3].max() < 1e-6
    np.testing.assert_allclose(weights[:, :, 3:].sum(axis=-1), 1, atol=1e-5)


def test_attention_is_the_formula_of_the_course() -> None:
    """E, lines 1446-1470: queries times keys, normalized, softmax, times values."""
    keras.utils.set_random_seed(0)
    inputs = keras.Input((5, 8))
    model = keras.Model(inputs, attend(inputs, inputs, 1, "look"))
    look = model.get_layer("look")
    x = np.random.default_rng(0).normal(size=(1, 5, 8)).astype("float32")
    q, k, v, o = look.get_weights()
    queries, keys, values = (x[0] @ weights[:, 0] for weights in (q, k, v))
    logits = queries @ keys.T / math.sqrt(8)
    weights = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    summed = x[0] + (weights @ values) @ o[0]
    centered = summed - summed.mean(axis=1, keepdims=True)
    expected = centered / np.sqrt(summed.var(axis=1, keepdims=True) + 1e-6)
    np.testing.assert_allclose(model.predict(x, verbose=0)[0], expected, atol=1e-4)


def test_positions_are_added_and_saved() -> None:
    layer = AddPositions(name="positions")
    assert layer.compute_output_shape((None, 3, 2)) == (None, 3, 2)
    x = np.ones((2, 3, 2), "float32")
    added = np.asarray(layer(x)) - x
    np.testing.assert_allclose(added[0], np.asarray(layer.positions), atol=1e-6)
    assert AddPositions.from_config(layer.get_config()).name == "positions"


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_what_is_written_sees_nothing_that_comes_later(architecture: str) -> None:
    keras.utils.set_random_seed(1)
    model = kerazoo.build_seq2seq((9,), written=4, characters=5, architecture=architecture, units=8)
    row = np.array([[3, 4, 5, 6, 7, 1, 3, 4, 5]], "int32")
    answers = model.predict(row, verbose=0)
    for place in range(1, 4):
        other = row.copy()
        other[0, 5 + place :] = 7
        changed = model.predict(other, verbose=0)
        np.testing.assert_allclose(changed[:, :place], answers[:, :place], atol=1e-6)
        assert np.abs(changed[:, place:] - answers[:, place:]).max() > 1e-6
    read_anew = row.copy()
    read_anew[0, 0] = 7  # the first character that is read counts for all that is written
    assert np.abs(model.predict(read_anew, verbose=0) - answers).max(axis=(0, 2)).min() > 1e-7


@pytest.mark.parametrize("name", ["seq2seq", "transformer"])
def test_parameters_of_each_experiment(name: str) -> None:
    for recipe in kerazoo.load_recipe(name).all_experiments():
        model = kerazoo.load_builder(name)(**recipe.builder_arguments)
        count = sum(math.prod(weight.shape) for weight in model.trainable_weights)
        assert count == recipe.parameters, recipe.experiment


@pytest.mark.thorough
@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_every_architecture_is_served_without_tensorflow(architecture: str, tmp_path) -> None:
    splits = written_dates.tiny()
    characters = len(splits.about.characters)
    arguments = {"characters": characters, "units": 8, "architecture": architecture}
    model = kerazoo.build_seq2seq(**arguments)
    path = kerazoo.save_model(model, tmp_path / "m", splits=splits, builder_arguments=arguments)
    by_litert, by_keras = (
        kerazoo.load_translator(path, runtime=runtime) for runtime in ("litert", "keras")
    )
    texts = ["May 1, 2026", "2026년 5월 1일"]
    for one, other in zip(by_litert.translate(texts), by_keras.translate(texts), strict=True):
        assert one.written == other.written
        assert one.probability == pytest.approx(other.probability, rel=1e-3)


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"architecture": "gru"}, UnknownName, "'gru'"),
        ({"written": 42}, InvalidInput, r"input_shape is \(42,\) and written is 42"),
        ({"characters": 0}, InvalidInput, "characters is 0; pass how many"),
        ({"units": 7}, InvalidInput, "units is 7 and heads is 2; pass a multiple"),
        ({"units": 6, "architecture": "transformer"}, InvalidInput, "units is 6 and heads is 4"),
    ],
)
def test_what_cannot_be_built(options, error, message: str) -> None:
    with pytest.raises(error, match=message):
        kerazoo.build_seq2seq(**options)


def test_what_cannot_be_built_of_blocks() -> None:
    with pytest.raises(InvalidInput, match="blocks is 0; pass at least 1"):
        kerazoo.build_transformer(blocks=0)
    with pytest.raises(InvalidInput, match="units is 33 and heads is 2"):
        kerazoo.build_transformer(units=33)
