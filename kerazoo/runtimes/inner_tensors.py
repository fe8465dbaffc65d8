"""What a LiteRT network computes on its way, as further outputs: feature maps, and attention.

The file stays what it is; what an operation gives is named as an output, too. No TensorFlow is
needed, and a page can draw what a layer has found in an image.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from kerazoo.errors import damaged

Kind = Literal["maps", "attention"]

_FILE_ID = b"TFL3"
_FIRST_BYTES = 2**16  # of the builder's buffer, which grows
_MARK = "inner"
_MOST = 8  # of one network: a page shows all that it is given
# Names of tensors are those of Keras' layers, numbered: "lenet_1/conv1_1/convolution".
_LAYER = re.compile(r"([^/;]+?)(?:_\d+)?/convolution")
_ATTENTION = re.compile(r"(?:^|[/;])attention(?:_\d+)?/")


@dataclass(frozen=True)
class Inner:
    """Something that a network computes on its way.

    Args:
        output: the name of the output, which sorts in the order of computation.
        name: the layer.
        shape: of one row of it.
    """

    output: str
    name: str
    shape: tuple[int, ...]


def give_inner(content: bytes, kind: Kind, source: str) -> bytes:
    """Return a network with further outputs; as it is, if it computes nothing of the kind.

    Of more than eight, those are chosen that are spread evenly from the first to the last.

    Args:
        content: a `.tflite` file of fixed shapes, of one output.
        kind: `"maps"`, what convolutions give; or `"attention"`, shares of what is looked at.
        source: the file's path, for messages.

    Raises:
        DamagedFile: if it is no such file.
    """
    import flatbuffers
    from ai_edge_litert import schema_py_generated as schema

    try:
        model = schema.ModelT.InitFromObj(schema.Model.GetRootAs(content, 0))
        graph = model.subgraphs[0]
        found = list(_FIND[kind](model, schema))
        if not found:
            return content
        chosen = np.linspace(0, len(found) - 1, min(len(found), _MOST)).round().astype(int)
        found = [found[position] for position in chosen]
        added = [number for number, _ in found]
        graph.outputs = np.array([*graph.outputs, *added], "int32")
        for place, (number, name) in enumerate(found):
            one = schema.TensorMapT()
            one.name, one.tensorIndex = f"{_MARK}_{place:03d}_{name}", number
            model.signatureDefs[0].outputs.append(one)
        builder = flatbuffers.Builder(_FIRST_BYTES)
        builder.Finish(model.Pack(builder), _FILE_ID)
    except (ValueError, IndexError, TypeError, AttributeError, struct.error) as error:
        raise damaged(source, f"is not a LiteRT network: {error}") from error
    return bytes(builder.Output())


def inner_of(content: bytes) -> list[Inner]:
    """Return which further outputs `give_inner` has given to a file."""
    from ai_edge_litert import schema_py_generated as schema

    model = schema.ModelT.InitFromObj(schema.Model.GetRootAs(content, 0))
    tensors = model.subgraphs[0].tensors
    found = []
    for one in model.signatureDefs[0].outputs:
        output = one.name.decode()
        mark, _, rest = output.partition("_")
        if mark == _MARK and rest:
            shape = tuple(int(length) for length in tensors[one.tensorIndex].shape[1:])
            found.append(Inner(output, rest.partition("_")[2], shape))
    return sorted(found, key=lambda one: one.output)


def _maps(model: Any, schema: Any) -> Iterator[tuple[int, str]]:
    """Give tensors, `(rows, height, width, channels)`, that come out of convolutions."""
    kinds = schema.BuiltinOperator
    for operator in _operators(model, {kinds.CONV_2D, kinds.DEPTHWISE_CONV_2D}):
        number = int(operator.outputs[0])
        tensor = model.subgraphs[0].tensors[number]
        if len(tensor.shape) == 4 and min(tensor.shape[1:3]) > 1:
            layer = _LAYER.search(tensor.name.decode())
            yield number, layer[1] if layer else "convolution"


def _attention(model: Any, schema: Any) -> Iterator[tuple[int, str]]:
    """Give the tensor of what is looked at of what was read: after a softmax, in `attention`."""
    for operator in _operators(model, {schema.BuiltinOperator.SOFTMAX}):
        number = int(operator.outputs[0])
        if _ATTENTION.search(model.subgraphs[0].tensors[number].name.decode()):
            yield number, "attention"


def _operators(model: Any, kinds: set[int]) -> Iterator[Any]:
    for operator in model.subgraphs[0].operators:
        code = model.operatorCodes[operator.opcodeIndex]
        if max(code.builtinCode, code.deprecatedBuiltinCode) in kinds:
            yield operator


_FIND: dict[Kind, Callable[[Any, Any], Iterator[tuple[int, str]]]] = {
    "maps": _maps,
    "attention": _attention,
}
