"""An MLP on two vectors: what it can say that a product cannot, and what it says of the unknown."""

from __future__ import annotations

import keras
import numpy as np
import pytest

import kerazoo
from kerazoo.errors import InvalidInput

PEOPLE, FILMS = 24, 20


def nearness() -> tuple[np.ndarray, np.ndarray]:
    """Ratings of people who like what is near them on a line, all of them."""
    ids = np.argwhere(np.ones((PEOPLE, FILMS))).astype("int32") + 1
    places = (ids - 1) / (PEOPLE - 1, FILMS - 1)
    return ids, (5 - 4 * np.abs(places[:, :1] - places[:, 1:])).astype("float32")


def error_of(name: str) -> float:
    ids, ratings = nearness()
    known = np.random.default_rng(0).random(len(ids)) < 0.7
    keras.utils.set_random_seed(0)
    model = kerazoo.load_builder(name)(users=PEOPLE, items=FILMS, dimension=1)
    model.compile(keras.optimizers.Adam(0.01), "mse")
    data = (ids[known], ratings[known])
    kerazoo.fit_model(model, data, epochs=150, batch_size=32, verbose=0)
    missing = model.predict(ids[~known], verbose=0) - ratings[~known]
    return float(np.sqrt(np.mean(missing**2)))


def test_an_mlp_learns_a_distance_from_one_number_each_and_a_product_does_not() -> None:
    assert error_of("neural_filtering") < 0.5 * error_of("matrix_factorization")


def test_parameters_are_those_of_the_formula() -> None:
    for users, items, k, units in ((4, 4, 2, (3,)), (943, 1682, 16, (32, 16, 8))):
        model = kerazoo.build_neural_filtering(users, items, k, units)
        sizes = (2 * k, *units)
        dense = sum(a * b + b for a, b in zip(sizes, units, strict=False)) + units[-1]
        assert model.count_params() == (users + items) * (k + 1) + 1 + dense


def test_an_unknown_user_or_item_is_rated_by_the_bias_of_the_other() -> None:
    model = kerazoo.build_neural_filtering(users=3, items=2)
    for weight in model.weights:
        weight.assign(keras.random.normal(weight.shape, seed=1))
    weights = {weight.path: keras.ops.convert_to_numpy(weight) for weight in model.weights}
    mean = weights["rating/mean"][0]
    rows = np.array([[0, 0], [0, 2], [3, 0], [3, 2]], "int32")
    found = model.predict(rows, verbose=0)[:, 0] - 3
    of_item = weights["item_bias/table"][1, 0]
    of_user = weights["user_bias/table"][2, 0]
    expected = [mean, mean + of_item, mean + of_user]
    np.testing.assert_allclose(found[:3], expected, rtol=1e-5, atol=1e-6)
    # Of two that are known, the MLP speaks too.
    assert abs(found[3] - (mean + of_item + of_user)) > 0.1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"items": 0}, "items is 0; pass at least 1"),
        ({"units": (8, 0)}, r"units is \[8, 0\]; pass at least 1 for each hidden layer"),
        ({"regularization": -1}, "regularization is -1; pass 0 or more"),
        ({"scale": [5, 1]}, "pass the lowest and the highest rating"),
    ],
)
def test_what_cannot_be_is_refused(arguments: dict, message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        kerazoo.build_neural_filtering(**arguments)
