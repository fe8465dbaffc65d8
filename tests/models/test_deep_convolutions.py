"""alexnet, inception, resnet and densenet: what each of them is known for."""

from __future__ import annotations

from collections.abc import Callable

import keras
import numpy as np
import pytest

import kerazoo
from kerazoo.plots import grad_cam, plot_activations
from kerazoo.plots.layers import check_layer, feature_layers
from tests.small_data import SHALLOW

NAMES = ("alexnet", "inception", "resnet", "densenet")


def images(rows: int, *shape: int) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (rows, *shape), dtype="uint8")


def part_of(model: keras.Model, *layers: str) -> keras.Model:
    return keras.Model(model.input, [model.get_layer(layer).output for layer in layers])


def numbers(model: keras.Model, x: np.ndarray, **options: bool) -> list[np.ndarray]:
    return [np.asarray(one) for one in model(x, **options)]


@pytest.mark.parametrize("name", NAMES)
def test_they_are_of_comparable_size(name: str) -> None:
    model = kerazoo.load_builder(name)()
    assert 150_000 < model.count_params() < 500_000
    assert model.input_shape == (None, 32, 32, 3)


# --- alexnet ---


def test_alexnet_pools_what_overlaps() -> None:
    model = kerazoo.build_alexnet()
    sizes = [model.get_layer(f"pool{number}").output.shape[1] for number in (1, 2, 5)]
    assert sizes == [15, 7, 3]
    before, after = numbers(part_of(model, "conv1", "pool1"), images(2, 32, 32, 3))
    # Rows and columns 0 to 2, 2 to 4, 4 to 6: number 2 is seen twice.
    np.testing.assert_array_equal(after[:, 0, 1], before[:, 0:3, 2:5].max(axis=(1, 2)))
    kinds = [type(layer).__name__ for layer in model.layers]
    assert kinds.count("Conv2D") == 5
    assert kinds.count("Dropout") == 2
    assert kinds.count("Dense") == 3


# --- inception ---


def test_a_module_puts_its_branches_side_by_side() -> None:
    model = kerazoo.build_inception()
    names = ["1x1_relu", "3x3_relu", "5x5_relu", "pool_after_relu"]
    names = [f"block1_module1_{name}" for name in names]
    *branches, whole = numbers(part_of(model, *names, "block1_module1"), images(2, 32, 32, 3))
    assert [branch.shape[-1] for branch in branches] == [32, 64, 16, 16]
    np.testing.assert_array_equal(np.concatenate(branches, axis=-1), whole)


def test_a_1x1_before_a_larger_filter_saves_parameters() -> None:
    """What the course says of it: fewer channels for the larger filters to see."""
    model = kerazoo.build_inception()
    channels = model.get_layer("block1_module2_5x5_before").input.shape[-1]
    with_it = sum(
        model.get_layer(f"block1_module2_5x5{end}").count_params() for end in ("_before", "")
    )
    without = 5 * 5 * channels * 16
    assert (channels, with_it, without) == (128, 128 * 8 + 25 * 8 * 16, 51_200)
    assert with_it < without / 10


# --- resnet ---


def test_the_plain_twin_differs_by_nothing_but_the_shortcuts() -> None:
    residual, plain = (kerazoo.build_resnet(shortcuts=value) for value in (True, False))
    shapes = [[weight.shape for weight in model.weights] for model in (residual, plain)]
    assert shapes[0] == shapes[1]
    x = images(2, 32, 32, 3)
    plain.set_weights(residual.get_weights())
    assert not np.allclose(residual(x), plain(x))


@pytest.mark.parametrize(
    ("depth", "millions"),
    [
        (20, 0.27),
        (32, 0.46),
        pytest.param(44, 0.66, marks=pytest.mark.thorough),
        pytest.param(56, 0.85, marks=pytest.mark.thorough),
    ],
)
def test_parameters_are_those_of_the_paper(depth: int, millions: float) -> None:
    """He et al., table 6; each convolution and the dense layer count as a layer."""
    model = kerazoo.build_resnet(depth=depth)
    trained = sum(int(np.prod(weight.shape)) for weight in model.trainable_weights)
    assert round(trained / 1e6, 2) == millions
    kinds = [type(layer).__name__ for layer in model.layers]
    assert kinds.count("Conv2D") + kinds.count("Dense") == depth


def test_a_block_adds_what_it_was_given() -> None:
    model = kerazoo.build_resnet()
    names = ("stage1_block1_relu", "stage1_block2_conv2_norm", "stage1_block2_relu")
    given, made, after = numbers(part_of(model, *names), images(2, 32, 32, 3))
    np.testing.assert_allclose(after, np.maximum(given + made, 0), atol=1e-5)


def test_where_a_stage_begins_the_shortcut_has_zeros_for_new_channels() -> None:
    model = kerazoo.build_resnet()
    names = ("stage1_block3_relu", "stage2_block1_shortcut")
    given, shortcut = numbers(part_of(model, *names), images(2, 32, 32, 3))
    assert shortcut.shape == (2, 16, 16, 32)
    np.testing.assert_array_equal(shortcut[..., :16], given[:, ::2, ::2])
    assert not shortcut[..., 16:].any()


def test_a_gradient_reaches_the_first_layer_past_blocks_that_do_nothing() -> None:
    """With all second convolutions at 0, a residual network is still an identity."""
    import tensorflow as tf

    x, y = images(4, 32, 32, 3), np.arange(4)
    reached = {}
    for shortcuts in (True, False):
        keras.utils.set_random_seed(0)
        model = kerazoo.build_resnet(shortcuts=shortcuts)
        for layer in model.layers:
            if layer.name.endswith("conv2"):
                layer.set_weights([np.zeros_like(layer.get_weights()[0])])
        with tf.GradientTape() as tape:
            loss = keras.losses.sparse_categorical_crossentropy(y, model(x, training=False))
        gradient = tape.gradient(loss, model.get_layer("conv1").kernel.value)
        reached[shortcuts] = float(tf.reduce_max(tf.abs(gradient)))
    assert reached[True] > 0 == reached[False]


# --- densenet ---


def test_a_layer_sees_all_before_it_and_adds_its_growth() -> None:
    model = kerazoo.build_densenet(depth=22)
    names = ("conv1", "block1_layer1_conv2", "block1_layer2_conv2", "block1_layer2")
    first, one, two, together = numbers(part_of(model, *names), images(2, 32, 32, 3))
    np.testing.assert_array_equal(np.concatenate([first, one, two], axis=-1), together)
    assert together.shape[-1] == 24 + 2 * 12
    assert model.get_layer("between1_pool").output.shape[1:] == (8, 8, (24 + 3 * 12) // 2)


def test_layers_of_densenet_are_counted_as_in_the_paper() -> None:
    kinds = [type(layer).__name__ for layer in kerazoo.build_densenet(depth=40).layers]
    assert kinds.count("Conv2D") + kinds.count("Dense") == 40


@pytest.mark.thorough
def test_parameters_of_densenet_are_those_of_the_paper() -> None:
    model = kerazoo.build_densenet(depth=100)
    trained = sum(int(np.prod(weight.shape)) for weight in model.trainable_weights)
    assert round(trained / 1e6, 1) == 0.8  # Huang et al., table 2: DenseNet-BC, L = 100, k = 12


# --- all ---


@pytest.mark.parametrize(
    ("build", "reason"),
    [
        (lambda: kerazoo.build_alexnet((14, 32, 3)), "at least 15 by 15 pixels"),
        (lambda: kerazoo.build_inception((3, 3, 3)), "at least 4 by 4 pixels, as it has 2 halv"),
        (lambda: kerazoo.build_inception(filters=((100,),)), "a module of 100 feature maps"),
        (lambda: kerazoo.build_resnet((32, 3, 3)), "at least 4 by 4 pixels"),
        (lambda: kerazoo.build_resnet(depth=21), "depth is 21; .* such as 20 or 44"),
        (lambda: kerazoo.build_resnet(depth=2), "depth is 2;"),
        (lambda: kerazoo.build_densenet((7, 8, 3)), "at least 8 by 8 .* strides of 2 and two"),
        (lambda: kerazoo.build_densenet((3, 4, 3), strides=1), "at least 4 by 4 pixels"),
        (lambda: kerazoo.build_densenet(depth=20), "depth is 20; .* such as 22 or 40"),
    ],
)
def test_refuses(build: Callable[[], keras.Model], reason: str) -> None:
    with pytest.raises(kerazoo.InvalidInput, match=reason):
        build()


@pytest.mark.parametrize(
    ("name", "smallest"), [("alexnet", 15), ("inception", 4), ("resnet", 4), ("densenet", 8)]
)
def test_the_smallest_images_and_others_are_taken(name: str, smallest: int) -> None:
    for shape in ((smallest, smallest, 1), (28, 28, 1), (45, 33, 3)):
        model = kerazoo.load_builder(name)(shape, classes=3, **SHALLOW.get(name, {}))
        assert model(images(2, *shape)).shape == (2, 3)


@pytest.mark.parametrize(
    ("name", "last"),
    [
        ("alexnet", "conv5"),
        ("inception", "block2_module2"),  # all branches of the last module
        ("resnet", "stage3_block3_relu"),  # with the shortcut
        ("densenet", "relu"),  # all that the last block found
    ],
)
def test_grad_cam_finds_their_last_feature_maps(name: str, last: str) -> None:
    model = kerazoo.load_builder(name)()
    assert check_layer(model, None) == last
    heat = grad_cam(model, images(2, 32, 32, 3))
    assert heat.shape == (2, 32, 32)
    assert 0 <= heat.min() <= heat.max() <= 1


def test_a_figure_of_many_layers_shows_eight_of_them() -> None:
    model = kerazoo.build_resnet()
    shown = plot_activations(model, images(1, 32, 32, 3)[0]).axes[1:]
    titles = [axes.get_title(loc="left").partition(",")[0] for axes in shown]
    everything = list(feature_layers(model).values())
    assert len(titles) == 8 < len(everything) == 19
    assert (titles[0], titles[-1]) == (everything[0], everything[-1])
    assert titles == sorted(titles, key=everything.index)
