"""The activation of hidden layers, in every builder that lets one choose."""

from __future__ import annotations

import inspect

import keras
import pytest

import kerazoo
from kerazoo.models._activations import ACTIVATIONS

CHOOSING = [
    name
    for name in kerazoo.list_models()
    for parameter in inspect.signature(kerazoo.load_builder(name)).parameters.values()
    if parameter.name == "activation" and parameter.default == "relu"  # of hidden layers
]


def activations_of(model: keras.Model) -> list[str]:
    dense = [layer for layer in model.layers if isinstance(layer, keras.layers.Dense)]
    return [layer.activation.__name__ for layer in dense]


def test_the_plain_networks_let_one_choose() -> None:
    assert {"boston", "fashion_mnist", "hitters", "mnist_mlp", "wine_binary"} <= set(CHOOSING)


@pytest.mark.parametrize("name", CHOOSING)
def test_every_hidden_layer_has_it_and_the_last_one_has_not(name: str) -> None:
    build = kerazoo.load_builder(name)
    last = activations_of(build())[-1]
    for activation in ACTIVATIONS:
        *hidden, output = activations_of(build(activation=activation))
        assert set(hidden) == {activation}
        assert output == last
    with pytest.raises(kerazoo.UnknownName, match="unknown activation 'rely'"):
        build(activation="rely")


@pytest.mark.parametrize("activation", ["leaky_relu", "elu", "tanh"])
def test_a_saved_network_has_the_activation_that_it_learned_with(activation, tmp_path) -> None:
    model = kerazoo.build_boston(activation=activation)
    splits = kerazoo.load_dataset("boston")
    arguments = {"activation": activation}
    path = kerazoo.save_model(model, tmp_path / "boston", builder_arguments=arguments)
    rows = splits.test.x[:5]
    expected = model.predict(rows, verbose=0)
    for found in (
        kerazoo.load_model(path).predict(rows, verbose=0),
        kerazoo.load_predictor(path).predict(rows).values.reshape(expected.shape),
    ):
        assert found == pytest.approx(expected, rel=1e-4)
