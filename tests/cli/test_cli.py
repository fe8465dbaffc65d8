"""The command line, as a person types it: what it prints, what it refuses, what it keeps."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

import kerazoo
from tests.conftest import run_fresh_kerazoo


def test_list_names_every_network(cli) -> None:
    status, output, _ = cli("list")
    assert status == 0
    assert [line.split()[0] for line in output.splitlines()] == kerazoo.list_models()


@pytest.mark.parametrize("name", kerazoo.list_models())
def test_show_tells_docstring_recipe_and_results(cli, name: str) -> None:
    status, output, _ = cli("show", name)
    assert status == 0
    for part in (
        f"build_{name}(",
        "Input shape",
        "Recipe (tuned)",
        "optimizer",
        "Recorded results",
    ):
        assert part in output
    assert max(map(len, output.splitlines())) <= 100


def test_a_list_whose_reader_goes_away_is_no_error() -> None:
    command = [sys.executable, "-uc", "from kerazoo.cli import main; main()", "list"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, **pipes) as process:
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 0


def test_data_commands(cli) -> None:
    assert "Boston housing" in cli("data", "list")[1]
    assert cli("data", "path", "boston")[1].strip().endswith("boston_house_prices.csv.xz")
    assert "computed" in cli("data", "path", "xor")[1]
    header, *rows = cli("data", "sample", "wine_multiclass", "--rows", 3)[1].splitlines()
    assert header.startswith("fixed_acidity,")
    assert len(rows) == 3
    assert {row.rsplit(",", 1)[1] for row in rows} <= {"red", "white"}


def test_table_is_markdown(cli) -> None:
    assert cli("table")[1].startswith("| network | judged by |")


def test_doctor_names_versions_and_devices(cli) -> None:
    output = cli("doctor")[1]
    for part in ("keras", "tensorflow", "CPU cores", "GPU"):
        assert part in output


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (("show", "bostn"), 1, "unknown model 'bostn'. Did you mean 'boston'?"),
        (("train", "bostn"), 1, "unknown model 'bostn'. Did you mean 'boston'?"),
        (("train", "boston", "--variant", "tunned"), 1, "unknown variant 'tunned'. Did you mean"),
        (("train", "boston", "--epochs", "many"), 2, "Invalid value for '--epochs'"),
        (("train", "boston", "--epochs", "0"), 2, "Invalid value for '--epochs'"),
        (("train", "boston", "--epochs", "9" * 20), 2, "Invalid value for '--epochs'"),
        (("train", "boston", "--batch-size", "9" * 20), 2, "Invalid value for '--batch-size'"),
        (("train", "boston", "--seed", str(2**32)), 2, "Invalid value for '--seed'"),
        (("train", "boston", "--seeds", "9" * 20), 2, "Invalid value for '--seeds'"),
        (("train", "boston", "--seed", str(2**32 - 2), "--seeds", "3"), 2, "go past 4294967295"),
        (("train", "lstm", "--lag", "9" * 20), 2, "Invalid value for '--lag'"),
        (("record", "boston", "--seeds", "9" * 20), 2, "Invalid value for '--seeds'"),
        (("generate", "vae", "--seed", str(2**64)), 2, "Invalid value for '--seed'"),
        (("generate", "vae", "-n", "9" * 20), 2, "Invalid value for '-n'"),
        (("data", "sample", "boston", "--rows", "9" * 20), 2, "Invalid value for '--rows'"),
        (("train", "boston", "--sed", "1"), 2, "No such option: --sed"),
        (("train", "boston", "--precision", "half"), 1, "unknown precision 'half'"),
        (("train",), 2, "Missing argument 'NAME'"),
        (("trian", "boston"), 2, "No such command 'trian'"),
        (("record", "boston", "--epochs", "3"), 2, "No such option: --epochs"),
        (("record", "bostn"), 1, "unknown model 'bostn'. Did you mean 'boston'?"),
        (("predict", "xor", "-", "--topn", "3"), 2, "--topn is for networks of words; xor is"),
        (("train", "boston", "--resume", "--seeds", "2"), 1, "leave out --seeds"),
        (("list", "--family", "tabluar"), 1, "unknown family 'tabluar'. Did you mean 'tabular'?"),
        (("data", "path", "bostn"), 1, "unknown data set 'bostn'. Did you mean 'boston'?"),
        (("data", "path", "boston", "--data-dir", "/nowhere"), 1, "'/nowhere' is not a folder"),
        (("data", "sample", "boston", "--rows", "0"), 2, "Invalid value for '--rows'"),
        (("table", "--write", "setup.cfg"), 1, "has no place for a table"),
    ],
)
def test_wrong_usage_is_one_line(cli, arguments, status: int, message: str) -> None:
    found, output, error = cli(*arguments)
    assert found == status
    assert message in error
    assert error.startswith("error: ")
    assert len(error.splitlines()) == 1
    assert output == ""


def test_debug_shows_the_traceback(cli) -> None:
    with pytest.raises(kerazoo.UnknownName):
        cli("--debug", "show", "bostn")


def test_train_evaluate_predict(tmp_path: Path) -> None:
    """The main job, in fresh processes: train, judge, save, judge again, predict from a CSV."""
    model = tmp_path / "wine"
    trained = run_fresh_kerazoo("train", "wine_multiclass", "--epochs", 3, "--out", model)
    assert trained.returncode == 0, trained.stderr
    assert trained.stderr == ""
    assert [
        line.split()[1] for line in trained.stdout.splitlines() if line.startswith("epoch")
    ] == [
        "1/3",
        "2/3",
        "3/3",
    ]
    for part in ("accuracy", "documented", "baseline", "ours", f"saved to {model}"):
        assert part in trained.stdout
    assert max(map(len, trained.stdout.splitlines())) <= 80 + len(str(model))

    judged = run_fresh_kerazoo("evaluate", model)
    assert judged.returncode == 0, judged.stderr
    accuracy = json.loads((model / "card.json").read_text())["metrics"]["0"]["accuracy"]
    assert f"{accuracy:.5g}" in judged.stdout

    rows = tmp_path / "rows.csv"
    rows.write_text(run_fresh_kerazoo("data", "sample", "wine_multiclass").stdout)
    predicted = run_fresh_kerazoo("predict", model, rows, "--format", "csv")
    assert predicted.returncode == 0, predicted.stderr
    assert len(predicted.stdout.splitlines()) == 6
    assert {line.split(",")[0] for line in predicted.stdout.splitlines()[1:]} <= {
        "bad",
        "middling",
        "good",
    }


def test_several_seeds_save_the_best_on_validation(cli, tmp_path: Path) -> None:
    status, output, error = cli(
        "train", "boston", "--seeds", 3, "--epochs", 2, "--out", tmp_path / "boston"
    )
    assert status == 0, error
    assert [f"seed {seed}," in output for seed in (0, 1, 2, 3)] == [True, True, True, False]
    card = json.loads((tmp_path / "boston" / "card.json").read_text())
    assert sorted(card["metrics"]) == ["0", "1", "2"]


def test_quiet_prints_where_it_saved_and_nothing_else(cli, tmp_path: Path) -> None:
    _, output, error = cli("train", "xor", "--quiet", "--out", tmp_path / "xor")
    assert output == f"saved to {tmp_path / 'xor'}\n"
    assert error == ""


def test_another_models_directory_is_refused(cli, tmp_path: Path) -> None:
    cli("train", "xor", "--quiet", "--out", tmp_path / "model")
    card = (tmp_path / "model" / "card.json").read_bytes()
    status, _, error = cli("train", "boston", "--quiet", "--out", tmp_path / "model")
    assert status == 1
    assert "xor" in error
    assert (tmp_path / "model" / "card.json").read_bytes() == card
