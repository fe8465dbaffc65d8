"""What in a network turns latent vectors into images, wherever the network comes from.

A network that generates has such a model inside: the `"generator"` of a GAN, or the `"decoder"` of
an autoencoder. From a saved model that part alone is loaded, by LiteRT, without Keras. If it knows
classes, its rows end with a 1 at the class that is asked for, among 0s.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from kerazoo._protocols import DrawsClasses
from kerazoo._wording import counted
from kerazoo.errors import InvalidInput, KerazooError, unknown_name
from kerazoo.saved.reading import Location, Saved, open_saved

if TYPE_CHECKING:
    import keras

    from kerazoo.predict import Predictor

BATCH = 256
"""Latent vectors that are decoded at once."""

_GENERATOR = "generator"
_PARTS = (_GENERATOR, "decoder")
# What a variational encoder calls its first output: the layer of `models/generative/vae.py`.
_MEAN = "z_mean"
_TOLERANCE = 1e-3

Call = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Decoder:
    """What turns latent vectors into images.

    Args:
        decode: maps `(rows, latent_dim)` of `float32` to images from 0 to 1; with classes, that is
            `(rows, latent_dim + classes)`.
        latent_dim: numbers in a latent vector.
        image_shape: height, width and channels of an image.
        name: of the network, for messages.
        encode: maps `uint8` images to latent vectors, if the network can.
        spherical: whether latents must keep the norm of a Gaussian sample.
        knows_prior: whether it was trained on latents of a normal distribution, as a GAN and a
            variational autoencoder are, and a plain autoencoder is not.
        classes: how many classes an image can be asked for of.
        class_names: their names, where they are known.
        asked: the class that all images are of; by default one class after the other.
    """

    decode: Call
    latent_dim: int
    image_shape: tuple[int, int, int]
    name: str = "network"
    encode: Call | None = None
    spherical: bool = False
    knows_prior: bool = True
    classes: int = 0
    class_names: tuple[str, ...] = ()
    asked: int | None = None

    def of_class(self, asked: str | int | None) -> Decoder:
        """Return what makes images of one class.

        Args:
            asked: its name or its number; `None` for what this is.

        Raises:
            InvalidInput: if the network knows no classes, or their names are not known.
            UnknownName: if there is no such class.
        """
        if asked is None:
            return self
        if not self.classes:
            raise InvalidInput(
                f"{self.name!r} was trained without classes, so that none can be asked for. Train "
                "a vae or a gan on a folder of images with a folder for each class."
            )
        if isinstance(asked, str):
            if not self.class_names:
                raise InvalidInput(
                    f"a Keras model does not know the names of its classes; pass a number below "
                    f"{self.classes}, or the directory of a saved model."
                )
            if asked not in self.class_names:
                raise unknown_name("class", asked, self.class_names)
            asked = self.class_names.index(asked)
        if not 0 <= asked < self.classes:
            raise InvalidInput(
                f"class_name is {asked}; {self.name!r} knows "
                f"{counted(self.classes, 'class', 'classes')}: pass 0 to {self.classes - 1}."
            )
        return replace(self, asked=int(asked))

    def of_one_class(self) -> Decoder:
        """Return what makes images of the class that was asked for, or of the first one."""
        return self if self.asked is not None or not self.classes else replace(self, asked=0)

    def __call__(self, latents: np.ndarray) -> np.ndarray:
        """Return an image per latent vector, in batches.

        Raises:
            KerazooError: if the network gives anything but images.
        """
        starts = range(0, len(latents), BATCH)
        return np.concatenate([self._run(latents[at : at + BATCH]) for at in starts])

    def _run(self, latents: np.ndarray) -> np.ndarray:
        rows = with_classes(np.asarray(latents, "float32"), self.classes, self.asked)
        images = np.asarray(self.decode(np.ascontiguousarray(rows)), "float32")
        if images.shape != (len(latents), *self.image_shape):
            raise KerazooError(
                f"{self.name!r} gives images of shape {images.shape[1:]}, expected "
                f"{self.image_shape}."
            )
        if not np.isfinite(images).all():
            raise KerazooError(
                f"{self.name!r} gives images that hold NaN: its training has gone wrong. Train "
                "it again, or load an earlier state."
            )
        low, high = images.min(), images.max()
        if low < -_TOLERANCE or high > 1 + _TOLERANCE:
            raise KerazooError(
                f"{self.name!r} gives pixels from {low:g} to {high:g}; expected 0 to 1. Let its "
                "last layer be a sigmoid."
            )
        return images.clip(0, 1)


def with_classes(latents: np.ndarray, classes: int, asked: Any = None) -> np.ndarray:
    """Return latent vectors as what decodes them takes them: followed by their classes, if any.

    Args:
        latents: `(rows, latent_dim)`.
        classes: how many classes there are; 0 for none.
        asked: a class, or one per row; `None` for one after the other.

    Example:
        >>> with_classes(np.zeros((3, 1), "float32"), 2).tolist()
        [[0.0, 1.0, 0.0], [0.0, 0.0, 1.0], [0.0, 1.0, 0.0]]
    """
    if not classes:
        return latents
    codes = np.arange(len(latents)) % classes if asked is None else np.ravel(asked)
    rows = np.eye(classes, dtype="float32")[np.broadcast_to(codes, (len(latents),))]
    return np.concatenate([latents, rows], axis=1)


def classes_of(model: Any) -> int:
    """Return how many classes a Keras model draws images of; 0 if none can be asked for."""
    return model.classes if isinstance(model, DrawsClasses) else 0


Source: TypeAlias = "keras.Model | Predictor | Decoder | Location"
"""What images can be generated with."""


def to_decoder(model: Source) -> Decoder:
    """Find what turns latent vectors into images.

    Args:
        model: as for `sample`; a model that maps vectors to images is taken as it is.

    Raises:
        KerazooError: if there is none.
    """
    if isinstance(model, Decoder):
        return model
    if isinstance(model, str | os.PathLike | Saved):
        return _of_saved(model)
    if hasattr(model, "predict_array"):
        return _of_predictor(model)
    if hasattr(model, "get_layer"):
        return _of_keras(model)
    raise KerazooError(
        f"model is a {type(model).__name__}; pass a Keras model, a predictor, or the name or "
        "directory of a saved model."
    )


def _of_saved(name_or_path: Location) -> Decoder:
    from kerazoo.predict import load_predictor

    saved = open_saved(name_or_path)
    parts = saved.card.parts or {}
    part = next((part for part in _PARTS if part in parts), None)
    if part is None:
        raise _generates_nothing(saved.card.name)
    predictor = load_predictor(saved, part=part)

    @functools.cache
    def encoder() -> Predictor:
        found = load_predictor(saved, part="encoder")
        if found.card.files != predictor.card.files:
            raise KerazooError(
                f"{saved.folder} was replaced since its decoder was loaded. Call to_decoder again."
            )
        return found

    return _of_predictor(
        predictor,
        encode=(lambda images: encoder().predict(images).values) if "encoder" in parts else None,
        spherical=part == _GENERATOR,
        knows_prior="encoder" not in parts or parts["encoder"].outputs[0].name == _MEAN,
    )


def _of_predictor(
    predictor: Predictor,
    encode: Call | None = None,
    spherical: bool = False,
    knows_prior: bool = True,
) -> Decoder:
    card = predictor.card
    class_names = card.drawn_classes
    taken, image_shape = _check_shapes(card.name, card.inputs[0].shape, card.outputs[0].shape)
    return Decoder(
        decode=lambda latents: predictor.predict_array(latents).values,
        latent_dim=taken - len(class_names),
        image_shape=image_shape,
        name=card.name,
        encode=encode,
        spherical=spherical,
        knows_prior=knows_prior,
        classes=len(class_names),
        class_names=class_names,
    )


def _of_keras(model: keras.Model) -> Decoder:
    found = {part: inside for part in _PARTS if (inside := _inside(model, part)) is not None}
    part, network = next(iter(found.items()), (None, model))
    encoder = _inside(model, "encoder")
    taken, given = getattr(network, "input_shape", ()), getattr(network, "output_shape", ())
    width, image_shape = _check_shapes(model.name, taken[1:], given[1:])
    return Decoder(
        decode=_caller(network),
        latent_dim=width - classes_of(model),
        image_shape=image_shape,
        name=model.name,
        encode=None if encoder is None else _caller(encoder),
        spherical=part == _GENERATOR,
        knows_prior=encoder is None or encoder.output_names[0] == _MEAN,
        classes=classes_of(model),
    )


def generator_of(model: keras.Model) -> keras.Model:
    """Return the model inside a network that turns latent vectors into images.

    Raises:
        KerazooError: if there is none.
    """
    for part in _PARTS:
        if (inside := _inside(model, part)) is not None:
            return inside
    raise _generates_nothing(model.name)


def _inside(model: keras.Model, name: str) -> keras.Model | None:
    try:
        return model.get_layer(name)  # a GAN keeps its generator beside its layers
    except ValueError:
        return None


def _caller(network: keras.Model) -> Call:
    import keras

    def call(rows: np.ndarray) -> np.ndarray:
        answer = network(rows, training=False)
        # A variational encoder gives the mean first.
        first = answer[0] if isinstance(answer, list | tuple) else answer
        return keras.ops.convert_to_numpy(keras.ops.cast(first, "float32"))

    return call


def _check_shapes(
    name: str, taken: Sequence[Any], given: Sequence[Any]
) -> tuple[int, tuple[int, int, int]]:
    """Return the length of a latent vector and the shape of an image, if that is what they are."""
    shape = tuple(given)
    if len(taken) != 1 or len(shape) != 3 or not all(isinstance(n, int) for n in (*taken, *shape)):
        raise _generates_nothing(name)
    return taken[0], (shape[0], shape[1], shape[2])


def _generates_nothing(name: str) -> KerazooError:
    return KerazooError(
        f"{name!r} generates nothing: it has no model inside that turns vectors into images. "
        "Pass one that has, such as 'vae' or 'gan'."
    )
