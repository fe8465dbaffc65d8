"""Edits of a `.tflite` file that its schema allows, as somebody who means harm would make them."""

from __future__ import annotations

import random
from typing import Any

import flatbuffers
from ai_edge_litert import schema_py_generated as schema

LARGE = (0, -1, -2, 1, 7, 2**16, 67_000_000, 2**31 - 1, -(2**31))


def read(content: bytes) -> Any:
    return schema.ModelT.InitFromObj(schema.Model.GetRootAs(content, 0))


def write(model: Any) -> bytes:
    builder = flatbuffers.Builder(0)
    builder.Finish(model.Pack(builder), b"TFL3")
    return bytes(builder.Output())


def edit(content: bytes, chance: random.Random) -> bytes:
    """Return the file with one to three of its numbers changed."""
    model = read(content)
    for _ in range(chance.randint(1, 3)):
        chance.choice(EDITS)(model, chance)
    return write(model)


def endless(content: bytes) -> bytes:
    """Return the file with a loop in front that never ends."""
    model = read(content)
    graph = model.subgraphs[0]
    flag = schema.TensorT()
    flag.shape, flag.type, flag.name, flag.buffer = [], schema.TensorType.BOOL, b"go_on", 0
    for name in (b"condition", b"body"):
        part = schema.SubGraphT()
        source = graph.tensors[graph.inputs[0]]
        part.tensors, part.inputs, part.outputs, part.operators = [source], [0], [0], []
        if name == b"condition":
            buffer = schema.BufferT()
            buffer.data = b"\1"
            model.buffers.append(buffer)
            flag.buffer = len(model.buffers) - 1
            part.tensors, part.outputs = [source, flag], [1]
        part.name = name
        model.subgraphs.append(part)
    code = schema.OperatorCodeT()
    code.builtinCode = code.deprecatedBuiltinCode = schema.BuiltinOperator.WHILE
    model.operatorCodes.append(code)
    loop = schema.OperatorT()
    loop.opcodeIndex = len(model.operatorCodes) - 1
    loop.builtinOptionsType = schema.BuiltinOptions.WhileOptions
    loop.builtinOptions = schema.WhileOptionsT()
    loop.builtinOptions.condSubgraphIndex = len(model.subgraphs) - 2
    loop.builtinOptions.bodySubgraphIndex = len(model.subgraphs) - 1
    last = schema.TensorT()
    first = graph.tensors[graph.inputs[0]]
    last.shape, last.shapeSignature, last.type = first.shape, first.shapeSignature, first.type
    last.name = b"looped"
    graph.tensors.append(last)
    loop.inputs, loop.outputs = [graph.inputs[0]], [len(graph.tensors) - 1]
    for operator in graph.operators:
        before = list(operator.inputs)
        operator.inputs = [loop.outputs[0] if one == graph.inputs[0] else one for one in before]
    graph.operators.insert(0, loop)
    return write(model)


def _tensor(model: Any, chance: random.Random) -> Any:
    return chance.choice(model.subgraphs[0].tensors)


def _operator(model: Any, chance: random.Random) -> Any:
    return chance.choice(model.subgraphs[0].operators)


def _shape(model: Any, chance: random.Random) -> None:
    tensor = _tensor(model, chance)
    shape = list(tensor.shape) if tensor.shape is not None else []
    if shape and chance.random() < 0.7:
        shape[chance.randrange(len(shape))] = chance.choice(LARGE)
    else:
        shape = shape[:-1] if chance.random() < 0.5 else [*shape, 3]
    tensor.shape = shape


def _signature(model: Any, chance: random.Random) -> None:
    _tensor(model, chance).shapeSignature = [chance.choice(LARGE), chance.choice(LARGE)]


def _type(model: Any, chance: random.Random) -> None:
    _tensor(model, chance).type = chance.randrange(0, 20)


def _buffer(model: Any, chance: random.Random) -> None:
    tensor = _tensor(model, chance)
    tensor.buffer = chance.choice([0, 1, len(model.buffers) - 1, len(model.buffers), 2**31])


def _content(model: Any, chance: random.Random) -> None:
    buffer = chance.choice([one for one in model.buffers if one.data is not None])
    data = bytearray(bytes(buffer.data))
    for _ in range(min(len(data), 4)):
        data[chance.randrange(len(data))] = chance.randrange(256)
    buffer.data = bytes(data[: chance.choice([len(data), len(data) // 2, 0])])


def _wires(model: Any, chance: random.Random) -> None:
    operator = _operator(model, chance)
    which = chance.choice(["inputs", "outputs"])
    wires = list(getattr(operator, which))
    if wires:
        count = len(model.subgraphs[0].tensors)
        wires[chance.randrange(len(wires))] = chance.choice([-1, 0, count - 1, count, -2, 10**6])
    setattr(operator, which, wires if chance.random() < 0.7 else wires[:-1])


def _ends(model: Any, chance: random.Random) -> None:
    graph = model.subgraphs[0]
    count = len(graph.tensors)
    ends = [chance.choice([0, count - 1, count, -1, chance.randrange(count)])]
    setattr(graph, chance.choice(["inputs", "outputs"]), ends)


def _code(model: Any, chance: random.Random) -> None:
    code = chance.choice(model.operatorCodes)
    code.builtinCode = chance.randrange(0, 200)
    code.deprecatedBuiltinCode = min(code.builtinCode, 127)


def _operation(model: Any, chance: random.Random) -> None:
    _operator(model, chance).opcodeIndex = chance.randrange(0, len(model.operatorCodes) + 2)


def _options(model: Any, chance: random.Random) -> None:
    options = _operator(model, chance).builtinOptions
    names = [] if options is None else [k for k, v in vars(options).items() if isinstance(v, int)]
    if names:
        name = chance.choice(names)
        values = [False, True] if isinstance(getattr(options, name), bool) else [0, -1, 1, 5, -128]
        setattr(options, name, chance.choice(values))
    else:
        operator = _operator(model, chance)
        operator.builtinOptions, operator.builtinOptionsType = None, 0


def _order(model: Any, chance: random.Random) -> None:
    chance.shuffle(model.subgraphs[0].operators)


EDITS = (
    *(_shape, _signature, _type, _buffer, _content, _wires),
    *(_ends, _code, _operation, _options, _order),
)
