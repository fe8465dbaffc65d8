"""`kerazoo version`: the version."""

from __future__ import annotations

from kerazoo import __version__


def version() -> None:
    """Print the version."""
    print(__version__)
