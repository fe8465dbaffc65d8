"""An array as text."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Array:
    """An array as text.

    Args:
        shape: its shape.
        dtype: its NumPy type, such as `"float32"`.
        base64: its bytes, little-endian, in C order.
    """

    shape: tuple[int, ...]
    dtype: str
    base64: str

    @classmethod
    def of(cls, values: Any) -> Array:
        """Encode an array.

        Example:
            >>> Array.of(np.zeros((1, 2), "uint8"))
            Array(shape=(1, 2), dtype='uint8', base64='AAA=')
        """
        array = np.ascontiguousarray(values)
        text = base64.b64encode(array.astype(array.dtype.newbyteorder("<")).tobytes()).decode()
        return cls(array.shape, array.dtype.name, text)

    def decode(self) -> np.ndarray:
        """Return the array."""
        dtype = np.dtype(self.dtype).newbyteorder("<")
        array = np.frombuffer(base64.b64decode(self.base64, validate=True), dtype)
        return array.reshape(self.shape).astype(self.dtype)
