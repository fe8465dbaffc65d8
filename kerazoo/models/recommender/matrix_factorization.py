"""matrix_factorization: what a user will think of an item, as the product of two short vectors."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING

from kerazoo.recipe import Config, Recipe, Reference, cosine_decay

if TYPE_CHECKING:
    import keras


def build_matrix_factorization(
    users: int = 943,
    items: int = 1682,
    dimension: int = 40,
    biases: bool = True,
    scale: Sequence[float] = (1, 5),
    regularization: float = 0.0,
) -> keras.Model:
    r"""Build the product of a table of users and a table of items.

    The table of all ratings R, users by items, is nearly empty. It is taken to be P Q, where P has
    a row of k numbers for each user and Q a column of k numbers for each item:

    .. math:: \hat r_{ui} = \mu + b_u + b_i + p_u \cdot q_i

    P, Q and the biases are learned from the ratings that there are, by gradient descent; then the
    product fills all of R. There are (users + items) k parameters, and with biases users + items
    + 1 more.

    Args:
        users: how many users have a row.
        items: how many items have a column.
        dimension: k, the numbers in a vector.
        biases: whether each user and each item has a number of its own, and there is a mean.
            Without them the product itself is the rating.
        scale: the lowest and the highest rating. With biases, the network counts from the middle,
            in quarters of the whole, so that it learns any scale as fast.
        regularization: what the square of a vector weighs beside the squared errors of its n
            ratings, divided by the square root of n; of a bias a sixth of it.

    Input shape:
        `(rows, 2)`: ids of a user and an item, from 1 on; 0 is one that was not there in training.

    Output shape:
        `(rows, 1)`: ratings.

    Raises:
        InvalidInput: if a number is out of range.

    Example:
        >>> model = build_matrix_factorization(users=4, items=5, dimension=2, biases=False)
        >>> model.output_shape, model.count_params()
        ((None, 1), 18)

    Reference:
        Koren, Bell and Volinsky, "Matrix factorization techniques for recommender systems", 2009.
    """
    import keras

    from kerazoo.models.recommender._lookup import (
        Rating,
        check_ratings,
        look_up_biases,
        look_up_vectors,
    )

    check_ratings(users, items, dimension, scale, regularization)
    middle, unit = ((scale[0] + scale[1]) / 2, (scale[1] - scale[0]) / 4) if biases else (0, 1)
    inputs = keras.Input((2,), dtype="int32", name="ids")
    penalty = regularization * unit**2  # as the squared error
    factors = look_up_vectors(inputs, (users, items), dimension, penalty)  # (rows, k) each
    terms = [keras.layers.Dot(1, name="product")(factors)]  # (rows, 1)
    if biases:
        terms += look_up_biases(inputs, (users, items), penalty)
    outputs = Rating(float(middle), float(unit), has_mean=biases, name="rating")(terms)
    return keras.Model(inputs, outputs, name="matrix_factorization")


_HELD_OUT = 0.05
_RATINGS = 76000  # of a fold that are trained on
_RMSE = "root_mean_squared_error"
_FOLD = "MovieLens 100K, fold u1"


def _parameters(dimension: int) -> int:
    return (943 + 1682) * (dimension + 1) + 1


DOCUMENTED = Recipe(
    dataset="movielens_100k",
    task="ranking",
    optimizer={"class_name": "SGD", "config": {"learning_rate": 0.005}},
    loss="mean_squared_error",
    metrics=(
        {"class_name": "RootMeanSquaredError", "config": {"name": _RMSE}},
        "mean_absolute_error",
    ),
    epochs=10,
    batch_size=1,
    primary_metric=_RMSE,
    primary_mode="min",
    parameters=_parameters(40),
    monitor=f"val_{_RMSE}",
    restore_best_weights=False,
    source="course document B, lines 3167-3285: P and Q from random numbers, by stochastic "
    "gradient descent on the errors of what is known, one rating at a time; k, which it lets one "
    "choose (2 in its example, the second experiment), biases, data, learning rate and epochs: own "
    "choice",
    baseline=Reference(
        0.9457, _RMSE, "Surprise's biases", "mean over other five folds, 80,000 ratings to train on"
    ),
    best=Reference(
        0.919, _RMSE, "Surprise's SVD++", "mean over other five folds, 80,000 ratings to train on"
    ),
    documented=Reference(
        0.934, _RMSE, "Surprise's SVD", "mean over other five folds, 80,000 ratings to train on"
    ),
    baselines=("mean_rating", "biases", "user_based", "item_based", "nmf", "popular"),
    experiment=_FOLD,
    experiments={
        f"{_FOLD}, k = 2": {"builder_arguments": {"dimension": 2}, "parameters": _parameters(2)}
    },
    measures=("top",),
    recorded_seeds=3,
)


def _tuned_optimizer(rate: float, *, batch_size: int, epochs: int) -> Config:
    decayed = cosine_decay(rate, rows=_RATINGS, batch_size=batch_size, epochs=epochs)
    return {"class_name": "Adam", "config": {"learning_rate": decayed}}


TUNED = dataclasses.replace(
    DOCUMENTED,
    dataset_arguments={"validation_fraction": _HELD_OUT},
    builder_arguments={"regularization": 1.2},
    optimizer=_tuned_optimizer(0.005, batch_size=256, epochs=15),
    epochs=15,
    batch_size=256,
    source="own choice, selected on validation",
    experiments={
        f"{_FOLD}, k = 2": {
            "builder_arguments": {"dimension": 2, "regularization": 1.0},
            "parameters": _parameters(2),
        }
    },
    cross_validation_folds=5,
    recorded_seeds=5,
)
