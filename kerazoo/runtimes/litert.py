"""A network run by LiteRT: no TensorFlow, a few microseconds per row."""

from __future__ import annotations

import contextlib
import itertools
import math
import threading
from dataclasses import dataclass
from typing import Any

import numpy as np

from kerazoo._machine import holding_back_stderr
from kerazoo._wording import counted
from kerazoo.errors import DamagedFile, damaged

_LARGEST_TENSORS = 2**31
_MOST_ROWS = 2**16  # of a file that takes a fixed number; an export of kerazoo takes any
_interpreters = itertools.count()


@dataclass
class _Worker:
    """An interpreter, which only one thread may use, and the number of rows it is set up for."""

    interpreter: Any
    input: int
    output: int
    rows: int


class LitertNetwork:
    """A function from a batch of rows to a batch of outputs, for any number of threads.

    Args:
        content: a `.tflite` file.
        source: its path, for messages.
        threads: cores that one call may use.

    Raises:
        DamagedFile: if LiteRT does not accept the file, or it declares huge tensors.
    """

    def __init__(self, content: bytes, source: str, threads: int = 1) -> None:
        self._content = content
        self._source = source
        self._threads = threads
        self._begin()

    def __getstate__(self) -> tuple[bytes, str, int]:
        """Let it be copied, and sent to other processes: interpreters are made there anew."""
        return self._content, self._source, self._threads

    def __setstate__(self, state: tuple[bytes, str, int]) -> None:
        self._content, self._source, self._threads = state
        self._begin()

    def _begin(self) -> None:
        self._of_thread = threading.local()
        self._of_thread.worker = worker = self._start()
        details = worker.interpreter.get_tensor_details()
        self.bytes_per_row = sum(_size(d) for d in details if -1 in d["shape_signature"])
        signature = worker.interpreter.get_input_details()[0]["shape_signature"]
        if len(signature) == 0 or signature[0] < -1 or signature[0] == 0:
            raise damaged(self._source, "takes no rows")
        self._fixed_rows = None if signature[0] == -1 else int(signature[0])
        if (self._fixed_rows or 0) > _MOST_ROWS:
            raise damaged(self._source, f"takes {self._fixed_rows} rows at once")

    def __call__(self, rows: np.ndarray) -> np.ndarray:
        """Return an output per row."""
        if self._fixed_rows is None or len(rows) == self._fixed_rows:
            return self._run(rows)
        pieces = [
            rows[start : start + self._fixed_rows]
            for start in range(0, len(rows), self._fixed_rows)
        ]
        outputs = [self._run(_fill_up(piece, self._fixed_rows))[: len(piece)] for piece in pieces]
        return np.concatenate(outputs)

    def operations(self) -> set[str]:
        """Return the names of the operations that it is made of.

        Touches `Interpreter._get_ops_details`; there is no public way.
        """
        details = self._of_thread.worker.interpreter._get_ops_details()
        return {str(one["op_name"]) for one in details}

    def _run(self, rows: np.ndarray) -> np.ndarray:
        worker = getattr(self._of_thread, "worker", None)
        if worker is None:
            self._of_thread.worker = worker = self._start()
        interpreter = worker.interpreter
        try:
            if worker.rows != len(rows):
                worker.rows = 0  # if one of the next two fails, it is set up for nothing
                interpreter.resize_tensor_input(worker.input, rows.shape)
                interpreter.allocate_tensors()
                worker.rows = len(rows)
            interpreter.set_tensor(worker.input, rows)
            interpreter.invoke()
            return interpreter.get_tensor(worker.output)
        except (ValueError, RuntimeError, IndexError, TypeError) as error:
            raise DamagedFile(
                f"{self._source} cannot be run on {rows.shape}: {_one_line(error)}. Pass "
                "runtime='keras' (--runtime keras), or save the model again."
            ) from error

    def _start(self) -> _Worker:
        # LiteRT names its delegate when a process allocates its first tensors.
        first = next(_interpreters) == 0
        with holding_back_stderr() if first else contextlib.nullcontext():
            return self._make_worker()

    def _make_worker(self) -> _Worker:
        from ai_edge_litert.interpreter import Interpreter

        try:
            interpreter = Interpreter(model_content=self._content, num_threads=self._threads)
            inputs, outputs = interpreter.get_input_details(), interpreter.get_output_details()
            if len(inputs) != 1 or len(outputs) != 1:
                raise damaged(
                    self._source,
                    f"has {counted(len(inputs), 'input')} and {counted(len(outputs), 'output')}, "
                    "expected one of each",
                )
            if sum(map(_size, interpreter.get_tensor_details())) > _LARGEST_TENSORS:
                raise damaged(self._source, "declares tensors that would fill the memory")
            interpreter.allocate_tensors()
        except DamagedFile:
            raise
        except (ValueError, RuntimeError, IndexError, TypeError) as error:
            raise damaged(self._source, f"is not a LiteRT network: {_one_line(error)}") from error
        return _Worker(interpreter, inputs[0]["index"], outputs[0]["index"], rows=0)


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split()).rstrip(".")


def _size(tensor: Any) -> int:
    """Return the bytes of a tensor at one row."""
    return math.prod(map(int, tensor["shape"])) * np.dtype(tensor["dtype"]).itemsize


def _fill_up(rows: np.ndarray, count: int) -> np.ndarray:
    return np.concatenate([rows, np.repeat(rows[-1:], count - len(rows), axis=0)])
