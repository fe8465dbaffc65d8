"""A LiteRT network of any number of rows as one of a fixed number: what LiteRT.js can run.

LiteRT.js never resizes a tensor. Writing other shapes into the file is not enough: a network that
computes a shape while it runs (`SHAPE`, `PACK`, `RESHAPE`) would be planned for one shape and give
another, and answer wrongly without an error. So LiteRT itself is asked what every shape is, and
what is computed from shapes alone becomes a constant.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from kerazoo.errors import KerazooError

_FILE_ID = b"TFL3"
_FIRST_BYTES = 2**16  # of the builder's buffer, which grows


def fix_batch(content: bytes, rows: np.ndarray, source: str) -> bytes:
    """Return a network that takes exactly so many rows as are given here.

    Args:
        content: a `.tflite` file of one input and one output, for any number of rows.
        rows: an example of what it takes.
        source: the file's path, for messages.

    Raises:
        KerazooError: if LiteRT cannot run it, or it holds shapes that nobody knows beforehand.
    """
    import flatbuffers
    from ai_edge_litert import schema_py_generated as schema

    try:
        interpreter = _run(content, rows)
        model = schema.ModelT.InitFromObj(schema.Model.GetRootAs(content, 0))
        for index, graph in enumerate(model.subgraphs):
            _fix_shapes(graph, interpreter, index)
        _fold(model, interpreter, schema)
        builder = flatbuffers.Builder(_FIRST_BYTES)
        builder.Finish(model.Pack(builder), _FILE_ID)
    except (ValueError, RuntimeError, IndexError, TypeError) as error:
        reason = " ".join(str(error).split()).rstrip(".")
        raise KerazooError(
            f"{source} cannot be given a fixed length: {reason}. Save the model again."
        ) from error
    return bytes(builder.Output())


def _run(content: bytes, rows: np.ndarray) -> Any:
    """Return an interpreter that has answered these rows, and kept every tensor."""
    from ai_edge_litert.interpreter import Interpreter, OpResolverType

    interpreter = Interpreter(
        model_content=content,
        experimental_op_resolver_type=OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES,
        experimental_preserve_all_tensors=True,
    )
    index = interpreter.get_input_details()[0]["index"]
    interpreter.resize_tensor_input(index, rows.shape)
    interpreter.allocate_tensors()
    interpreter.set_tensor(index, rows)
    interpreter.invoke()
    return interpreter


def _fix_shapes(graph: Any, interpreter: Any, index: int) -> None:
    """Write what every tensor's shape has become."""
    details = {one["index"]: one for one in interpreter.get_tensor_details(subgraph_index=index)}
    for number, tensor in enumerate(graph.tensors):
        if number in details:  # it has a buffer of its own, as all that is used has
            tensor.shape = np.asarray(details[number]["shape"], "int32")
        tensor.shapeSignature = None


def _fold(model: Any, interpreter: Any, schema: Any) -> None:
    """Make constants of what is computed from shapes and constants alone."""
    graph = model.subgraphs[0]
    known = {
        number
        for number, tensor in enumerate(graph.tensors)
        if model.buffers[tensor.buffer].data is not None and len(model.buffers[tensor.buffer].data)
    }
    from_shapes: set[int] = set()
    kept = []
    for operator in graph.operators:
        code = model.operatorCodes[operator.opcodeIndex]
        is_shape = max(code.builtinCode, code.deprecatedBuiltinCode) == schema.BuiltinOperator.SHAPE
        inputs = {int(number) for number in operator.inputs if number >= 0}
        # Of constants alone are also weights of half precision, which stay as small as they are.
        is_known = inputs <= known | from_shapes and bool(inputs & from_shapes)
        if is_shape or is_known:
            from_shapes.update(int(number) for number in operator.outputs)
        else:
            kept.append(operator)
    used = {int(number) for operator in kept for number in operator.inputs}
    for number in sorted(from_shapes & (used | {int(n) for n in graph.outputs})):
        buffer = schema.BufferT()
        values = np.ascontiguousarray(interpreter.get_tensor(number))
        buffer.data = np.frombuffer(values.tobytes(), "uint8")
        model.buffers.append(buffer)
        graph.tensors[number].buffer = len(model.buffers) - 1
    graph.operators = kept
