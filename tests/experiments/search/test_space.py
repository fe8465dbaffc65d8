"""A space: what may be written, and what a recipe becomes."""

from __future__ import annotations

from pathlib import Path

import pytest

import kerazoo
from kerazoo.errors import InvalidInput, UnknownName
from kerazoo.experiments.search.space import (
    Choices,
    Range,
    current_values,
    default_space,
    with_values,
)
from kerazoo.experiments.search.written import read_space

BOSTON = kerazoo.load_recipe("boston")


def test_texts_tuples_and_files_say_the_same(tmp_path: Path) -> None:
    path = tmp_path / "space.json"
    path.write_text('{"rate": "1e-4:1e-2", "batch": "8,16", "depth": "2:4", "activation": "elu"}')
    expected = {
        "rate": Range(1e-4, 1e-2, log=True),
        "batch": Choices((8, 16)),
        "depth": Range(2, 4, whole=True),
        "activation": Choices(("elu",)),
    }
    texts = ["rate=1e-4:1e-2", "batch=8,16", "depth=2:4", "activation=elu"]
    in_python = {"rate": (1e-4, 1e-2), "batch": [8, 16], "depth": (2, 4), "activation": "elu"}
    for asked in (str(path), path, texts, in_python):
        assert read_space(asked, "boston", BOSTON) == expected


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ("rate=1e-2:1e-4", "rate=1e-2:1e-4: the first limit must be the lower one"),
        ("rate=0:1", "it must be above 0"),
        ("rate=a:b", "could not convert"),
        ("rate=nan:1", "is not a number"),
        ("batch=8.5,16", "'8.5' is not a whole number"),
        ("batch=0,16", "it must be 1 or more"),
        ("depth=0,1", "it must be 1 or more"),
        ("decay=-1:1", "it must be 0 or more"),
        ("nothing.json", "name=low:high"),
        ({}, "there is nothing to choose"),
        ({"rate": 0.1, "batch": [8]}, "there is nothing to choose"),
    ],
)
def test_what_is_no_space_is_refused(asked: object, message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        read_space(asked, "boston", BOSTON)  # type: ignore[arg-type]


@pytest.mark.parametrize("content", ["[1]", '{"rate": 1}', "{", '{"rate": {"a": "1"}}'])
def test_a_file_that_is_no_space_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "space.json"
    path.write_text(content)
    with pytest.raises(InvalidInput, match="JSON object such as"):
        read_space(path, "boston", BOSTON)


def test_an_unknown_setting_is_named_with_the_nearest_one() -> None:
    with pytest.raises(UnknownName, match=r"setting of boston 'dropuot'.*Known: activation, batch"):
        read_space(["dropuot=0:0.5"], "boston", BOSTON)
    with pytest.raises(UnknownName):  # what the data decides
        read_space(["features=5:20"], "boston", BOSTON)


def test_a_file_to_open_is_no_setting() -> None:
    assert "weights" not in current_values("vgg_transfer", kerazoo.load_recipe("vgg_transfer"))


def test_values_become_a_recipe() -> None:
    values = {"rate": 0.01, "decay": 0.5, "batch": 32, "width": 2.0, "depth": 4, "l2": 0.1}
    found = with_values("boston", BOSTON, {**values, "input_noise": 0.0}, 363)
    config = found.optimizer["config"]
    # 12 steps of 32 rows in each of 200 epochs.
    assert config["learning_rate"]["config"] == {
        "initial_learning_rate": 0.01,
        "decay_steps": 2400,
    }
    assert (config["weight_decay"], found.batch_size, found.penalty) == (0.5, 32, {"l2": 0.1})
    assert found.builder_arguments == {"input_noise": 0.0, "hidden_units": [104, 78, 52, 52]}
    assert current_values("boston", found)["depth"] == 4
    assert BOSTON.builder_arguments == {"input_noise": 0.15}  # as it was


def test_width_and_depth_may_be_arguments_of_the_builder() -> None:
    recipe = kerazoo.load_recipe("resnet")
    assert {"width", "depth"}.isdisjoint(default_space("resnet", recipe, 10_000))
    space = read_space(["depth=20,32", "width=8:32"], "resnet", recipe)
    assert {k: str(v) for k, v in space.items()} == {"depth": "20,32", "width": "8:32"}
    arguments = with_values("resnet", recipe, {"depth": 32, "width": 8}, 10_000).builder_arguments
    assert (arguments["depth"], arguments["width"]) == (32, 8)


@pytest.mark.parametrize("name", kerazoo.list_models())
def test_every_default_space_holds_the_recipe(name: str) -> None:
    recipe = kerazoo.load_recipe(name)
    now = current_values(name, recipe)
    space = default_space(name, recipe, 10_000)
    assert space
    assert all(now[setting] in found for setting, found in space.items())
    same = with_values(name, recipe, {setting: now[setting] for setting in space}, 10_000)
    assert same.batch_size == recipe.batch_size
    built, before = same.builder_arguments, recipe.builder_arguments
    layers = {"hidden_units", "units"}
    assert {k: v for k, v in built.items() if k in before and k not in layers} == {
        k: v for k, v in before.items() if k not in layers
    }
