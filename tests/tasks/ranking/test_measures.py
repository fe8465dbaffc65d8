"""Lists of items judged by what was rated well, and the baselines."""

from __future__ import annotations

import numpy as np
import pytest

import kerazoo
from kerazoo.datasets.about import Ratings
from kerazoo.datasets.reading.ratings import split_of
from kerazoo.datasets.splits import Part
from kerazoo.errors import InvalidInput, UnknownName
from kerazoo.tasks.ranking.measures import measure_top
from kerazoo.tasks.ranking.neighbors import BASELINES, compare_rows

NAN = np.nan
# Course document B, lines 3107-3124 and 3138-3157.
USERS = [[5, 4, 4, NAN, NAN], [5, 3, 4, 5, 3], [4, 3, 3, 2, 5]]
ITEMS = [[5, 4, 5, 5, 5], [5, 4, 4, NAN, 5], [4, 2, 2, NAN, 4]]


def test_the_users_of_the_course_are_alike_by_distance_and_not_by_cosine_or_pearson() -> None:
    """The document says that U1 is like U2. Only the distance does."""
    distance, cosine, pearson = (compare_rows(USERS, one)[0, 1:] for one in MEASURES)
    np.testing.assert_allclose(distance, [1.0, 1.7321], atol=5e-5)
    np.testing.assert_allclose(cosine, [0.9928, 0.9995], atol=5e-5)
    np.testing.assert_allclose(pearson, [0.866, 1.0], atol=5e-5)


MEASURES = ("distance", "cosine", "pearson")


def test_the_items_of_the_course_are_alike_by_cosine() -> None:
    similar = compare_rows(ITEMS, "cosine")
    assert similar[0, 1] == pytest.approx(0.9956, abs=5e-5)
    assert similar[0, 1] > max(similar[0, 2], similar[1, 2])


def test_rows_with_nothing_in_common_and_a_measure_that_is_none() -> None:
    assert np.isnan(compare_rows([[1, NAN], [NAN, 1]])[0, 1])
    with pytest.raises(UnknownName, match="measure 'cosin'"):
        compare_rows(USERS, "cosin")


def test_precision_and_recall_by_hand() -> None:
    about = Ratings(("Ann", "Bob"), ("a", "b", "c", "d", "e"), (1, 5))
    train = np.array([[1, 1, 5], [2, 5, 1]])
    test = np.array([[1, 2, 5], [1, 3, 2], [1, 4, 4], [2, 1, 4], [2, 0, 5], [0, 1, 5]])
    splits = split_of([train, train[:0], test], about)

    def as_listed(ids: np.ndarray) -> np.ndarray:
        return -ids[:, 1].astype(float)

    # Ann has rated a: b and c are recommended, of which she likes b, and of b and d. Bob gets a and
    # b, and likes a, the only one of his that is known.
    found = measure_top(as_listed, splits.test, top=2)
    assert found == {
        "precision_at_2": 0.5,
        "recall_at_2": (1 / 2 + 1) / 2,
        "precision_at_2_of_rated": 0.5,  # Ann alone rated more than two
    }


def test_a_part_that_knows_nothing_of_its_users_is_not_judged_so() -> None:
    splits = kerazoo.datasets.load_dataset_module("ratings_csv").tiny()
    assert measure_top(lambda ids: ids[:, 0], Part(*splits.test)) == {}


@pytest.mark.parametrize("name", [one for one in BASELINES if one != "popular"])
def test_baselines_learn_what_is_there_to_learn(name: str) -> None:
    splits = kerazoo.datasets.load_dataset_module("ratings_csv").tiny()
    mean = kerazoo.score_baseline("mean_rating", splits)["root_mean_squared_error"]
    scores = kerazoo.score_baseline(name, splits)
    assert scores["root_mean_squared_error"] <= 1.1 * mean
    if name in ("user_based", "item_based", "nmf"):  # who is at odds with whom
        assert scores["root_mean_squared_error"] < 0.8 * mean


def test_a_list_of_what_is_popular_has_no_ratings() -> None:
    splits = kerazoo.datasets.load_dataset_module("ratings_csv").tiny()
    scores = kerazoo.score_baseline("popular", splits)
    assert "precision_at_10" in scores
    assert "root_mean_squared_error" not in scores


def test_a_baseline_of_ratings_needs_ratings() -> None:
    with pytest.raises(InvalidInput, match="needs ratings"):
        kerazoo.score_baseline("biases", kerazoo.load_dataset("boston"))
