"""A training in a thread of its own: it plays, pauses, steps, and starts anew as one asks.

One condition guards all that the pages may ask. The thread looks at it after every epoch; what it
computes for a frame, it computes without holding anybody up.
"""

from __future__ import annotations

import dataclasses
import functools
import itertools
import json
import threading
import time
import traceback
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from kerazoo.errors import InvalidInput, KerazooError
from kerazoo.playground.data import PlayData, load_data
from kerazoo.playground.frames import Curve, Picture, describe_run, make_frame, plan_picture
from kerazoo.playground.script import Own, Stage, write_script
from kerazoo.playground.settings import MOST_EPOCHS, OWN, Settings

if TYPE_CHECKING:
    import keras

Action = Literal["play", "pause", "step", "reset"]
ACTIONS: tuple[Action, ...] = ("play", "pause", "step", "reset")
PACES = (1, 5, 0)
"""Epochs of a frame that can be chosen; 0 for as many as there is time for."""

_LOOK_SECONDS = 0.5  # how often a training that waits looks whether a page is there again

Publish = Callable[[str, str], None]
"""Takes the name of an event, and its content."""


@dataclass
class Run:
    """One training, from its initial weights on.

    Args:
        number: of the run.
        settings: what was chosen; the rate may change.
        data: what it learns from.
        picture: what is drawn.
        stages: from which epoch on it learned with which rate.
        curve: losses until now.
        epoch: how many epochs it has learned.
    """

    number: int
    settings: Settings
    data: PlayData
    picture: Picture
    stages: list[Stage]
    curve: Curve = field(default_factory=Curve)
    epoch: int = 0


class Session:
    """What is trained, and what pages may ask of it; from any thread.

    Args:
        publish: is given events: `setup` once for each run, `frame`, and `problem`.
        is_watched: whether anybody looks; a training waits while nobody does.
        own: a table of the user's own, if there is one.
        settings: what it begins with.

    Raises:
        KerazooError: if the data cannot be learned.
    """

    def __init__(
        self,
        publish: Publish,
        is_watched: Callable[[], bool] = lambda: True,
        own: Own | None = None,
        settings: Settings | None = None,
    ) -> None:
        self._publish = publish
        self._is_watched = is_watched
        self.own = own
        self._load = functools.lru_cache(maxsize=4)(self._read)
        self._changed = threading.Condition()
        self._asking = threading.Lock()  # one run is prepared at a time
        self._is_playing = False
        self._is_closed = False
        self._steps = 0
        self._pace = PACES[0]
        self._run = self._new_run(settings or Settings(data=OWN if own else "circles"), 1)
        self._thread = threading.Thread(target=self._work, daemon=True)

    def start(self) -> None:
        """Begin to work, in a thread."""
        self._publish_setup(self._run)
        self._thread.start()

    def close(self) -> None:
        """End the training, and wait until it has ended."""
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()
        if self._thread.is_alive():
            self._thread.join()

    def change(self, settings: Settings) -> None:
        """Take other settings. Another rate is learned with at once; all else begins a new run.

        Raises:
            KerazooError: if the data cannot be learned, or has no such columns. Nothing changes.
        """
        with self._asking:
            run = self._run
            if settings == run.settings:
                return
            if dataclasses.replace(settings, rate=run.settings.rate) != run.settings:
                self._begin(self._new_run(settings, run.number + 1))
                return
            with self._changed:
                run.settings = settings
                self._changed.notify_all()
            self._publish_setup(run)

    def ask(self, action: Action) -> None:
        """Play, pause, train one epoch, or begin anew with the same settings.

        Raises:
            InvalidInput: if the action is unknown.
        """
        if action not in ACTIONS:
            raise InvalidInput(f"action is {action!r}; expected one of {', '.join(ACTIONS)}.")
        if action == "reset":
            with self._asking:
                run = self._new_run(self._run.settings, self._run.number + 1)
                self._begin(run, plays=False)
            return
        with self._changed:
            self._is_playing = action == "play"
            self._steps = int(action == "step")
            self._changed.notify_all()

    def set_pace(self, epochs: int) -> None:
        """Set how many epochs are trained for each frame; 0 for as many as there is time for.

        Raises:
            InvalidInput: if it is none of `PACES`.
        """
        if isinstance(epochs, bool) or epochs not in PACES:
            raise InvalidInput(f"pace is {epochs!r}; expected one of {', '.join(map(str, PACES))}.")
        with self._changed:
            self._pace = epochs
            self._changed.notify_all()

    def code(self) -> str:
        """Return the Python code that trains the same network, to the epoch that it is at."""
        with self._changed:
            run = self._run
            stages = [*run.stages]
            if stages[-1][1] != run.settings.rate:  # which is learned with from the next epoch on
                stages.append((run.epoch, run.settings.rate))
            own = self.own if run.settings.data == OWN else None
            return write_script(run.settings, run.data.kind, _merged(stages), run.epoch, own)

    def _new_run(self, settings: Settings, number: int) -> Run:
        if settings.data == OWN and self.own is None:
            raise InvalidInput("no table of your own was given; give kerazoo play a file.")
        data = self._load(settings.data, settings.noise, settings.test_share, settings.seed)
        picture = plan_picture(data, settings.axes)
        return Run(number, settings, data, picture, [(0, settings.rate)])

    def _read(self, name: str, noise: float, test_share: float, seed: int) -> PlayData:
        options: dict[str, Any] = {"noise": noise, "test_share": test_share, "seed": seed}
        if name != OWN or self.own is None:
            return load_data(name, **options)
        own = self.own
        with warnings.catch_warnings():
            if hasattr(self, "_run"):  # what the columns are was said when it was first read
                warnings.simplefilter("ignore")
            return load_data(own.path, target=own.target, drop=own.drop, **options)

    def _begin(self, run: Run, plays: bool | None = None) -> None:
        with self._changed:
            self._run = run
            self._is_playing = self._is_playing if plays is None else plays
            self._steps = 0
            self._changed.notify_all()
        self._publish_setup(run)

    def _publish_setup(self, run: Run) -> None:
        content = describe_run(run.number, run.settings, run.data, run.picture)
        content["hasOwn"] = self.own is not None
        self._publish("setup", json.dumps(content, allow_nan=False))

    # Below: in the thread.

    def _work(self) -> None:
        from kerazoo.playground.training import train_run  # which imports Keras

        while not self._is_closed:
            run = self._run
            try:
                train_run(run, self)
            except Exception as error:
                self._say_problem(error)
            with self._changed:
                while self._run is run and not self._is_closed:
                    self._changed.wait()

    def _say_problem(self, error: Exception) -> None:
        text = str(error)
        if not isinstance(error, KerazooError):
            traceback.print_exc()
            text = f"{type(error).__name__}: {text}"
        self._publish("problem", json.dumps(" ".join(text.split())))

    def is_current(self, run: Run) -> bool:
        """Tell whether a run is still the one that is wanted."""
        return self._run is run and not self._is_closed

    def show(self, run: Run, model: keras.Model, seconds_per_epoch: float | None = None) -> bool:
        """Publish a frame, and tell whether the numbers are still finite."""
        from kerazoo.playground.network import layers_of

        frame = make_frame(
            layers_of(model), run.settings, run.data, run.picture, run.epoch, run.curve
        )
        is_over = not frame.is_finite or run.epoch >= MOST_EPOCHS
        if is_over:
            with self._changed:
                self._is_playing = False
        state = "playing" if self._is_playing else "paused"
        if not frame.is_finite:
            state = "diverged"
        content = {"run": run.number, "state": state, "pace": self._pace, **frame.content}
        content["speed"] = None if not seconds_per_epoch else round(1 / seconds_per_epoch, 1)
        if self.is_current(run):
            self._publish("frame", json.dumps(content, allow_nan=False))
        return not is_over

    def wait_for_turn(self, run: Run, shown: Callable[[], None]) -> bool:
        """Wait until an epoch is wanted; `False` if the run is over.

        Args:
            run: the run.
            shown: publishes a frame; it is called once the training stands still.
        """
        is_shown = False
        while True:
            with self._changed:
                if not self.is_current(run):
                    return False
                if self._steps:
                    self._steps -= 1
                    return True
                if self._is_playing and self._is_watched():
                    return True
                if is_shown:
                    self._changed.wait(_LOOK_SECONDS if self._is_playing else None)
                    continue
            shown()
            is_shown = True

    def wait_for_frame(self, run: Run, until: float) -> None:
        """Wait for the time of the next frame, or until something else is asked."""
        with self._changed:
            while self.is_current(run) and self._is_playing and not self._steps:
                left = until - time.monotonic()
                if left <= 0:
                    return
                self._changed.wait(left)

    @property
    def pace(self) -> int:
        """How many epochs are trained for each frame; 0 for as many as there is time for."""
        return self._pace


def _merged(stages: list[Stage]) -> list[Stage]:
    """Return the stages of at least one epoch."""
    kept = [one for one, after in itertools.pairwise(stages) if one[0] < after[0]]
    return [*kept, stages[-1]]
