"""An event file, which TensorBoard reads: values by step, an event for all of one step.

The format is a TFRecord of `tf.compat.v1.Event`, after one that names the version. Keras writes
each value with an operation of its own, which takes longer than an epoch of a small network.
"""

from __future__ import annotations

import itertools
import os
import socket
import time
from collections.abc import Mapping
from typing import Any

_numbers = itertools.count()


class EventFile:
    """A file of its own in a folder, as each writer has one; TensorBoard shows them as one run.

    Args:
        folder: where TensorBoard is to look.
        kind: the folder in it, which names the run: `"train"` or `"validation"`.

    Raises:
        OSError: if it cannot be written.
    """

    def __init__(self, folder: str | os.PathLike[str], kind: str) -> None:
        import tensorflow as tf

        self._tf = tf
        path = os.path.join(folder, kind)  # which may be in a bucket: `gs://...`
        self._do(lambda: tf.io.gfile.makedirs(path))
        now = time.time()
        name = f"{now:.0f}.{socket.gethostname()}.{os.getpid()}.{next(_numbers)}.v2"
        self._writer = tf.io.TFRecordWriter(os.path.join(path, f"events.out.tfevents.{name}"))
        self._write(tf.compat.v1.Event(wall_time=now, file_version="brain.Event:2"))

    def add(self, step: int, values: Mapping[str, Any], at: float) -> None:
        """Write the numbers among some values.

        Args:
            step: what TensorBoard draws them over.
            values: by name.
            at: when they were reached, in seconds since 1970.
        """
        tf = self._tf
        event = tf.compat.v1.Event(wall_time=at, step=step)
        for tag, value in values.items():
            if getattr(value, "ndim", 0) == 0:
                entry = event.summary.value.add(tag=tag)
                entry.metadata.plugin_data.plugin_name = "scalars"
                entry.metadata.data_class = 1  # DATA_CLASS_SCALAR
                entry.tensor.dtype = tf.float32.as_datatype_enum
                entry.tensor.tensor_shape.SetInParent()
                entry.tensor.float_val.append(float(value))
        self._write(event)

    def flush(self) -> None:
        """Let readers see what has been written."""
        self._do(self._writer.flush)

    def close(self) -> None:
        """Write what is left, and end."""
        self._do(self._writer.close)

    def _write(self, event: Any) -> None:
        self._do(lambda: self._writer.write(event.SerializeToString()))

    def _do(self, write: Any) -> None:
        try:
            write()
        except self._tf.errors.OpError as error:
            raise OSError(error.message) from error
