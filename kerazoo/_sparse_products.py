"""Where layers may give sparse tensors: in programs of the engine, which never leave a process.

Saved and served networks compute with all numbers: LiteRT has no sparse product.
"""

from __future__ import annotations

import contextlib
import contextvars
from collections.abc import Iterator

_allowed: contextvars.ContextVar[bool] = contextvars.ContextVar("sparse_products", default=False)


@contextlib.contextmanager
def allowing_sparse_products() -> Iterator[None]:
    """Let layers that are traced meanwhile give sparse tensors where that is faster."""
    token = _allowed.set(True)
    try:
        yield
    finally:
        _allowed.reset(token)


def sparse_products_are_allowed() -> bool:
    """Tell whether what is traced may hold sparse tensors."""
    return _allowed.get()
