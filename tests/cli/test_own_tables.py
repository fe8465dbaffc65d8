"""`kerazoo train --data` with a table of one's own, from a terminal to its answers."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest

import kerazoo
from tests.processes import run_forked


@pytest.fixture(scope="module")
def hitters(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Houses of Boston with a column of words, gaps and a number of each row."""
    splits = kerazoo.load_dataset("boston")
    path = tmp_path_factory.mktemp("tables") / "houses.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["id", *splits.feature_names, "river", "price"])
        for number, (x, y) in enumerate(zip(*splits.train, strict=True)):
            cells: list[object] = [f"{value:g}" for value in x]
            cells[number % 5] = "" if number % 11 == 0 else cells[number % 5]
            writer.writerow([number, *cells, ("near", "far")[number % 2], f"{y[0]:g}"])
    return path


@pytest.mark.thorough
def test_from_a_file_to_its_answers(hitters: Path, tmp_path: Path) -> None:
    train = ("train", "--data", hitters, "--target", "price", "--epochs", 3, "--out", "run")
    trained = run_forked(*train, cwd=tmp_path)
    assert trained.returncode == 0, trained.stderr
    assert "a table of 303 rows and 16 columns; tabm learns from it" in trained.stderr
    assert "category: 'river' (2 words)." in trained.stderr
    assert "left out: 'id' (numbers each row)." in trained.stderr
    assert "gradient boosting" in trained.stdout
    evaluated = run_forked("evaluate", "run", "--data", hitters, cwd=tmp_path)
    assert evaluated.returncode == 0, evaluated.stderr
    saved, now = next(
        line.split()[1:] for line in evaluated.stdout.splitlines() if "mean_absolute" in line
    )
    assert saved == now
    lines = hitters.read_text().splitlines()
    rows = tmp_path / "rows.csv"
    rows.write_text("\n".join([lines[0], lines[1], lines[2].replace("far", "in it")]) + "\n")
    answers = run_forked("predict", "run", rows, "--keep", "id", cwd=tmp_path)
    assert answers.returncode == 0, answers.stderr
    assert "'river': 1 cell taken as another word than the 2 known ones: 'in it'" in answers.stderr
    assert [row["id"] for row in csv.DictReader(answers.stdout.splitlines())] == ["0", "1"]
    values = [float(row["price"]) for row in csv.DictReader(answers.stdout.splitlines())]
    assert np.isfinite(values).all()


@pytest.mark.thorough
def test_weights_and_balanced_classes(hitters: Path, tmp_path: Path) -> None:
    options = ("--target", "river", "--weights", "RAD", "--balance", "--plot", "figures")
    train = ("train", "--data", hitters, *options, "--epochs", 2, "--out", "run")
    trained = run_forked(*train, cwd=tmp_path)
    assert trained.returncode == 0, trained.stderr
    assert "rows count by 'RAD', a weight from 1 to " in trained.stderr
    assert "classes are balanced: a row counts" in trained.stderr
    assert "balanced accuracy" in trained.stdout
    assert "baselines, balanced accuracy:" in trained.stdout
    drawn = sorted(path.name for path in (tmp_path / "figures").iterdir())
    assert drawn == ["confusion_matrix.png", "history.png", "reliability.png", "roc.png"]
    again = run_forked("evaluate", "run", cwd=tmp_path)
    assert again.returncode == 0, again.stderr
    rows = [line.split() for line in again.stdout.splitlines()]
    before = {
        row[0]: row[1:] for row in rows if row and row[0] in ("accuracy", "balanced_accuracy")
    }
    for saved, now in before.values():
        assert float(saved) == pytest.approx(float(now), rel=1e-3)
    assert len(before) == 2


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        ((), 2, "add --target COLUMN, one of id, CRIM"),
        (("--target", "prize"), 2, "unknown column 'prize'. Did you mean 'price'?"),
        (("--target", "river", "--predict", "number"), 1, "expected a finite number"),
        (("--target", "price", "--time", "CHAS"), 1, "'CHAS'"),
        (("--target", "price", "--drop", "nothing"), 2, "unknown column 'nothing'"),
        (("--target", "price", "--balance"), 1, "balance (--balance) weighs classes, and 'price'"),
        (("--target", "price", "--weights", "river"), 1, "A weight is a number from 0 on"),
        (("--target", "price", "--weights", "wait"), 2, "unknown column 'wait'"),
        (("--target", "price", "--test", "gone.csv"), 1, "there is no file 'gone.csv'"),
        (("--target", "price", "--lag", "3"), 1, "a series of 303 rows"),
    ],
)
def test_what_is_refused(
    hitters: Path, tmp_path: Path, arguments: tuple, status: int, message: str
) -> None:
    done = run_forked("train", "--data", hitters, *arguments, cwd=tmp_path)
    assert done.returncode == status, done.stderr
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "runs").exists()


def test_a_network_of_the_other_kind(hitters: Path, tmp_path: Path) -> None:
    done = run_forked("train", "boston", "--data", hitters, "--target", "river", cwd=tmp_path)
    assert done.returncode == 1
    assert "boston predicts a number, and the target holds classes. Use tabm or" in done.stderr
    done = run_forked("train", "xor", "--data", hitters, "--target", "river", cwd=tmp_path)
    assert "xor cannot be built for this data: it has no columns to choose" in done.stderr


def test_a_card_tells_what_columns_are(hitters: Path, tmp_path: Path) -> None:
    kerazoo.train(data=str(hitters), target="river", epochs=1, out=tmp_path / "run")
    about = json.loads((tmp_path / "run" / "card.json").read_text())["about"]
    assert about["kinds"]["CRIM"] == "number"
    assert about["class_names"] == ["far", "near"]
    assert "split_by" not in about


def test_standard_input_is_read_by_a_network_that_is_named(hitters: Path, tmp_path: Path) -> None:
    text = hitters.read_text()
    train = ("--data", "-", "--target", "price", "--epochs", 1, "--out", "run")
    done = run_forked("train", "tabm", *train, cwd=tmp_path, input=text)
    assert done.returncode == 0, done.stderr
    assert "standard input: 303 rows, 14 input columns." in done.stderr
    done = run_forked("train", *train, cwd=tmp_path, input=text)
    assert done.returncode == 1
    assert "Name the network that learns from it: kerazoo train NAME" in done.stderr


def test_too_many_columns_are_refused_at_once(tmp_path: Path) -> None:
    names = [f"c{number}" for number in range(20_000)]
    (tmp_path / "wide.csv").write_text(",".join(names) + "\n" + ",".join("1" * 20_000) + "\n")
    done = run_forked("train", "--data", "wide.csv", "--target", "c0", cwd=tmp_path)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "wide.csv has 20,000 columns to learn from" in done.stderr
