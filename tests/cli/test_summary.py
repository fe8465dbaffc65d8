"""The table at the end of `kerazoo train`."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest

import kerazoo
from kerazoo.cli._summary import _compare_with_baseline, print_summary
from kerazoo.experiments.run import Run


def finished(experiment: str | None, **metrics: float) -> Run:
    """A run of the lstm, without a network."""
    recipe = kerazoo.load_recipe("lstm").of_experiment(experiment)
    nothing: Any = None
    return Run("lstm", "tuned", 0, recipe, nothing, nothing, {"loss": [1.0]}, {}, metrics, 1.0)


def test_why_it_stopped_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    recipe = dataclasses.replace(kerazoo.load_recipe("boston", "documented"), epochs=5)
    run = dataclasses.replace(finished(None, loss=1.0), name="boston", recipe=recipe)
    print_summary([run], own_data=False)
    said = "1 epoch in 1.0 s; stopped early, as val_loss was no better for 3 epochs"
    assert capsys.readouterr().out.splitlines()[-1] == said
    whole = dataclasses.replace(run, history={"loss": [1.0] * 5})
    print_summary([whole, whole], own_data=False)
    assert capsys.readouterr().out.splitlines()[-1] == "2 trainings, 10 epochs in 2.0 s"


def test_a_published_figure_stands_beside_the_same_data_only(
    capsys: pytest.CaptureFixture[str],
) -> None:
    print_summary([finished(None, r2_score=0.47)], own_data=False)
    with_weekday = capsys.readouterr().out
    print_summary([finished("three series", r2_score=0.41)], own_data=False)
    three_series = capsys.readouterr().out
    assert "test set, with the day of the week" in with_weekday
    assert "published" not in with_weekday
    assert "test set, three series" in three_series
    lines = three_series.splitlines()
    header = next(line for line in lines if line.startswith("metric"))
    row = next(line for line in lines if line.startswith("r2 score"))
    assert row[header.index("published") :].split()[0] == "0.42"


def test_several_seeds_have_a_mean_a_spread_and_a_range(
    capsys: pytest.CaptureFixture[str],
) -> None:
    runs = [finished(None, r2_score=value) for value in (0.25, 0.375, 0.5)]
    print_summary(runs, own_data=False)
    assert "0.3750 \u00b1 0.1250 (0.2500 to 0.5000)" in capsys.readouterr().out
    print_summary([finished(None, r2_score=value) for value in (float("nan"), 0.5)], own_data=False)
    assert "nan \u00b1 nan" in capsys.readouterr().out
    print_summary(runs[:1], own_data=False)
    assert "\u00b1" not in capsys.readouterr().out


def test_a_third_in_float32_does_not_beat_a_third() -> None:
    recipe = kerazoo.load_recipe("cnn")
    said = _compare_with_baseline(recipe, "majority class", 1 / 3, float(np.float32(1 / 3)))
    assert said == "the network is no better than the best baseline, majority class"
    assert "beats" in _compare_with_baseline(recipe, "majority class", 1 / 3, 0.34)
