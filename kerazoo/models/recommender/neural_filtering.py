"""neural_filtering: what a user will think of an item, as an MLP tells from two short vectors."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING

from kerazoo.errors import InvalidInput
from kerazoo.recipe import Config, Recipe, Reference, cosine_decay

if TYPE_CHECKING:
    import keras


def build_neural_filtering(
    users: int = 943,
    items: int = 1682,
    dimension: int = 16,
    units: Sequence[int] = (32, 16, 8),
    scale: Sequence[float] = (1, 5),
    regularization: float = 0.0,
) -> keras.Model:
    r"""Build an MLP on the vectors of a user and an item: 46,354 parameters by default.

    A product of two vectors can only say how well they point the same way. An MLP may learn any
    other function of both:

    .. math:: \hat r_{ui} = \mu + b_u + b_i + f([p_u, q_i])

    A user or an item that was not there in training gets the mean vector and the mean bias of those
    that were: the rating is what such a one would give or get as a rule.

    Args:
        users: how many users have a row.
        items: how many items have a column.
        dimension: the numbers in a vector.
        units: of each hidden layer of f, which ends with one number.
        scale: the lowest and the highest rating. The network counts from the middle, in quarters
            of the whole, so that it learns any scale as fast.
        regularization: what the square of a vector weighs beside the squared errors of its n
            ratings, divided by the square root of n; of a bias a sixth of it.

    Input shape:
        `(rows, 2)`: ids of a user and an item, from 1 on; 0 is one that was not there in training.

    Output shape:
        `(rows, 1)`: ratings.

    Raises:
        InvalidInput: if a number is out of range.

    Example:
        >>> model = build_neural_filtering(users=4, items=5, dimension=2, units=(3,))
        >>> model.output_shape, model.count_params()
        ((None, 1), 46)

    Reference:
        He, Liao, Zhang, Nie, Hu and Chua, "Neural collaborative filtering", 2017.
    """
    import keras

    from kerazoo.models.recommender._lookup import (
        Rating,
        check_ratings,
        look_up_biases,
        look_up_vectors,
    )

    check_ratings(users, items, dimension, scale, regularization)
    if any(count < 1 for count in units):
        raise InvalidInput(f"units is {list(units)}; pass at least 1 for each hidden layer.")
    middle, unit = (scale[0] + scale[1]) / 2, (scale[1] - scale[0]) / 4
    inputs = keras.Input((2,), dtype="int32", name="ids")
    penalty = regularization * unit**2  # as the squared error
    counts = (users, items)
    factors = look_up_vectors(inputs, counts, dimension, penalty, unknown_is_mean=True)
    x = keras.layers.Concatenate(name="user_and_item")(factors)  # (rows, k) each -> (rows, 2 k)
    for number, count in enumerate(units, start=1):
        x = keras.layers.Dense(count, activation="relu", name=f"dense_{number}")(x)
    # Without a bias: that would be a second mean.
    taste = keras.layers.Dense(1, use_bias=False, name="taste")(x)  # (rows, 1)
    biases = look_up_biases(inputs, counts, penalty, unknown_is_mean=True)
    outputs = Rating(float(middle), float(unit), name="rating")([taste, *biases])
    return keras.Model(inputs, outputs, name="neural_filtering")


_RATINGS = 76000  # of a fold that are trained on
_RMSE = "root_mean_squared_error"


def _optimizer(rate: float, *, batch_size: int, epochs: int) -> Config:
    decayed = cosine_decay(rate, rows=_RATINGS, batch_size=batch_size, epochs=epochs)
    return {"class_name": "Adam", "config": {"learning_rate": decayed}}


DOCUMENTED = Recipe(
    dataset="movielens_100k",
    task="ranking",
    optimizer={"class_name": "Adam", "config": {"learning_rate": 0.001}},
    loss="mean_squared_error",
    metrics=(
        {"class_name": "RootMeanSquaredError", "config": {"name": _RMSE}},
        "mean_absolute_error",
    ),
    epochs=20,
    batch_size=256,
    primary_metric=_RMSE,
    primary_mode="min",
    parameters=(943 + 1682) * (16 + 1) + 1 + 1728,
    monitor=f"val_{_RMSE}",
    source="He et al., Neural collaborative filtering, section 4.1: an MLP of 32, 16 and 8 units "
    "on two vectors of 16 numbers, Adam, batches of 256; that it learns ratings instead of who has "
    "rated what, the biases, data, learning rate and epochs: own choice",
    baseline=Reference(
        0.9457, _RMSE, "Surprise's biases", "mean over other five folds, 80,000 ratings to train on"
    ),
    best=Reference(
        0.919, _RMSE, "Surprise's SVD++", "mean over other five folds, 80,000 ratings to train on"
    ),
    baselines=("biases", "item_based", "popular"),
    experiment="MovieLens 100K, fold u1",
    measures=("top",),
    recorded_seeds=3,
)

TUNED = dataclasses.replace(
    DOCUMENTED,
    dataset_arguments={"validation_fraction": 0.05},
    builder_arguments={"regularization": 4.0},
    optimizer=_optimizer(0.01, batch_size=256, epochs=6),
    epochs=6,
    penalty={"l2": 0.0003},
    restore_best_weights=False,
    source="own choice, selected on validation",
    cross_validation_folds=5,
    recorded_seeds=5,
)
