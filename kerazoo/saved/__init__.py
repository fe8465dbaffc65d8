"""A saved model on disk: a directory of `model.keras`, `model.tflite` and `card.json`.

Written whole or not at all, verified before anything in it is believed, and read without looking up
a single class that a file names. In reading order:

- `card.py`: what a saved model is, takes and gives, as plain data; `card_text.py` writes that as
  the one text that stands for it, and reads it without believing it, by the rules of
  `card_checks.py`. `calibration.py` is what a card says of how sure answers are, `profile.py` what
  of training rows, `trust_checks.py` the rules for both, and `array.py` an array as text.
- `storage.py`: the directory: read without following a link, replaced in one step.
- `reading.py`: a name or a path becomes a `Saved`, and that a network. `arguments.py` checks what
  a builder is called with, `weights.py` the numbers that the network gets, `architecture.py` what
  layers it has; `words.py` reads the words of a network that takes texts.
- `writing.py`: a network becomes a directory; `litert.py` writes its `.tflite` file, and
  `validating.py` finds out how far its answers to validation rows can be trusted.
- `readme.py`: the `README.md` for people. `readme_blocks.py` makes what the card says, by the words
  of `readme_text.py`.
- `export.py`: a saved model as a file of another program.
"""

from __future__ import annotations

from kerazoo.saved.card import Card
from kerazoo.saved.reading import Saved, load_card, load_model, locate_model, open_saved, verify
from kerazoo.saved.storage import check_writable
from kerazoo.saved.writing import add_to_card, save_model

__all__ = [
    "Card",
    "Saved",
    "add_to_card",
    "check_writable",
    "load_card",
    "load_model",
    "locate_model",
    "open_saved",
    "save_model",
    "verify",
]
