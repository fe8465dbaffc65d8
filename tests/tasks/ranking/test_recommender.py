"""What one asks a network of ratings, by the names of users and items."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import kerazoo
from kerazoo.errors import InvalidInput, KerazooError, UnknownName
from kerazoo.saved import load_card
from tests.datasets.test_ratings_csv import make_table


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    table = make_table()
    return table.assign(title="Film " + table["movieId"].astype(str))


@pytest.fixture(scope="module", params=["matrix_factorization", "neural_filtering"])
def files(
    table: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Path:
    """A folder with ratings, and a network that has learned from them."""
    folder = tmp_path_factory.mktemp("ratings")
    table.to_csv(folder / "ratings.csv", index=False)
    options = {"scale": "1-5"}
    kerazoo.train(
        request.param,
        data=folder / "ratings.csv",
        options=options,
        epochs=3,
        out=folder / "model",
    )
    return folder


def test_the_card_keeps_names_and_no_ratings(files: Path, table: pd.DataFrame) -> None:
    card = load_card(files / "model")
    assert set(card.about.users) <= set(table["userId"])
    assert card.about.titles[0].startswith("Film 1")
    assert (card.task, card.inputs[0].shape) == ("ranking", (2,))
    assert kerazoo.load_predictor(files / "model").runtime == "litert"


def test_ids_are_texts_or_numbers_in_whatever_holds_them(files: Path) -> None:
    predictor = kerazoo.load_predictor(files / "model")
    expected = predictor.predict([("u1", "101"), ("u2", "102")]).values
    for rows in (
        [("u1", 101), ("u2", 102)],
        np.array([["u1", "101"], ["u2", "102"]]),
        {"userId": ["u1", "u2"], "movieId": [101, 102]},
        pd.DataFrame({"movieId": [101.0, 102.0], "userId": ["u1", "u2"]}),
        [{"userId": "u1", "movieId": 101}, {"userId": "u2", "movieId": 102}],
    ):
        np.testing.assert_array_equal(predictor.predict(rows).values, expected)
    np.testing.assert_array_equal(predictor.predict(("u1", 101)).values, expected[:1])
    keras_too = kerazoo.load_predictor(files / "model", runtime="keras")
    np.testing.assert_allclose(
        keras_too.predict([("u1", 101), ("u2", 102)]).values, expected, rtol=1e-5
    )
    for rows in ([], ["u1"], [("u1", 101, 3)], {"user": ["u1"]}, [("u1", None)]):
        with pytest.raises(InvalidInput):
            predictor.predict(rows)


def test_what_was_rated_is_not_recommended_if_it_is_known(files: Path, table: pd.DataFrame) -> None:
    recommender = kerazoo.load_recommender(files / "model", rated=files / "ratings.csv")
    rated = set(table.loc[table["userId"] == "u4", "movieId"].astype(str))
    known = set(recommender.about.items)
    found = recommender.recommend("u4", top=100)
    assert {name for name, _ in found} == known - rated
    ratings = [rating for _, rating in found]
    assert ratings == sorted(ratings, reverse=True)
    assert found[0][1] == pytest.approx(recommender.predict("u4", found[0][0]), rel=1e-6)
    assert recommender.title(found[0][0]) == f"Film {found[0][0]}"
    users = dict(recommender.find_users("104", top=100))
    assert set(users).isdisjoint(table.loc[table["movieId"] == 104, "userId"])
    with pytest.warns(UserWarning, match=r"what userId u4 has rated is not known here"):
        everything = kerazoo.load_recommender(files / "model").recommend("u4", top=100)
    assert len(everything) == len(known)


def test_a_new_user_gets_what_others_like_and_is_told(files: Path) -> None:
    recommender = kerazoo.load_recommender(files / "model", rated=files / "ratings.csv")
    with pytest.warns(UserWarning, match="'nobody' was not there in training"):
        one = recommender.recommend("nobody", top=3)
    with pytest.warns(UserWarning, match="'else' was not there in training"):
        assert recommender.recommend("else", top=3) == one
    with pytest.warns(UserWarning, match=r"1 user was not there in training: nobody\. The answer"):
        assert recommender.predict("nobody", one[0][0]) == pytest.approx(one[0][1], rel=1e-6)
    with pytest.raises(UnknownName, match=r"item '10'\. Did you mean"):
        recommender.find_users("10")


@pytest.mark.parametrize("top", [0, -1, 2.5, True])
def test_how_many_must_be_a_number(files: Path, top: object) -> None:
    with pytest.raises(InvalidInput, match="expected a whole number, 1 or more"):
        kerazoo.load_recommender(files / "model").find_users("101", top)


def test_a_user_who_has_rated_everything(files: Path) -> None:
    items = load_card(files / "model").about.items
    rated = {"userId": ["u1"] * len(items), "movieId": items}
    recommender = kerazoo.load_recommender(files / "model", rated=rated)
    with pytest.raises(InvalidInput, match="has rated all"):
        recommender.recommend("u1")


def test_only_a_network_of_ratings_recommends(xor) -> None:
    with pytest.raises(KerazooError, match="was not trained on ratings"):
        kerazoo.load_recommender(xor.path)
