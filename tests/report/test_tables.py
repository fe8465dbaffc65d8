"""The numbers of the pages are the recorded ones, and these are of today's recipes."""

from __future__ import annotations

import functools
import json
import math
import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest

import kerazoo
from kerazoo.cli import app
from kerazoo.datasets import locate_dataset
from kerazoo.registry import VARIANTS
from kerazoo.report import tables as report
from kerazoo.report.pages import PAGES, render_pages
from kerazoo.report.results import Results, Score
from kerazoo.saved import load_card
from tests.conftest import DATA_DIR


def copy_pages(root: Path, folder: Path) -> Path:
    """Copy the pages and what the benchmarks wrote."""
    (folder / "docs").mkdir()
    for page in PAGES:
        shutil.copy(root / page, folder / page)
    shutil.copytree(root / "benchmarks" / "results", folder / "benchmarks" / "results")
    return folder


@pytest.fixture
def checkout(root: Path, tmp_path: Path) -> Path:
    return copy_pages(root, tmp_path)


@pytest.fixture(scope="module")
def rendered(
    root: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, Mapping[Path, bool]]:
    """A copy of all pages and all saved models' READMEs, and which of them are out of date."""
    folder = copy_pages(root, tmp_path_factory.mktemp("checkout"))
    for name in kerazoo.list_models():
        copy = folder / "saved_models" / name
        copy.mkdir(parents=True)
        for file in ("card.json", "README.md"):
            shutil.copy(root / "saved_models" / name / file, copy / file)
    return folder, render_pages(folder)


def test_pages_show_the_recorded_results_and_speeds(
    rendered: tuple[Path, Mapping[Path, bool]],
) -> None:
    changed = [str(page) for page, changed in rendered[1].items() if changed]
    assert not changed, "run: kerazoo table --write ."


@pytest.mark.parametrize("name", kerazoo.list_models())
def test_the_readme_of_a_saved_model_is_of_its_card_and_of_the_recorded_results(
    rendered: tuple[Path, Mapping[Path, bool]], name: str
) -> None:
    folder, changed = rendered
    copy = folder / "saved_models" / name
    assert not changed[copy / "README.md"], "run: kerazoo table --write ."
    text = (copy / "README.md").read_text(encoding="utf-8")
    assert str(Results.load(name).score("tuned", *judged_by(name))) in text
    # The classes of an agent are actions, of which nobody knows the right one.
    if load_card(copy).class_names and kerazoo.load_recipe(name).task != "control":
        assert "| class | rows | precision | recall |" in text, (
            f"run: kerazoo evaluate saved_models/{name} --readme"
        )


def judged_by(name: str) -> tuple[str, str]:
    recipe = kerazoo.load_recipe(name)
    return recipe.experiment, recipe.primary_metric


@pytest.mark.parametrize("name", kerazoo.list_models())
def test_results_are_of_the_recipes_as_they_stand(name: str) -> None:
    recorded = Results.load(name).plain
    assert recorded, f"run: kerazoo record {name}"
    for variant in VARIANTS:
        recipe = kerazoo.load_recipe(name, variant)
        entry = recorded["variants"][variant]
        assert entry["recipe_hash"] == recipe.hash(), f"run: kerazoo record {name}"
        for one in recipe.all_experiments():
            judged = entry["judged_on"][one.experiment]
            assert len(judged["seeds"]) >= one.recorded_seeds


@functools.cache
def hash_and_rows(dataset: str, arguments: str) -> tuple[str, int]:
    """Load a data set once for all recipes that load it alike; its arguments are JSON."""
    locate_dataset(dataset, DATA_DIR)  # which never downloads
    splits = kerazoo.load_dataset(dataset, data_dir=DATA_DIR, **json.loads(arguments))
    return splits.hash(), len(splits.train.x)


@pytest.mark.thorough
@pytest.mark.parametrize("name", kerazoo.list_models())
def test_results_are_of_the_data_that_is_loaded_today(name: str) -> None:
    recorded = Results.load(name).plain
    absent = []
    for variant in VARIANTS:
        for one in kerazoo.load_recipe(name, variant).all_experiments():
            judged = recorded["variants"][variant]["judged_on"][one.experiment]
            try:
                found, rows = hash_and_rows(one.dataset, json.dumps(one.dataset_arguments))
            except kerazoo.DatasetNotFound as error:
                absent.append(str(error))
                continue
            assert judged["data_hash"] == found, one.experiment
            assert_schedule_ends_with_training(one, rows)
    if absent:
        pytest.skip(absent[0])


def assert_schedule_ends_with_training(recipe: kerazoo.Recipe, rows: int) -> None:
    rate = recipe.optimizer["config"]["learning_rate"]
    if isinstance(rate, dict):
        schedule = rate["config"]
        steps = math.ceil(rows / recipe.batch_size) * recipe.epochs
        assert schedule["decay_steps"] + schedule.get("warmup_steps", 0) == steps


def test_a_file_without_markers_is_refused_and_kept(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("# nothing\n")
    with pytest.raises(kerazoo.KerazooError, match="has no place for a table"):
        render_pages(tmp_path / "a.md")
    assert (tmp_path / "a.md").read_text() == "# nothing\n"


def test_a_file_gets_the_tables_whose_markers_it_has(tmp_path: Path) -> None:
    page = tmp_path / "a.md"
    page.write_text("<!-- begin cross_validation -->\nSTALE\n<!-- end cross_validation -->\nend\n")
    assert render_pages(page) == {page: True}
    assert "STALE" not in page.read_text()
    assert "| boston | mean absolute error | tuned recipe | 2." in page.read_text()
    assert page.read_text().endswith("end\n")
    assert render_pages(page) == {page: False}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("<!-- begin result -->\n<!-- end result -->\n", "unknown table 'result'. Did you mean"),
        ("<!-- begin results -->\n", "'results' has no beginning or no end"),
    ],
)
def test_wrong_markers_are_refused_before_anything_is_written(
    checkout: Path, text: str, message: str
) -> None:
    (checkout / "README.md").write_text("<!-- begin networks -->\n<!-- end networks -->\n")
    (checkout / "a.md").write_text(text)
    before = (checkout / "README.md").read_text()
    with pytest.raises(kerazoo.KerazooError, match=message):
        render_pages(checkout / "README.md", checkout / "a.md")
    assert (checkout / "README.md").read_text() == before


def test_every_table_has_a_home_in_a_checkout(checkout: Path) -> None:
    (checkout / "docs" / "words.md").write_text("<!-- begin sources -->\n<!-- end sources -->\n")
    with pytest.raises(kerazoo.KerazooError, match="markers of the table 'word2vec_quality'"):
        render_pages(checkout)
    assert render_pages(checkout / "docs" / "words.md")  # a single file need not hold them all


def test_the_command_brings_a_checkout_up_to_date(
    checkout: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = checkout / "README.md"
    before = page.read_text()
    page.write_text(before.replace("2.412", "1.234"))
    app(["table", "--write", str(checkout)], standalone_mode=False)
    assert page.read_text() == before
    assert f"{page}: updated" in capsys.readouterr().err


def test_the_folds_of_boston_stand_beside_its_result(root: Path) -> None:
    table = report.cross_validation_table(["boston"])
    folds = Results.load("boston").cross_validation("tuned", "mean_absolute_error")
    assert f"{folds.mean:.3f} ± " in table
    assert table in (root / "docs" / "results.md").read_text()
    assert report.cross_validation_table(["xor"]) == ""


def test_figures_have_four_significant_digits() -> None:
    def rendered(mean: float) -> str:
        return str(Score(mean, 0.0123, 5))

    assert rendered(0.98765) == "0.9877 ± 0.0123 (5 seeds)"
    assert rendered(2.41222) == "2.412 ± 0.012 (5 seeds)"
    assert rendered(12345.6) == "12346 ± 0 (5 seeds)"


def test_an_experiment_is_judged_by_its_own_metric() -> None:
    """A network for both has an accuracy of classes, and errors of numbers."""
    for row in report.results_table(names=["tabm"]).rows:
        of_numbers = "prices of homes" in row[1]
        assert row[1].startswith("mean absolute error, " if of_numbers else "accuracy, ")
        assert "-" not in row[3:]  # every figure is there


def test_other_layers_on_the_same_data_are_lines_and_other_data_is_a_column() -> None:
    head, _, *lines = report.comparison_table("series").splitlines()
    columns = [cell.strip() for cell in head.split("|")[2:-1]]
    assert columns == [
        "with the day of the week",
        "three series",
        "with the day of the week, CRPS",
        "180 days of mean temperature, mean absolute error",
    ]
    cells = {line.split("|")[1].strip(): line.split("|")[2:-1] for line in lines}
    for cell in ("GRU", "simple recurrent network", "both directions", "two layers"):
        filled = [one.strip() != "-" for one in cells[f"`lstm`, {cell}, tuned recipe"]]
        assert filled == [True, False, False, False]
        assert f"`lstm`, {cell}, documented recipe" not in cells
    assert [one.strip() != "-" for one in cells["climate mean"]] == 3 * [False] + [True]


def test_a_network_stands_in_the_column_of_every_metric_that_was_recorded_of_it() -> None:
    """Distributions are judged by CRPS; their means have an R2 beside the others, too."""
    _, _, *lines = report.comparison_table("series").splitlines()
    cells = {line.split("|")[1].strip(): line.split("|")[2:-1] for line in lines}
    for name, expected in (
        ("`deepar`, tuned recipe", [True, False, True, False]),
        ("`tcn`, tuned recipe", [True, False, False, False]),
        ("last value", 4 * [True]),
    ):
        assert [one.strip() != "-" for one in cells[name]] == expected
