"""Weights and augmented images, judged by what is drawn."""

from __future__ import annotations

import keras
import numpy as np
import pytest

import kerazoo
from kerazoo import plots
from tests.small_data import clothes


def drawn(figure) -> np.ndarray:
    return np.stack([np.asarray(axes.images[0].get_array()) for axes in figure.axes])


def scaled(weights: np.ndarray) -> np.ndarray:
    return (weights / np.abs(weights).max() + 1) / 2


def test_filters_share_a_scale_in_which_gray_is_zero() -> None:
    model = kerazoo.build_cnn(filters=((8,), (16,)))
    kernel = model.get_layer("block1_conv1").get_weights()[0]  # (3, 3, 1, 8)
    figure = plots.plot_weights(model)
    np.testing.assert_allclose(drawn(figure), scaled(kernel[..., 0, :]).transpose(2, 0, 1), 1e-5)
    color = kerazoo.build_cnn((32, 32, 3), filters=((8,), (16,)))
    assert drawn(plots.plot_weights(color)).shape == (8, 3, 3, 3)


def test_a_later_filter_is_drawn_channel_by_channel() -> None:
    model = kerazoo.build_cnn(filters=((8,), (16,)))
    kernel = model.get_layer("block2_conv1").get_weights()[0]  # (3, 3, 8, 16)
    figure = plots.plot_weights(model, "block2_conv1")
    assert len(figure.axes) == 8 * 8
    np.testing.assert_allclose(drawn(figure)[8 + 2], scaled(kernel[..., :8])[:, :, 2, 1], 1e-4)
    assert ": of 8, 8 of 8 channels" in figure.get_suptitle()


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("softmax_classifier", {}),
        ("fashion_mnist", {"hidden_units": 12}),
        ("mnist_mlp", {"hidden_units": (12, 784)}),
    ],
)
def test_a_unit_that_sees_every_pixel_is_an_image(name: str, arguments) -> None:
    model = kerazoo.load_builder(name)(**arguments)
    first = next(layer for layer in model.layers if isinstance(layer, keras.layers.Dense))
    kernel = first.get_weights()[0]
    figure = plots.plot_weights(model)
    expected = scaled(kernel).T.reshape(-1, 28, 28)
    np.testing.assert_allclose(drawn(figure), expected, 1e-5)


def test_captions_are_those_of_the_units() -> None:
    names = [f"digit {number}" for number in range(10)]
    figure = plots.plot_weights(kerazoo.build_softmax_classifier(), captions=names)
    assert [axes.get_title() for axes in figure.axes] == names


def test_what_has_no_weights_on_images_is_refused() -> None:
    with pytest.raises(kerazoo.InvalidInput, match="no layer whose weights are images"):
        plots.plot_weights(kerazoo.build_xor())
    with pytest.raises(kerazoo.UnknownName, match="Did you mean 'block1_conv1'"):
        plots.plot_weights(kerazoo.build_cnn(), "block1_conv")


@pytest.mark.parametrize("name", ["cnn", "vgg_small", "mnist_mlp"])
def test_originals_stand_before_what_training_sees(name: str) -> None:
    arguments = {"mnist_mlp": {"augmentation": ("shift", "rotate")}, "vgg_small": {"augment": True}}
    model = kerazoo.load_builder(name)(**arguments.get(name, {}))
    x = clothes().train.x[:3]
    if model.input_shape[-1] == 3:
        x = np.pad(x, ((0, 0), (2, 2), (2, 2), (0, 0))).repeat(3, axis=-1)
    figure = plots.plot_augmented(model, x, times=4, seed=1)
    images = drawn(figure).reshape(3, 5, *x.shape[1:])
    np.testing.assert_allclose(images[:, 0], x / 255, atol=1e-6)
    assert all(not np.allclose(images[:, 0], images[:, number]) for number in range(1, 5))
    assert images.min() == 0
    assert 0.9 < images[:, 1:].max() <= 1
    again = plots.plot_augmented(model, x, times=4, seed=1)
    np.testing.assert_array_equal(drawn(again), drawn(figure))
    other = plots.plot_augmented(model, x, times=4, seed=2)
    assert not np.array_equal(drawn(other), drawn(figure))


def test_drawing_them_does_not_change_a_training() -> None:
    model = kerazoo.build_cnn(filters=((4,),))
    before = [np.array(variable) for variable in model.non_trainable_variables]
    plots.plot_augmented(model, clothes().train.x[:2])
    for variable, old in zip(model.non_trainable_variables, before, strict=True):
        np.testing.assert_array_equal(variable, old)


def test_a_network_that_changes_nothing_is_refused() -> None:
    x = clothes().train.x[:2]
    with pytest.raises(kerazoo.InvalidInput, match="changes no image at random"):
        plots.plot_augmented(kerazoo.build_cnn(augmentation=()), x)
    with pytest.raises(kerazoo.InvalidInput, match="times is 0"):
        plots.plot_augmented(kerazoo.build_cnn(), x, times=0)
