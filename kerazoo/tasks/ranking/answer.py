"""`kerazoo predict` for ratings: what to recommend to whom, and ratings of pairs in a table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kerazoo._machine import warnings_as_lines
from kerazoo.errors import WrongUsage
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
        records = _records(recommender, user, item, request)
    yield format_records(records, request.format)


def _records(
    recommender: Recommender, user: str | None, item: str | None, request: Request
) -> list[dict[str, Any]]:
    of_user, _, rating = recommender.about.columns
    top = request.options.get("top", _TOP)
    if user is not None and item is not None:
        value = recommender.predict(user, item)
        return [{of_user: user, **_named(recommender, item), rating: _short(value)}]
    if user is not None:
        found = recommender.recommend(user, top, note=request.say)
        return [{**_named(recommender, name), rating: _short(value)} for name, value in found]
    assert item is not None
    found = recommender.find_users(item, top)
    return [{of_user: name, rating: _short(value)} for name, value in found]


def _named(recommender: Recommender, item: str) -> dict[str, str]:
    """Return the item, and its title if titles are known."""
    title = {"title": recommender.title(item)} if recommender.titles else {}
    return {recommender.about.columns[1]: item, **title}


def _short(value: float) -> float:
    return round(value, 4)
