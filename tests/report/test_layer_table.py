"""Layer tables: the arithmetic is right, and it is what `kerazoo show` prints without Keras."""

from __future__ import annotations

import keras
import pytest

import kerazoo
from kerazoo.experiments.record import describe_layers
from kerazoo.report.results import Results


def spelled_out(table: kerazoo.Table) -> list[tuple[int, int, bool]]:
    """Each formula's value, what it is said to be, and whether that is trained."""
    found = []
    for row in table.rows[:-1]:
        for part in row[3].split("; "):
            number = part.removesuffix(" not trained")
            formula, _, said = number.rpartition(" = ")
            if said:
                formula = (formula or said).replace("×", "*").replace(",", "")
                value = eval(formula, {"__builtins__": {}})
                found.append((value, int(said.replace(",", "")), number == part))
    return found


@pytest.mark.parametrize("name", kerazoo.list_models())
def test_every_formula_is_right_and_they_add_up(name: str) -> None:
    recipe = kerazoo.load_recipe(name)
    model = kerazoo.load_builder(name)(**recipe.builder_arguments)
    table = kerazoo.layer_table(model)
    counts = spelled_out(table)
    assert all(value == said for value, said, _ in counts)
    assert sum(said for _, said, trained in counts if trained) == recipe.parameters
    assert table.rows[-1][3].split(";")[0] == f"{recipe.parameters:,}"
    total = sum(said for _, said, _ in counts)
    assert total == model.count_params()


@pytest.mark.parametrize(
    ("arguments", "formula"),
    [
        ({"cell": "lstm", "units": (32,)}, "4 × (32 × (32 + 3) + 32) = 4,608"),
        ({"cell": "gru", "units": (32,)}, "3 × (32 × (32 + 3) + 2 × 32) = 3,552"),
        ({"cell": "rnn", "units": (32,)}, "32 × (32 + 3) + 32 = 1,152"),
        ({"units": (8,), "bidirectional": True}, "2 × (4 × (8 × (8 + 3) + 8)) = 768"),
    ],
)
def test_recurrent_layers_are_counted_as_a_course_does(arguments, formula: str) -> None:
    table = kerazoo.layer_table(kerazoo.build_lstm((5, 3), **arguments))
    assert table.rows[2][3] == formula


def test_networks_in_a_network() -> None:
    encoder = keras.Sequential(
        [keras.Input((4,)), keras.layers.Dense(2, name="code")], name="encoder"
    )
    inputs = keras.Input((4,))
    model = keras.Model(inputs, keras.layers.Dense(4, name="decoder")(encoder(inputs)))
    names = [row[0] for row in kerazoo.layer_table(model).rows]
    assert names[1:] == ["encoder:", "  code", "decoder", "total"]
    assert kerazoo.layer_table(model).rows[-1] == ("total", "", "", "22")


def test_a_network_without_weights_is_refused() -> None:
    with pytest.raises(kerazoo.KerazooError, match=r"model\.build"):
        kerazoo.layer_table(keras.Sequential([keras.layers.Dense(2)], name="unbuilt"))


@pytest.mark.parametrize("name", kerazoo.list_models())
def test_recorded_layers_are_those_of_the_network(name: str) -> None:
    recorded = Results.load(name)
    assert recorded
    assert recorded.layers == describe_layers(name)
