"""Reading of running text: now `kerazoo.datasets.reading.corpus`; goes with 1.0."""

from __future__ import annotations

import warnings
from typing import Any

from kerazoo.datasets.reading import corpus as _moved

_ADVICE = "kerazoo.text has moved; use kerazoo.datasets.reading.corpus instead."
warnings.warn(_ADVICE, DeprecationWarning, stacklevel=2)


def __getattr__(name: str) -> Any:
    return getattr(_moved, name)
