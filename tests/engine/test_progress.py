"""The progress line of a terminal: whole values, in as many columns as there are."""

from __future__ import annotations

import pytest

from kerazoo.engine.progress import ProgressLine

LOGS = {
    "loss": 0.6027,
    "val_loss": 0.5122,
    "val_mean_absolute_percentage_error": 12.25,
    "val_root_mean_squared_error": 1.5,
}


@pytest.mark.parametrize(
    ("columns", "shown"),
    [
        (
            "200",
            "epoch 7/9  loss 0.6027  val_loss 0.5122  val_mean_absolute_percentage_error 12.25"
            "  val_root_mean_squared_error 1.5",
        ),
        ("80", "epoch 7/9  loss 0.6027  val_loss 0.5122  \u2026"),
        ("30", "epoch 7/9  loss 0.6027  \u2026"),
        ("20", "epoch 7/9  \u2026"),
    ],
)
def test_a_value_is_shown_whole_or_not_at_all(columns, shown, monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", columns)
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    line = ProgressLine(9)
    line.on_train_begin()
    line.on_epoch_end(6, LOGS)
    assert capsys.readouterr().out == f"\r\x1b[2K{shown}"
