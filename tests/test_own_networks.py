"""Networks, data sets and tasks outside the package are treated like the zoo's own."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import kerazoo
from kerazoo import _model_files, registry
from kerazoo.tasks import load_task
from tests.processes import run_forked

DATASET = '''
"""Fruit: how heavy it is, from its size and its kind."""
import numpy as np
from kerazoo.datasets.about import Table
from kerazoo.datasets.splits import Part, Splits

FILES = ()

def load(data_dir=None, rows=60):
    random = np.random.default_rng(0)
    x = np.stack([random.uniform(1, 3, rows), random.integers(0, 2, rows)], 1).astype("float32")
    y = (x[:, :1] ** 2 * 10 + 5 * x[:, 1:]).astype("float32")
    third = rows // 3
    parts = [Part(x[at : at + third], y[at : at + third]) for at in (0, third, 2 * third)]
    about = Table(("size", "kind"), {"kind": ("apple", "pear")}, target_name="weight")
    return Splits(*parts, about)

tiny = load
'''

TASK = '''
"""How heavy things are: a number that is answered in words."""
from kerazoo.predict import load_predictor
from kerazoo.recipe import for_training_on
from kerazoo.tasks import Option, recognizes_nothing as recognizes
from kerazoo.tasks.rows import baselines, callbacks, evaluate, figures, score, trainer
from kerazoo.tasks.rows import judge as judge_rows
from kerazoo.tasks._shared import no_further_data as recipe_for

OWN_DATA = "a file with a number of rows"
NETWORK = ""
TAKES_FRAMES = False
FILES = ()
TRAIN_OPTIONS = {"least": Option("The fewest rows.", int, minimum=1, default="30")}
PREDICT_OPTIONS = {"unit": Option("What follows the number.", choices=("g", "kg"), default="g")}

def own_data(name, recipe, path, options):
    import dataclasses, kerazoo
    rows = max(int(path.read_text()), options.get("least", 30))
    splits = kerazoo.load_dataset(recipe.dataset, rows=rows)
    changed = dataclasses.replace(recipe, dataset_arguments={"rows": rows})
    return for_training_on(changed, len(splits.train.x)), splits

def judge(model, part, recipe):
    return {**judge_rows(model, part, recipe), "rows_judged": float(len(part.x))}

def answer(model, request):
    unit = request.options.get("unit", "g")
    for source in request.inputs:
        for value in load_predictor(model).predict(source).values[:, 0]:
            yield f"{value:.0f} {unit}\\n"
'''

NETWORK = '''
"""weight: a tiny network for fruit."""
import dataclasses
from kerazoo.recipe import Recipe
from ._layers import WIDTH

def build_weight(width: int = WIDTH):
    import keras
    inputs = keras.Input((2,), name="fruit")
    x = keras.layers.Dense(width, "relu", name="hidden")(inputs)
    return keras.Model(inputs, keras.layers.Dense(1, name="weight")(x), name="weight")

DOCUMENTED = Recipe(
    dataset="fruit", task="weighing",
    optimizer={"class_name": "Adam", "config": {"learning_rate": 0.05}},
    loss="mean_squared_error", metrics=("mean_absolute_error",),
    epochs=30, batch_size=8, primary_metric="mean_absolute_error", primary_mode="min",
    parameters=33, baselines=("least_squares",),
)
TUNED = dataclasses.replace(DOCUMENTED, epochs=60)
'''


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder laid out as the package is, with a network, its data set and its own task."""
    own = tmp_path / "own"
    for name, text in (
        ("weight.py", NETWORK),
        ("_layers.py", "WIDTH = 8\n"),
        ("datasets/fruit.py", DATASET),
        ("tasks/weighing.py", TASK),
    ):
        (own / name).parent.mkdir(parents=True, exist_ok=True)
        (own / name).write_text(text)
    return own


@pytest.fixture(autouse=True)
def _forget(monkeypatch: pytest.MonkeyPatch):
    """What a test added is no network of the next one."""
    monkeypatch.setattr(_model_files, "_added", {})
    yield
    for name in [name for name in sys.modules if name.startswith("kerazoo_own_")]:
        del sys.modules[name]


@pytest.mark.thorough
def test_a_tenth_task_needs_no_line_elsewhere(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Trained, evaluated, saved, loaded and asked, from the command line and in Python."""
    monkeypatch.setenv("KERAZOO_MODELS", str(folder))

    def run(*arguments: object) -> subprocess.CompletedProcess[str]:
        result = run_forked(*arguments, cwd=tmp_path)
        assert result.returncode == 0, result.stderr
        return result

    assert re.search(r"^weight +a tiny network for fruit\.$", run("list").stdout, re.MULTILINE)
    assert "--least" in run("train", "weight", "--help").stdout
    assert "Dense" in run("show", "weight").stdout
    trained = run("train", "weight", "--plot", "figures")
    assert "rows judged" in trained.stdout
    assert (tmp_path / "figures" / "residuals.png").exists()
    assert "mean_absolute_error" in run("evaluate", "runs/weight").stdout
    (tmp_path / "rows.csv").write_text("kind,size\npear,2\napple,1\n")
    answer = run("predict", "runs/weight", "rows.csv", "--unit", "kg")
    assert [line.split()[1] for line in answer.stdout.splitlines()] == ["kg", "kg"]
    (tmp_path / "number.txt").write_text("90")
    run("train", "weight", "--data", "number.txt", "--least", 60, "--out", "runs/more")
    card = json.loads((tmp_path / "runs" / "more" / "card.json").read_text())
    assert (card["task"], card["metrics"]["0"]["rows_judged"]) == ("weighing", 30.0)
    recorded = run("record", "weight", "--seeds", 2)
    assert "baseline least_squares" in recorded.stdout
    assert "weight" in kerazoo.list_models()
    model = kerazoo.load_model(tmp_path / "runs" / "weight")
    assert model.get_layer("hidden").units == 8


def test_a_file_of_ones_own_is_named_by_its_path(folder: Path, tmp_path: Path) -> None:
    trained = run_forked("train", folder / "weight.py", "--epochs", 2, cwd=tmp_path)
    assert trained.returncode == 0, trained.stderr
    assert (tmp_path / "runs" / "weight" / "card.json").exists()
    helped = run_forked("train", folder / "weight.py", "--help", cwd=tmp_path)
    assert "--least" in helped.stdout
    refused = run_forked("train", folder / "weight.py", "--lag", 3, cwd=tmp_path)
    assert refused.returncode == 2
    assert "--lag is for networks of series" in refused.stderr


@pytest.mark.thorough
def test_an_installed_package_brings_networks_by_an_entry_point(
    folder: Path, tmp_path: Path
) -> None:
    site = tmp_path / "site"
    info = site / "mine-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: mine\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[kerazoo.models]\nmine = mine.networks\n")
    (site / "mine").mkdir()
    (site / "mine" / "__init__.py").touch()
    folder.rename(site / "mine" / "networks")
    (site / "mine" / "networks" / "__init__.py").touch()
    code = (
        "import kerazoo; print(kerazoo.load_builder('weight').__module__, "
        "kerazoo.load_recipe('weight').task, kerazoo.build_weight().name)"
    )
    environment = {**os.environ, "PYTHONPATH": str(site)}
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=False
    )
    assert result.stdout.split() == ["mine.networks.weight", "weighing", "weight"], result.stderr


@pytest.mark.parametrize(
    ("file", "content", "message"),
    [
        (
            "weight.py",
            "import nothing_like_it",
            "weight.py cannot be imported: ModuleNotFoundError",
        ),
        ("weight.py", "x = 1", "does not define the recipe TUNED; a model file must"),
        (
            "weight.py",
            NETWORK.replace("def build_weight", "def build_heavy"),
            "does not define build_weight; a model file must",
        ),
        ("boston.py", NETWORK, "has the name of a network of the zoo"),
        ("datasets/wine.py", DATASET, "has the name of a dataset of the zoo"),
        ("tasks/weighing.py", TASK.replace("def judge", "def judgement"), "does not define judge"),
        ("tasks/rows.py", TASK, "has the name of a task of the zoo"),
    ],
)
def test_what_is_wrong_is_said_with_the_file(
    folder: Path, tmp_path: Path, file: str, content: str, message: str
) -> None:
    (folder / file).write_text(content)
    path = folder / "boston.py" if file == "boston.py" else folder / "weight.py"
    refused = run_forked("train", path, cwd=tmp_path)
    assert refused.returncode == 1, refused.stdout
    assert message in refused.stderr
    assert Path(file).name in refused.stderr
    assert len(refused.stderr.strip().splitlines()) == 1
    assert not (tmp_path / "runs").exists()


@pytest.mark.parametrize(
    ("value", "message"),
    [("nowhere", "KERAZOO_MODELS names nowhere, which is no folder")],
)
def test_a_wrong_folder_is_refused(
    value: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KERAZOO_MODELS", value)
    refused = run_forked("list", cwd=tmp_path)
    assert (refused.returncode, message in refused.stderr) == (1, True)


def test_one_broken_file_does_not_hide_the_other_networks(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "broken.py").write_text("1 / 0")
    monkeypatch.setenv("KERAZOO_MODELS", str(folder))
    listed = run_forked("list", cwd=tmp_path)
    assert listed.returncode == 0
    assert re.search("^broken +cannot be used: ", listed.stdout, re.MULTILINE)
    assert "ZeroDivisionError" in listed.stdout
    assert "xor" in listed.stdout


@pytest.mark.parametrize("path", ["nothing.py", "own/_layers.py", "own/my-net.py"])
def test_a_path_that_cannot_be_a_network(
    folder: Path, path: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "my-net.py").touch()
    monkeypatch.chdir(tmp_path)
    with pytest.raises(kerazoo.KerazooError, match=r"there is no file|cannot be the name"):
        registry.add_model_file(path)


def test_every_task_of_the_zoo_is_whole() -> None:
    for name in registry.list_tasks():
        assert load_task(name)
    assert {kerazoo.load_recipe(name).task for name in kerazoo.list_models()} <= {
        *registry.list_tasks()
    }
