"""The log of a training: a line for each epoch in its folder, and trackers that are told."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

import kerazoo
from kerazoo.engine.epoch_logger import EpochValues
from kerazoo.experiments import trackers
from kerazoo.experiments.run import build
from kerazoo.experiments.stages import Stages
from kerazoo.experiments.trackers import Training, check_trackers, open_tracker, where_to_look
from kerazoo.experiments.tracking import HistoryFile, RunLog

TRAINING = Training("xor", 0, {"epochs": 2})


def lines(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "history.jsonl").read_text().splitlines()]


def short(epochs: int = 30) -> kerazoo.Recipe:
    return dataclasses.replace(kerazoo.load_recipe("xor", "documented"), epochs=epochs)


def test_every_epoch_is_a_line(tmp_path: Path) -> None:
    run = kerazoo.train("xor", recipe=short(), seed=3, out=tmp_path / "model")
    found = lines(tmp_path / "model")
    assert [row["epoch"] for row in found] == list(range(1, 31))
    for name, values in run.history.items():
        assert [row[name] for row in found] == values
    assert all(row["seed"] == 3 and row["seconds"] > 0 for row in found)
    rate = float(run.model.optimizer.learning_rate)
    assert {row["learning_rate"] for row in found} == {rate}
    assert kerazoo.load_model(tmp_path / "model").get_layer("hidden").units == 2


@pytest.mark.thorough
def test_the_lines_of_an_older_training_are_set_aside(tmp_path: Path) -> None:
    kerazoo.train("xor", recipe=short(5), out=tmp_path / "model")
    before = (tmp_path / "model" / "history.jsonl").read_bytes()
    kerazoo.train("xor", recipe=short(3), out=tmp_path / "model")
    assert len(lines(tmp_path / "model")) == 3
    (older,) = (tmp_path / "model" / "logs").iterdir()
    assert older.read_bytes() == before


def test_nothing_is_written_where_no_folder_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    kerazoo.train("xor", recipe=short(2))
    assert list(tmp_path.iterdir()) == []


def epochs(first: int, last: int, **values: Any) -> list[EpochValues]:
    return [EpochValues(number, {"loss": 1.0, **values}) for number in range(first - 1, last)]


def resumed(folder: Path) -> RunLog:
    return RunLog(HistoryFile(folder, 0, begins=False, resume=True))


def test_a_resumed_training_notes_no_epoch_twice(tmp_path: Path) -> None:
    told = Told()
    RunLog(HistoryFile(tmp_path, 0, begins=True, resume=False)).write(epochs(1, 7))
    with open(tmp_path / "history.jsonl", "a") as file:
        file.write('{"seed": 0, "epoch": 8, "lo')  # a full disk left it
    log = resumed(tmp_path)
    log.trackers["one"] = told
    log.write(epochs(5, 7))  # the checkpoint was of epoch 4
    log.write(epochs(8, 9))
    assert [row["epoch"] for row in lines(tmp_path)] == list(range(1, 10))
    assert told.epochs == [8, 9]


def test_seeds_have_lines_of_their_own(tmp_path: Path) -> None:
    for seed in (0, 1):
        RunLog(HistoryFile(tmp_path, seed, begins=False, resume=True)).write(epochs(1, 2))
    found = [(row["seed"], row["epoch"]) for row in lines(tmp_path)]
    assert found == [(0, 1), (0, 2), (1, 1), (1, 2)]


def test_values_that_json_does_not_know(tmp_path: Path) -> None:
    values = {"val_loss": float("nan"), "per_class": np.array([0.5, np.inf])}
    resumed(tmp_path).write(epochs(1, 1, **values))
    (row,) = lines(tmp_path)
    assert (row["val_loss"], row["per_class"]) == (None, [0.5, None])


def test_epochs_count_on_over_stages(tmp_path: Path) -> None:
    recipe, splits = short(4), kerazoo.load_dataset("xor")
    log = resumed(tmp_path)
    stages = Stages(recipe, 0, [log], 0, checkpoint=None, resume=False, fingerprint="")
    model = build("xor", recipe, 0)
    for count in (4, 3):
        stages.compile(model)
        stages.fit(model, splits.train, splits.validation, epochs=count)
    assert [row["epoch"] for row in lines(tmp_path)] == list(range(1, 8))
    assert [row["loss"] for row in lines(tmp_path)] == stages.history["loss"]


class Told:
    """A tracker that remembers what it is told."""

    made: list[Told] = []  # noqa: RUF012 (set anew by each test)

    def __init__(self, logs: Path | None = None, training: Any = None, before: str = "") -> None:
        self.identity = before or "first"
        self.epochs: list[int] = []
        self.calls = 0
        self.state = ""
        self.scores: Mapping[str, float] = {}
        Told.made.append(self)

    def add(self, epochs: Sequence[EpochValues]) -> None:
        self.calls += 1
        self.epochs += [one.epoch for one in epochs]

    def end(self, scores: Mapping[str, float], state: str) -> None:
        self.scores, self.state = scores, state


class Breaks(Told):
    """A tracker whose server goes away."""

    def add(self, epochs: Sequence[EpochValues]) -> None:
        raise ConnectionError("the server\nis gone")


@pytest.fixture
def own_trackers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Trackers with the names of libraries that are there, and of one that is not."""
    kinds = {"json": Told, "csv": Breaks, "no_such_library": Told}
    monkeypatch.setattr(trackers, "TRACKERS", kinds)
    monkeypatch.setattr(Told, "made", [])


@pytest.mark.usefixtures("own_trackers")
def test_a_tracker_is_told_after_calls_of_many_epochs(tmp_path: Path) -> None:
    run = kerazoo.train("xor", recipe=short(100), out=tmp_path / "model", log="json")
    (told,) = Told.made
    assert told.epochs == list(range(1, 101))
    assert told.calls < 10
    assert (told.state, told.scores) == ("finished", run.metrics)
    assert (tmp_path / "model" / "logs" / "json-seed0.txt").read_text() == "first\n"


@pytest.mark.usefixtures("own_trackers")
def test_without_a_model_logs_go_where_its_own_would(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    kerazoo.train("xor", recipe=short(2), log=["json"])
    assert len(lines(tmp_path / "runs" / "xor")) == 2


@pytest.mark.usefixtures("own_trackers")
def test_a_tracker_that_breaks_ends_no_training(tmp_path: Path) -> None:
    with pytest.warns(UserWarning, match="csv is told no more: the server is gone. The training"):
        run = kerazoo.train("xor", recipe=short(9), out=tmp_path / "m", log=["csv", "json"])
    assert len(run.history["loss"]) == 9
    assert Told.made[1].epochs == list(range(1, 10))
    assert Told.made[0].state == ""


@pytest.mark.usefixtures("own_trackers")
def test_a_tracker_is_told_how_it_ended(tmp_path: Path) -> None:
    def stop_by(error: type[BaseException]) -> keras.callbacks.Callback:
        def stop(epoch: int, logs: Any) -> None:
            raise error

        return keras.callbacks.LambdaCallback(on_epoch_end=stop)

    options: dict[str, Any] = {"recipe": short(9), "log": "json", "log_dir": tmp_path}
    assert kerazoo.train("xor", callbacks=[stop_by(KeyboardInterrupt)], **options).interrupted
    with pytest.raises(ValueError, match=r"^$"):
        kerazoo.train("xor", callbacks=[stop_by(ValueError)], **options)
    assert [told.state for told in Told.made] == ["interrupted", "failed"]


@pytest.mark.usefixtures("own_trackers")
def test_what_cannot_be_told_is_said_before_the_training(tmp_path: Path) -> None:
    with pytest.raises(kerazoo.KerazooError) as caught:
        kerazoo.train("xor", out=tmp_path / "m", log=["json", "no_such_library"])
    said = "no_such_library is not installed. Install it: pip install 'kerazoo[no_such_library]'."
    assert str(caught.value) == said
    with pytest.raises(kerazoo.UnknownName, match=r"unknown tracker 'jso'. Did you mean 'json'"):
        kerazoo.train("xor", out=tmp_path / "m", log="jso")
    assert not (tmp_path / "m").exists()


def test_a_history_that_cannot_be_written_ends_no_training(tmp_path: Path) -> None:
    (tmp_path / "history.jsonl").mkdir()
    log = RunLog(HistoryFile(tmp_path, 0, begins=True, resume=False))
    with pytest.warns(UserWarning, match="history.jsonl gets no more lines: Is a directory"):
        log.write(epochs(1, 2))
    log.write(epochs(3, 4))


def test_tensorboard_gets_epochs_and_the_test_part(tmp_path: Path) -> None:
    tracker = open_tracker("tensorboard", tmp_path, TRAINING, resume=False)
    tracker.add(epochs(2, 3, val_loss=0.25))
    tracker.end({"loss": 0.5}, "finished")
    again = open_tracker("tensorboard", tmp_path, TRAINING, resume=True)
    again.add(epochs(4, 4))
    again.end({}, "interrupted")
    (folder,) = (tmp_path / "tensorboard").iterdir()
    found = set()
    for path in sorted(folder.rglob("events.*")):
        for record in tf.data.TFRecordDataset(str(path)):
            event = tf.compat.v1.Event.FromString(record.numpy())
            for one in event.summary.value:
                found.add((path.parent.name, one.tag, event.step, one.tensor.float_val[0]))
    assert found == {
        ("train", "epoch_loss", 1, 1.0),
        ("train", "epoch_loss", 2, 1.0),
        ("train", "epoch_loss", 3, 1.0),
        ("validation", "epoch_loss", 1, 0.25),
        ("validation", "epoch_loss", 2, 0.25),
        ("test", "epoch_loss", 2, 0.5),
    }
    assert (
        where_to_look("tensorboard", Path("a b")) == "tensorboard --logdir 'a b/logs/tensorboard'"
    )


@pytest.mark.thorough  # its database takes seconds to be made
def test_mlflow_gets_a_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    mlflow = pytest.importorskip("mlflow", reason="mlflow is not installed: pip install mlflow")
    tracker = open_tracker("mlflow", tmp_path, TRAINING, resume=False)
    tracker.add(epochs(1, 2))
    tracker.end({}, "interrupted")
    again = open_tracker("mlflow", tmp_path, TRAINING, resume=True)
    again.add(epochs(3, 3))
    again.end({"loss": 0.5}, "finished")
    client = mlflow.MlflowClient(f"sqlite:///{tmp_path}/mlflow/mlflow.db")
    experiment = client.get_experiment_by_name("xor")
    (run,) = client.search_runs([experiment.experiment_id])
    assert run.info.status == "FINISHED"
    assert run.data.metrics["test_loss"] == 0.5
    assert run.data.params == {"epochs": "2", "seed": "0"}
    steps = [one.step for one in client.get_metric_history(run.info.run_id, "loss")]
    assert steps == [0, 1, 2]


def test_wandb_gets_a_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wandb = pytest.importorskip("wandb", reason="wandb is not installed: pip install wandb")
    for name in ("WANDB_MODE", "WANDB_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    with pytest.raises(kerazoo.KerazooError, match=r"wandb is not logged in\. Call wandb login"):
        open_tracker("wandb", tmp_path, TRAINING, resume=False)
    monkeypatch.setenv("WANDB_MODE", "offline")
    tracker = open_tracker("wandb", tmp_path, TRAINING, resume=False)
    assert wandb.run is not None
    tracker.add(epochs(1, 2))
    tracker.end({"loss": 0.5}, "finished")
    assert wandb.run is None
    assert list((tmp_path / "wandb").glob("offline-run-*/run-*.wandb"))


def test_a_tracker_that_cannot_begin_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*arguments: object) -> None:
        raise RuntimeError("the server\nsays no.")

    monkeypatch.setattr(trackers, "TRACKERS", {"json": fails})
    with pytest.raises(kerazoo.KerazooError) as caught:
        open_tracker("json", tmp_path, TRAINING, resume=False)
    said = "json cannot begin: the server says no. Mend that, or leave json out."
    assert str(caught.value) == said
    assert check_trackers(["json", "json"]) == ["json"]
