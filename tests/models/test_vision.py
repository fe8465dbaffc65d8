"""Networks on images: what augmentation, frozen layers and borrowed weights must do."""

from __future__ import annotations

import math
import os
from pathlib import Path

import keras
import numpy as np
import pytest

import kerazoo
from kerazoo.datasets import cifar10
from kerazoo.models.vision._augmentation import AUGMENTATIONS
from kerazoo.models.vision.vgg_transfer import build_vgg_transfer
from tests.conftest import DATA_DIR
from tests.small_data import clothes, small

pytestmark = pytest.mark.thorough

HED_TRUNK = "vgg16_notop_hed.weights.h5"


def images(rows: int, *shape: int) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (rows, *shape), dtype="uint8")


@pytest.mark.parametrize("augmentation", AUGMENTATIONS)
def test_augmentation_acts_in_training_only(augmentation: str) -> None:
    x = clothes().test.x[:8]
    model = kerazoo.build_cnn(augmentation=(augmentation,))
    changed = keras.Model(model.input, model.get_layer(augmentation).output)
    plain = keras.ops.convert_to_numpy(changed(x, training=False))
    np.testing.assert_allclose(plain, x / 127.5 - 1, atol=1e-6)
    random = keras.ops.convert_to_numpy(changed(x, training=True))
    assert not np.allclose(random, plain, atol=0.1)
    assert random.min() >= -1.001
    assert random.max() <= 1.001


def test_augmentation_is_absent_from_the_exported_file(tmp_path: Path) -> None:
    """The same weights give a file of the same operations with and without it."""
    from ai_edge_litert.interpreter import Interpreter

    operations = []
    for augmentation in ((), AUGMENTATIONS):
        keras.utils.set_random_seed(0)
        model = kerazoo.build_cnn(augmentation=augmentation, filters=((4,), (8,)))
        path = kerazoo.save_model(
            model,
            tmp_path / str(len(augmentation)),
            builder_arguments={"augmentation": list(augmentation), "filters": [[4], [8]]},
        )
        interpreter = Interpreter(str(path / "model.tflite"))
        operations.append([each["op_name"] for each in interpreter._get_ops_details()])
    assert operations[0] == operations[1]
    assert len(operations[0]) > 5


def test_the_tuned_cnn_has_at_most_half_a_million_parameters() -> None:
    recipe = kerazoo.load_recipe("cnn")
    model = kerazoo.build_cnn(**recipe.builder_arguments)
    assert sum(math.prod(weight.shape) for weight in model.weights) <= 500_000


@pytest.mark.parametrize(
    ("shape", "classes"), [((32, 32, 3), 10), ((64, 48, 3), 2), ((9, 9, 1), 3)]
)
def test_cnn_takes_other_images(shape: tuple[int, int, int], classes: int) -> None:
    probabilities = kerazoo.build_cnn(shape, classes)(images(2, *shape))
    assert probabilities.shape == (2, classes)
    np.testing.assert_allclose(keras.ops.sum(probabilities, axis=-1), 1, rtol=1e-5)


def test_unknown_augmentation() -> None:
    with pytest.raises(kerazoo.UnknownName, match=r"'mirorr'. Did you mean 'mirror'"):
        kerazoo.build_cnn(augmentation=("mirorr",))


@pytest.mark.parametrize("name", ["cnn", "fashion_mnist"])
@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda x: x / 255.0, "pixels from 0 to 1; .* takes 0 to 255"),
        (lambda x: x.astype("float32") - 128, "pixels from -128 to 127; .* whole numbers"),
        (lambda x: x.astype("int32") + 200, "whole numbers from 0 to 255"),
        (lambda x: x + 0.5, "whole numbers from 0 to 255"),
    ],
)
def test_pixels_of_another_range_are_refused(name: str, change, message: str) -> None:
    model = kerazoo.compile_model(kerazoo.load_builder(name)(), name)
    x, y = clothes().train
    with pytest.raises(kerazoo.InvalidInput, match=message):
        kerazoo.fit_model(model, (change(x[:64]), y[:64]), verbose=0)


def test_whole_numbers_of_another_type_train_alike() -> None:
    x, y = clothes().train
    histories = []
    for dtype in ("uint8", "int64", "float32"):
        keras.utils.set_random_seed(0)
        model = kerazoo.compile_model(kerazoo.build_fashion_mnist(), "fashion_mnist")
        history = kerazoo.fit_model(model, (x.astype(dtype), y), epochs=2, verbose=0).history
        histories.append(history)
    np.testing.assert_allclose(histories[1]["loss"], histories[0]["loss"], rtol=1e-6)
    np.testing.assert_allclose(histories[2]["loss"], histories[0]["loss"], rtol=1e-6)


# --- transfer ---


def test_vgg_preprocessing_is_inside(tmp_path: Path) -> None:
    """Raw pixels in our network, what VGG wants in that of Keras: the same features."""
    theirs = keras.applications.VGG16(include_top=False, weights=None)
    theirs.save_weights(tmp_path / "trunk.weights.h5")
    ours = build_vgg_transfer(
        "vgg16", str(tmp_path / "trunk.weights.h5"), unfreeze_from="block5_conv1"
    )
    x = images(2, 32, 32, 3)
    prepared = keras.applications.vgg16.preprocess_input(x.astype("float32"))
    expected = keras.ops.convert_to_numpy(theirs(prepared))
    found = keras.Model(ours.input, ours.get_layer("block5_pool").output)(x)
    np.testing.assert_allclose(found, expected, rtol=1e-3, atol=1e-4 * np.abs(expected).max())


def test_a_real_pretrained_trunk_is_loaded() -> None:
    path = Path(DATA_DIR or ".") / HED_TRUNK
    if not path.exists():
        pytest.skip(f"no {HED_TRUNK} in KERAZOO_DATA_DIR: a real VGG16 trunk is not tested")
    theirs = keras.applications.VGG16(include_top=False, weights=str(path))
    ours = build_vgg_transfer("vgg16", str(path), unfreeze_from="block5_conv1")
    kernel = theirs.get_layer("block1_conv1").get_weights()[0][:, :, ::-1]
    np.testing.assert_array_equal(ours.get_layer("block1_conv1").get_weights()[0], kernel)
    for layer in ("block1_conv2", "block5_conv3"):
        for one, two in zip(
            ours.get_layer(layer).get_weights(), theirs.get_layer(layer).get_weights(), strict=True
        ):
            np.testing.assert_array_equal(one, two)
    trainable = {layer.name for layer in ours.layers if layer.trainable_weights}
    assert trainable == {
        "block5_conv1",
        "block5_conv2",
        "block5_conv3",
        "head_dense",
        "class",
    }


def transfer(unfreeze_from: str | None, tmp_path: Path | None = None, **options):
    recipe = small("vgg_transfer")
    arguments = {**recipe.builder_arguments, "weights": None, "unfreeze_from": unfreeze_from}
    recipe = kerazoo.recipe.replace(recipe, builder_arguments=arguments)
    splits = cifar10.tiny(("cat", "dog"))
    return kerazoo.train("vgg_transfer", recipe=recipe, splits=splits, out=tmp_path, **options)


def weights_after(unfreeze_from: str | None) -> tuple[dict, dict]:
    run = transfer(unfreeze_from)
    keras.utils.set_random_seed(run.seed)
    fresh = kerazoo.build_vgg_transfer(**run.recipe.builder_arguments)
    moved = {}
    for old, new in zip(fresh.weights, run.model.weights, strict=True):
        moved[new.path] = not np.array_equal(old, new)
    return moved, {layer.name: layer for layer in run.model.layers}


@pytest.mark.parametrize("unfreeze_from", ["features", "block3_conv1", None])
def test_frozen_layers_do_not_move_and_the_others_do(unfreeze_from: str | None) -> None:
    moved, layers = weights_after(unfreeze_from)
    names = list(layers)
    start = 0 if unfreeze_from is None else names.index(unfreeze_from)
    for path, has_moved in moved.items():
        layer = path.split("/")[0]
        frozen = names.index(layer) < start or (start > 0 and layer.endswith("_norm"))
        assert has_moved != frozen, path


def test_transfer_resumes_exactly(tmp_path: Path) -> None:
    class Interrupt(keras.callbacks.Callback):
        keeps_state = False
        epochs = 0

        def on_epoch_end(self, epoch: int, logs=None) -> None:
            type(self).epochs += 1
            if self.epochs == 3:  # the first epoch of the second stage
                raise KeyboardInterrupt

    whole = transfer("block3_conv1", tmp_path / "whole")
    interrupted = transfer("block3_conv1", tmp_path / "cut", callbacks=[Interrupt()])
    assert interrupted.interrupted
    resumed = transfer("block3_conv1", tmp_path / "cut", resume=True)
    for one, two in zip(resumed.model.get_weights(), whole.model.get_weights(), strict=True):
        np.testing.assert_array_equal(one, two)
    assert resumed.metrics == whole.metrics


def test_weights_that_cannot_be_had(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def offline(*args, **kwargs):
        raise OSError("URL fetch failure")

    monkeypatch.setattr("keras.src.applications.vgg16.file_utils.get_file", offline)
    with pytest.raises(kerazoo.DatasetNotFound, match=r"notop\.h5 \(MD5 6d6bbae1.*weights=PATH"):
        build_vgg_transfer("vgg16", "imagenet", unfreeze_from=None)
    with pytest.raises(kerazoo.DatasetNotFound, match=r"absent\.h5.*weights=PATH"):
        build_vgg_transfer("vgg16", str(tmp_path / "absent.h5"), unfreeze_from=None)
    with pytest.raises(kerazoo.InvalidInput, match="vgg_small has only its own"):
        build_vgg_transfer("vgg_small", "imagenet")
    with pytest.raises(kerazoo.InvalidInput, match="belong to vgg_small, not vgg16"):
        build_vgg_transfer("vgg16", "cifar10")
    with pytest.raises(kerazoo.UnknownName, match=r"'vgg17'\. Did you mean 'vgg1"):
        build_vgg_transfer("vgg17", None)
    with pytest.raises(kerazoo.UnknownName, match="'block9'"):
        build_vgg_transfer("vgg_small", None, unfreeze_from="block9")
    assert os.listdir(tmp_path) == []
