"""build_deepar: mean and standard deviation in the units of the target, learned by likelihood."""

from __future__ import annotations

import math
from pathlib import Path
from statistics import NormalDist

import keras
import numpy as np
import pytest

import kerazoo
from kerazoo.compile import gaussian_nll
from kerazoo.datasets.about import Series
from kerazoo.datasets.reading.windows import split_windows
from kerazoo.registry import VARIANTS


def split(values: np.ndarray, lag: int, *names: str) -> kerazoo.Splits:
    series = Series(names or ("a",), "a", lag)
    rows = len(values)
    return split_windows(
        values.astype("float32"), None, series, validation=rows * 2 // 3, test=rows * 5 // 6
    )


def without_an_opinion(model: keras.Model) -> keras.Model:
    layer = model.get_layer("mean_and_spread")
    layer.set_weights([np.zeros_like(weight) for weight in layer.get_weights()])
    return model


@pytest.mark.parametrize("units", [(7,), (9, 4)])
def test_parameters_are_those_of_the_formula(units: tuple[int, ...]) -> None:
    model = kerazoo.build_deepar((10, 3), units)
    expected, features = 0, 3
    for size in units:
        expected, features = expected + 4 * (size * (size + features) + size), size
    found = sum(math.prod(weight.shape) for weight in model.trainable_weights)
    assert found == expected + 2 * features + 2
    assert model.output_shape == (None, 1, 2)


@pytest.mark.parametrize("variant", VARIANTS)
def test_every_experiment_says_how_many_parameters_it_trains(variant: str) -> None:
    for recipe in kerazoo.load_recipe("deepar", variant).all_experiments():
        model = kerazoo.build_deepar(**recipe.builder_arguments)
        assert sum(math.prod(w.shape) for w in model.trainable_weights) == recipe.parameters


@pytest.mark.parametrize(("level", "size"), [(0, 1), (1e7, 3), (0, 1e-12), (-5, 1e12)])
def test_forecasts_are_in_the_units_of_the_target(level: float, size: float) -> None:
    values = level + size * np.random.default_rng(0).normal(size=(600, 1))
    splits = split(values, 4)
    model = without_an_opinion(kerazoo.build_deepar((4, 1), (3,)))
    assert "forecast" in kerazoo.adapt_normalization(model, *splits.train)
    mean, spread = model.predict(splits.test.x, verbose=0)[:, 0].T
    known = splits.train.y.astype("float64")
    np.testing.assert_allclose(mean, known.mean(), rtol=1e-6, atol=1e-6 * size)
    np.testing.assert_allclose(spread, (0.001 + math.log(2)) * known.std(), rtol=1e-4)


def test_with_differences_it_forecasts_how_far_the_target_goes() -> None:
    steps = 5 + np.random.default_rng(0).normal(size=600)
    values = np.column_stack([np.cumsum(steps), steps])
    splits = split(values, 4, "a", "b")
    model = without_an_opinion(kerazoo.build_deepar((4, 2), (3,), differences=(0,)))
    kerazoo.adapt_normalization(model, *splits.train)
    mean, spread = model.predict(splits.test.x, verbose=0)[:, 0].T
    np.testing.assert_allclose(mean - splits.test.x[:, -1, 0], 5, atol=0.15)
    np.testing.assert_allclose(spread, math.log(2), rtol=0.1)


def test_the_loss_is_minus_the_logarithm_of_the_density() -> None:
    y, mean, spread = np.array([[1.5], [-2.0]]), np.array([[1.0], [0.0]]), np.array([[0.5], [3.0]])
    expected = [
        -math.log(NormalDist(m, s).pdf(one))
        for one, m, s in zip(y[:, 0], mean[:, 0], spread[:, 0], strict=True)
    ]
    found = gaussian_nll(y, np.stack([mean, spread], axis=-1))
    np.testing.assert_allclose(found, expected, rtol=1e-6)
    nothing = gaussian_nll(y, np.stack([y, np.zeros_like(y)], axis=-1).astype("float32"))
    assert np.isfinite(nothing).all()


def test_it_learns_when_a_series_is_hard_to_forecast() -> None:
    """Noise is five times as large where the column before says so; the mean tells nothing."""
    random = np.random.default_rng(0)
    loud = random.integers(0, 2, 3001)
    noise = random.normal(size=3000) * np.where(loud[:-1] == 1, 5.0, 1.0)
    # A row tells how loud the next one will be.
    values = np.column_stack([np.append(0, noise), loud])
    splits = split(values, 3, "a", "loud")
    keras.utils.set_random_seed(0)
    model = kerazoo.build_deepar((3, 2), (8,), dropout=0.0)
    kerazoo.compile_model(model, "deepar", optimizer=keras.optimizers.Adam(0.01))
    kerazoo.fit_model(model, splits.train, epochs=20, batch_size=64, seed=0, verbose=0)
    spread = model.predict(splits.test.x, verbose=0)[:, 0, 1]
    is_loud = splits.test.x[:, -1, 1] == 1
    assert spread[is_loud].mean() == pytest.approx(5, rel=0.2)
    assert spread[~is_loud].mean() == pytest.approx(1, rel=0.2)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"units": ()}, "leaves nothing to build"),
        ({"differences": (9,)}, "names column 9"),
    ],
)
def test_what_cannot_be_built_is_refused(arguments: dict[str, object], message: str) -> None:
    with pytest.raises(kerazoo.KerazooError, match=message):
        kerazoo.build_deepar(**arguments)


@pytest.mark.parametrize("differences", [(), (1,)])
def test_litert_gives_the_same_distributions_for_any_batch(
    tmp_path: Path, differences: tuple[int, ...]
) -> None:
    splits = kerazoo.load_dataset("nyse", lag=8)
    arguments = {"input_shape": (8, 3), "units": (6, 4), "differences": differences}
    model = kerazoo.build_deepar(**arguments)
    kerazoo.adapt_normalization(model, *splits.train)
    path = kerazoo.save_model(model, tmp_path / "m", splits=splits, builder_arguments=arguments)
    predictor = kerazoo.load_predictor(path, runtime="litert")
    for rows in (1, 3, 500):
        x = splits.test.x[:rows]
        expected = model.predict(x, verbose=0)
        np.testing.assert_allclose(predictor.predict(x).values, expected, atol=1e-5)
    frame = predictor.predict(x).to_frame()
    assert list(frame) == ["prediction", "standard_deviation"]
    loaded = kerazoo.load_model(path)
    np.testing.assert_allclose(loaded.predict(x, verbose=0), expected, atol=1e-6)
