"""attention_scores and attention_rollout: how much each part of an image looks at each other."""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING, Any

import numpy as np

from kerazoo.errors import InvalidInput
from kerazoo.plots.heatmap import enlarge
from kerazoo.plots.layers import check_images

if TYPE_CHECKING:
    import keras

_ATTENTION = "MultiHeadAttention"
_BATCH = 64  # rows at once: scores of all layers are kept until then
_ROUNDING = 1e-5  # shares that differ by less, as shares of the largest, are alike


def has_attention(model: Any) -> bool:
    """Return whether a network has layers in which parts of an image look at one another."""
    return any(type(layer).__name__ == _ATTENTION for layer in getattr(model, "layers", []))


def attention_scores(model: keras.Model, images: Any) -> dict[str, np.ndarray]:
    """Return how much each token looks at each token, in every head of every layer.

    Args:
        model: a flat functional network with `keras.layers.MultiHeadAttention`, such as `vit`.
        images: as the network takes them, or a single one.

    Returns:
        For each layer by its name `(rows, heads, queries, keys)`; the scores of a query sum to 1.

    Raises:
        InvalidInput: if the network has no such layer, or the images do not fit it.

    Example:
        >>> import kerazoo
        >>> clothes = kerazoo.load_dataset("fashion_mnist_mini").test
        >>> scores = attention_scores(kerazoo.build_vit(), clothes.x[:2])
        >>> list(scores), scores["block4_attention"].shape
        (['block1_attention', ...], (2, 4, 49, 49))

    Reference:
        Vaswani et al., "Attention is all you need", 2017.
    """
    import keras

    calls = _attention_calls(model)
    images = check_images(model, images)
    # Keras gives back a flat list as it was, and a nested list of one list without the outer one.
    inner = keras.Model(model.inputs[0], [one for _, tensors in calls for one in tensors])
    found: list[list[np.ndarray]] = [[] for _ in calls]
    for start in range(0, len(images), _BATCH):
        given = iter(inner(images[start : start + _BATCH], training=False))
        for (layer, tensors), kept in zip(calls, found, strict=True):
            query, value, *key = itertools.islice(given, len(tensors))
            _, scores = layer(query, value, *key, return_attention_scores=True, training=False)
            kept.append(keras.ops.convert_to_numpy(keras.ops.cast(scores, "float32")))
    return {layer.name: np.concatenate(kept) for (layer, _), kept in zip(calls, found, strict=True)}


def attention_rollout(model: keras.Model, images: Any) -> np.ndarray:
    """Return which parts of an image reach the answer, through the attention of all layers.

    A token after a layer is half what it was and half what it looked at, its heads taken together:
    `0.5 I + 0.5 A`. The product of these over all layers says from which patch how much has come to
    which token, and its mean over tokens how much of each patch is in their mean. It is the same
    whatever the class, and leaves out what the dense layers do with it.

    Args:
        model: as for `attention_scores`, whose tokens are patches of the image in rows.
        images: as for `attention_scores`.

    Returns:
        `(rows, height, width)`, at the size of the images, from 0 at the patch that counts least in
        an image to 1 at the one that counts most.

    Raises:
        InvalidInput: as for `attention_scores`, or if tokens are no patches.

    Example:
        >>> import kerazoo
        >>> clothes = kerazoo.load_dataset("fashion_mnist_mini").test
        >>> attention_rollout(kerazoo.build_vit(), clothes.x[:3]).shape
        (3, 28, 28)

    Reference:
        Abnar and Zuidema, "Quantifying attention flow in transformers", ACL 2020.
    """
    images = check_images(model, images)
    scores = attention_scores(model, images)
    rows, columns = patch_grid(model)
    identity = np.eye(rows * columns, dtype="float32")
    reached = np.broadcast_to(identity, (len(images), *identity.shape))
    for one in scores.values():
        reached = (0.5 * identity + 0.5 * one.mean(axis=1)) @ reached
    heat = reached.mean(axis=1).reshape(-1, rows, columns)
    low, high = (edge(heat, axis=(1, 2), keepdims=True) for edge in (np.min, np.max))
    apart = high - low > _ROUNDING * high
    scaled = np.divide(heat - low, high - low, out=np.zeros_like(heat), where=apart)
    return enlarge(scaled, images.shape[1:3]).clip(0, 1)


def patch_grid(model: keras.Model) -> tuple[int, int]:
    """Return in how many rows and columns the patches of an image stand that are tokens.

    Raises:
        InvalidInput: if the network has no attention, or its tokens are no patches.
    """
    tokens = int(_attention_calls(model)[0][1][0].shape[1] or 0)
    for layer in model.layers:
        shape: tuple[Any, ...] = getattr(getattr(layer, "output", None), "shape", ())
        if len(shape) == 4 and None not in shape[1:3] and math.prod(shape[1:3]) == tokens:
            return int(shape[1]), int(shape[2])
    raise InvalidInput(
        f"the {tokens} tokens of {model.name!r} are no patches of an image. Pass a network whose "
        "tokens are, such as kerazoo.build_vit()."
    )


def _attention_calls(model: Any) -> list[tuple[Any, list[Any]]]:
    """Return each layer of attention with what it was called on: query, value, and key if given."""
    from kerazoo.engine.keras_internals import nodes_of

    calls = []
    for layer, (positional, named), _ in nodes_of(model) or ():
        if type(layer).__name__ == _ATTENTION:
            tensors = [*positional, *(named[name] for name in ("value", "key") if name in named)]
            calls.append((layer, [tensor for tensor in tensors[:3] if tensor is not None]))
    if not calls:
        raise InvalidInput(
            f"{getattr(model, 'name', model)!r} has no layer of attention. Pass a network such as "
            "kerazoo.build_vit()."
        )
    return calls
