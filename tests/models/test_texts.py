"""imdb_mlp and imdb_lstm: the documented numbers of parameters, and what each layer does."""

from __future__ import annotations

import math

import keras
import numpy as np
import pytest
import tensorflow as tf

import kerazoo
from kerazoo.errors import InvalidInput, UnknownName


def count(model: keras.Model) -> int:
    return sum(math.prod(weight.shape) for weight in model.trainable_weights)


def test_parameters_are_those_of_the_course() -> None:
    mlp = kerazoo.build_imdb_mlp()
    counts = [layer.count_params() for layer in mlp.layers if layer.count_params()]
    assert counts == [160_064, 272, 17]
    assert count(mlp) == 160_353
    assert count(kerazoo.build_imdb_mlp(vocabulary_size=9997)) == 160_305
    lstm = kerazoo.build_imdb_lstm()
    counts = [layer.count_params() for layer in lstm.layers if layer.count_params()]
    assert counts == [320_096, 8_320, 33]
    assert count(lstm) == 328_449
    for name in ("imdb_mlp", "imdb_lstm", "bag_of_words", "language_model"):
        for variant in ("documented", "tuned"):
            for recipe in kerazoo.load_recipe(name, variant).all_experiments():
                built = kerazoo.load_builder(name)(**recipe.builder_arguments)
                assert count(built) == recipe.parameters


def test_a_bag_has_a_one_for_each_word_that_is_there() -> None:
    model = kerazoo.build_imdb_mlp((4,), vocabulary_size=3)
    bag = keras.Model(model.input, model.get_layer("bag_of_words").output)
    ids = np.array([[1, 3, 5, 0], [0, 0, 0, 0], [2, 1, 0, 0]], "int32")
    expected = [[0, 1, 0, 1, 0, 1], [0, 0, 0, 0, 0, 0], [0, 1, 1, 0, 0, 0]]
    np.testing.assert_array_equal(bag.predict(ids, verbose=0), expected)


def test_ones_alone_train_as_ones_and_zeros_do() -> None:
    ids = np.array([[1, 3, 5, 0], [0, 0, 0, 0], [2, 1, 0, 0]], "int32")
    trained = {}
    for sparse in (False, True):
        keras.utils.set_random_seed(0)
        model = kerazoo.build_imdb_mlp((4,), vocabulary_size=3)
        bag = model.get_layer("bag_of_words")
        bag.sparse = sparse
        assert isinstance(bag(ids, training=True), tf.SparseTensor) == sparse
        model.compile(keras.optimizers.SGD(0.5), "binary_crossentropy")
        kerazoo.fit_model(model, (ids, np.array([1, 0, 0])), epochs=3, batch_size=2, verbose=0)
        trained[sparse] = model.get_weights()
    for dense, of_ones in zip(trained[False], trained[True], strict=True):
        np.testing.assert_allclose(of_ones, dense, atol=1e-6)
    start = kerazoo.build_imdb_mlp((4,), vocabulary_size=3).get_layer("dense_1").get_weights()[0]
    assert np.abs(trained[True][0][1] - start[1]).max() > 1e-3


@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn"])
@pytest.mark.parametrize("bidirectional", [False, True])
def test_a_mask_skips_what_fills_up_a_row(cell: str, bidirectional: bool) -> None:
    keras.utils.set_random_seed(0)
    options = {"vocabulary_size": 7, "cell": cell, "bidirectional": bidirectional, "mask": True}
    short, long = (kerazoo.build_imdb_lstm((n,), **options) for n in (3, 8))
    long.set_weights(short.get_weights())
    ids = np.array([[1, 4, 9], [1, 3, 3]], "int32")
    padded = np.pad(ids, ((0, 0), (5, 0)))
    answers = short.predict(ids, verbose=0)
    np.testing.assert_allclose(long.predict(padded, verbose=0), answers, atol=1e-6)
    without = kerazoo.build_imdb_lstm((8,), **{**options, "mask": False})
    without.set_weights(short.get_weights())
    assert np.abs(without.predict(padded, verbose=0) - answers).max() > 1e-5


def test_what_cannot_be_built() -> None:
    with pytest.raises(UnknownName, match="'lstmm'"):
        kerazoo.build_imdb_lstm(cell="lstmm")
    with pytest.raises(InvalidInput, match="classes is 1; pass at least 2"):
        kerazoo.build_imdb_mlp(classes=1)
    with pytest.raises(InvalidInput, match=r"input_shape is \(3, 2\); pass how many ids"):
        kerazoo.build_imdb_lstm((3, 2))
