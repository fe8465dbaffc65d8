"""The structure of a compiled model: everything that shapes the graph of its training, as a key.

Two models with equal keys train with the same graph, each with its own variables. So the key holds
what the graph takes as a constant or a choice, and leaves out what it reads from a variable or an
argument: weights, the rate of learning, names that are only labels, seeds, initializers, and the
numbers of `hyperparameters`.

What Keras made is described by its configuration. What the user wrote (layers, losses, training
steps, activations) is described by its code, by the values that the code can see, and by its
attributes. If anything is of a kind that is not listed here, there is no key: such a model has a
graph of its own, which is always right.
"""

from __future__ import annotations

import functools
import re
import types
import warnings
from collections.abc import Callable, Hashable, Iterator, Mapping
from typing import Any

import keras
import numpy as np

from kerazoo.engine.bookkeeping import bookkeeping_of
from kerazoo.engine.hyperparameters import find_hyperparameters
from kerazoo.engine.keras_internals import (
    compile_arguments,
    dynamic_backend,
    is_deterministic,
    is_weight_decayed,
    layers_of,
    learning_rate_of,
    nodes_of,
)
from kerazoo.engine.seen_by_code import (
    NoStructureError,
    describe_array,
    describe_builtin,
    is_foreign,
    names_in_code,
    sees_names,
    unwrap,
    values_seen,
)

_NO_EFFECT = ("_initializer", "seed", "build_config", "registered_name")
"""Ends of the names of settings that decide a first value, or nothing."""

_METHODS = ("call", "train_step", "test_step", "compute_loss", "update_step", "update_state")


def structure_of(model: keras.Model) -> Hashable | None:
    """Return a key of what shapes the graph of a compiled model, or `None` if it cannot be told.

    The key holds on to classes and functions that the user wrote, so that they stay unique.

    Args:
        model: a compiled model.

    Example:
        >>> import kerazoo
        >>> first, second = (kerazoo.compile_model(kerazoo.build_xor(), "xor") for _ in range(2))
        >>> structure_of(first) == structure_of(second)
        True
        >>> second.layers[-1].trainable = False
        >>> structure_of(first) == structure_of(second)
        False
    """
    try:
        with warnings.catch_warnings():
            # Keras warns that a configuration with a lambda is unsafe to load.
            warnings.simplefilter("ignore")
            return _Describer(model).describe_model()
    except (NoStructureError, NotImplementedError, RecursionError):
        return None


class _Describer:
    """Describes one model; remembers what it has met, so that shared parts are told from copies."""

    def __init__(self, model: keras.Model) -> None:
        self.model = model
        self.met: dict[int, tuple[Any, int]] = {}  # keeps the object, so that its id stays its own
        self.arguments = {(id(owner), name) for owner, name in find_hyperparameters(model)}
        self.numbers = {id(variable): n for n, variable in enumerate(model.variables)}
        self.sees_names = False

    def describe_model(self) -> Hashable:
        model = self.model
        layers = layers_of(model)
        outputs = getattr(model, "outputs", None) or ()
        return (
            is_deterministic(),
            keras.config.floatx(),
            keras.config.epsilon(),
            keras.config.image_data_format(),
            # A loss per output is reported by the name of the output.
            tuple(getattr(model, "output_names", ())) if len(outputs) > 1 else (),
            tuple((self.describe(layer), layer.trainable) for layer in layers),
            # Which weights are whose, and which of them are frozen.
            tuple(variable.trainable for variable in model.variables),
            tuple(self._describe_weights(layer) for layer in layers),
            self.describe(model.optimizer),
            tuple(
                (self.describe(variable.regularizer), self.describe(variable.constraint))
                for variable in model.trainable_variables
            ),
            self.describe(compile_arguments(model)),
            self._describe_names(layers),
        )

    def _describe_weights(self, layer: keras.layers.Layer) -> Hashable:
        return tuple(
            (name, self.numbers.get(id(value)))
            for name, value in sorted(vars(layer).items())
            if isinstance(value, keras.Variable)
        )

    def _describe_names(self, layers: list[keras.layers.Layer]) -> Hashable:
        """Describe names, where the user's own code may read them."""
        if not self.sees_names:
            return ()
        return tuple(one.name for one in layers), tuple(one.path for one in self.model.variables)

    def describe(self, value: Any) -> Hashable:
        """Return a hashable description of a value of a known kind."""
        if value is None or isinstance(value, bool | int | float | str | bytes | complex):
            return type(value).__name__, value
        if isinstance(value, np.ndarray | np.generic):
            return describe_array(np.asarray(value))
        number = self.met.get(id(value))
        if number is not None:
            return "met before", number[1]
        self.met[id(value)] = value, len(self.met)
        for kind, describe in self._kinds():
            if isinstance(value, kind):
                return describe(value)
        if type(value).__name__ == "EagerTensor":
            return describe_array(value.numpy())
        raise NoStructureError(f"a {type(value).__name__}")

    def _kinds(self) -> Iterator[tuple[Any, Callable[[Any], Hashable]]]:
        yield keras.layers.Layer, self._describe_layer
        yield keras.Variable, self._describe_variable
        yield keras.optimizers.Optimizer, self._describe_optimizer
        yield keras.optimizers.schedules.LearningRateSchedule, self._describe_configured
        yield keras.metrics.Metric, self._describe_configured
        yield keras.losses.Loss, self._describe_attributes
        yield keras.random.SeedGenerator, lambda _: "seed"
        yield keras.Initializer, self._describe_attributes
        yield keras.dtype_policies.DTypePolicy, lambda policy: ("policy", policy.name)
        yield (
            (keras.regularizers.Regularizer, keras.constraints.Constraint),
            self._describe_attributes,
        )
        yield list | tuple | set | frozenset, self._describe_sequence
        yield Mapping, self._describe_mapping
        yield type, self._describe_class
        yield types.FunctionType, self._describe_function
        yield (
            types.MethodType,
            lambda method: (self.describe(method.__func__), self.describe(method.__self__)),
        )
        yield (
            functools.partial,
            lambda partial: self.describe([partial.func, partial.args, partial.keywords]),
        )
        yield types.BuiltinFunctionType | np.ufunc, describe_builtin
        yield types.ModuleType, lambda module: module
        yield re.Pattern, lambda pattern: pattern
        yield dynamic_backend(), lambda _: "backend"  # of a layer that also prepares data

    def _describe_variable(self, variable: keras.Variable) -> Hashable:
        return "variable", tuple(variable.shape), str(variable.dtype), variable.trainable

    def _describe_layer(self, layer: keras.layers.Layer) -> Hashable:
        settings = (
            layer.dtype_policy.name,
            layer.autocast,
            self.describe(layer.activity_regularizer),
        )
        nodes: Hashable | None = None
        if isinstance(layer, keras.Sequential):
            nodes = tuple(self.describe(inner) for inner in layer.layers)
        elif isinstance(layer, keras.Model):
            nodes = self._describe_nodes(layer)
        if nodes is not None and _is_kerass_own(type(layer)):
            return settings, type(layer), nodes, self._describe_additions(layer)
        return settings, nodes, self._describe_configured(layer)

    def _describe_nodes(self, model: keras.Model) -> Hashable | None:
        """Describe how layers are connected: for each call, the layer and whose outputs it takes.

        Returns:
            `None` for a model that is no graph of layers.
        """
        nodes = nodes_of(model)
        if nodes is None:
            return None
        numbers = {id(tensor): n for n, tensor in enumerate(t for _, _, ts in nodes for t in ts)}
        described: list[Hashable] = []
        for operation, arguments, _ in nodes:
            inputs = [
                numbers.get(id(one), "outside") if isinstance(one, keras.KerasTensor) else one
                for one in keras.tree.flatten(arguments)
            ]
            is_layer = isinstance(operation, keras.layers.Layer)
            what = self.describe(operation) if is_layer else self._describe_operation(operation)
            keys = repr(keras.tree.map_structure(lambda _: 0, arguments))
            # Keras finds the inputs of a model by name if it is given a dictionary.
            by_name = isinstance(operation, keras.Model) and "{" in repr(arguments[0])
            names = tuple(one.name for one in operation.inputs) if by_name else ()
            described.append((what, keys, names, tuple(map(self.describe, inputs))))
        ends = [
            numbers.get(id(tensor)) for tensor in keras.tree.flatten((model.inputs, model.outputs))
        ]
        return tuple(described), tuple(ends)

    def _describe_operation(self, operation: Any) -> Hashable:
        """Describe what `keras.ops` left in a graph of layers, such as a sum of two tensors."""
        if is_foreign(type(operation)):
            raise NoStructureError(f"an operation of the class {type(operation).__name__}")
        return self._describe_attributes(operation)

    def _describe_configured(self, thing: Any) -> Hashable:
        """Describe a layer, an optimizer, a schedule or a metric.

        Only the classes of Keras itself can be trusted to have all in their configuration.
        """
        if isinstance(thing, keras.metrics.Metric):
            # The graph returns values by name.
            return thing.name, self._describe_settings(thing)
        return self._describe_settings(thing)

    def _describe_optimizer(self, optimizer: Any) -> Hashable:
        variables = self.model.variables if getattr(optimizer, "weight_decay", None) else ()
        return (
            self._describe_settings(optimizer),
            self.describe(learning_rate_of(optimizer)),
            self.describe(getattr(optimizer, "inner_optimizer", None)),
            tuple(is_weight_decayed(optimizer, variable) for variable in variables),
        )

    def _describe_settings(self, thing: Any) -> Hashable:
        if not _is_kerass_own(type(thing)):
            return self._describe_attributes(thing)
        try:
            config = dict(thing.get_config())
        except Exception as error:  # some layers cannot be written to a file, but be trained
            raise NoStructureError(f"{type(thing).__name__}: {error}") from error
        for name in config:
            if (id(thing), name) in self.arguments:
                config[name] = "a number"
        if isinstance(thing, keras.optimizers.Optimizer):
            config.pop("learning_rate", None)
            config.pop("inner_optimizer", None)
        return type(thing), self._describe_config(config), self._describe_additions(thing)

    def _describe_additions(self, thing: Any) -> Hashable:
        """Describe what the configuration of something of Keras' own does not tell.

        That is what the user put there, and functions, which are only a name in a configuration.
        """
        known, usual = bookkeeping_of(thing), names_in_code(type(thing).__mro__)
        return _replaced_methods(type(thing), self.describe), tuple(
            (name, self.describe(value))
            for name, value in sorted(vars(thing).items())
            if name not in known
            and (id(thing), name) not in self.arguments
            and not name.endswith(_NO_EFFECT)
            and (
                name not in usual
                or is_foreign(value)
                or isinstance(value, bool | int | float | str | types.FunctionType)
            )
        )

    def _describe_attributes(self, thing: Any) -> Hashable:
        known = bookkeeping_of(thing)
        no_effect = _NO_EFFECT if isinstance(thing, keras.Initializer) else ()
        return self.describe(type(thing)), tuple(
            (name, self.describe(value))
            for name, value in sorted(vars(thing).items())
            if name not in known and not name.endswith(no_effect)
        )

    def _describe_config(self, value: Any, key: str = "") -> Hashable:
        """Describe a configuration of Keras, without names."""
        if isinstance(value, Mapping):
            return tuple(
                (name, self._describe_config(inner, name))
                for name, inner in value.items()
                if not str(name).endswith(_NO_EFFECT)
            )
        if isinstance(value, list | tuple):
            return tuple(self._describe_config(inner) for inner in value)
        if key == "name":
            return "name"
        return self.describe(value)

    def _describe_sequence(self, values: Any) -> Hashable:
        if isinstance(values, set | frozenset):
            values = sorted(values, key=repr)
        return "sequence", type(values).__name__, tuple(self.describe(value) for value in values)

    def _describe_mapping(self, values: Mapping[Any, Any]) -> Hashable:
        return "mapping", tuple(
            (self.describe(key), self.describe(value)) for key, value in values.items()
        )

    def _describe_class(self, kind: type) -> Hashable:
        if not is_foreign(kind):
            return kind
        inner = [
            (name, self.describe(unwrap(value)))
            for one in kind.__mro__
            if is_foreign(one)
            for name, value in sorted(vars(one).items())
            if not name.startswith(("__", "_abc_")) or name in ("__init__", "__call__")
        ]
        return kind, tuple(inner)

    def _describe_function(self, function: types.FunctionType) -> Hashable:
        foreign = is_foreign(function)
        if not foreign and function.__closure__ is None:
            return function
        if foreign:
            self.sees_names |= sees_names(function)
        cells = [cell.cell_contents for cell in function.__closure__ or ()]
        seen = list(values_seen(function)) if foreign else []
        return (
            function.__code__,
            self.describe(function.__defaults__),
            self.describe(function.__kwdefaults__),
            tuple(self.describe(cell) for cell in cells),
            tuple((name, self.describe(value)) for name, value in seen),
        )


def _replaced_methods(kind: type, describe: Callable[[Any], Hashable]) -> Hashable:
    """Describe the methods of a class of Keras' that the user has replaced."""
    methods = [(name, getattr(kind, name, None)) for name in _METHODS]
    return tuple((name, describe(method)) for name, method in methods if is_foreign(method))


def _is_kerass_own(kind: type) -> bool:
    return kind.__module__.split(".")[0] == "keras"
