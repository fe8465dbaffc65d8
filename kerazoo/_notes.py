"""Notes for users: warnings that point to their code, whoever inside the package finds it out."""

from __future__ import annotations

import os
import sys
import warnings

_PACKAGE = os.path.dirname(__file__) + os.sep


class Beforehand(UserWarning):
    """What a person should know before something is done, not after it."""


def warn_user(message: str, *, at_once: bool = False) -> None:
    """Warn with the file and the line of whoever called the package.

    Args:
        message: what a person should know, in whole sentences.
        at_once: whether it must be read before what follows is done.
    """
    level, frame = 2, sys._getframe(1)
    while frame.f_back is not None and frame.f_code.co_filename.startswith(_PACKAGE):
        level, frame = level + 1, frame.f_back
    warnings.warn(message, Beforehand if at_once else UserWarning, stacklevel=level)
