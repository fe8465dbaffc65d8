"""The log of a training in the folder of its model: no model, and never lost with one."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

import kerazoo
from kerazoo.saved import check_writable


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the log of a training that has not come to its end."""
    run = tmp_path / "run"
    (run / "logs" / "tensorboard").mkdir(parents=True)
    (run / "history.jsonl").write_text('{"epoch": 1}\n')
    (run / "logs" / "tensorboard" / "events").write_bytes(b"events")
    (run / "logs" / "latest").symlink_to("tensorboard")
    return run


def check_logs(folder: Path) -> None:
    assert (folder / "history.jsonl").read_text() == '{"epoch": 1}\n'
    assert (folder / "logs" / "latest" / "events").read_bytes() == b"events"
    assert (folder / "logs" / "latest").is_symlink()


@pytest.mark.parametrize("has_links", [True, False])
@pytest.mark.thorough
def test_logs_stay_when_a_model_is_saved(
    folder: Path, has_links: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not has_links:

        def refuse(*arguments: object) -> None:
            raise PermissionError("this file system has no links")

        monkeypatch.setattr(os, "link", refuse)
    model = kerazoo.build_xor()
    for _ in range(2):  # where no model is, and in place of one
        kerazoo.save_model(model, folder, name="xor")
        check_logs(folder)
    assert kerazoo.load_predictor(folder).predict([[0, 1]]).values.shape == (1, 1)


def test_who_writes_a_log_goes_on_with_it(folder: Path) -> None:
    with open(folder / "history.jsonl", "a") as file:
        kerazoo.save_model(kerazoo.build_xor(), folder, name="xor")
        file.write('{"epoch": 2}\n')
    assert (folder / "history.jsonl").read_text().count("\n") == 2


def test_logs_stay_when_saving_fails(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*arguments: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("kerazoo.saved.storage._put_in_place", fail)
    with pytest.raises(kerazoo.KerazooError, match="No space left on device"):
        kerazoo.save_model(kerazoo.build_xor(), folder, name="xor")
    check_logs(folder)


def test_anything_else_is_still_refused(folder: Path) -> None:
    (folder / "notes.txt").touch()
    with pytest.raises(kerazoo.KerazooError, match=r"holds 'notes.txt', which saving"):
        check_writable(folder, "xor")
    shutil.rmtree(folder / "logs")
    (folder / "notes.txt").unlink()
    assert check_writable(folder, "xor") == folder.resolve()
