"""Grad-CAM and activations, on networks whose right answer is known."""

from __future__ import annotations

from collections.abc import Iterator

import keras
import numpy as np
import pytest

import kerazoo
from kerazoo import KerazooError
from kerazoo.plots import grad_cam, plot_activations, plot_grad_cam
from kerazoo.plots.layers import feature_layers
from tests.small_data import clothes

SIZE = 24


def detector(activation: str | None = "softmax", scale: float = 1.0) -> keras.Model:
    """A network that tells a bright 3 by 3 patch, its class 0, from a dark one, its class 1."""
    inputs = keras.Input((SIZE, SIZE, 1), dtype="uint8", name="image")
    x = keras.layers.Rescaling(1 / 127.5, offset=-1.0, name="rescale")(inputs)
    x = keras.layers.Conv2D(2, 3, padding="same", activation="relu", name="patches")(x)
    x = keras.layers.GlobalAveragePooling2D(name="mean")(x)
    outputs = keras.layers.Dense(2, activation, name="class")(x)
    model = keras.Model(inputs, outputs, name="detector")
    kernel = np.ones((3, 3, 1, 2), "float32") * [1, -1]
    model.get_layer("patches").set_weights([kernel, np.full(2, -8.0)])
    model.get_layer("class").set_weights([scale * np.eye(2), np.zeros(2)])
    return model


def with_patches(bright: tuple[int, int], dark: tuple[int, int]) -> np.ndarray:
    image = np.full((SIZE, SIZE, 1), 128, "uint8")
    for (top, left), value in ((bright, 255), (dark, 0)):
        image[top : top + 3, left : left + 3] = value
    return image


def peak(heat: np.ndarray) -> tuple[int, int]:
    row, column = np.unravel_index(heat.argmax(), heat.shape)
    return int(row), int(column)


@pytest.mark.parametrize("activation", ["softmax", "sigmoid", None])
def test_the_heat_is_where_the_class_is(activation: str | None) -> None:
    images = np.stack([with_patches((3, 15), (17, 5)), with_patches((10, 2), (1, 20))])
    model = detector(activation)
    bright, dark = grad_cam(model, images, target=0), grad_cam(model, images, target=1)
    assert [peak(heat) for heat in bright] == [(4, 16), (11, 3)]
    assert [peak(heat) for heat in dark] == [(18, 6), (2, 21)]
    for heat in (bright, dark):
        assert heat.shape == (2, SIZE, SIZE)
        assert heat.max(axis=(1, 2)).tolist() == [1, 1]
        assert np.count_nonzero(heat[0]) == 1  # nothing else fills a filter
    each = grad_cam(model, images, target=[1, 0])
    np.testing.assert_array_equal(each, [dark[0], bright[1]])


def test_what_speaks_against_a_class_is_not_heat() -> None:
    blank = np.full((SIZE, SIZE, 1), 128, "uint8")
    only_bright = blank.copy()
    only_bright[3:6, 3:6] = 255
    model = detector()
    np.testing.assert_array_equal(
        grad_cam(model, only_bright), grad_cam(model, only_bright, target=0)
    )
    assert not grad_cam(model, only_bright, target=1).any()
    assert not grad_cam(model, blank).any()  # and no division by zero


def test_a_sure_answer_is_explained_too() -> None:
    image = with_patches((3, 15), (30, 30))
    unsure, sure = detector(scale=1.0), detector(scale=1e6)
    assert np.asarray(sure(image[None]))[0].tolist() == [1.0, 0.0]  # no gradient is left of it
    np.testing.assert_allclose(grad_cam(sure, image), grad_cam(unsure, image), atol=1e-6)


@pytest.mark.parametrize("separate", ["softmax", "activation"])
def test_a_softmax_of_its_own_is_passed_too(separate: str) -> None:
    logits = detector(None, scale=1e6)
    layer = keras.layers.Softmax() if separate == "softmax" else keras.layers.Activation("softmax")
    model = keras.Model(logits.inputs[0], layer(logits.outputs[0]))
    image = with_patches((3, 15), (30, 30))
    np.testing.assert_allclose(grad_cam(model, image), grad_cam(detector(), image), atol=1e-6)


def trained_a_little() -> keras.Model:
    keras.utils.set_random_seed(1)
    model = kerazoo.build_cnn(
        filters=((8,), (16,)), dropout=0.5, augmentation=("mirror", "shift", "zoom", "rotate")
    )
    kerazoo.compile_model(model, "cnn")
    model.fit(*clothes().train, epochs=1, verbose=0)
    return model


@pytest.fixture(scope="module")
def cnn() -> keras.Model:
    """A network with batch normalization, augmentation and dropout that ends in GAP and Dense."""
    return trained_a_little()


@pytest.fixture(scope="module")
def x() -> np.ndarray:
    """More than are differentiated at once."""
    return kerazoo.load_dataset("fashion_mnist_mini").test.x[:70]


def class_activation_map(model: keras.Model, x: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """Zhou et al. 2016: the last maps, weighed by the dense layer's weights of the class."""
    maps = keras.Model(model.inputs[0], model.get_layer("block2_conv1_relu").output)
    kernel = keras.ops.convert_to_numpy(model.get_layer("class").kernel)
    found = keras.ops.convert_to_numpy(maps(x, training=False))
    heat = np.maximum(np.einsum("rhwk,kr->rhw", found, kernel[:, targets]), 0)
    enlarged = keras.ops.image.resize(heat[..., None], (28, 28), interpolation="bilinear")
    heat = keras.ops.convert_to_numpy(enlarged)[..., 0]
    return heat / heat.max(axis=(1, 2), keepdims=True).clip(min=1e-12)


@pytest.mark.parametrize("target", [None, 3])
def test_with_global_average_pooling_it_is_the_class_activation_map(cnn, x, target) -> None:
    said = cnn.predict(x, verbose=0).argmax(axis=1)
    targets = said if target is None else np.full(len(x), target)
    expected = class_activation_map(cnn, x, targets)
    assert (expected.max(axis=(1, 2)) > 0).sum() > len(x) / 2  # there is something to compare
    np.testing.assert_allclose(grad_cam(cnn, x, target=target), expected, atol=1e-4)


def test_nothing_random_acts_and_nothing_is_changed(cnn, x) -> None:
    before = [keras.ops.convert_to_numpy(variable) for variable in cnn.variables]
    first = grad_cam(cnn, x[:8])
    np.testing.assert_array_equal(grad_cam(cnn, x[:8]), first)
    for variable, value in zip(cnn.variables, before, strict=True):
        np.testing.assert_array_equal(variable, value)


def test_frozen_layers_and_rows_in_any_company_give_the_same(cnn, x) -> None:
    together = grad_cam(cnn, x)
    alone = np.concatenate([grad_cam(cnn, image) for image in x[[0, 65, 69]]])
    np.testing.assert_allclose(together[[0, 65, 69]], alone, atol=1e-5)
    cnn.trainable = False
    try:
        np.testing.assert_allclose(grad_cam(cnn, x), together, atol=1e-6)
    finally:
        cnn.trainable = True


def test_one_probability_stands_for_two_classes() -> None:
    two = detector("softmax")
    inputs, mean = two.inputs[0], two.get_layer("mean").output
    one = keras.Model(inputs, keras.layers.Dense(1, "sigmoid", name="dark")(mean))
    one.get_layer("dark").set_weights([np.array([[-1.0], [1.0]]), np.zeros(1)])
    images = np.stack([with_patches((3, 15), (17, 5))])
    for target in (0, 1):
        np.testing.assert_allclose(
            grad_cam(one, images, target=target), grad_cam(two, images, target=target)
        )
    assert peak(grad_cam(one, with_patches((3, 15), (30, 30)))[0]) == (4, 16)


def test_past_a_skip_connection_and_a_dense_layer() -> None:
    keras.utils.set_random_seed(0)
    inputs = keras.Input((16, 16, 3), name="image")
    x = keras.layers.Conv2D(4, 3, padding="same", activation="relu", name="first")(inputs)
    y = keras.layers.Conv2D(4, 3, padding="same", name="second")(x)
    y = keras.layers.LeakyReLU(name="second_leaky")(y)
    y = keras.layers.Add(name="sum")([x, y])
    y = keras.layers.Flatten(name="flatten")(y)
    y = keras.layers.Dense(8, "relu", name="hidden")(y)
    model = keras.Model(inputs, keras.layers.Dense(3, "softmax", name="class")(y))
    assert feature_layers(model) == {"first": "first", "second": "second_leaky"}
    images = np.random.default_rng(0).random((2, 16, 16, 3), "float32")
    for layer in ("first", "second", "sum"):
        heat = grad_cam(model, images, layer)
        assert heat.shape == (2, 16, 16)
        assert 0 <= heat.min() < heat.max() == 1


@pytest.fixture
def half_precision() -> Iterator[None]:
    keras.config.set_dtype_policy("mixed_bfloat16")
    yield
    keras.config.set_dtype_policy("float32")


@pytest.mark.usefixtures("half_precision")
def test_in_half_precision() -> None:
    heat = grad_cam(detector(), with_patches((3, 15), (30, 30)))
    assert heat.dtype == np.float32
    assert peak(heat[0]) == (4, 16)


@pytest.mark.parametrize(
    ("name", "arguments", "last"),
    [
        ("cnn", {"filters": ((4,), (8, 8))}, "block2_conv2_relu"),
        ("vgg_small", {}, "block4_conv2_relu"),
        (
            "vgg_transfer",
            {"backbone": "vgg_small", "weights": None, "unfreeze_from": "features"},
            "block3_conv2_relu",
        ),
        (
            "vgg_transfer",
            {"backbone": "vgg16", "weights": None, "unfreeze_from": "features"},
            "block5_conv3",
        ),
    ],
)
def test_networks_of_the_zoo(name: str, arguments: dict, last: str) -> None:
    model = kerazoo.load_builder(name)(**arguments)
    assert list(feature_layers(model).values())[-1] == last
    images = np.random.default_rng(0).integers(0, 256, (2, *model.input_shape[1:]), "uint8")
    heat = grad_cam(model, images)
    assert heat.shape == images.shape[:3]
    assert 0 <= heat.min() <= heat.max() <= 1
    shown = min(len(feature_layers(model)), 8)
    assert len(plot_activations(model, images[0]).axes) == 1 + shown


def test_a_figure_says_how_fine_the_regions_are() -> None:
    model = kerazoo.build_cnn(filters=((4,), (8, 8)))
    images = np.zeros((1, 28, 28, 1), "uint8")
    for layer, size in ((None, "7 × 7 regions"), ("block1_conv1_relu", "14 × 14 regions")):
        title = plot_grad_cam(model, images, layer=layer).get_suptitle()
        assert title == f"Where the network looks (Grad-CAM, {size})"


@pytest.mark.parametrize("name", ["fashion_mnist", "boston"])
@pytest.mark.parametrize("draw", [grad_cam, plot_grad_cam, plot_activations])
def test_without_convolutions_there_is_nothing_to_see(name: str, draw) -> None:
    model = kerazoo.load_builder(name)()
    with pytest.raises(KerazooError, match=f"'{name}' has no convolution"):
        draw(model, clothes().test.x[:1])


@pytest.mark.parametrize(
    ("images", "arguments", "reason"),
    [
        (np.zeros((1, 28, 28, 3), "uint8"), {}, r"takes \(28, 28, 1\)"),
        (np.zeros((0, 28, 28, 1), "uint8"), {}, "one or several"),
        (np.zeros((28, 28), "uint8"), {}, r"takes \(28, 28, 1\)"),
        (np.ones((1, 28, 28, 1)), {}, "takes 0 to 255"),
        (None, {"target": 10}, "10 classes, 0 to 9"),
        (None, {"target": -1}, "10 classes, 0 to 9"),
        (None, {"target": "Bag"}, "number of a class"),
        (None, {"target": [1, 2, 3]}, "each of 2"),
        (None, {"layer": "block1_conv"}, "Did you mean 'block1_conv1'"),
        (None, {"layer": "rescale"}, "unknown layer of feature maps"),
        (None, {"layer": "class"}, "unknown layer of feature maps"),
    ],
)
def test_refuses(cnn, images, arguments, reason: str) -> None:
    images = clothes().test.x[:2] if images is None else images
    with pytest.raises(KerazooError, match=reason):
        grad_cam(cnn, images, **arguments)


def test_refuses_what_is_no_classifier() -> None:
    inputs = keras.Input((8, 8, 1), name="image")
    model = keras.Model(inputs, keras.layers.Conv2D(1, 3, name="filter")(inputs))
    with pytest.raises(KerazooError, match="takes classifiers"):
        grad_cam(model, np.zeros((1, 8, 8, 1)))


def test_heat_is_drawn_over_the_image_of_its_class(cnn, x) -> None:
    names = clothes().class_names
    figure = plot_grad_cam(cnn, x[:3], names)
    said = cnn.predict(x[:3], verbose=0)
    captions = [f"{names[row.argmax()]}, {100 * row.max():.0f} %" for row in said]
    assert [axes.get_title() for axes in figure.axes[:6:2]] == captions
    heat = grad_cam(cnn, x[:3])
    for axes, expected in zip(figure.axes[1:6:2], heat, strict=True):
        gray, colored = axes.images
        np.testing.assert_allclose(colored.get_array(), expected, atol=1e-5)
        assert gray.get_array().shape == (28, 28)
    looked_for = plot_grad_cam(cnn, x[0], names, target=9)
    assert looked_for.axes[0].get_title() == f"Ankle boot, {100 * said[0, 9]:.0f} %"
    with pytest.raises(KerazooError, match="2 names"):
        plot_grad_cam(cnn, x[:3], ["a", "b"])


def test_activations_are_those_of_the_layer(cnn, x) -> None:
    figure = plot_activations(cnn, x[0], "block1_conv1_relu")
    _, axes = figure.axes
    assert axes.get_title(loc="left") == "block1_conv1_relu, 14 × 14: all 8"
    maps = keras.Model(cnn.inputs[0], cnn.get_layer("block1_conv1_relu").output)
    found = keras.ops.convert_to_numpy(maps(x[:1], training=False))[0]
    mosaic = np.asarray(axes.images[0].get_array())
    for number in range(8):
        drawn = mosaic[:, 15 * number : 15 * number + 14]
        one = found[..., number]
        np.testing.assert_allclose(drawn * np.ptp(one) + one.min(), one, atol=1e-4)


def test_activations_of_every_convolution_show_the_most_active(cnn, x) -> None:
    figure = plot_activations(cnn, x[0])
    assert [axes.get_title(loc="left") for axes in figure.axes[1:]] == [
        "block1_conv1_relu, 14 × 14: all 8",
        "block2_conv1_relu, 7 × 7: the 12 most active of 16",
    ]
    with pytest.raises(KerazooError, match="pass one"):
        plot_activations(cnn, x[:2])
