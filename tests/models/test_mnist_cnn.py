"""mnist_cnn: what the course prints of it, and a trap that is in it."""

from __future__ import annotations

import keras
import numpy as np
import pytest

import kerazoo
from kerazoo.datasets.splits import hold_out_last
from tests.small_data import clothes

# Course document E, lines 574-664, with the channels last: the input and six outputs.
PRINTED_SHAPES = [
    (1, 28, 28, 1),
    (1, 28, 28, 32),
    (1, 14, 14, 32),
    (1, 14, 14, 64),
    (1, 7, 7, 64),
    (1, 3136),
    (1, 10),
]


def test_the_seven_shapes_that_the_course_prints() -> None:
    model = kerazoo.build_mnist_cnn()
    names = ["image", "conv1", "pool1", "conv2", "pool2", "flatten", "class"]
    image = keras.ops.zeros((1, 28, 28, 1), "uint8")
    outputs = keras.Model(model.input, [model.get_layer(name).output for name in names])(image)
    assert [tuple(output.shape) for output in outputs] == PRINTED_SHAPES


def test_parameters_are_those_that_the_course_computes() -> None:
    model = kerazoo.build_mnist_cnn()
    found = [layer.count_params() for layer in model.layers if layer.weights]
    assert found == [320, 18_496, 31_370]


def test_only_the_last_layer_begins_as_xavier_has_it() -> None:
    keras.utils.set_random_seed(0)
    weights = dict(
        zip(
            ["conv1", "conv1_bias", "conv2", "conv2_bias", "class", "class_bias"],
            kerazoo.build_mnist_cnn().get_weights(),
            strict=True,
        )
    )
    assert np.abs(weights["class"]).max() == pytest.approx((6 / (3136 + 10)) ** 0.5, rel=1e-3)
    # PyTorch's own: uniform within 1 / sqrt(inputs), biases too.
    for name, inputs in (("conv1", 9), ("conv2", 288)):
        assert np.abs(weights[name]).max() == pytest.approx(inputs**-0.5, rel=0.1)
    for name, inputs in (("conv1_bias", 9), ("conv2_bias", 288), ("class_bias", 3136)):
        assert 0.5 < np.abs(weights[name]).max() * inputs**0.5 <= 1


def test_an_epoch_of_the_course_has_468_steps() -> None:
    """`drop_last=True`: 96 of the 60,000 images are left out."""
    recipe = kerazoo.load_recipe("mnist_cnn", "documented")
    rows = np.zeros(60_000, "int8")
    train, left_out = hold_out_last(rows, rows, 96 / 60_000)
    assert recipe.dataset_arguments == {"validation_fraction": 96 / 60_000}
    assert (len(train.x) / recipe.batch_size, len(left_out.x)) == (468, 96)


def test_unscaled_pixels_go_unnoticed() -> None:
    """Without biases, a factor on the pixels comes out of relu and pooling as it went in."""
    keras.utils.set_random_seed(0)
    model = kerazoo.build_mnist_cnn()
    for layer in (model.get_layer(name) for name in ("conv1", "conv2", "class")):
        layer.set_weights([layer.get_weights()[0], np.zeros_like(layer.get_weights()[1])])
    x = clothes().test.x[:32]
    behind = keras.Model(model.get_layer("rescale").output, model.output)
    scaled = keras.ops.convert_to_numpy(model(x))
    raw = keras.ops.convert_to_numpy(behind(x.astype("float32")))
    assert (raw.argmax(axis=1) == scaled.argmax(axis=1)).all()
    assert raw.max(axis=1).mean() > 0.9 > scaled.max(axis=1).mean()
