"""Networks whose step has a loss of its own take none in `compile`."""

from __future__ import annotations

from typing import Any

from kerazoo.errors import KerazooError


def refuse_loss(name: str, loss: Any, metrics: Any) -> None:
    """Refuse a loss or metrics that would never be looked at.

    Raises:
        KerazooError: if any is passed.
    """
    if loss is not None or metrics:
        raise KerazooError(
            f"{name!r} has a loss of its own and compares with no target; leave out loss and "
            "metrics."
        )
