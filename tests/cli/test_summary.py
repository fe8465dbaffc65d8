"""The table at the end of `kerazoo train`."""

from __future__ import annotations

from typing import Any

import pytest

import kerazoo
from kerazoo.cli._summary import print_summary
from kerazoo.experiments.run import Run


def finished(experiment: str | None, **metrics: float) -> Run:
    """A run of the lstm, without a network."""
    recipe = kerazoo.load_recipe("lstm").of_experiment(experiment)
    nothing: Any = None
    return Run("lstm", "tuned", 0, recipe, nothing, nothing, {"loss": [1.0]}, {}, metrics, 1.0)


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
