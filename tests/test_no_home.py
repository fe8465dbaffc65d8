"""A user without a home, as in a container: everything works, without a cache."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

# As for a number of a user that has no entry: `os.path.expanduser` leaves ~ as it is.
NOBODY = """
import pwd
def getpwuid(number):
    raise KeyError(number)
pwd.getpwuid = getpwuid
from kerazoo.cli import main
main()
"""


def run(*arguments: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    kept = ("PATH", "PYTHONPATH", "TF_CPP_MIN_LOG_LEVEL", "TMPDIR")
    environment = {name: os.environ[name] for name in kept if name in os.environ}
    command = [sys.executable, "-c", NOBODY, *map(str, arguments)]
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True)


@pytest.mark.parametrize(
    "command",
    ["list", "data list", "data sample boston", "data path boston", "show cnn"],
)
def test_commands_work(command: str, tmp_path: Path) -> None:
    done = run(*command.split(), cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert os.listdir(tmp_path) == []  # above all no folder called ~


def test_a_model_of_somebody_else_is_loaded(root: Path, tmp_path: Path) -> None:
    folder = tmp_path / "copy"
    folder.mkdir()
    for file in (root / "saved_models" / "boston").iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    rows = run("data", "sample", "boston", cwd=tmp_path)
    (tmp_path / "rows.csv").write_text(rows.stdout)
    done = run("predict", "copy", "rows.csv", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert len(done.stdout.splitlines()) == 6
    assert sorted(os.listdir(tmp_path)) == ["copy", "rows.csv"]


@pytest.mark.thorough
def test_a_download_says_which_variable_to_set(tmp_path: Path) -> None:
    done = run("data", "fetch", "cifar10", cwd=tmp_path)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "set XDG_CACHE_HOME or KERAZOO_DATA_DIR to a folder" in done.stderr


@pytest.mark.thorough
def test_training_works(tmp_path: Path) -> None:
    done = run("train", "xor", "--epochs", "2", "--quiet", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, "saved to runs/xor\n"), done.stderr
    assert os.listdir(tmp_path) == ["runs"]
