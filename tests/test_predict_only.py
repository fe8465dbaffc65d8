"""What `requirements-predict.txt` promises: predicting with these packages, and no others."""

from __future__ import annotations

import importlib.metadata
import json
import re
import subprocess
import sys
import venv
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import kerazoo
from kerazoo.saved import load_card

# Runs commands one after the other in a process that finds the named modules and no others.
COMMANDS = """
import json, sys
allowed, commands = json.loads(sys.argv[1]), json.loads(sys.argv[2])
if allowed:
    class Refuse:
        def find_spec(self, name, path=None, target=None):
            if name.split(".")[0] not in allowed and not name.startswith("_sysconfigdata"):
                raise ModuleNotFoundError(f"no {name} here", name=name)
    sys.meta_path.insert(0, Refuse())
from kerazoo.cli import main
for command in commands:
    sys.argv = ["kerazoo", *command]
    try:
        main()
    except SystemExit as stop:
        if stop.code:
            sys.exit(f"{command}: {stop.code}")
print(sorted({"tensorflow", "keras", "torch", "jax", "h5py"} & sys.modules.keys()))
"""


def names_in(path: Path) -> list[str]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return [re.split(r"[<>=\[; ]", line)[0] for line in lines if line and line[0] != "#"]


def closure(names: list[str]) -> set[str]:
    """The distributions that come with some."""
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = re.sub(r"[-_.]+", "-", waiting.pop()).lower()
        if name in found:
            continue
        found.add(name)
        for needed in importlib.metadata.requires(name) or ():
            if "extra ==" not in needed and 'sys_platform == "win32"' not in needed:
                wanted = re.split(r"[<>=!~\[; (]", needed)[0]
                try:
                    importlib.metadata.distribution(wanted)
                except importlib.metadata.PackageNotFoundError:
                    continue  # for another Python or system
                waiting.append(wanted)
    return found


def modules_of(distributions: set[str]) -> list[str]:
    """What can be imported of them, and of Python itself."""
    normal = {
        module: {re.sub(r"[-_.]+", "-", one).lower() for one in owners}
        for module, owners in importlib.metadata.packages_distributions().items()
    }
    ours = [module for module, owners in normal.items() if owners & distributions]
    return sorted({"kerazoo", *ours, *sys.stdlib_module_names})


@pytest.fixture
def commands(tmp_path: Path) -> list[list[str]]:
    """A command for each kind of input, and of each verb."""
    wine = kerazoo.load_dataset("wine").test
    names = kerazoo.load_dataset("wine").feature_names
    rows = [",".join(map(str, row)) for row in wine.x[:40].tolist()]
    table, labeled = tmp_path / "rows.csv", tmp_path / "labeled.csv"
    table.write_text("\n".join([",".join(names), *rows]))
    classes = np.array(["bad", "medium", "good"])[np.asarray(wine.y[:40])]
    lines = [f"{row},{name}" for row, name in zip(rows, classes, strict=True)]
    labeled.write_text("\n".join([",".join([*names, "quality"]), *lines]))
    image, texts = tmp_path / "shoe.png", tmp_path / "texts.txt"
    Image.fromarray(np.arange(784, dtype="uint8").reshape(28, 28)).save(image)
    texts.write_text("a fine film\na dull film\n")
    series, about = tmp_path / "series.csv", load_card("lstm").about
    days = np.arange("2024-01-01", "2024-06-10", dtype="datetime64[D]")
    days = days[np.is_busday(days)]
    columns = [name for name in (about.date, *about.columns) if name]
    values = np.random.default_rng(0).normal(0, 0.1, (len(days), len(about.columns)))
    of_days = [[str(day)] if about.date else [] for day in days]
    of_days = [first + list(map(str, row)) for first, row in zip(of_days, values, strict=True)]
    series.write_text("\n".join(",".join(line) for line in [columns, *of_days]))
    out = ["--out", str(tmp_path / "answers.csv")]
    again = [*out, "--force"]
    return [
        ["predict", "wine_multiclass", str(table), "--coverage", "0.9", *out],
        ["predict", "wine_multiclass", str(table), "--explain", *again],
        ["predict", "cnn", str(image), "--explain", *again],
        ["predict", "imdb_mlp", str(texts), "--explain", *again],
        ["predict", "word2vec", "film", *again],
        ["predict", "lstm", str(series), "--steps", "3", *again],
        ["predict", "matrix_factorization", "--user", "7", "--item", "50", *again],
        ["predict", "language_model", str(texts), *again],
        ["check", "wine_multiclass", str(table), "--psi", "9", "--ks", "1"],
        ["dependence", "wine_multiclass", "alcohol"],
        ["predict", "wine_multiclass", str(table), "--distance", *again],
        ["nearest", "wine_multiclass", str(table)],
        ["evaluate", "wine_multiclass", "--data", str(labeled)],
        ["generate", "vae", "--out", str(tmp_path / "images.png")],
        ["show", "wine_multiclass"],
    ]


def run(python: str, root: Path, allowed: list[str], commands: list[list[str]], cwd: Path) -> str:
    done = subprocess.run(
        [python, "-c", COMMANDS, json.dumps(allowed), json.dumps(commands)],
        env={"PYTHONPATH": str(root), "HOME": str(cwd), "PATH": ""},
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()[-1]


def test_predicting_needs_these_packages_and_no_others(root, tmp_path, commands):
    wanted = closure(names_in(root / "requirements-predict.txt"))
    assert not wanted & {"tensorflow", "keras", "h5py", "matplotlib"}
    assert run(sys.executable, root, modules_of(wanted), commands, tmp_path) == "[]"


@pytest.mark.thorough
def test_a_fresh_environment_that_holds_only_these_predicts(root, tmp_path, commands):
    environment = tmp_path / "environment"
    venv.create(environment, with_pip=True)
    python = str(environment / "bin" / "python")
    install = ["-m", "pip", "install", "-q", "-r", str(root / "requirements-predict.txt")]
    done = subprocess.run([python, *install], capture_output=True, text=True, check=False)
    if done.returncode and "No matching distribution" in done.stderr:
        pytest.skip(f"no packages can be had here: {done.stderr.splitlines()[-1]}")
    assert done.returncode == 0, done.stderr
    assert run(python, root, [], commands, tmp_path) == "[]"


def test_the_dockerfile_copies_what_there_is_and_installs_no_more(root: Path) -> None:
    """It is not built here: that takes Docker, and a base image."""
    lines = (root / "Dockerfile").read_text(encoding="utf-8").splitlines()
    ignored = (root / ".dockerignore").read_text(encoding="utf-8").split()
    copied = [name for line in lines if line.startswith("COPY") for name in line.split()[1:-1]]
    assert {
        "requirements-predict.txt",
        "requirements-serve.txt",
        "kerazoo",
        "saved_models",
        "setup.cfg",
    } <= set(copied)
    for name in copied:
        assert (root / name).exists(), name
        assert name not in ignored
    installs = [line for line in lines if "pip install" in line and line.startswith("RUN")]
    assert all("-r requirements-serve.txt" in i or "--no-deps" in i for i in installs)
    serving = (root / "requirements-serve.txt").read_text(encoding="utf-8")
    assert "-r requirements-predict.txt" in serving
    assert lines[-2:] == ['ENTRYPOINT ["kerazoo"]', 'CMD ["--help"]']
    assert "USER kerazoo" in lines


def test_what_is_needed_to_predict_is_needed_by_all_of_kerazoo(root: Path) -> None:
    of_all = {
        re.split(r"[<>=]", line.strip())[0]
        for line in re.search(
            r"install_requires =\n((?:    .+\n)+)", (root / "setup.cfg").read_text()
        )[1].splitlines()
    }
    assert set(names_in(root / "requirements-predict.txt")) <= of_all
