"""Ratings of the user's own: which column is which, and what is no rating."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import kerazoo
from kerazoo.datasets import ratings_csv
from kerazoo.errors import InvalidInput, KerazooError, WrongUsage


def make_table(users: int = 12, items: int = 10) -> pd.DataFrame:
    """Every third user has rated every item that leaves no rest with theirs."""
    pairs = [(u, i) for u in range(users) for i in range(items) if (u + i) % 3]
    return pd.DataFrame(
        {
            "userId": [f"u{user}" for user, _ in pairs],
            "movieId": [100 + item for _, item in pairs],
            "rating": [1 + (user * item) % 5 for user, item in pairs],
        }
    )


def load(table: Any, **options: Any) -> kerazoo.Splits:
    return kerazoo.load_dataset("ratings_csv", path=table, **{"scale": (1, 5), **options})


def test_a_file_and_a_frame_give_the_same_ids(tmp_path: Path) -> None:
    table = make_table()
    table.to_csv(tmp_path / "ratings.csv", index=False)
    table.to_csv(tmp_path / "semicolons.csv", index=False, sep=";")
    whole = load(table)
    assert load(tmp_path / "ratings.csv").hash() == whole.hash()
    with pytest.warns(UserWarning, match="semicolons"):
        assert load(tmp_path / "semicolons.csv").hash() == whole.hash()
    assert whole.about.columns == ("userId", "movieId", "rating")
    users, items = np.concatenate(
        [part.x for part in (whole.train, whole.validation, whole.test)]
    ).T
    names = [whole.about.users[user - 1] for user in users]
    rated = {(u, str(i)) for u, i in zip(table["userId"], table["movieId"], strict=True)}
    assert {(n, whole.about.items[i - 1]) for n, i in zip(names, items, strict=True)} == rated


def test_who_is_only_among_held_out_ratings_is_unknown() -> None:
    table = make_table()
    odd = pd.DataFrame({"userId": [f"once{n}" for n in range(40)], "movieId": 100, "rating": 3})
    splits = load(pd.concat([table, odd]))
    known = set(splits.about.users)
    held_out = np.concatenate([splits.test.x, splits.validation.x])
    assert 0 < (held_out[:, 0] == 0).sum() < 40
    assert (splits.train.x > 0).all()
    assert len(known) == len(np.unique(splits.train.x[:, 0]))


def test_titles_are_kept_by_item() -> None:
    table = make_table().assign(title=lambda frame: "Film " + frame["movieId"].astype(str))
    about = load(table).about
    assert about.titles == tuple(f"Film {item}" for item in about.items)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda t: t.assign(rating=t["rating"].astype(str) + "!"), "row 1: 'rating' is '1!'"),
        (lambda t: t.assign(rating=t["rating"] + 1), r"outside the scale 1 to 5, the first in row"),
        (lambda t: t.assign(userId=[None, *t["userId"][1:]]), "row 1 has a rating and no user"),
        (lambda t: t.head(5), "5 ratings; expected 10 or more"),
        (lambda t: t.head(10).assign(userId="me", movieId=range(10)), "ratings of 1 user and"),
    ],
)
def test_what_is_no_rating_is_refused(change: Any, message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        load(change(make_table()))


def test_a_number_that_stands_for_no_rating_is_found() -> None:
    table = make_table()
    table.loc[::7, "rating"] = 99
    with pytest.raises(InvalidInput, match=r"go from 1 to 5, but for \d+ of 99"):
        load(table, scale=())
    with pytest.raises(InvalidInput, match="nothing to learn"):
        load(table.assign(rating=3), scale=())
    with pytest.warns(UserWarning, match="ratings go from 1 to 5"):
        load(make_table(), scale=())


@pytest.mark.parametrize("scale", ["5-1", "one to five", (5, 1), "1-2-3"])
def test_a_scale_that_is_none_is_refused(scale: Any) -> None:
    with pytest.raises(InvalidInput, match="expected a lowest and a highest rating"):
        load(make_table(), scale=scale)


def test_the_last_of_two_ratings_of_one_item_counts() -> None:
    table = make_table()
    again = table.head(2).assign(rating=[5, 1])
    with pytest.warns(UserWarning, match=r"2 ratings are of a user who rates the same item again"):
        splits = load(pd.concat([table, again]))
    x, y = (
        np.concatenate(parts)
        for parts in zip(splits.train, splits.validation, splits.test, strict=True)
    )
    about = splits.about
    found = {
        (about.users[u - 1], about.items[i - 1]): r
        for (u, i), r in zip(x, y[:, 0], strict=True)
        if u and i
    }
    assert len(x) == len(table)
    for row in again.itertuples():
        assert found[row.userId, str(row.movieId)] == row.rating


def test_rows_without_a_rating_are_left_out_and_said() -> None:
    table = make_table().astype({"rating": "object"})
    table.loc[[1, 5], "rating"] = None
    with pytest.warns(UserWarning, match="2 rows without a rating"):
        splits = load(table)
    assert sum(len(p.x) for p in (splits.train, splits.validation, splits.test)) == len(table) - 2


def test_columns_that_no_name_tells_are_asked_for() -> None:
    table = make_table().rename(columns={"userId": "who", "movieId": "what"})
    with pytest.raises(
        WrongUsage, match="--user COLUMN and --item COLUMN, one of who, what, rating"
    ):
        load(table)
    assert load(table, user="who", item="what").hash() == load(make_table()).hash()
    with pytest.raises(WrongUsage, match="three different columns"):
        load(table, user="who", item="who")
    with pytest.raises(KerazooError, match=r"column 'whom'\. Did you mean 'who'"):
        load(table, user="whom", item="what")


@pytest.mark.parametrize(
    ("names", "certain"),
    [
        (["user", "item", "rating"], True),
        (["userId", "movieId", "rating", "timestamp"], True),
        (["Reviewer ID", "ISBN", "Score", "Title"], True),
        (["user", "item", "rating", "age"], False),
        (["customer", "product", "price"], False),
        (["user", "user_id", "item", "rating"], False),
    ],
)
def test_a_table_is_taken_for_ratings_only_if_that_is_certain(
    names: list[str], certain: bool
) -> None:
    assert ratings_csv.are_ratings(names) == certain


def test_more_names_than_a_card_holds_are_refused_before_training() -> None:
    many = pd.DataFrame({"user": range(60_000), "item": range(60_000), "rating": 1})
    many.loc[::2, "rating"] = 2
    with pytest.raises(InvalidInput, match="more than a saved network can name"):
        load(many)
