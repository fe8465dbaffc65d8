"""Measures of generated images: now `kerazoo.tasks.generation.quality`; goes with 1.0."""

from __future__ import annotations

import warnings
from typing import Any

from kerazoo.tasks.generation import quality as _moved

_ADVICE = "kerazoo.metrics has moved; use kerazoo.tasks.generation.quality instead."
warnings.warn(_ADVICE, DeprecationWarning, stacklevel=2)


def __getattr__(name: str) -> Any:
    return getattr(_moved, name)
