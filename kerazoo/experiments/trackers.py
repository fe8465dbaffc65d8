"""Trackers of trainings: TensorBoard, MLflow, Weights & Biases. They are told of epochs alone.

What they write lies in the folder `logs` of a run, but for servers that a user has set up. None of
them stops the compiled program: it runs many epochs in a call, and they are told after it.
"""

from __future__ import annotations

import importlib.util
import logging
import os
import secrets
import shlex
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol

from kerazoo._wording import agree
from kerazoo.engine.epoch_logger import EpochValues, write_events
from kerazoo.engine.event_file import EventFile
from kerazoo.errors import KerazooError, unknown_name
from kerazoo.saved.storage import LOGS_FOLDER

State = Literal["finished", "interrupted", "failed"]

_MOST_AT_ONCE = 1000  # metrics that MLflow takes in one call


@dataclass(frozen=True)
class Training:
    """What a tracker says of a training.

    Args:
        name: the network.
        seed: what it starts from.
        settings: how it is trained.
    """

    name: str
    seed: int
    settings: Mapping[str, Any]


class Tracker(Protocol):
    """What is told of epochs, and at the end of the test part."""

    def add(self, epochs: Sequence[EpochValues]) -> None:
        """Note epochs, numbered from 1."""

    def end(self, scores: Mapping[str, float], state: State) -> None:
        """Note what was reached on the test part, if anything, and end."""


def check_trackers(names: str | Sequence[str]) -> list[str]:
    """Return the names of trackers as a list, each of them once.

    Raises:
        UnknownName: if there is no such tracker.
        KerazooError: if its library is not installed.

    Example:
        >>> check_trackers("tensorbord")
        Traceback (most recent call last):
        kerazoo.errors.UnknownName: unknown tracker 'tensorbord'. Did you mean 'tensorboard'...
    """
    chosen = list(dict.fromkeys([names] if isinstance(names, str) else names))
    for name in chosen:
        if name not in TRACKERS:
            raise unknown_name("tracker", name, TRACKERS)
    missing = [name for name in chosen if importlib.util.find_spec(name) is None]
    if missing:
        raise KerazooError(
            f"{' and '.join(missing)} {agree(len(missing), 'is', 'are')} not installed. Install "
            f"{agree(len(missing), 'it', 'them')}: pip install 'kerazoo[{','.join(missing)}]'."
        )
    return chosen


def open_tracker(name: str, logs: Path, training: Training, *, resume: bool) -> Tracker:
    """Let a tracker begin.

    Args:
        name: one of `TRACKERS`.
        logs: the folder of logs, which exists.
        training: what is tracked.
        resume: whether it goes on with what it tracked before in that folder, for that seed.

    Raises:
        KerazooError: if it cannot.
    """
    marker = logs / f"{name}-seed{training.seed}.txt"
    before = marker.read_text(encoding="utf-8").strip() if resume and marker.exists() else ""
    try:
        tracker = TRACKERS[name](logs, training, before)
        marker.write_text(tracker.identity + "\n", encoding="utf-8")
    except KerazooError:
        raise
    except Exception as error:  # of a library, its files or its server
        message = " ".join(str(error).split()).rstrip(".")
        raise KerazooError(
            f"{name} cannot begin: {message}. Mend that, or leave {name} out."
        ) from error
    return tracker


def where_to_look(name: str, folder: Path) -> str:
    """Return the command that shows what a tracker has noted.

    Args:
        name: one of `TRACKERS`.
        folder: the folder of the run.
    """
    logs = folder / LOGS_FOLDER
    if name == "tensorboard":
        return f"tensorboard --logdir {shlex.quote(str(logs / 'tensorboard'))}"
    if name == "mlflow":
        return f"mlflow ui --backend-store-uri {shlex.quote(_mlflow_uri(logs))}"
    if os.environ.get("WANDB_MODE") == "offline":
        return f"wandb sync {shlex.quote(str(logs / 'wandb'))}/offline-run-*"
    return "https://wandb.ai"


class _TensorBoard:
    """Event files as Keras' own callback writes them, and the test part as a third run."""

    def __init__(self, logs: Path, training: Training, before: str) -> None:
        self.identity = before or f"{time.strftime('%Y%m%d-%H%M%S')}-seed{training.seed}"
        self._folder = str(logs / "tensorboard" / self.identity)
        self._files: dict[str, EventFile] = {}
        self._last = 0

    def add(self, epochs: Sequence[EpochValues]) -> None:
        self._last = epochs[-1].epoch
        write_events(self._files, self._folder, epochs)

    def end(self, scores: Mapping[str, float], state: State) -> None:
        if scores:
            file = self._files.setdefault("test", EventFile(self._folder, "test"))
            values = {f"epoch_{name}": value for name, value in scores.items()}
            file.add(self._last, values, time.time())
        for file in self._files.values():
            file.close()


class _MLflow:
    """A run of MLflow: on the server that is set, in the run that is active, or in a file here."""

    def __init__(self, logs: Path, training: Training, before: str) -> None:
        import mlflow
        from mlflow.entities import Param

        for talkative in ("mlflow", "mlflow.store.db.utils", "alembic"):
            logging.getLogger(talkative).setLevel(logging.WARNING)
        (logs / "mlflow").mkdir(exist_ok=True)
        active = mlflow.active_run()
        uri = mlflow.get_tracking_uri() if active else _mlflow_uri(logs)
        self._client = mlflow.MlflowClient(tracking_uri=uri)
        self._is_ours = active is None
        if active is not None:
            self.identity = str(active.info.run_id)
        else:
            self.identity = before or self._begin(training)
        if not before:
            named = {**training.settings, "seed": training.seed}
            parameters = [Param(name, str(value)) for name, value in named.items()]
            self._client.log_batch(self.identity, params=parameters)

    def _begin(self, training: Training) -> str:
        experiment = self._client.get_experiment_by_name(training.name)
        number = experiment.experiment_id if experiment else None
        if number is None:
            number = self._client.create_experiment(training.name)
        run = self._client.create_run(number, run_name=f"{training.name} seed {training.seed}")
        return str(run.info.run_id)

    def add(self, epochs: Sequence[EpochValues]) -> None:
        from mlflow.entities import Metric

        metrics = [
            Metric(name, value, int(1000 * one.ended), one.epoch)
            for one in epochs
            for name, value in _numbers(one).items()
        ]
        for start in range(0, len(metrics), _MOST_AT_ONCE):
            self._client.log_batch(self.identity, metrics=metrics[start : start + _MOST_AT_ONCE])

    def end(self, scores: Mapping[str, float], state: State) -> None:
        for name, value in scores.items():
            self._client.log_metric(self.identity, f"test_{name}", value)
        if self._is_ours:
            states = {"finished": "FINISHED", "interrupted": "KILLED", "failed": "FAILED"}
            self._client.set_terminated(self.identity, states[state])


class _Wandb:
    """A run of Weights & Biases: the one that is active, or one of its own."""

    def __init__(self, logs: Path, training: Training, before: str) -> None:
        import wandb

        self._is_ours = wandb.run is None
        self._run = wandb.run or self._begin(logs, training, before)
        self.identity = str(self._run.id)

    def _begin(self, logs: Path, training: Training, before: str) -> Any:
        import wandb

        # Otherwise it would wait for a key to be typed, where nobody may see the question.
        mode = os.environ.get("WANDB_MODE") or None
        try:
            if mode not in ("offline", "disabled") and not wandb.login(prompt=False):
                raise wandb.errors.UsageError("there is no key")
            return wandb.init(
                project=training.name,
                name=f"{training.name} seed {training.seed}",
                id=before or secrets.token_hex(4),
                dir=str(logs),
                mode=mode,  # wandb itself reads it when it is imported
                config={**training.settings, "seed": training.seed},
                resume="allow",
                settings=wandb.Settings(silent=True),
            )
        except wandb.errors.UsageError as error:
            raise KerazooError(
                "wandb is not logged in. Call wandb login, or set WANDB_MODE=offline to write "
                "files only."
            ) from error

    def add(self, epochs: Sequence[EpochValues]) -> None:
        for one in epochs:
            self._run.log(_numbers(one), step=one.epoch if self._is_ours else None)

    def end(self, scores: Mapping[str, float], state: State) -> None:
        self._run.summary.update({f"test_{name}": value for name, value in scores.items()})
        if self._is_ours:
            self._run.finish(exit_code=0 if state == "finished" else 1)


TRACKERS: dict[str, Callable[[Path, Training, str], Any]] = {
    "tensorboard": _TensorBoard,
    "mlflow": _MLflow,
    "wandb": _Wandb,
}


def _mlflow_uri(logs: Path) -> str:
    """Return where MLflow keeps runs: where a user has told it, or a file among the logs."""
    import mlflow

    if mlflow.is_tracking_uri_set():
        return str(mlflow.get_tracking_uri())
    return f"sqlite:///{(logs / 'mlflow' / 'mlflow.db').absolute()}"


def _numbers(epoch: EpochValues) -> dict[str, float]:
    values = {**epoch.rates, **epoch.values, "seconds": epoch.seconds}
    return {name: float(value) for name, value in values.items() if getattr(value, "ndim", 0) == 0}
