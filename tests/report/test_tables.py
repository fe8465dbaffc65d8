"""The README's numbers are the recorded ones, and the recorded ones are of today's recipes."""

from __future__ import annotations

import functools
import json
import shutil
from pathlib import Path

import pytest

import kerazoo
from kerazoo.datasets import locate_dataset
from kerazoo.registry import VARIANTS
from kerazoo.report import tables as report
from tests.conftest import DATA_DIR


@pytest.mark.parametrize("name", ["README.md", "README.ko.md"])
def test_readme_shows_the_recorded_results_and_speeds(
    root: Path, tmp_path: Path, name: str
) -> None:
    shutil.copy(root / name, tmp_path)
    shutil.copytree(root / "benchmarks" / "results", tmp_path / "benchmarks" / "results")
    changed = report.render_readme(tmp_path / name)
    assert not changed, "run: kerazoo table --write README.md --write README.ko.md"


@pytest.mark.parametrize("name", kerazoo.list_models())
def test_results_are_of_the_recipes_as_they_stand(name: str) -> None:
    recorded = report.load_results(name)
    assert recorded is not None, f"run: kerazoo train {name} --record"
    for variant in VARIANTS:
        recipe = kerazoo.load_recipe(name, variant)
        entry = recorded["variants"][variant]
        assert entry["recipe_hash"] == recipe.hash(), f"run: kerazoo train {name} --record"
        for one in recipe.protocols():
            judged = entry["judged_on"][one.protocol]
            assert len(judged["seeds"]) >= one.recorded_seeds


@functools.cache
def hash_of_data(dataset: str, arguments: str) -> str:
    """Hash a data set once for all recipes that load it alike; its arguments are JSON."""
    locate_dataset(dataset, DATA_DIR)  # which never downloads
    return kerazoo.load_dataset(dataset, data_dir=DATA_DIR, **json.loads(arguments)).hash()


@pytest.mark.parametrize("name", kerazoo.list_models())
def test_results_are_of_the_data_that_is_loaded_today(name: str) -> None:
    recorded = report.load_results(name)
    absent = []
    for variant in VARIANTS:
        for one in kerazoo.load_recipe(name, variant).protocols():
            judged = recorded["variants"][variant]["judged_on"][one.protocol]
            try:
                found = hash_of_data(one.dataset, json.dumps(one.dataset_arguments))
            except kerazoo.DatasetNotFound as error:
                absent.append(str(error))
                continue
            assert judged["data_hash"] == found, one.protocol
    if absent:
        pytest.skip(absent[0])


def test_a_file_without_markers_is_refused_and_kept(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("# nothing\n")
    with pytest.raises(kerazoo.KerazooError, match="no place for the table 'results'"):
        report.render_readme(tmp_path / "a.md")
    assert (tmp_path / "a.md").read_text() == "# nothing\n"
