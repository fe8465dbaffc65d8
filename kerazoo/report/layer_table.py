"""layer_table: each layer of a network, and how its number of parameters comes about."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from kerazoo.errors import KerazooError
from kerazoo.registry import load_builder, load_recipe
from kerazoo.report.table import Table

if TYPE_CHECKING:
    import keras

HEADER = ("layer", "kind", "output", "parameters")
_GATES = {"LSTM": 4, "GRU": 3, "SimpleRNN": 1}


def layer_table(model: keras.Model | str) -> Table:
    """Spell out how many parameters each layer has, as a student would by hand.

    A dense layer of 52 units on 13 inputs has a weight for each pair of them, and a bias for each
    unit: 13 × 52 + 52 = 728. What is frozen, or adapted to the data instead of being trained, such
    as the means of a normalization, is counted apart.

    Args:
        model: a network that is built, or the name of one in the zoo.

    Raises:
        UnknownName: if there is no such network.
        KerazooError: if the network has no weights yet because it knows no input shape.

    Example:
        >>> import kerazoo
        >>> print(layer_table(kerazoo.build_xor()))
        layer        kind        output  parameters
        inputs       InputLayer  2
        hidden       Dense       2       2 × 2 + 2 = 6
        probability  Dense       1       2 × 1 + 1 = 3
        total                            9
    """
    if isinstance(model, str):
        model = load_builder(model)()
    if not model.built:
        raise KerazooError(
            f"{model.name!r} is not built: how many parameters it has depends on its input. Call "
            "model.build(shape), or the model on a batch, first."
        )
    rows = list(_rows(model))
    trained, kept = _size(model.trainable_weights), _size(model.non_trainable_weights)
    total = f"{trained:,}" + (f"; {kept:,} not trained" if kept else "")
    rows.append(("total", "", "", total))
    return Table(HEADER, tuple(rows))


def describe_layers(name: str) -> list[str]:
    """Return the layers of the tuned network as lines of text, with the count of their parameters.

    Example:
        >>> describe_layers("boston")[4].split("  ")[-1]
        '13 × 52 + 52 = 728'
    """
    return str(
        layer_table(load_builder(name)(**load_recipe(name, "tuned").builder_arguments))
    ).splitlines()


def _rows(model: Any) -> Iterator[tuple[str, ...]]:
    """Yield a row per layer; those of a network inside the network follow its name, indented."""
    for name, layer in walk_layers(model):
        if layer is None:
            yield name, "", "", ""
        else:
            inner = getattr(layer, "layer", layer)  # a wrapper has the weights of what it wraps
            yield name, kind_of(inner), _output_shape(layer), _count(layer)


def walk_layers(model: Any, indent: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the name of each layer, indented as deep as it is inside networks, and the layer.

    A network inside the network is a name with a colon and `None`, before its layers.
    """
    import keras

    for layer in model.layers:
        if getattr(layer, "layers", None):
            yield f"{indent}{layer.name}:", None
            yield from walk_layers(layer, f"{indent}  ")
        else:
            yield indent + getattr(layer, "layer", layer).name, layer
    for name, part in vars(model).items():
        # Such as a generator, which is no layer of the discriminator that it learns against.
        if name.startswith("_") or not isinstance(part, keras.Model):
            continue
        if not any(part is layer for layer in model.layers):
            yield f"{indent}{name}:", None
            yield from walk_layers(part, f"{indent}  ")


def kind_of(layer: Any) -> str:
    """Return what a table calls a layer."""
    inner = getattr(layer, "forward_layer", None)
    kind = type(layer).__name__
    return kind if inner is None else f"{kind} {type(inner).__name__}"


def _output_shape(layer: Any) -> str:
    try:
        output = layer.output
    except (AttributeError, ValueError):  # called more than once, or only inside another layer
        return ""
    outputs = output if isinstance(output, list | tuple) else [output]
    return " and ".join(_product(one.shape[1:], "×") for one in outputs)


def _count(layer: Any) -> str:
    trained, kept = layer.trainable_weights, layer.non_trainable_weights
    if not kept:
        return _spell_out(layer, trained)
    if not trained:
        return f"{_spell_out(layer, kept)} not trained"
    return f"{_spell_out(layer, trained)}; {_size(kept):,} not trained"


def _spell_out(layer: Any, weights: Sequence[Any]) -> str:
    if not weights:
        return ""
    formula = _recurrent(layer, weights) or _sum([_product(one.shape) for one in weights])
    total = f"{_size(weights):,}"
    return total if formula == total else f"{formula} = {total}"


def _sum(products: list[str]) -> str:
    """Join products; that of equal ones is written as a course writes it, 2 × 48."""
    if len(products) > 1 and len(set(products)) == 1:
        return f"{len(products)} × {products[0]}"
    return " + ".join(products)


def _recurrent(layer: Any, weights: Sequence[Any]) -> str:
    """Return what a course writes for a recurrent layer; `""` for any other."""
    both_ways = getattr(layer, "forward_layer", None)
    if both_ways is not None:
        inner = _recurrent(both_ways, weights[: len(weights) // 2])
        return f"2 × ({inner})" if inner else ""
    gates = _GATES.get(type(layer).__name__)
    if gates is None or len(weights) != 3:
        return ""
    inputs, units = weights[0].shape[0], weights[1].shape[0]
    biases = math.prod(weights[2].shape) // (gates * units)  # Keras' GRU has two
    bias = f"{units}" if biases == 1 else f"{biases} × {units}"
    one = f"{units} × ({units} + {inputs}) + {bias}"
    return one if gates == 1 else f"{gates} × ({one})"


def _product(shape: Sequence[int | None], sign: str = " × ") -> str:
    return sign.join("any" if length is None else f"{length}" for length in shape) or "1"


def _size(weights: Sequence[Any]) -> int:
    return sum(math.prod(weight.shape) for weight in weights)
