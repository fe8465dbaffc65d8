"""A recipe as a file: what is written is read, and what a stranger writes is not believed."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest

import kerazoo
from kerazoo.errors import KerazooError, UnknownName, WrongUsage
from kerazoo.experiments.recipe_file import open_recipe, read_recipe, write_recipe
from kerazoo.experiments.search.space import with_values


def test_what_is_written_is_read(tmp_path: Path) -> None:
    path = tmp_path / "boston.json"
    before = kerazoo.load_recipe("boston")
    values = {"rate": 0.01, "decay": 0.5, "batch": 32, "width": 2.0, "l2": 0.1}
    recipe = with_values("boston", before, values, 363)
    write_recipe(path, "boston", recipe, found={"metric": "loss"})
    found = read_recipe(path)
    assert (found.network, found.variant) == ("boston", "tuned")
    assert found.applied_to(before) == recipe
    # Arguments of a builder that follow from the data are none of the file's business.
    own = dataclasses.replace(
        recipe, builder_arguments={**recipe.builder_arguments, "columns": [0, 0, 3]}
    )
    write_recipe(path, "boston", own)
    assert "columns" not in read_recipe(path).settings["builder_arguments"]


def write(path: Path, **changes: Any) -> Path:
    content = {"format": 1, "network": "boston", "epochs": 3, **changes}
    path.write_text(json.dumps(content))
    return path


def adam(**changes: Any) -> dict[str, Any]:
    return {"class_name": "Adam", "config": {"learning_rate": 0.1}, **changes}


@pytest.mark.parametrize(
    "changes",
    [
        {"format": 2},
        {"dataset": "image_folder"},
        {"dataset_arguments": {"path": "/etc/passwd"}},
        {"loss": {"module": "os", "class_name": "system"}},
        {"variant": "best"},
        {"epochs": 0},
        {"epochs": True},
        {"epochs": 10**12},
        {"batch_size": "32"},
        {"penalty": {"l3": 1.0}},
        {"penalty": {"l1": -1.0}},
        {"optimizer": "adam"},
        {"optimizer": adam(class_name="Evil")},
        {"optimizer": adam(module="os")},
        {"optimizer": adam(module="builtins", class_name="Adam")},
        {"optimizer": adam(registered_name="evil>Adam")},
        {"optimizer": adam(config={"learning_rate": {"class_name": "Lambda", "config": {}}})},
        {"optimizer": adam(config={"learning_rate": adam()})},
        {"optimizer": adam(config={"learning_rate": [1]})},
        {"optimizer": adam(config={"inner_optimizer": {"module": "os"}})},
        {
            "optimizer": adam(
                config={"learning_rate": {"class_name": "CosineDecay", "config": {"name": {}}}}
            )
        },
        {"builder_arguments": [1]},
        {"builder_arguments": {"columns": [0, 0]}},
        {"builder_arguments": {"hidden_units": [10**6]}},
        {"builder_arguments": {"hidden_units": [{"class_name": "x"}]}},
        {"builder_arguments": {"activation": "/etc/passwd"}},
        {"network": "vgg_transfer", "builder_arguments": {"weights": "/etc/passwd"}},
        {"network": "vgg_transfer", "builder_arguments": {"weights": "imagenet"}},
    ],
    ids=str,
)
def test_what_a_search_does_not_write_is_refused(tmp_path: Path, changes: dict[str, Any]) -> None:
    path = write(tmp_path / "recipe.json", **changes)
    with pytest.raises(KerazooError, match=r"recipe\.json"):
        read_recipe(path)


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe", b"[" * 100_000, b'{"a": 1e999}', b" " * 70_000, b"null"]
)
def test_what_is_no_such_file_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "recipe.json"
    path.write_bytes(content)
    with pytest.raises(KerazooError, match="kerazoo search --promote wrote"):
        read_recipe(path)


def test_names_are_checked(tmp_path: Path) -> None:
    path = write(tmp_path / "recipe.json")
    assert open_recipe(path, None) == open_recipe(path, "boston")
    with pytest.raises(WrongUsage, match="is for boston, not for hitters"):
        open_recipe(path, "hitters")
    with pytest.raises(UnknownName):
        read_recipe(write(path, network="../boston"))
    with pytest.raises(UnknownName, match="dropout"):
        read_recipe(write(path, builder_arguments={"dropout": 0.1}))
    with pytest.raises(KerazooError, match="No such file"):
        read_recipe(tmp_path / "missing.json")
