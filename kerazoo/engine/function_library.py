"""Traced functions of TensorFlow as bytes, and bytes as functions that can be called.

Touches what is not public of `tensorflow.python.eager.context`: TensorFlow itself loads functions
in a `SavedModel` only, whose loader makes a Python object of each of their operations, which takes
as long as tracing them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import tensorflow as tf


def functions_of(graph: Any) -> tuple[str, dict[str, Any]]:
    """Return the name of the function of a graph, and all functions by name that it calls.

    Args:
        graph: a `ConcreteFunction`.
    """
    main = graph.function_def
    known = {one.signature.name: one for one in graph.graph.as_graph_def().library.function}
    known[main.signature.name] = main
    found: dict[str, Any] = {}
    waiting = [main.signature.name]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found[name] = known[name]
            called = [place.name for place in _calls(known[name])]
            called += [node.op for node in known[name].node_def]
            waiting += [one for one in called if one in known]
    return main.signature.name, found


def as_bytes(functions: Mapping[str, Any], names: Mapping[str, str]) -> bytes:
    """Write functions under other names, which mean the same in any process.

    Args:
        functions: definitions by name.
        names: the new name of each of them.
    """
    from tensorflow.core.framework.function_pb2 import FunctionDefLibrary

    library = FunctionDefLibrary()
    for function in functions.values():
        one = library.function.add()
        one.CopyFrom(function)
        one.signature.name = names[function.signature.name]
        for place in _calls(one):
            place.name = names.get(place.name, place.name)
        for node in one.node_def:
            node.op = names.get(node.op, node.op)
            node.ClearField("experimental_debug_info")
    return library.SerializeToString(deterministic=True)


def add_functions(content: bytes) -> None:
    """Let functions be called in this process; those that are there already stay."""
    from tensorflow.core.framework.function_pb2 import FunctionDefLibrary
    from tensorflow.python.eager import context

    for function in FunctionDefLibrary.FromString(content).function:
        context.context().add_function_def(function)


def call_function(name: str, tensors: Sequence[Any], count: int) -> list[Any]:
    """Call a function by its name.

    Args:
        name: under which it was added.
        tensors: its arguments, and after them what stands for the tensors that it captured.
        count: how many values it returns.
    """
    from tensorflow.python.eager import context, record

    with record.stop_recording():
        return context.context().call_function(name.encode(), list(tensors), count) or []


def device_names() -> list[str]:
    """Return the devices of this process."""
    return [f"{one.name} {one.device_type}" for one in tf.config.list_logical_devices()]


def _calls(function: Any) -> Iterator[Any]:
    """Yield each place in a function that names another one: it has a `name`."""
    for node in function.node_def:
        for value in node.attr.values():
            if value.HasField("func"):
                yield value.func
            yield from value.list.func
