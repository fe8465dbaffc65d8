"""A saved model on disk: a directory of `model.keras`, `model.tflite` and `card.json`.

Written whole or not at all, verified before anything in it is believed, and read without looking up
a single class that a file names.
"""

from __future__ import annotations

from kerazoo.saved.card import Card
from kerazoo.saved.reading import load_card, load_model, locate_model
from kerazoo.saved.storage import check_writable
from kerazoo.saved.writing import add_to_card, save_model

__all__ = [
    "Card",
    "add_to_card",
    "check_writable",
    "load_card",
    "load_model",
    "locate_model",
    "save_model",
]
