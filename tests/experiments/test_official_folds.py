"""A data set that has folds of its own is cross-validated by these, its baselines too."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest

from kerazoo.datasets import movielens_100k
from kerazoo.experiments import record as recording
from kerazoo.report.tables import folds_table
from tests.small_data import small


@pytest.mark.thorough
def test_official_folds_and_their_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name = "matrix_factorization"
    recipe = dataclasses.replace(small(name, epochs=1), baselines=("biases", "popular"))
    splits = [movielens_100k.tiny(fold) for fold in (1, 2)]
    monkeypatch.setattr(movielens_100k, "folds", lambda **options: iter(splits))
    found = recording._cross_validate(name, "tuned", recipe, splits[0])
    assert found["folds"] == 2
    assert found["root_mean_squared_error"]["spread"] > 0
    assert found["baselines"]["biases"]["root_mean_squared_error"]["mean"] > 0
    recorded = {"variants": {"tuned": {"cross_validation": found}}}
    (tmp_path / f"{name}.json").write_text(json.dumps(recorded))
    lines = folds_table(tmp_path).splitlines()
    assert "root mean squared error" in lines[0]
    assert [line.split(" | ")[0].strip("| ") for line in lines[2:]] == [
        "biases",
        "popular",
        f"`{name}`, tuned recipe",
    ]
    popular = dict(zip(lines[0].split(" | "), lines[3].split(" | "), strict=True))
    assert popular["root mean squared error"] == "-"
    assert "loss" not in popular


def test_baselines_of_two_networks_on_the_same_folds_are_named_once(tmp_path: Path) -> None:
    error = {"root_mean_squared_error": {"mean": 0.9, "spread": 0.0}}
    found = {"folds": 5, **error, "baselines": {"biases": error}}
    recorded = {"variants": {"tuned": {"cross_validation": found}}}
    for name in ("matrix_factorization", "neural_filtering"):
        (tmp_path / f"{name}.json").write_text(json.dumps(recorded))
    lines = folds_table(tmp_path).splitlines()
    assert [line.split(" | ")[0].strip("| ") for line in lines[2:]] == [
        "biases",
        "`matrix_factorization`, tuned recipe",
        "`neural_filtering`, tuned recipe",
    ]
