"""The command line, as a person types it: what it prints, what it refuses, what it keeps."""

from __future__ import annotations

import contextlib
import fcntl
import importlib.metadata
import json
import os
import pty
import struct
import subprocess
import sys
import termios
import time
from pathlib import Path
from typing import NoReturn

import pytest

import kerazoo
from tests.conftest import run_fresh_kerazoo
from tests.saved_networks import forge


def test_list_names_every_network(cli) -> None:
    status, output, _ = cli("list")
    assert status == 0
    assert [line.split()[0] for line in output.splitlines()] == kerazoo.list_models()


def on_a_terminal(*arguments: str) -> list[str]:
    """Run a command in a terminal of 80 columns, and return its lines."""
    process, terminal = pty.fork()
    if process == 0:
        os.environ.pop("COLUMNS", None)
        os.execv(sys.executable, [sys.executable, "-m", "kerazoo", *arguments])
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 80, 0, 0))
    pieces = []
    with contextlib.suppress(OSError):  # which is how a terminal says that it is at its end
        while piece := os.read(terminal, 2**16):
            pieces.append(piece)
    assert os.waitpid(process, 0)[1] == 0
    return b"".join(pieces).decode().replace("\r", "").splitlines()


@pytest.mark.parametrize("command", [("list",), ("data", "list"), ("show", "gan"), ("doctor",)])
def test_eighty_columns(command: tuple[str, ...]) -> None:
    lines = [line for line in on_a_terminal(*command) if ">>>" not in line]
    assert max(map(len, lines)) <= 80
    assert max(map(len, lines)) > 70


def test_show_fills_paragraphs_and_keeps_their_titles(cli, monkeypatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    _, output, _ = cli("show", "cnn")
    assert "\nReference:\n    Ioffe and Szegedy" in output
    assert (
        "\n    dropout: share of the pooled features that are dropped\n        in training"
        in output
    )
    assert "for --experiment: 22 epochs;" in output
    assert "learning_rate CosineDecay(initial_learning_rate 0.0003" in " ".join(output.split())


@pytest.mark.parametrize("name", kerazoo.list_models())
def test_show_tells_docstring_recipe_and_results(cli, name: str) -> None:
    status, output, _ = cli("show", name)
    assert status == 0
    for part in (
        f"build_{name}(",
        "Input shape",
        "Recipe (tuned)",
        "optimizer",
        f"\nData ({kerazoo.load_recipe(name).dataset}):\n",
        "Recorded results",
    ):
        assert part in output
    assert max(map(len, output.splitlines())) <= 100


def test_show_prints_the_arithmetic_of_convolutions(cli) -> None:
    lines = cli("show", "cnn")[1].splitlines()
    assert "block1_conv1  Conv2D        (28 + 2 × 1 - 3)/1 + 1 = 28" in lines
    assert "Sizes, " not in cli("show", "xor")[1]


def test_show_says_what_columns_are_called_for(cli) -> None:
    assert "CRIM, crimes per head" in " ".join(cli("show", "boston")[1].split())


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


def test_a_sample_of_a_data_set(cli) -> None:
    assert cli("data", "sample", "wine")[1] == cli("data", "sample", "wine_multiclass")[1]


@pytest.mark.parametrize("command", ["path", "fetch"])
def test_a_network_names_its_data_set_too(cli, command: str) -> None:
    found = cli("data", command, "wine_multiclass")
    assert found == cli("data", command, "wine")
    assert found[1].strip().endswith("wines-quality.csv.xz")


def test_images_to_try_a_network_with(cli, tmp_path: Path) -> None:
    folder = tmp_path / "images"
    status, output, _ = cli("data", "sample", "cnn", "--rows", 3, "--out", folder)
    assert status == 0
    assert output.split() == sorted(map(str, folder.iterdir()))
    answers = cli("predict", "cnn", folder, "--format", "jsonl")[1].splitlines()
    for answer in map(json.loads, answers):
        assert answer["label"].replace(" ", "_") in answer["file"]
    assert len(answers) == 3
    status, _, error = cli("data", "sample", "cnn", "--out", folder)
    assert (status, "holds images already" in error) == (1, True)


def test_table_is_markdown(cli) -> None:
    assert cli("table")[1].startswith("| network | judged by |")


def test_doctor_names_libraries_that_are_missing(cli, monkeypatch) -> None:
    version = importlib.metadata.version

    def look_up(name: str) -> str:
        if name in ("keras", "tensorflow"):
            raise importlib.metadata.PackageNotFoundError(name)
        return version(name)

    monkeypatch.setattr(importlib.metadata, "version", look_up)
    status, output, error = cli("doctor")
    assert status == 1
    assert "numpy" in output
    assert error.startswith("error: keras, tensorflow are not installed. Install kerazoo again")


def test_doctor_names_versions_and_devices(cli) -> None:
    output = cli("doctor")[1]
    for part in ("keras", "tensorflow", "CPU cores", "XLA cache", "GPU"):
        assert part in output


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (("show", "bostn"), 2, "unknown model 'bostn'. Did you mean 'boston'?"),
        (("train", "bostn"), 2, "unknown model 'bostn'. Did you mean 'boston'?"),
        (
            ("train", "boston", "--variant", "tunned"),
            2,
            "'tunned' is not one of 'documented', 'tuned'. See: kerazoo train",
        ),
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
        (("train", "boston", "--precision", "half"), 2, "'half' is not one of"),
        (("train", "boston", "--epochs", "0"), 2, "it is '0'; expected a whole number, 1 to"),
        (("show", "XOR"), 2, "unknown model 'XOR'. Did you mean 'xor'?"),
        (("trian", "boston"), 2, "No such command 'trian'. Did you mean 'train'? See: kerazoo"),
        (("export", "xor", "--format", "xml", "--out", "x"), 2, "'xml' is not one of 'onnx'"),
        (("generate", "vae", "-n", "7", "--grid", "paths"), 2, "is a square: pass 64"),
        (("train",), 2, "kerazoo train NAME; or on what: kerazoo train --data PATH"),
        (("trian", "boston"), 2, "No such command 'trian'"),
        (("record", "boston", "--epochs", "3"), 2, "No such option: --epochs"),
        (("record", "bostn"), 2, "unknown model 'bostn'. Did you mean 'boston'?"),
        (
            ("predict", "xor", "-", "--topn", "3"),
            2,
            "--topn is for networks of language and words; xor is",
        ),
        (("train", "cnn", "--experiment", "mnist"), 2, "Did you mean 'MNIST'?"),
        (("train", "cnn", "--experiment", "MNIST", "--data", "."), 2, "leave out one"),
        (("train", "boston", "--resume", "--seeds", "2"), 2, "leave out --seeds"),
        (("list", "--family", "tabluar"), 2, "unknown family 'tabluar'. Did you mean 'tabular'?"),
        (("data", "path", "bostn"), 2, "unknown data set 'bostn'. Did you mean 'boston'?"),
        (("data", "path", "boston", "--data-dir", "/nowhere"), 1, "'/nowhere' is not a folder"),
        (("data", "sample", "boston", "--out", "b.csv"), 2, "which is printed. Leave it out"),
        (("data", "sample", "lstm", "--out", "b.csv"), 2, "which is printed. Leave it out"),
        (("train", "xor", "--plot", "setup.cfg"), 1, "setup.cfg is a file; give a folder to draw"),
        (("evaluate", "xor", "--plot", "setup.cfg"), 1, "setup.cfg is a file; give a folder"),
        (("data", "sample", "word2vec"), 1, "word2vec takes words, so there is no sample"),
        (("generate", "gan", "--grid", "latent"), 1, "draw samples or paths: --grid"),
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


def test_a_wrong_word_is_no_wrong_usage(cli) -> None:
    status, _, error = cli("predict", "word2vec", "qwertzuiop")
    assert status == 1
    assert "qwertzuiop" in error


@pytest.mark.parametrize("arguments", [("--version",), ("version",)])
def test_version(cli, arguments: tuple[str, ...]) -> None:
    assert cli(*arguments)[:2] == (0, f"{kerazoo.__version__}\n")


@pytest.mark.parametrize("arguments", [(), ("train", "lstm"), ("data", "list"), ("predict", "xor")])
def test_help_is_short_for_a_terminal(cli, arguments, monkeypatch) -> None:
    monkeypatch.setenv("TERMINAL_WIDTH", "80")
    status, short, _ = cli(*arguments, "-h")
    assert status == 0
    assert short == cli(*arguments, "--help")[1]
    assert "Usage: kerazoo" in short
    assert "bool" not in short
    assert max(map(len, short.splitlines())) <= 80


def test_help_gives_defaults(cli) -> None:
    text = " ".join(cli("train", "lstm", "--help")[1].replace("│", " ").split())
    for default in ("tuned", "(runs/NAME)", "(the recipe's)", "(refuse)"):
        assert f"[default: {default}]" in text
    assert "--output" not in cli("predict", "--help")[1]


def test_a_shell_completes_names() -> None:
    words = {"COMP_WORDS": "kerazoo train wine_", "COMP_CWORD": "2"}
    done = run_fresh_kerazoo(env={**os.environ, **words, "_KERAZOO_COMPLETE": "complete_bash"})
    assert done.stdout.split() == ["wine_binary", "wine_multiclass"]


def test_a_library_that_is_missing_is_named(cli, monkeypatch) -> None:
    def missing(*_: object) -> None:
        raise ModuleNotFoundError("No module named 'pandas'", name="pandas")

    monkeypatch.setattr(kerazoo.datasets, "list_datasets", missing)
    status, _, error = cli("data", "list")
    assert (status, error[:58]) == (1, "error: pandas is not installed, and this needs it. Install")


def test_ctrl_c_in_a_library_that_is_being_imported(cli, monkeypatch) -> None:
    """C++ makes an ImportError of it."""

    def press(name: str, variant: str) -> NoReturn:
        try:
            raise KeyboardInterrupt
        except KeyboardInterrupt as pressed:
            raise ImportError("initialization failed") from pressed

    monkeypatch.setattr("kerazoo.registry.load_recipe", press)
    assert cli("show", "xor") == (130, "", "error: interrupted.\n")


def test_a_mistake_of_ours_is_one_line(cli, monkeypatch) -> None:
    def fail(name: str, variant: str) -> NoReturn:
        raise TypeError("no\nsuch thing")

    monkeypatch.setattr("kerazoo.registry.load_recipe", fail)
    status, _, error = cli("show", "xor")
    assert status == 1
    assert error.startswith("error: TypeError: no such thing. This is a mistake of kerazoo's; ")
    assert len(error.splitlines()) == 1
    with pytest.raises(TypeError):
        cli("--debug", "show", "xor")


def test_a_terminal_that_knows_ascii_only() -> None:
    done = run_fresh_kerazoo("show", "boston", env={**os.environ, "PYTHONIOENCODING": "ascii"})
    assert done.returncode == 0, done.stderr
    assert "\\xd7" in done.stdout


def test_xor_is_judged_by_whether_it_is_solved(cli) -> None:
    _, output, _ = cli("evaluate", "xor")
    assert ["solved", "1", "1"] in [line.split() for line in output.splitlines()]


def test_slow_judging_is_said(cli, tmp_path: Path, monkeypatch) -> None:
    def judge(*arguments: object) -> dict[str, float]:
        time.sleep(0.8)
        return {"solved": 1.0}

    monkeypatch.setattr("kerazoo.experiments.judging.judge", judge)
    monkeypatch.setattr("kerazoo.cli._console._PATIENCE_SECONDS", 0.05)
    _, _, error = cli("train", "xor", "--out", tmp_path / "xor")
    assert error.splitlines() == [
        f"judging on the 4 rows of the {part} part, with measures of solved ..."
        for part in ("validation", "test")
    ]


def test_data_is_looked_for_where_one_says(cli, tmp_path: Path) -> None:
    assert "--data-dir nowhere is not a folder" in cli("train", "cnn", "--data-dir", "nowhere")[2]
    for command in ("train", "evaluate"):
        status, _, error = cli(command, "word2vec", "--data-dir", tmp_path)
        assert status == 1
        assert str(tmp_path / "aclImdb") in error


@pytest.mark.thorough
def test_no_training_is_replaced_unasked(cli, tmp_path: Path) -> None:
    out, figures = tmp_path / "xor", tmp_path / "figures"
    train = ("train", "xor", "--quiet", "--out", out)
    assert cli(*train, "--plot", figures)[0] == 0
    before = (out / "card.json").read_bytes()
    for arguments, reason in (
        (("--seed", 3), "holds a finished network"),
        (("--variant", "documented"), "holds a finished network"),
        (("--seeds", 2), "holds a finished network"),
        (("--seed", 3, "--resume"), "holds a finished network"),
        (("--out", tmp_path / "other", "--plot", figures), "holds images already, such as"),
    ):
        status, output, error = cli(*train, *arguments)
        assert (status, output) == (1, "")
        assert reason in error
        assert "--force" in error
        assert (out / "card.json").read_bytes() == before
    assert cli(*train, "--seed", 3, "--plot", figures, "--force")[0] == 0
    assert json.loads((out / "card.json").read_text())["seed"] == 3


def test_the_same_training_can_be_repeated(cli, tmp_path: Path) -> None:
    """What comes out is the same network: nothing is lost."""
    train = ("train", "xor", "--quiet", "--out", tmp_path / "xor")
    weights = []
    for _ in range(2):
        status, _, error = cli(*train)
        assert status == 0, error
        weights.append(kerazoo.load_model(tmp_path / "xor").get_weights())
    assert all((one == other).all() for one, other in zip(*weights, strict=True))


@pytest.mark.parametrize("is_saved", [False, True])
def test_an_unfinished_training_is_not_begun_anew_unasked(cli, tmp_path: Path, is_saved) -> None:
    if is_saved:
        kerazoo.train("xor", out=tmp_path / "xor")
        forge(tmp_path / "xor", lambda plain: plain.update(metrics={"0": {}}))
    else:
        (tmp_path / "xor.checkpoint").mkdir()
    status, _, error = cli("train", "xor", "--quiet", "--out", tmp_path / "xor")
    assert status == 1
    assert "Add --resume to go on with it, or --force to begin anew" in error


def test_debug_shows_the_traceback(cli) -> None:
    with pytest.raises(kerazoo.UnknownName):
        cli("--debug", "show", "bostn")


@pytest.mark.thorough
def test_train_evaluate_predict(tmp_path: Path) -> None:
    """The main job, in fresh processes: train, judge, save, judge again, predict from a CSV."""
    model = tmp_path / "wine"
    trained = run_fresh_kerazoo("train", "wine_multiclass", "--epochs", 3, "--out", model)
    assert trained.returncode == 0, trained.stderr
    assert [line for line in trained.stderr.splitlines() if "judging" not in line] == []
    assert [
        line.split()[1] for line in trained.stdout.splitlines() if line.startswith("epoch")
    ] == [
        "1/3",
        "2/3",
        "3/3",
    ]
    for part in ("accuracy", "baseline", "ours", f"saved to {model}"):
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
        "medium",
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


def test_the_home_folder_after_an_equals_sign(cli, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "rows.csv").write_text("a,b\n0,1\n")
    status, _, error = cli("predict", "xor", "rows.csv", "--out=~/answers.csv")
    assert status == 0, error
    assert (tmp_path / "answers.csv").read_text().startswith("a xor b,")
    assert not (tmp_path / "~").exists()


def test_help_of_a_network_says_what_data_it_takes(cli):
    of_series = " ".join(cli("train", "lstm", "--help")[1].replace("│", " ").split())
    assert "Your own data: a CSV file" in of_series
    assert "Your own data; kerazoo train NAME --help says" in " ".join(
        cli("train", "--help")[1].replace("│", " ").split()
    )


def test_a_saved_model_in_place_of_a_network(cli, tmp_path):
    status, _, error = cli("show", tmp_path)
    assert status == 1
    assert f"{tmp_path} is a folder; give the path of a Python file" in error
