"""The log of a training: `history.jsonl` in its folder, and trackers that are told of each epoch.

A line of `history.jsonl` is an epoch, numbered from 1 over all stages of a training. It is written
in one piece, so whoever is killed leaves whole lines. A resumed training computes the same epochs
again that came after its checkpoint: what has been noted is not noted twice, here or elsewhere.
"""

from __future__ import annotations

import contextlib
import json
import math
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from kerazoo._files import make_folder
from kerazoo._notes import warn_user
from kerazoo.engine.epoch_logger import EpochLogger, EpochValues
from kerazoo.experiments.trackers import Tracker, Training, open_tracker
from kerazoo.recipe import Recipe
from kerazoo.saved.storage import HISTORY_FILE, LOGS_FOLDER


class HistoryFile:
    """`history.jsonl`: a line for each epoch of one training, or of several seeds in turn.

    Args:
        folder: where it is, or is to be; both are made when there is a first line.
        seed: what is trained now.
        begins: whether the training is a new one: then the file of an older one is set aside.
            Otherwise lines are added.
        resume: whether the training goes on: then `last` is the last epoch that is noted.
    """

    def __init__(self, folder: Path, seed: int, *, begins: bool, resume: bool) -> None:
        self.path = folder / HISTORY_FILE
        self.seed = seed
        self.last = 0
        self._begins = begins
        if not begins:
            noted = self._mend()
            self.last = noted if resume else 0

    def add(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Add lines, all of them in one piece.

        Raises:
            OSError: if they cannot be written.
        """
        if self._begins:
            set_history_aside(self.path.parent)
            self._begins = False
        self.path.parent.mkdir(parents=True, exist_ok=True)
        text = "".join(json.dumps({"seed": self.seed, **row}) + "\n" for row in rows)
        descriptor = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o666)
        try:
            left = memoryview(text.encode())
            while left:
                left = left[os.write(descriptor, left) :]
        finally:
            os.close(descriptor)
        self.last = max(self.last, *(row["epoch"] for row in rows))

    def _mend(self) -> int:
        """Cut off half a line, which a full disk leaves; return the last epoch that is noted."""
        if not self.path.exists():
            return 0
        content = self.path.read_bytes()
        whole = content.rfind(b"\n") + 1
        if whole < len(content):
            os.truncate(self.path, whole)
        last = 0
        for line in content[:whole].splitlines():
            with contextlib.suppress(ValueError, TypeError, KeyError, AttributeError):
                row = json.loads(line)
                if row.get("seed") == self.seed:
                    last = max(last, int(row["epoch"]))
        return last


def set_history_aside(folder: Path) -> None:
    """Put the history of an older training into the folder of logs, where it is in nobody's way."""
    path = folder / HISTORY_FILE
    if path.is_file():
        stamp = time.strftime("%Y%m%d-%H%M%S", time.localtime(path.stat().st_mtime))
        logs = make_folder(folder / LOGS_FOLDER)
        os.replace(path, logs / f"history-{stamp}.jsonl")


class RunLog(EpochLogger):
    """Writes the history of a run, and tells its trackers of each epoch.

    What cannot be written any more is given up with a warning: it must not end a training.

    Args:
        history: where each epoch becomes a line.
    """

    def __init__(self, history: HistoryFile) -> None:
        super().__init__()
        self.history = history
        self.scores: Mapping[str, float] = {}
        self.was_interrupted = False
        self.trackers: dict[str, Tracker] = {}
        self._is_writable = True
        self._before = 0  # epochs of the stages that have ended

    def on_train_end(self, logs: Mapping[str, Any] | None = None) -> None:
        self._before += len(self.model.history.epoch)

    def write(self, epochs: Sequence[EpochValues]) -> None:
        noted = self.history.last
        new = [
            EpochValues(**{**vars(one), "epoch": one.epoch + self._before + 1}) for one in epochs
        ]
        new = [one for one in new if one.epoch > noted]
        if new and self._is_writable:
            try:
                self.history.add([_row(one) for one in new])
            except OSError as error:
                self._is_writable = False
                self.history.last = new[-1].epoch
                warn_user(
                    f"{self.history.path} gets no more lines: {error.strerror or error}. The "
                    "training goes on."
                )
        if new:
            self._tell(lambda tracker: tracker.add(new))

    def end(self, *, has_failed: bool = False) -> None:
        """Tell trackers what was reached on the test part, and how the training ended."""
        scores = {} if has_failed else self.scores
        state = "failed" if has_failed else "interrupted" if self.was_interrupted else "finished"
        self._tell(lambda tracker: tracker.end(scores, state))

    def _tell(self, what: Any) -> None:
        for name, tracker in list(self.trackers.items()):
            try:
                what(tracker)
            except Exception as error:  # whatever goes wrong in a library, or on its server
                del self.trackers[name]
                message = " ".join(str(error).split())
                warn_user(f"{name} is told no more: {message}. The training goes on.")


@contextlib.contextmanager
def logging_to(
    folder: Path | None, training: Training, names: Sequence[str], *, resume: bool, begins: bool
) -> Iterator[RunLog | None]:
    """Give the log of a training, which ends with the block.

    Args:
        folder: where it is written; nothing is without it.
        training: what trackers say of it.
        names: which trackers are told.
        resume: whether it goes on.
        begins: whether what is in the folder is of an older training.

    Raises:
        KerazooError: if a tracker cannot begin, or nothing can be written.
    """
    if folder is None:
        yield None
        return
    log = RunLog(HistoryFile(folder, training.seed, begins=begins, resume=resume))
    try:
        for name in names:
            logs = make_folder(folder / LOGS_FOLDER)
            log.trackers[name] = open_tracker(name, logs, training, resume=resume)
        yield log
    except BaseException:
        log.end(has_failed=True)
        raise
    log.end()


def settings_of(variant: str, recipe: Recipe) -> dict[str, Any]:
    """Return what a tracker shows of how a network is trained."""
    return {
        "variant": variant,
        "dataset": recipe.dataset,
        "experiment": recipe.experiment,
        "epochs": recipe.epochs,
        "batch_size": recipe.batch_size,
        "optimizer": json.dumps(recipe.optimizer),
        "recipe": recipe.hash(),
    }


def _row(epoch: EpochValues) -> dict[str, Any]:
    """Return what a line says of an epoch. JSON knows no NaN: it becomes null."""
    values = {**epoch.values, **epoch.rates, **epoch.values}  # a callback's own rate counts
    return {
        "epoch": epoch.epoch,
        **{name: _plain(value) for name, value in values.items()},
        "seconds": round(epoch.seconds, 6),
    }


def _plain(value: Any) -> Any:
    value = value.tolist() if hasattr(value, "tolist") else value
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return float(value) if math.isfinite(value) else None
