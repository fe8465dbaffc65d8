"""A recipe for a table of the user's own."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import kerazoo
from kerazoo import Recipe, Splits
from kerazoo.experiments.going_on import prepare_start
from kerazoo.saved.reading import open_saved
from kerazoo.tasks.rows import for_table


def table(rows: int) -> pd.DataFrame:
    x = np.random.default_rng(0).normal(size=(rows, 2))
    return pd.DataFrame({"a": x[:, 0], "b": x[:, 1], "y": x @ [1.0, 2.0]})


def splits_of(rows: int) -> Splits:
    return kerazoo.load_dataset("table_csv", path=table(rows), target="y")


def rate_of(recipe: Recipe) -> object:
    return recipe.optimizer["config"]["learning_rate"]


def test_many_rows_get_fewer_members_and_a_rate_that_falls_to_zero() -> None:
    few, many = splits_of(400), splits_of(5000)
    tuned = kerazoo.load_recipe("tabm")
    assert "members" not in for_table("tabm", tuned, few).builder_arguments
    found = for_table("tabm", tuned, many)
    assert (found.builder_arguments["members"], found.epochs) == (4, 80)
    steps = -(-len(many.train.x) // found.batch_size) * 80
    assert rate_of(found)["config"]["decay_steps"] == steps
    assert kerazoo.load_builder("tabm")(**found.builder_arguments).count_params() < 20_000


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("epochs", 7),
        ("optimizer", {"class_name": "SGD", "config": {"learning_rate": 0.3}}),
        ("builder_arguments", {"columns": [0, 0], "classes": 1, "members": 2}),
    ],
)
def test_what_was_chosen_stays(field: str, value: object) -> None:
    numbers = kerazoo.load_recipe("tabm").of_experiment("prices of homes")
    found = for_table("tabm", dataclasses.replace(numbers, **{field: value}), splits_of(5000))
    assert getattr(found, field) == value


def test_the_documented_recipe_stays() -> None:
    documented = kerazoo.load_recipe("tabm", "documented")
    found = for_table("tabm", documented, splits_of(5000))
    assert rate_of(found) == rate_of(documented)
    assert "members" not in found.builder_arguments


def test_a_network_that_goes_on_with_more_rows_stays_as_it_is(tmp_path: Path) -> None:
    kerazoo.train(data=table(300), target="y", epochs=1, out=tmp_path / "first")
    recipe, _ = prepare_start(open_saved(tmp_path / "first"), table(5000), {})
    assert "members" not in recipe.builder_arguments
