"""Commands that are killed with SIGKILL leave nothing that is there after the next start."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import kerazoo

pytestmark = pytest.mark.thorough

# Names the moments: a process is killed just before or after it renames, links or makes a folder.
KILLED = """
import os, signal, sys
EVENTS = ("os.rename", "os.mkdir", "os.remove", "os.rmdir", "shutil.rmtree")
stop, seen, home = int(sys.argv.pop(1)), 0, os.getcwd()

def watch(event, arguments):
    global seen
    if event in EVENTS and str(arguments[0]).startswith(home):
        seen += 1
        if seen == stop:
            os.kill(os.getpid(), signal.SIGKILL)

sys.addaudithook(watch)
from kerazoo.cli import main
main()
"""


def run(*arguments: object, cwd: Path, stop: int = 0, delay: float | None = None) -> int:
    """Run a command that is killed at its n-th change of a folder, or after some seconds."""
    temporary = cwd / "tmp"
    temporary.mkdir(exist_ok=True)
    command = [sys.executable, "-c", KILLED, str(stop), *map(str, arguments)]
    environment = {**os.environ, "TMPDIR": str(temporary)}
    with subprocess.Popen(
        command, cwd=cwd, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    ) as process:
        if delay is not None:
            time.sleep(delay)
            process.send_signal(signal.SIGKILL)
        _, errors = process.communicate()
    # An export that was killed after its last step is whole, and is not replaced.
    is_done = process.returncode == 1 and b"exists already" in errors
    assert is_done or process.returncode in (0, -signal.SIGKILL), errors.decode()
    return process.returncode


def hidden(folder: Path) -> list[str]:
    return sorted(str(path) for path in folder.rglob(".*"))


def test_export_goes_on_where_it_was_killed(tmp_path: Path) -> None:
    kerazoo.save_model(kerazoo.build_xor(), tmp_path / "xor")
    for kind, name in (("litert", "x.tflite"), ("saved_model", "x")):
        killed, stop = 0, 1
        arguments = ("export", "xor", "--format", kind, "--output", name)
        while run(*arguments, cwd=tmp_path, stop=stop) < 0:
            killed, stop = killed + 1, stop + 1 + stop // 2
        assert killed >= 3
        assert (tmp_path / name).exists()
        assert hidden(tmp_path) == []
        assert os.listdir(tmp_path / "tmp") == []


def test_an_export_that_was_there_is_not_replaced(tmp_path: Path) -> None:
    path = kerazoo.save_model(kerazoo.build_xor(), tmp_path / "xor")
    (tmp_path / "mine.tflite").write_text("mine")
    options = {"cwd": tmp_path, "capture_output": True, "text": True, "check": False}
    command = [sys.executable, "-m", "kerazoo", "export", str(path), "--format", "litert"]
    done = subprocess.run([*command, "--output", "mine.tflite"], **options)
    assert done.returncode == 1
    assert "exists already" in done.stderr
    assert (tmp_path / "mine.tflite").read_text() == "mine"


def test_training_leaves_nothing_beside_what_it_saved(tmp_path: Path) -> None:
    arguments = ("train", "xor", "--epochs", "3", "--quiet", "--force")
    killed, stop = 0, 1
    while run(*arguments, cwd=tmp_path, stop=stop) < 0:
        killed, stop = killed + 1, stop + 1 + stop // 2
    assert killed >= 3
    assert hidden(tmp_path) == []
    assert os.listdir(tmp_path / "tmp") == []
    assert os.listdir(tmp_path / "runs") == ["xor"]
    kerazoo.load_model(tmp_path / "runs" / "xor")


def test_predicting_leaves_nothing_beside_what_it_wrote(tmp_path: Path) -> None:
    splits = kerazoo.load_dataset("xor")
    kerazoo.save_model(kerazoo.build_xor(), tmp_path / "xor", splits=splits)
    header = ",".join(splits.feature_names)
    (tmp_path / "in.csv").write_text(header + "\n" + "0,1\n" * 400_000)
    moments = random.Random(0)
    arguments = ("predict", "xor", "in.csv", "--output", "out.csv", "--force")
    for _ in range(5):
        run(*arguments, cwd=tmp_path, delay=moments.uniform(0.5, 2))
    assert run(*arguments, cwd=tmp_path) == 0
    assert hidden(tmp_path) == []
    assert os.listdir(tmp_path / "tmp") == []
