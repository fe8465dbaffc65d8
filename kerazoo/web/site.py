"""A site: every file that the pages of some networks are made of, by its path."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from kerazoo.errors import UnknownName, WrongUsage
from kerazoo.saved.card import LITERT_FILE, WORDS_FILE, part_file
from kerazoo.saved.card_checks import is_name
from kerazoo.saved.reading import Location, Saved, open_saved
from kerazoo.web import built
from kerazoo.web.page_card import describe, page_card, read_network

LIST = "site.json"
_CARD = "card.json"
_KEPT = 8  # networks; each is up to some megabytes


class Site:
    """The pages of some networks.

    Args:
        models: by the name that is the folder of each.
    """

    def __init__(self, models: Mapping[str, Saved]) -> None:
        self.models = models
        # A page asks for the hash of a network, and then for the network.
        self._network = functools.lru_cache(maxsize=_KEPT)(self._make_network)

    def paths(self) -> Iterator[str]:
        """Give the path of every file, those that all networks share first."""
        yield from built.FILES
        yield LIST
        for name, saved in self.models.items():
            yield f"models/{name}/{_CARD}"
            yield from (f"models/{name}/{file}" for file in _networks(saved))
            if WORDS_FILE in saved.card.files:
                yield f"models/{name}/{WORDS_FILE}"

    def read(self, path: str) -> bytes:
        """Return the content of a file.

        Args:
            path: one of `paths()`.

        Raises:
            UnknownName: if there is no such file.
            KerazooError: if the network cannot be shown; the page says why.
        """
        if path == LIST:
            return _as_json(
                {"models": [describe(name, one.card) for name, one in self.models.items()]}
            )
        if path in built.FILES:
            return built.read_built(path)
        folder, _, rest = path.partition("/")
        name, _, file = rest.partition("/")
        saved = self.models.get(name)
        if folder != "models" or saved is None:
            raise UnknownName(f"no page has a file {path!r}; choose one of Site.paths().")
        files = _networks(saved)
        if file == _CARD:
            contents = {one: self._network(name, part) for one, part in files.items()}
            return _as_json(page_card(name, saved, contents))
        if file == WORDS_FILE and file in saved.card.files:
            return saved.read(file)
        if file not in files:
            raise UnknownName(f"no page has a file {path!r}; choose one of Site.paths().")
        return self._network(name, files[file])

    def _make_network(self, name: str, part: str | None) -> bytes:
        return read_network(self.models[name], part)


def open_site(models: Sequence[Location]) -> Site:
    """Return the pages of some saved models.

    Args:
        models: names of installed models, or directories.

    Raises:
        UnknownName: if there is no such model.
        WrongUsage: if two have the same name.
        KerazooError: if the pages were not built.

    Example:
        >>> open_site(["xor"]).models["xor"].card.name  # doctest: +SKIP
        'xor'
    """
    built.check_built()
    found: dict[str, Saved] = {}
    for model in models:
        saved = open_saved(model)
        # A network of one's own is known by its folder: several may be of one kind.
        folder = saved.folder.resolve().name
        name = folder if is_name(folder) else saved.card.name
        if name in found:
            raise WrongUsage(
                f"{found[name].folder} and {saved.folder} are both called {name!r}; choose one of "
                "them."
            )
        found[name] = saved
    return Site(found)


def _networks(saved: Saved) -> dict[str, str | None]:
    """Return which file holds which part of a network; `None` is the whole."""
    return {LITERT_FILE: None} | {part_file(name): name for name in saved.card.parts or {}}


def _as_json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
