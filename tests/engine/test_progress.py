"""What is shown of epochs: a bar on a terminal, lines in a file, the time that is left."""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import pytest

from kerazoo._progress import columns_of, is_terminal, lay_out
from kerazoo.engine.fit import fit_model
from kerazoo.engine.progress import ProgressLine
from tests.engine import small_networks as networks

LOGS = {
    "loss": 0.6027,
    "val_loss": 0.5122,
    "val_mean_absolute_percentage_error": 12.25,
    "val_root_mean_squared_error": 1.5,
}


class Clock:
    """Seconds that pass when they are told to."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 1000.0
        monkeypatch.setattr("time.monotonic", lambda: self.now)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


def open_terminal(columns: int) -> tuple[int, int]:
    pty = pytest.importorskip("pty", reason="no pseudo terminals on this system")
    termios = pytest.importorskip("termios", reason="no pseudo terminals on this system")
    near, far = pty.openpty()
    termios.tcsetwinsize(far, (24, columns))
    return near, far


def begun(line: ProgressLine, epochs: int, epoch: int = 0) -> ProgressLine:
    line.set_params({"epochs": epochs})
    line.on_train_begin()
    line.on_epoch_begin(epoch)
    return line


@pytest.mark.parametrize(
    ("columns", "shown"),
    [
        (
            "200",
            "epoch 7/9 |###############     |  3.0 s  loss 0.6027  val_loss 0.5122"
            "  val_mean_absolute_percentage_error 12.25  val_root_mean_squared_error 1.5",
        ),
        ("80", "epoch 7/9 |#######   |  3.0 s  loss 0.6027  val_loss 0.5122  \u2026"),
        ("50", "epoch 7/9  3.0 s  loss 0.6027  val_loss 0.5122  \u2026"),
        ("30", "epoch 7/9  3.0 s  \u2026"),
        ("20", "epoch 7/9  3.0 s  \u2026"),
        ("8", "epoch 7"),
    ],
)
def test_a_value_is_shown_whole_or_not_at_all(
    columns: str,
    shown: str,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    line = begun(ProgressLine(9), 9)
    clock.now += 3
    line.on_epoch_end(6, LOGS)
    assert capsys.readouterr().out == f"\r\x1b[2K{shown}"
    line.close()
    assert capsys.readouterr().out == "\n"


def test_wide_letters_count_twice() -> None:
    assert lay_out("epoch 1/2", ["1 s", "정확도 0.5"], share=0.5, width=27) == (
        "epoch 1/2  1 s  정확도 0.5"
    )
    assert (
        lay_out("epoch 1/2", ["1 s", "정확도 0.5"], share=0.5, width=25) == "epoch 1/2  1 s  \u2026"
    )


def test_the_terminal_counts_and_not_another_stream(monkeypatch: pytest.MonkeyPatch) -> None:
    near, far = open_terminal(61)
    with open(far, "w") as stream:
        for told in ("", "many", "-1"):
            monkeypatch.setenv("COLUMNS", told)
            assert columns_of(stream) == 60
        monkeypatch.setenv("TERM", "xterm")
        assert is_terminal(stream)
        monkeypatch.setenv("TERM", "dumb")  # which can go back in no line
        assert not is_terminal(stream)
    os.close(near)


def test_the_time_left_does_not_count_the_compilation(clock: Clock) -> None:
    line = begun(ProgressLine(), 103)
    clock.now += 4  # of which most compiles
    line.on_epoch_end(0, {})
    assert line.log_line() == "epoch 1/103  4.0 s"
    line.params["epochs_at_once"] = 2
    line.on_epoch_begin(1)
    clock.now += 1
    line.on_epoch_end(1, {})
    assert "left" not in line.log_line()  # the second of the two is not told yet
    line.on_epoch_end(2, {})
    assert line.log_line() == "epoch 3/103  5.0 s, 50 s left"


def test_a_resumed_training_counts_its_own_epochs(clock: Clock) -> None:
    line = begun(ProgressLine(), 100, epoch=90)
    clock.now += 20
    line.on_epoch_end(90, {})
    assert line.log_line() == "epoch 91/100  20 s, 03:00 left"


def test_within_a_long_epoch_a_clock_goes_on(clock: Clock) -> None:
    line = begun(ProgressLine(), 4)
    clock.now += 30
    line.on_epoch_end(0, {"loss": 1.0})
    line.on_epoch_begin(1)
    clock.now += 30
    line.on_epoch_end(1, {"loss": 0.5})
    line.on_epoch_begin(2)
    clock.now += 7
    assert (
        line.line(79)
        == "epoch 2/4 |##########          |  53 s left  (epoch 3: 7 of 30 s)  loss 0.5"
    )


@pytest.mark.parametrize(
    ("epochs", "seconds", "lines"),
    [(3, 0.01, 3), (50, 0.01, 50), (2000, 0.001, 3), (2000, 1.0, 51)],
)
def test_a_log_of_many_epochs_is_short(
    epochs: int, seconds: float, lines: int, clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    line = begun(ProgressLine(), epochs)
    for epoch in range(epochs):
        line.on_epoch_begin(epoch)
        clock.now += seconds
        line.on_epoch_end(epoch, {"loss": 0.5})
    line.on_train_end()
    printed = capsys.readouterr().out.splitlines()
    assert len(printed) == lines
    assert printed[0].startswith(f"epoch 1/{epochs}  ")
    assert printed[-1].startswith(f"epoch {epochs}/{epochs}  ")


def count_calls(**options: Any) -> int:
    """Return in how many calls 64 epochs ran."""
    begins: list[int] = []

    class Counts(keras.callbacks.Callback):
        reads_values_only = True

        def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
            begins.append(epoch)

    counts = Counts()
    callbacks = [counts, *options.pop("callbacks", [])]
    fit_model(networks.dense(), networks.rows(), epochs=64, callbacks=callbacks, **options)
    return len(begins)


def test_a_bar_leaves_many_epochs_in_a_call(capsys: pytest.CaptureFixture[str]) -> None:
    assert count_calls(verbose=1) < 10
    assert count_calls(verbose=0, callbacks=[ProgressLine()]) < 10
    assert count_calls(verbose=0, callbacks=[keras.callbacks.LambdaCallback(print, print)]) == 64


def test_one_display_is_enough(capsys: pytest.CaptureFixture[str]) -> None:
    for engine in ("resident", "keras"):
        fit_model(
            networks.dense(),
            networks.rows(),
            epochs=2,
            verbose=1,
            engine=engine,
            callbacks=[ProgressLine()],
        )
        lines = capsys.readouterr().out.splitlines()
        assert [line.split("  ")[0] for line in lines] == ["epoch 1/2", "epoch 2/2"]


def test_an_error_leaves_a_clean_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(epoch: int, logs: Any) -> None:
        raise ValueError("it fails")

    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    for engine in ("resident", "keras"):
        line = ProgressLine()
        with pytest.raises(ValueError, match="it fails"):
            fit_model(
                networks.dense(),
                networks.rows(),
                verbose=0,
                engine=engine,
                callbacks=[line, keras.callbacks.LambdaCallback(on_epoch_end=fail)],
            )
        assert capsys.readouterr().out.endswith("\n")
        assert line._ticker is None


CODE = """
import signal
import sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # a background run ignores it
from kerazoo.cli import main
sys.argv = ["kerazoo", *sys.argv[1:]]
main()
"""


def on_terminal(columns: int, *arguments: str, cwd: Path, act: Callable[[Any, str], None]) -> str:
    """Run the command line on a terminal, and return all that it writes there."""
    terminal, other_end = open_terminal(columns)
    environment = {k: v for k, v in os.environ.items() if k != "COLUMNS"} | {"TERM": "xterm"}
    process = subprocess.Popen(
        [sys.executable, "-c", CODE, *arguments],
        stdin=other_end,
        stdout=other_end,
        stderr=other_end,
        cwd=cwd,
        env=environment,
        start_new_session=True,
    )
    os.close(other_end)
    shown = ""
    with contextlib.suppress(OSError), open(terminal, "rb", buffering=0) as stream:
        while piece := stream.read(2**16):
            shown += piece.decode()
            act(process, shown)
    process.wait(timeout=60)
    return shown.replace("\r\n", "\n")


@pytest.mark.thorough
def test_a_training_on_a_terminal_is_interrupted(tmp_path: Path) -> None:
    """Nothing is wider than the terminal, and what Ctrl-C says has lines of its own."""
    sent: list[int] = []

    def press(process: Any, shown: str) -> None:
        if " left" in shown and not sent:
            sent.append(1)
            process.send_signal(2)

    shown = on_terminal(
        70, "train", "boston", "--epochs", "4000", "--batch-size", "1", cwd=tmp_path, act=press
    )
    bars = re.findall(r"\r\x1b\[2K([^\r\n]*)", shown)
    assert max(map(len, bars)) <= 69
    assert any(re.match(r"epoch \d+/4000 \|#* *\|  [\d:.]+( s)? left  loss ", bar) for bar in bars)
    assert "\nstopping after this epoch; Ctrl-C again stops at once\n" in shown
    assert "\nerror: interrupted after" in shown
    assert shown.endswith("\n")
