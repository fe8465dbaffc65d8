"""A saved model under its name, and what is read again when its folder is replaced."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from kerazoo.datasets.about import Images, Ratings, Series, Texts
from kerazoo.errors import KerazooError, WrongUsage
from kerazoo.predict import Predictor, load_predictor
from kerazoo.predict.ranges import Limits as RangeLimits
from kerazoo.saved.card import LITERT_FILE, Card
from kerazoo.saved.reading import locate_model, open_saved

if TYPE_CHECKING:
    from kerazoo.tasks.language.model import LanguageModel
    from kerazoo.tasks.ranking.recommender import Recommender

_NAME = re.compile(r"[\w.-]{1,100}", re.ASCII)
_VERSION = 12  # letters of a SHA-256
_SLOW_TO_IMPORT = ("table", "series")


@dataclass(frozen=True)
class Model:
    """A model as it was read once: all of one folder, and never of two.

    Args:
        predictor: answers.
        kind: what it is asked with: `"table"`, `"images"`, `"texts"`, `"ratings"`, `"series"`,
            `"language"` or `"array"`.
        version: the first letters of the SHA-256 of its network.
    """

    predictor: Predictor
    kind: str
    version: str

    @property
    def card(self) -> Card:
        """What it takes and gives."""
        return self.predictor.card

    @cached_property
    def ranges(self) -> RangeLimits:
        """The values beyond which a column is far from all that was seen in training."""
        return RangeLimits(self.card)

    @cached_property
    def language(self) -> LanguageModel:
        """The network as one that is asked with text; of the kind `"language"`."""
        from kerazoo.tasks.language.model import language_of

        return language_of(self.predictor)

    @cached_property
    def recommender(self) -> Recommender:
        """The network as one that is asked by the names of users and items; of ratings."""
        from kerazoo.tasks.ranking.recommender import recommender_of

        return recommender_of(self.predictor)


class Served:
    """A model that is served, whatever its folder holds by now.

    Args:
        name: what it is called in addresses.
        location: the directory, or the name of an installed model.

    Raises:
        KerazooError: if it cannot be served.
        UnknownName: if there is no such model.
    """

    def __init__(self, name: str, location: str) -> None:
        self.name = name
        self._location = location
        self._folder = locate_model(location)
        self._seen = self._look()
        self.current = read_model(location)

    def is_replaced(self) -> bool:
        """Tell whether the folder holds other files than when it was last looked at."""
        return self._look() not in (self._seen, ())

    def read_again(self) -> None:
        """Read the folder; what was read before stays if that fails.

        Raises:
            KerazooError: if it holds no whole model. It is tried again once its files change.
        """
        self._seen = self._look()
        self.current = read_model(self._location)

    def _look(self) -> tuple[tuple[str, int, int, int], ...]:
        """Return what tells whether files were replaced; nothing if there is no folder."""
        try:
            with os.scandir(self._folder) as entries:
                found = [(entry.name, entry.stat(follow_symlinks=False)) for entry in entries]
        except OSError:
            return ()
        return tuple(sorted((n, s.st_ino, s.st_mtime_ns, s.st_size) for n, s in found))


def open_models(asked: Sequence[str]) -> dict[str, Served]:
    """Open the models that a server answers with, by name.

    Args:
        asked: directories or names of installed models, also `NAME=DIRECTORY`.

    Raises:
        KerazooError: if one cannot be served, or two have the same name.
        UnknownName: if there is no such model.
    """
    opened: dict[str, Served] = {}
    for one in asked:
        name, location = _named(one)
        if name in opened:
            raise WrongUsage(
                f"two models are called {name!r}; give one another name: {name}-2={location}"
            )
        opened[name] = Served(name, location)
    return opened


def read_model(location: str) -> Model:
    """Read a model that LiteRT runs, and let it answer once.

    Raises:
        KerazooError: if there is no file that can be served, or it takes several inputs.
        UnknownName: if there is no such model.
        DamagedFile: if a file is not what it should be.
    """
    saved = open_saved(location)
    if not saved.card.has_litert:
        raise KerazooError(
            f"{saved.folder} has no {LITERT_FILE}, and a server runs nothing else: TensorFlow "
            "takes seconds and hundreds of megabytes. Save the model again with this version of "
            "kerazoo, or write the file: kerazoo export MODEL --format litert --out FILE says why "
            "if it cannot be made."
        )
    predictor = load_predictor(saved, "litert")
    kind = kind_of(predictor.card)
    if kind in _SLOW_TO_IMPORT and (predictor.card.takes_missing or kind == "series"):
        import pandas as pd  # noqa: F401 (now, and not when somebody waits for an answer)
    return Model(predictor, kind, predictor.card.files[LITERT_FILE].sha256[:_VERSION])


def kind_of(card: Card) -> str:
    """Return what a network is asked with: see `Model`.

    Example:
        >>> kind_of(open_saved("lstm").card)
        'series'
    """
    about = card.about
    if isinstance(about, Texts):
        return "texts" if about.class_names else "language"
    if isinstance(about, Series) and card.residuals is not None:
        return "series"
    if isinstance(about, Ratings):
        return "ratings"
    if card.columns:
        return "table"
    shape, kind = card.inputs[0].shape, card.inputs[0].dtype
    are_pixels = isinstance(about, Images) or (kind == "uint8" and len(shape) in (2, 3))
    return "images" if are_pixels and None not in shape else "array"


def _named(asked: str) -> tuple[str, str]:
    name, sign, location = asked.partition("=")
    if not sign or os.path.exists(asked):
        name, location = Path(asked).resolve().name, asked
    if not _NAME.fullmatch(name):
        raise WrongUsage(
            f"{name!r} cannot be part of an address; give the model another name, of letters, "
            f"digits, - _ and .: NAME={location}"
        )
    return name, location
