"""The learning rate finder."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

import kerazoo
from kerazoo.errors import InvalidInput, KerazooError, WrongUsage
from kerazoo.report.rate import RateCurve


def test_the_curve_is_that_of_steps_whose_rate_rises() -> None:
    curve = kerazoo.find_rate("hitters", low=1e-5, high=10.0, steps=60)
    assert len(curve) == 60
    assert curve.rates[0] == pytest.approx(1e-5)
    assert curve.rates[30] == pytest.approx(1e-2)
    assert np.isfinite(curve.losses).all()
    # A network that has learned nothing yet misses by what the salaries are, 536 on average.
    assert 300 < curve.losses[:5].mean() < 800
    assert curve.smooth.min() < 0.7 * curve.smooth[0]
    assert curve.fastest < curve.suggestion < curve.lowest
    assert curve.recipe_rate == 0.0192
    assert f"{curve.suggestion:g} is suggested for hitters" in repr(curve)
    axes = curve.figure().axes[0]
    assert len(axes.lines[0].get_xdata()) == 60


@pytest.mark.thorough
def test_the_first_steps_are_those_of_a_training_with_so_small_a_rate() -> None:
    recipe = kerazoo.load_recipe("hitters")
    splits = kerazoo.load_dataset("hitters")
    curve = kerazoo.find_rate("hitters", low=1e-9, high=2e-9, steps=20)
    plain = dataclasses.replace(
        recipe, optimizer={"class_name": "SGD", "config": {"learning_rate": 0.0}}, metrics=()
    )
    from kerazoo.experiments.run import build

    rows = tuple(array[:160] for array in splits.train)
    model = build("hitters", plain, 0)
    history = kerazoo.fit_model(
        model, rows, epochs=5, steps_per_epoch=1, batch_size=32, seed=0, verbose=0
    )
    np.testing.assert_allclose(curve.losses[:5], history.history["loss"], rtol=1e-4)


def test_a_curve_that_runs_away_still_has_a_suggestion() -> None:
    rates = np.geomspace(1e-5, 1, 100)
    losses = np.interp(np.log10(rates), [-5, -4, -2, -1, 0], [10.0, 10.0, 1.0, 1.0, 1e12])
    curve = RateCurve("mine", rates, losses, high=1.0, recipe_rate=None)
    assert 1e-4 < curve.suggestion < 1e-1
    assert curve.smooth.max() < 1e3


def test_what_has_no_curve_is_refused() -> None:
    for arguments, error, message in (
        ({"name": "dqn"}, WrongUsage, "is not trained on rows"),
        ({"name": "vgg_transfer"}, WrongUsage, "in one stage"),
        ({"name": "hitters", "low": 0.0}, InvalidInput, "0 < low < high"),
        ({"name": "hitters", "steps": 5}, InvalidInput, "at least 20 steps"),
        ({}, KerazooError, "say which network"),
    ):
        with pytest.raises(error, match=message):
            kerazoo.find_rate(**arguments)
