"""`kerazoo predict` for ratings: what to recommend to whom, and ratings of pairs in a table."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from kerazoo._machine import warnings_as_lines
from kerazoo.datasets.reading.ratings import names_of
from kerazoo.errors import InvalidInput, WrongUsage
from kerazoo.predict.output import format_records
from kerazoo.saved.reading import Location
from kerazoo.tasks import Request
from kerazoo.tasks._shared import answer_rows
from kerazoo.tasks.ranking.recommender import Recommender, load_recommender

_TOP = 10


def answer(model: Location, request: Request) -> Iterator[str]:
    """Answer with items for a user, users for an item, the rating of both, or those of a table.

    Args:
        model: a saved model.
        request: tables of pairs; or the options `user`, `item`, `top`, `rated`.

    Raises:
        WrongUsage: if options and tables are mixed.
        UnknownName: if an item that users are to be found for was not there in training.
    """
    options = request.options
    user, item = options.get("user"), options.get("item")
    if user is None and item is None:
        for option in ("top", "rated"):
            if option in options:
                raise WrongUsage(f"--{option} needs a user or an item: add --user or --item.")
        yield from answer_rows(model, request)
        return
    if request.inputs:
        raise WrongUsage(
            f"{request.inputs[0]} is a table of pairs, and --{'user' if user else 'item'} asks of "
            "one: leave out one of them."
        )
    with warnings_as_lines(request.say):
        recommender = load_recommender(model, rated=options.get("rated"), runtime=request.runtime)
        top = options.get("top", _TOP)
        records = recommendations(recommender, user, item, top=top, say=request.say)
    yield format_records(records, request.format)


def recommendations(
    recommender: Recommender,
    user: str | int | None,
    item: str | int | None,
    *,
    top: int,
    say: Callable[[str], object],
    rated: Sequence[str | int] | None = None,
) -> list[dict[str, Any]]:
    """Return items for a user, users for an item, or the rating of both, a record for each.

    Args:
        recommender: is asked.
        user: who is asked about.
        item: what is asked about.
        top: how many items or users.
        say: is told what a person should know.
        rated: items that this user has rated, or users who have rated this item: these are left
            out, and none else; by default those that the recommender knows of.

    Raises:
        UnknownName: if an item that users are to be found for was not there in training.
        InvalidInput: if nothing is left.
    """
    of_user, _, rating = recommender.about.columns
    known = frozenset[str]() if rated is None else frozenset(names_of(rated))
    if rated is not None:  # nothing but what is named is left out
        recommender = replace(recommender, rated=np.empty((0, 2), "int32"))
    if user is not None and item is not None:
        value = recommender.predict(user, item)
        return [{of_user: str(user), **_named(recommender, str(item)), rating: _short(value)}]
    if user is not None:
        found = recommender.recommend(user, top + len(known), note=say)
        best = _without(found, known, top)
        return [{**_named(recommender, name), rating: _short(value)} for name, value in best]
    assert item is not None
    found = recommender.find_users(item, top + len(known))
    return [{of_user: name, rating: _short(value)} for name, value in _without(found, known, top)]


def _without(
    found: Sequence[tuple[str, float]], known: frozenset[str], top: int
) -> list[tuple[str, float]]:
    left = [(name, value) for name, value in found if name not in known][:top]
    if not left:
        raise InvalidInput("all that could be named is rated already; name less as rated.")
    return left


def _named(recommender: Recommender, item: str) -> dict[str, str]:
    """Return the item, and its title if titles are known."""
    title = {"title": recommender.title(item)} if recommender.titles else {}
    return {recommender.about.columns[1]: item, **title}


def _short(value: float) -> float:
    return round(value, 4)
