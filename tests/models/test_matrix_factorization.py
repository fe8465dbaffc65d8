"""The course's table of four users and four items, and its five steps."""

from __future__ import annotations

import keras
import numpy as np
import pytest

import kerazoo
from kerazoo.errors import InvalidInput

# Course document B, lines 3188-3193: which cells are known; the numbers are those of its dense
# result, lines 3247-3252.
FULL = np.array([[5, 4, 4, 5], [5, 3, 4, 5], [4, 3, 3, 2], [3, 2, 5, 2]], "float32")
KNOWN = np.array([[1, 0, 1, 0], [0, 1, 1, 0], [1, 0, 1, 0], [0, 1, 0, 0]], bool)
K = 2


def known_ratings() -> tuple[np.ndarray, np.ndarray]:
    return np.argwhere(KNOWN).astype("int32") + 1, FULL[KNOWN][:, np.newaxis]


def build(seed: int = 0, rate: float = 0.05) -> keras.Model:
    keras.utils.set_random_seed(seed)
    model = kerazoo.build_matrix_factorization(users=4, items=4, dimension=K, biases=False)
    model.compile(keras.optimizers.SGD(rate), "mse")
    return model


def tables(model: keras.Model) -> tuple[np.ndarray, np.ndarray]:
    p, q = (
        keras.ops.convert_to_numpy(model.get_layer(f"{name}_factors").table)
        for name in ("user", "item")
    )
    return p, q.T  # 4 x 2 and 2 x 4, as the course has them


def test_the_five_steps_by_hand_are_what_fit_model_does() -> None:
    ids, ratings = known_ratings()
    model = build()
    p, q = (table.astype("float64") for table in tables(model))  # 1: random numbers
    assert (p.shape, q.shape) == ((4, K), (K, 4))
    for _ in range(5):  # 4: again
        for (user, item), rating in zip(ids - 1, ratings[:, 0], strict=True):
            error = rating - p[user] @ q[:, item]  # 2: predict what is known, and the error
            p[user], q[:, item] = (  # 3: update
                p[user] + 0.05 * 2 * error * q[:, item],
                q[:, item] + 0.05 * 2 * error * p[user],
            )
    kerazoo.fit_model(model, (ids, ratings), epochs=5, batch_size=1, shuffle=False, verbose=0)
    everything = np.argwhere(np.ones((4, 4))).astype("int32") + 1
    predicted = model.predict(everything, verbose=0).reshape(4, 4)  # 5: the whole table
    np.testing.assert_allclose(predicted, p @ q, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("seed", range(3))
def test_what_is_known_is_found_again_and_the_rest_is_filled(seed: int) -> None:
    ids, ratings = known_ratings()
    model = build(seed)
    kerazoo.fit_model(model, (ids, ratings), epochs=400, batch_size=1, seed=seed, verbose=0)
    p, q = tables(model)
    assert np.abs(p @ q - FULL)[KNOWN].max() < 0.05
    assert np.isfinite(p @ q).all()


def test_linear_algebra_cannot_factor_a_table_with_holes() -> None:
    """Course document B, line 3266."""
    with pytest.raises(np.linalg.LinAlgError):
        np.linalg.svd(np.where(KNOWN, FULL, np.nan))


def test_parameters_are_those_of_the_formula() -> None:
    for users, items, k, biases in ((4, 4, 2, False), (943, 1682, 2, True), (10, 7, 5, True)):
        model = kerazoo.build_matrix_factorization(users, items, k, biases)
        assert model.count_params() == (users + items) * k + biases * (users + items + 1)


def test_an_unknown_user_or_item_is_rated_by_the_bias_of_the_other() -> None:
    model = kerazoo.build_matrix_factorization(users=3, items=2)
    for weight in model.weights:
        weight.assign(keras.random.normal(weight.shape, seed=1))
    weights = {weight.path: keras.ops.convert_to_numpy(weight) for weight in model.weights}
    mean = weights["rating/mean"][0]
    found = model.predict(np.array([[0, 0], [0, 2], [3, 0]], "int32"), verbose=0)[:, 0]
    of_item = weights["item_bias/table"][1, 0]
    of_user = weights["user_bias/table"][2, 0]
    expected = [mean, mean + of_item, mean + of_user]
    np.testing.assert_allclose(found - 3, expected, rtol=1e-5, atol=1e-6)


def test_the_two_tables_start_from_different_numbers() -> None:
    p, q = tables(build())
    assert np.abs(p - q.T).min() > 0


def test_another_scale_is_learned_alike() -> None:
    ids, ratings = known_ratings()
    found = []
    for scale, factor in (((1, 5), 1), ((10, 50), 10)):
        keras.utils.set_random_seed(0)
        model = kerazoo.build_matrix_factorization(4, 4, 2, scale=scale, regularization=0.1)
        model.compile(keras.optimizers.Adam(0.01), "mse")
        kerazoo.fit_model(model, (ids, factor * ratings), epochs=50, batch_size=2, verbose=0)
        found.append(model.predict(ids, verbose=0) / factor)
    np.testing.assert_allclose(found[0], found[1], rtol=1e-3)


def test_a_gradient_is_of_the_rows_that_were_looked_up() -> None:
    """No table is as large as the vocabulary in a step: the engine updates single rows."""
    import tensorflow as tf

    model = kerazoo.build_matrix_factorization(users=50, items=60)
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(model(np.array([[3, 4], [5, 4]], "int32")))
    gradients = tape.gradient(loss, [w.value for w in model.trainable_weights[:2]])
    assert all(isinstance(gradient, tf.IndexedSlices) for gradient in gradients)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"users": 0}, "users is 0; pass at least 1"),
        ({"dimension": 0}, "dimension is 0"),
        ({"regularization": -1}, "regularization is -1; pass 0 or more"),
        ({"scale": [5, 1]}, "pass the lowest and the highest rating"),
    ],
)
def test_what_cannot_be_is_refused(arguments: dict, message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        kerazoo.build_matrix_factorization(**arguments)
