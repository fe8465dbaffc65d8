"""Attention maps, on a network whose right answer is known."""

from __future__ import annotations

import keras
import numpy as np
import pytest

import kerazoo
from kerazoo import KerazooError
from kerazoo.plots import (
    attention_rollout,
    attention_scores,
    plot_attention,
    plot_attention_heads,
)
from tests.small_data import clothes

GRID, PATCH = 3, 4
SIZE = GRID * PATCH


def looks_at_bright_patches(sharpness: float = 40.0) -> keras.Model:
    """One head whose every query is 1 and whose key is how bright a patch is on average."""
    inputs = keras.Input((SIZE, SIZE, 1), dtype="uint8", name="image")
    x = keras.layers.Rescaling(1 / 255, name="rescale")(inputs)
    x = keras.layers.AveragePooling2D(PATCH, name="brightness")(x)  # (rows, 3, 3, 1)
    x = keras.layers.Reshape((-1, 1), name="tokens")(x)
    x = keras.layers.MultiHeadAttention(1, 1, name="attention")(x, value=x)
    x = keras.layers.GlobalAveragePooling1D(name="features")(x)
    outputs = keras.layers.Dense(2, "softmax", name="class")(x)
    model = keras.Model(inputs, outputs, name="looker")
    layer = model.get_layer("attention")
    query, query_bias, *rest = layer.get_weights()
    key, key_bias = np.full_like(rest[0], sharpness), np.zeros_like(rest[1])
    layer.set_weights([0 * query, np.ones_like(query_bias), key, key_bias, *rest[2:]])
    return model


def with_bright_patch(row: int, column: int) -> np.ndarray:
    image = np.full((SIZE, SIZE, 1), 20, "uint8")
    image[PATCH * row : PATCH * (row + 1), PATCH * column : PATCH * (column + 1)] = 250
    return image


@pytest.fixture(scope="module")
def vit() -> keras.Model:
    keras.utils.set_random_seed(1)
    return kerazoo.build_vit(blocks=2)


def test_every_token_looks_at_the_bright_patch() -> None:
    images = np.stack([with_bright_patch(0, 2), with_bright_patch(2, 1)])
    scores = attention_scores(looks_at_bright_patches(), images)["attention"]
    assert scores.shape == (2, 1, 9, 9)
    np.testing.assert_allclose(scores[0, 0], np.eye(9)[[2] * 9], atol=1e-4)
    np.testing.assert_allclose(scores[1, 0], np.eye(9)[[7] * 9], atol=1e-4)


def test_the_rollout_is_brightest_there() -> None:
    images = np.stack([with_bright_patch(0, 2), with_bright_patch(2, 1)])
    heat = attention_rollout(looks_at_bright_patches(), images)
    assert heat.shape == (2, SIZE, SIZE)
    assert heat.min() == 0
    assert heat.max() == 1
    for one, (row, column) in zip(heat, ((0, 2), (2, 1)), strict=True):
        top, left = np.unravel_index(one.argmax(), one.shape)
        assert (top // PATCH, left // PATCH) == (row, column)


def test_where_all_patches_count_alike_nothing_stands_out() -> None:
    heat = attention_rollout(looks_at_bright_patches(sharpness=0.0), with_bright_patch(1, 1))
    assert not heat.any()  # and no division by zero


def test_scores_are_those_of_prediction_and_sum_to_one(vit: keras.Model) -> None:
    """More images than are taken at once; and reading them leaves the network as it was."""
    x = clothes().train.x[:70]
    before, shape = vit.predict(x, verbose=0), vit.get_layer("block1_attention").output.shape
    scores = attention_scores(vit, x)
    assert {name: one.shape for name, one in scores.items()} == {
        "block1_attention": (70, 4, 49, 49),
        "block2_attention": (70, 4, 49, 49),
    }
    for one in scores.values():
        np.testing.assert_allclose(one.sum(axis=-1), 1, atol=1e-5)
    np.testing.assert_allclose(
        attention_scores(vit, x[69])["block2_attention"][0],
        scores["block2_attention"][69],
        atol=1e-5,
    )
    np.testing.assert_array_equal(vit.predict(x, verbose=0), before)
    assert vit.get_layer("block1_attention").output.shape == shape


def test_two_layers_are_multiplied(vit: keras.Model) -> None:
    x = clothes().test.x[:2]
    one, two = (scores.mean(axis=1) for scores in attention_scores(vit, x).values())
    reached = ((np.eye(49) + two) / 2 @ ((np.eye(49) + one) / 2)).mean(axis=1).reshape(2, 7, 7)
    scaled = reached - reached.min(axis=(1, 2), keepdims=True)
    scaled /= scaled.max(axis=(1, 2), keepdims=True)
    enlarged = keras.ops.image.resize(scaled[..., None], (28, 28), interpolation="bilinear")
    np.testing.assert_allclose(attention_rollout(vit, x), np.asarray(enlarged)[..., 0], atol=1e-4)


def test_the_figure_names_the_answers(vit: keras.Model) -> None:
    splits = clothes()
    figure = plot_attention(vit, splits.test.x[:3], splits.class_names)
    assert len(figure.axes) == 7
    said = vit.predict(splits.test.x[:3], verbose=0).argmax(axis=1)
    titles = [axes.get_title() for axes in figure.axes[:6:2]]
    assert [title.split(",")[0] for title in titles] == [splits.class_names[one] for one in said]
    assert "7 × 7 patches" in figure.get_suptitle()


def test_heads_are_drawn_layer_by_layer(vit: keras.Model) -> None:
    x = clothes().test.x[0]
    figure = plot_attention_heads(vit, x, (1, 2))
    maps = figure.axes[1:]
    assert len(maps) == 8
    assert [maps[0].get_title(loc="left"), maps[4].get_title(loc="left")] == list(
        attention_scores(vit, x)
    )
    expected = attention_scores(vit, x)["block2_attention"][0, 3, 7 + 2].reshape(7, 7)
    np.testing.assert_allclose(maps[7].images[0].get_array(), expected, atol=1e-6)
    left, right = maps[7].lines[0].get_xdata()[:2]
    assert (left, right) == (1.5, 2.5)


@pytest.mark.thorough  # integrated gradients take many passes
def test_a_training_shows_attention_in_place_of_grad_cam() -> None:
    from kerazoo.plots.files import figures_of_layers

    drawn = figures_of_layers(kerazoo.build_vit(blocks=1), clothes())
    assert set(drawn) == {"weights", "attention", "attention_heads", "integrated_gradients"}


@pytest.mark.parametrize(
    ("draw", "reason"),
    [
        (lambda x: attention_scores(kerazoo.build_lenet(), x), "'lenet' has no layer of attention"),
        (lambda x: plot_attention(kerazoo.build_fashion_mnist(), x), "no layer of attention"),
        (lambda x: plot_attention_heads(kerazoo.build_vit(), x[:2]), "there are 2 images"),
        (lambda x: plot_attention_heads(kerazoo.build_vit(), x[0], (7, 0)), r"\(0, 0\) to \(6, 6"),
        (lambda x: attention_rollout(kerazoo.build_vit(), x / 255), "takes 0 to 255"),
        (lambda x: plot_attention(kerazoo.build_vit(), x[:1], ["a"]), "has 1 name"),
    ],
)
def test_refuses(draw, reason: str) -> None:
    with pytest.raises(KerazooError, match=reason):
        draw(clothes().test.x)


def test_tokens_that_are_no_patches() -> None:
    inputs = keras.Input((5, 8), name="words")
    x = keras.layers.MultiHeadAttention(1, 4, name="attention")(inputs, inputs)
    x = keras.layers.GlobalAveragePooling1D(name="features")(x)
    model = keras.Model(inputs, keras.layers.Dense(2, "softmax", name="class")(x), name="reader")
    with pytest.raises(KerazooError, match="the 5 tokens of 'reader' are no patches"):
        attention_rollout(model, np.full((1, 5, 8), 2.0))
