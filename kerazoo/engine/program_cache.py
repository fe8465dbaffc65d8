"""Programs that were compiled in this process, by the structure of what they train.

A graph captures the variables of the model that it was traced with. Called with the variables of
another model of the same structure in their place, it trains that one, without tracing or
compiling. `SharedGraph` knows which captured tensor is which variable; the cache keeps the graphs
that were used last.
"""

from __future__ import annotations

import dataclasses
import threading
from collections import OrderedDict
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import keras

from kerazoo.engine.graph_files import load_graph, save_graph
from kerazoo.engine.keras_internals import (
    compile_arguments,
    compile_metrics,
    layers_of,
    trained_variables_of,
)

_MOST_GRAPHS = 32
_LARGEST_MODEL = 2**26
"""Bytes of variables of a model whose graph is kept: the graph keeps the model's variables, too."""

# Operations that carry a state or a Python object of the model they were traced with.
_OWN_STATE = (
    "Random",
    "TruncatedNormal",
    "ParameterizedTruncatedNormal",
    "Multinomial",
    "PyFunc",
    "EagerPyFunc",
)

_KEPT = ("sources", "signature", "optimizers")  # of a graph, in its file

_graphs: OrderedDict[Hashable, SharedGraph] = OrderedDict()
_lock = threading.Lock()


@dataclass(frozen=True)
class SharedGraph:
    """A graph, and what it captured.

    Args:
        graph: a `ConcreteFunction`, or a `KeptGraph` of an earlier process.
        sources: for each captured tensor, the number of a variable in `list_variables`.
        signature: shape, type and trainability of all these variables.
        optimizers: for each optimizer of the model, the numbers of the variables that it trains.
    """

    graph: Any
    sources: tuple[int, ...]
    signature: tuple[Any, ...]
    optimizers: tuple[tuple[int, ...], ...]

    def captures_of(self, variables: Sequence[Any]) -> list[Any]:
        """Return what stands for the captured tensors when another model is trained."""
        return [variables[number].handle for number in self.sources]


def list_variables(model: keras.Model) -> list[Any]:
    """Return the TensorFlow variables that training may touch, in an order of the structure.

    Those of layers, optimizer and metrics, and of optimizers, metrics and variables that a model of
    the user's own keeps in its attributes.
    """
    found: dict[int, Any] = {}
    for variable in _walk(model):
        value = variable.value if isinstance(variable, keras.Variable) else variable
        found.setdefault(id(value), value)
    return list(found.values())


def signature_of(variables: Sequence[Any]) -> tuple[Any, ...]:
    """Return what two models must agree on, variable by variable."""
    return tuple((tuple(one.shape), one.dtype.name, one.trainable) for one in variables)


def find_graph(key: Hashable | None) -> SharedGraph | None:
    """Return the graph for a structure, if there is one: of this process, or of an earlier one."""
    if key is None:
        return None
    with _lock:
        found = _graphs.get(key)
        if found is not None:
            _graphs.move_to_end(key)
            return found
    kept = load_graph(key)
    if kept is None:
        return None
    graph, about = kept
    return _keep(key, SharedGraph(graph, *(_as_tuples(about[name]) for name in _KEPT)))


def keep_graph(key: Hashable | None, graph: Any, model: keras.Model) -> Any:
    """Keep a graph for later models of the same structure, if it can serve them.

    Args:
        key: what a later model must equal; `None` if none can.
        graph: a `ConcreteFunction`.
        model: the model that it was traced with.

    Returns:
        The graph that is to be run, on the same captured tensors: as later processes will run it,
        if they can, so that what XLA compiles of it is what they will look for.
    """
    if key is None:
        return graph
    variables = list_variables(model)
    numbers = {id(variable.handle): number for number, variable in enumerate(variables)}
    sources = tuple(numbers.get(id(tensor), -1) for tensor in graph.captured_inputs)
    size = sum(variable.dtype.size * variable.shape.num_elements() for variable in variables)
    if -1 in sources or size > _LARGEST_MODEL or _has_own_state(graph.graph):
        return graph
    positions = {id(variable): number for number, variable in enumerate(variables)}
    built = tuple(
        tuple(positions.get(id(one.value), -1) for one in trained_variables_of(optimizer))
        for optimizer in _optimizers(model)
    )
    shared = SharedGraph(graph, sources, signature_of(variables), built)
    kept = save_graph(key, graph, {name: getattr(shared, name) for name in _KEPT})
    return _keep(key, dataclasses.replace(shared, graph=kept or graph)).graph


def _keep(key: Hashable, shared: SharedGraph) -> SharedGraph:
    with _lock:
        _graphs[key] = shared
        while len(_graphs) > _MOST_GRAPHS:
            _graphs.popitem(last=False)
    return shared


def _as_tuples(value: Any) -> Any:
    return tuple(map(_as_tuples, value)) if isinstance(value, list) else value


def create_like(key: Hashable | None, model: keras.Model) -> bool:
    """Create the variables that a model of the same structure has got while it was traced.

    Returns:
        Whether the model has all variables now.
    """
    shared = find_graph(key)
    if shared is None:
        return False
    known = {id(variable.value): variable for variable in model.variables}
    for optimizer, numbers in zip(_optimizers(model), shared.optimizers, strict=False):
        if not optimizer.built and numbers:
            variables = list_variables(model)
            found = [known.get(id(variables[n])) if n < len(variables) else None for n in numbers]
            if any(one is None for one in found):
                return False
            optimizer.build(found)
    metrics = compile_metrics(model)
    if metrics is not None and not metrics.built:
        if any(compile_arguments(model)[2:]):
            return False  # only a step tells what they compare
        metrics.build(*[model.outputs[0]] * 2)  # there are none: it only has to be said
    return shared.signature == signature_of(list_variables(model))


def clear_program_cache() -> None:
    """Forget all compiled programs, and let go of the memory that they hold.

    They are kept so that a second network of the same structure is trained at once. There are at
    most 32.

    Example:
        >>> clear_program_cache()
    """
    with _lock:
        _graphs.clear()


def _walk(model: keras.Model) -> Iterator[Any]:
    yield from model.variables
    for holder in (*_optimizers(model), *model.metrics, *_held(model, keras.metrics.Metric)):
        yield from holder.variables


def _optimizers(model: keras.Model) -> list[keras.optimizers.Optimizer]:
    first = [model.optimizer] if hasattr(model.optimizer, "built") else []
    others = _held(model, keras.optimizers.Optimizer)
    return [*first, *(one for one in others if one is not model.optimizer)]


def _held(model: keras.Model, kind: type) -> Iterator[Any]:
    """Yield what a model or a layer of the user's own keeps in its attributes."""
    for layer in layers_of(model):
        for _, value in sorted(vars(layer).items()):
            inner = value if isinstance(value, list | tuple) else [value]
            yield from (one for one in inner if isinstance(one, kind))


def _has_own_state(graph: Any) -> bool:
    definition = graph.as_graph_def()
    nodes = [*definition.node, *(n for f in definition.library.function for n in f.node_def)]
    return any(node.op.startswith(_OWN_STATE) for node in nodes)
