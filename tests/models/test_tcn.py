"""build_tcn: convolutions look back only, exactly as far as the formula says, and run anywhere."""

from __future__ import annotations

import math
import warnings
from pathlib import Path

import keras
import numpy as np
import pytest

import kerazoo
from kerazoo.models.sequence.tcn import receptive_field
from kerazoo.registry import VARIANTS


def count(model: keras.Model) -> int:
    return sum(math.prod(weight.shape) for weight in model.trainable_weights)


def with_positive_weights(model: keras.Model) -> keras.Model:
    """Every weight 0.1: what a row has to say arrives wherever it is seen."""
    for weight in model.trainable_weights:
        weight.assign(np.full(weight.shape, 0.1, "float32"))
    return model


@pytest.mark.parametrize(("lag", "kernel_size"), [(12, 2), (40, 3)])
def test_a_later_row_never_changes_an_earlier_output(lag: int, kernel_size: int) -> None:
    model = with_positive_weights(kerazoo.build_tcn((lag, 2), filters=4, kernel_size=kernel_size))
    layers = [layer for layer in model.layers if layer.name.startswith(("convolution", "relu"))]
    outputs = keras.Model(model.inputs, [layer.output for layer in layers])
    window = np.random.default_rng(0).uniform(size=(1, lag, 2)).astype("float32")
    before = outputs.predict(window, verbose=0)
    for row in (0, lag // 2, lag - 1):
        changed = window.copy()
        changed[0, row] += 5
        after = outputs.predict(changed, verbose=0)
        for layer, one, other in zip(layers, before, after, strict=True):
            np.testing.assert_array_equal(one[:, :row], other[:, :row], layer.name)
            assert (one[:, row] != other[:, row]).all(), layer.name


@pytest.mark.parametrize("kernel_size", [2, 3, 5])
@pytest.mark.parametrize("blocks", [1, 2, 3])
def test_a_forecast_sees_as_many_rows_as_the_formula_says(kernel_size: int, blocks: int) -> None:
    field = receptive_field(blocks, kernel_size)
    assert field == 1 + 2 * (kernel_size - 1) * (2**blocks - 1)
    lag = field + 3
    with pytest.warns(UserWarning, match=f"a forecast sees the last {field}:"):
        model = kerazoo.build_tcn((lag, 1), filters=3, kernel_size=kernel_size, blocks=blocks)
    with_positive_weights(model)
    windows = np.tile(np.ones((1, lag, 1), "float32"), (lag + 1, 1, 1))
    windows[np.arange(lag), np.arange(lag)] += 100  # the last window has no such row
    forecasts = model.predict(windows, verbose=0)[:, 0]
    seen = ~np.isclose(forecasts[:-1], forecasts[-1], rtol=1e-6)
    assert seen.tolist() == [row >= 3 for row in range(lag)]


@pytest.mark.parametrize("lag", [1, 2, 5, 7, 8, 31, 180])
def test_as_many_blocks_as_a_window_needs_are_the_default(lag: int) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model = kerazoo.build_tcn((lag, 1))
    blocks = sum(layer.name.startswith("relu") for layer in model.layers)
    assert receptive_field(blocks) >= lag
    assert blocks == 1 or receptive_field(blocks - 1) < lag
    rates = [one.dilation_rate[0] for one in model.layers if one.name.startswith("convolution")]
    assert rates == [2 ** (number // 2) for number in range(2 * blocks)]


def test_windows_shorter_than_the_receptive_field_are_said() -> None:
    with pytest.warns(UserWarning, match="windows of 5 rows are shorter than .* 4 blocks, 31 rows"):
        kerazoo.build_tcn((5, 3), blocks=4)
    with pytest.warns(UserWarning, match="of kernel size 2 reaches no further. 3 blocks see the"):
        kerazoo.build_tcn((15, 3), blocks=1)


@pytest.mark.parametrize("lag", [3, 20])
@pytest.mark.parametrize("kernel_size", [2, 4])
@pytest.mark.parametrize("horizon", [1, 6])
def test_parameters_are_those_of_the_formula(lag: int, kernel_size: int, horizon: int) -> None:
    model = kerazoo.build_tcn((lag, 3), filters=6, kernel_size=kernel_size, horizon=horizon)
    expected, columns = (6 + 1) * horizon, 3
    for _ in range(sum(layer.name.startswith("relu") for layer in model.layers)):
        expected += kernel_size * columns * 6 + 6 + kernel_size * 6 * 6 + 6
        expected += columns * 6 + 6 if columns != 6 else 0
        columns = 6
    assert count(model) == expected
    assert model.output_shape == (None, horizon)


@pytest.mark.parametrize("variant", VARIANTS)
def test_every_experiment_says_how_many_parameters_it_trains(variant: str) -> None:
    for recipe in kerazoo.load_recipe("tcn", variant).all_experiments():
        assert count(kerazoo.build_tcn(**recipe.builder_arguments)) == recipe.parameters


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"filters": 0}, "filters is 0; pass a whole number, at least 1"),
        ({"kernel_size": 1}, "kernel_size is 1; pass a whole number, at least 2"),
        ({"blocks": 0}, "blocks is 0"),
        ({"horizon": 0}, "horizon is 0"),
        ({"differences": (8,)}, "names column 8; a row has 8 columns: use indices from 0 to 7"),
    ],
)
def test_what_cannot_be_built_is_refused(arguments: dict[str, object], message: str) -> None:
    with pytest.raises(kerazoo.KerazooError, match=message):
        kerazoo.build_tcn(**arguments)


@pytest.mark.parametrize("differences", [(), (1,)])
def test_litert_gives_the_same_numbers_for_any_batch(
    tmp_path: Path, differences: tuple[int, ...]
) -> None:
    splits = kerazoo.load_dataset("nyse", lag=20, horizon=2)
    arguments = {"input_shape": (20, 3), "filters": 6, "horizon": 2, "differences": differences}
    model = kerazoo.build_tcn(**arguments)
    kerazoo.adapt_normalization(model, *splits.train)
    path = kerazoo.save_model(model, tmp_path / "m", splits=splits, builder_arguments=arguments)
    predictor = kerazoo.load_predictor(path, runtime="litert")
    for rows in (1, 3, 500):
        x = splits.test.x[:rows]
        expected = model.predict(x, verbose=0)
        np.testing.assert_allclose(predictor.predict(x).values, expected, atol=1e-5)
    loaded = kerazoo.load_model(path)
    np.testing.assert_allclose(loaded.predict(x, verbose=0), expected, atol=1e-6)
