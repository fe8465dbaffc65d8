"""vgg_transfer: a pretrained VGG trunk and a new head tell cats from dogs, or your own classes.

The head is trained on the frozen trunk's features first; then the last block learns too, at a tenth
of the rate.
"""

from __future__ import annotations

import dataclasses
import itertools
from typing import TYPE_CHECKING, Any

from kerazoo.datasets.splits import Part
from kerazoo.errors import InvalidInput, unknown_name
from kerazoo.models.pretrained import (
    load_trunk,
    new_trunk,
    set_trunk_weights,
    subtract_mean,
)
from kerazoo.models.vision.vgg_small import WIDTHS, add_trunk
from kerazoo.recipe import Recipe, Reference

if TYPE_CHECKING:
    import keras

    from kerazoo._protocols import Trainer
    from kerazoo.datasets import Splits

# What is loaded from a saved model replaces them: `registry.without_weights` looks for this.
WITHOUT_WEIGHTS = {"weights": None}
BACKBONES = ("vgg16", "vgg19", "vgg_small")
_FINE_TUNING_RATE = 0.1
_SHIFT = 0.1  # of the height
UNFREEZE_FROM = "block3_conv1"
_FEW = 5000  # more images need fewer copies, which also take memory
_HEAD = "features"  # the first layer that is not the trunk's


def build_vgg_transfer(
    backbone: str = "vgg_small",
    weights: str | None = "cifar10",
    input_shape: tuple[int, int, int] = (32, 32, 3),
    classes: int = 2,
    unfreeze_from: str | None = UNFREEZE_FROM,
) -> keras.Model:
    """Build a VGG trunk, flattened, and a head of 256 relu units and a softmax.

    Of `vgg_small` the first three blocks are taken: the last one knows the classes that it was
    trained on too well, and tells others apart less well. Flattened, the head sees where in the
    image a feature is; averages over the image tell cats from dogs less well.

    Args:
        backbone: `"vgg_small"`, or `"vgg16"` or `"vgg19"` of `keras.applications`.
        weights: `"cifar10"` is the saved model `vgg_small`, trained on eight CIFAR-10 classes;
            `"imagenet"` downloads those of `vgg16` or `vgg19`; a path is a `.h5` file in the layout
            of `keras.applications` without top; `None` starts from random numbers.
        input_shape: height, width and channels; at least 32 by 32 with 3 channels.
        classes: number of classes, at least 2.
        unfreeze_from: the first layer of the trunk that fine-tuning trains: `"block3_conv1"` for
            the last block of `vgg_small`, `"block5_conv1"` for that of the others. `None` trains
            all layers, as from scratch; `"features"` none of the trunk.

    Input shape:
        `(rows, *input_shape)`: red, green and blue from 0 to 255. What VGG wants done with them is
        done inside.

    Output shape:
        `(rows, classes)`: probabilities.

    Raises:
        UnknownName: if there is no such backbone or layer.
        DatasetNotFound: if the weights cannot be had.
        InvalidInput: if weights and backbone do not go together.

    Example:
        >>> build_vgg_transfer("vgg16", weights=None, unfreeze_from="block5_conv1").output_shape
        (None, 2)

    Reference:
        Simonyan and Zisserman, "Very deep convolutional networks for large-scale image
        recognition", 2015.
    """
    import keras

    inputs = keras.Input(input_shape, dtype="uint8", name="image")
    x = _trunk(backbone, inputs)
    x = keras.layers.Flatten(name=_HEAD)(x)
    x = keras.layers.Dense(256, "relu", name="head_dense")(x)
    x = keras.layers.Dropout(0.5, name="head_dropout")(x)
    outputs = keras.layers.Dense(classes, "softmax", name="class")(x)
    model = keras.Model(inputs, outputs, name="vgg_transfer")
    if weights is not None:
        set_trunk_weights(model, _load_trunk(backbone, weights))
    _freeze_before(model, unfreeze_from)
    return model


def fit(trainer: Trainer, model: keras.Model, splits: Splits) -> None:
    """Train the head on frozen features, then the layers from `unfreeze_from` on with it.

    The outputs of frozen layers never change. They are computed once, and only the layers after
    them are trained on them.

    Args:
        trainer: trains stages as its recipe says.
        model: the compiled network.
        splits: what it is trained and validated on.

    """
    recipe = trainer.recipe
    boundary = recipe.builder_arguments.get("unfreeze_from", UNFREEZE_FROM)
    if recipe.fit_arguments.get("copies", False):
        splits = dataclasses.replace(splits, train=_augment(splits.train))
    if boundary is None:
        trainer.fit(model, splits.train, splits.validation, epochs=recipe.epochs, stage="whole")
        return
    head_epochs = recipe.fit_arguments.get("head_epochs", recipe.epochs)
    head, head_parts = _split_at(model, _HEAD, splits)
    trainer.compile(head)
    trainer.fit(head, *head_parts, epochs=head_epochs, stage="head")
    if boundary != _HEAD:
        end, end_parts = _split_at(model, boundary, splits)
        trainer.compile(end, rate=_FINE_TUNING_RATE)
        trainer.fit(end, *end_parts, epochs=recipe.epochs, stage="fine-tuning")
    trainer.compile(model)


def _augment(part: Part) -> Part:
    """Return the images, shifted into four corners if they are few, and all of them mirrored.

    It is augmentation that is computed once, as the features of frozen layers have to be.
    """
    import numpy as np

    images = [part.x]
    if len(part.x) <= _FEW:
        height, width = part.x.shape[1:3]
        by = max(1, round(_SHIFT * height))
        wide = np.pad(part.x, ((0, 0), (by, by), (by, by), (0, 0)), mode="edge")
        corners = itertools.product((0, 2 * by), repeat=2)
        images += [wide[:, top : top + height, left : left + width] for top, left in corners]
    x = np.concatenate(images)
    labels = None if part.y is None else np.tile(part.y, 2 * len(images))
    return Part(np.concatenate([x, x[:, :, ::-1]]), labels)


def _split_at(model: keras.Model, first: str, splits: Splits) -> tuple[keras.Model, list[Any]]:
    """Return the layers from one on as a model of their own, and what the others feed them."""
    import keras

    names = [layer.name for layer in model.layers]
    index = names.index(first)
    before = keras.Model(model.input, model.layers[index - 1].output)
    inputs = x = keras.Input(before.output_shape[1:], name="frozen_features")
    for layer in model.layers[index:]:
        x = layer(x)
    parts = [
        (before.predict(part.x, batch_size=256, verbose=0), part.y)
        for part in (splits.train, splits.validation)
    ]
    return keras.Model(inputs, x, name=f"{model.name}_from_{first}"), parts


def _trunk(backbone: str, inputs: keras.KerasTensor) -> keras.KerasTensor:
    import keras

    if backbone not in BACKBONES:
        raise unknown_name("backbone", backbone, BACKBONES)
    if backbone == "vgg_small":
        x = keras.layers.Rescaling(1 / 127.5, offset=-1.0, name="rescale")(inputs)
        return add_trunk(x, WIDTHS[:-1])
    x = subtract_mean(inputs)
    return new_trunk(backbone, input_tensor=x).output


def _load_trunk(backbone: str, weights: str) -> keras.Model:
    """Return a network that has the trunk's layers, by the same names, with their weights."""
    if backbone != "vgg_small":
        return load_trunk(backbone, weights)
    if weights != "cifar10":
        raise InvalidInput(
            f"weights is {weights!r}, but vgg_small has only its own: pass 'cifar10' or None."
        )
    from kerazoo.saved import load_model

    return load_model("vgg_small")


def _freeze_before(model: keras.Model, first: str | None) -> None:
    if first is None:
        return
    names = [layer.name for layer in model.layers]
    if first not in names:
        raise unknown_name("layer", first, names)
    for layer in model.layers[: names.index(first)]:
        layer.trainable = False
    for layer in model.layers:
        # Statistics of the large data set are better than those of a small one.
        if type(layer).__name__ == "BatchNormalization":
            layer.trainable = False


_FINE_TUNED = {"backbone": "vgg_small", "weights": "cifar10", "unfreeze_from": "block3_conv1"}

DOCUMENTED = Recipe(
    dataset="cifar10",
    task="images",
    dataset_arguments={
        "classes": ["cat", "dog"],
        "train_size": 2000,
        "validation_fraction": 0.2,
    },
    builder_arguments=_FINE_TUNED,
    fit_arguments={"head_epochs": 20, "copies": False},
    optimizer={"class_name": "RMSprop", "config": {"learning_rate": 0.001}},
    loss="sparse_categorical_crossentropy",
    metrics=("accuracy",),
    epochs=15,
    batch_size=32,
    primary_metric="accuracy",
    primary_mode="max",
    parameters=746242,
    restore_best_weights=False,
    source="own choice; course document B, lines 1689-1722, describes the three ways of transfer",
    documented=Reference(
        0.968,
        "accuracy",
        "Chollet, Deep Learning with Python, 1st ed., 2017, chapter 5.3",
        "VGG16 from ImageNet, fine-tuned on photographs of cats and dogs: other data, of many "
        "times as many pixels; the course gives no figure",
    ),
    baseline=Reference(0.5, "accuracy", "guessing"),
    experiment="fine-tuned",
)

TUNED = dataclasses.replace(
    DOCUMENTED,
    optimizer={
        "class_name": "AdamW",
        "config": {"learning_rate": 0.003, "weight_decay": 0.05},
    },
    fit_arguments={"head_epochs": 4, "copies": True},
    epochs=4,
    precision="auto",
    restore_best_weights=True,
    source="own choice, selected on validation",
    experiments={
        "frozen features": {"builder_arguments": {**_FINE_TUNED, "unfreeze_from": "features"}},
        "from scratch": {
            "builder_arguments": {**_FINE_TUNED, "weights": None, "unfreeze_from": None}
        },
    },
)
