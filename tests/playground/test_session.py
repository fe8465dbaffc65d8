"""A training that is changed while it runs, and the code that does the same."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from kerazoo.errors import InvalidInput, KerazooError
from kerazoo.playground.script import Own
from kerazoo.playground.session import Session
from kerazoo.playground.settings import Settings
from tests.conftest import run_python

QUICK = Settings(data="curve", layers=(), test_share=0.8, batch_size=60)


class Watched:
    """A session, and what it has published."""

    def __init__(self, settings: Settings = QUICK, own: Own | None = None) -> None:
        self.events: list[tuple[str, Any]] = []
        self.looks = True
        self.session = Session(self.hear, lambda: self.looks, own, settings)
        self.session.start()

    def hear(self, name: str, text: str) -> None:
        self.events.append((name, json.loads(text)))

    @property
    def frame(self) -> dict[str, Any]:
        frames = [content for name, content in self.events if name == "frame"]
        return frames[-1] if frames else {"run": 0, "epoch": -1, "state": ""}

    def wait(self, is_so: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        end = time.monotonic() + 60
        while not is_so(self.frame):
            assert time.monotonic() < end, self.events[-1]
            time.sleep(0.005)
        return self.frame


@pytest.fixture
def watched() -> Iterator[Watched]:
    one = Watched()
    yield one
    one.session.close()


def test_it_plays_pauses_steps_and_begins_anew(watched: Watched) -> None:
    first = watched.wait(lambda frame: frame["epoch"] == 0)
    assert (first["state"], watched.events[0][0]) == ("paused", "setup")
    watched.session.ask("play")
    watched.wait(lambda frame: frame["epoch"] >= 3 and frame["state"] == "playing")
    watched.session.ask("pause")
    paused = watched.wait(lambda frame: frame["state"] == "paused")
    assert paused["loss"][0] < first["loss"][0]
    watched.session.ask("step")
    assert watched.wait(lambda frame: frame["epoch"] > paused["epoch"])["epoch"] == (
        paused["epoch"] + 1
    )
    watched.session.ask("reset")
    again = watched.wait(lambda frame: frame["run"] == 2)
    assert (again["epoch"], again["loss"]) == (0, first["loss"])


def test_a_page_that_looks_away_holds_the_training(watched: Watched) -> None:
    watched.looks = False
    watched.session.ask("play")
    time.sleep(0.2)
    assert watched.frame["epoch"] <= 0
    watched.looks = True
    watched.wait(lambda frame: frame["epoch"] > 0)


@pytest.mark.thorough
def test_another_rate_goes_on_and_all_else_begins_anew(watched: Watched) -> None:
    watched.session.ask("play")
    watched.wait(lambda frame: frame["epoch"] >= 2)
    watched.session.change(Settings(**{**QUICK.plain(), "layers": (), "rate": 0.001}))
    epoch = watched.frame["epoch"]
    assert watched.wait(lambda frame: frame["epoch"] > epoch + 1)["run"] == 1
    assert "learning_rate = 0.001" in watched.session.code()
    watched.session.change(Settings(**{**QUICK.plain(), "layers": (), "l2": 0.01}))
    assert watched.wait(lambda frame: frame["run"] == 2)["epoch"] >= 0
    watched.wait(lambda frame: frame["epoch"] > 0)  # it goes on playing


@pytest.mark.thorough
def test_a_rate_that_is_too_large_ends_in_words_and_can_be_mended(watched: Watched) -> None:
    watched.session.change(Settings(data="boston", layers=(), optimizer="sgd", rate=10.0))
    watched.session.ask("play")
    watched.wait(lambda frame: frame["state"] == "diverged")
    watched.session.change(Settings(data="boston", layers=(), rate=0.01))
    watched.session.ask("play")
    watched.wait(lambda frame: frame["run"] == 3 and frame["epoch"] > 0)
    assert "problem" not in {name for name, _ in watched.events}


def test_a_wrong_request_changes_nothing(watched: Watched) -> None:
    with pytest.raises(KerazooError, match="unknown column of numbers 'z'"):
        watched.session.change(Settings(axes=("z",)))
    with pytest.raises(InvalidInput, match="no table of your own was given"):
        watched.session.change(Settings(data="own"))
    with pytest.raises(InvalidInput, match="action is 'jump'"):
        watched.session.ask("jump")  # type: ignore[arg-type]
    for pace in (7, True, "1", None):
        with pytest.raises(InvalidInput, match="pace is"):
            watched.session.set_pace(pace)  # type: ignore[arg-type]
    watched.session.ask("step")
    assert watched.wait(lambda frame: frame["epoch"] == 1)["run"] == 1


def test_a_file_that_is_gone_is_said_and_the_training_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    path.write_text("x,y\n" + "\n".join(f"{one / 7:.3f},{one}" for one in range(60)))
    own = Own(str(path), "y")
    with pytest.warns(UserWarning, match="y"):
        one = Watched(Settings(data="own", layers=()), own)
    try:
        path.unlink()
        with pytest.raises(KerazooError, match="there is no file"):
            one.session.change(Settings(data="own", layers=(), seed=5))
        one.session.ask("step")
        one.wait(lambda frame: frame["epoch"] == 1)
        assert f"{str(path)!r},\n    target='y'," in one.session.code()
    finally:
        one.session.close()


@pytest.mark.thorough
@pytest.mark.parametrize(
    "settings",
    [
        Settings(data="spirals", layers=(6, 6), l2=0.001, dropout=0.1, optimizer="rmsprop"),
        Settings(data="wine_quality", layers=(5,), activation="relu", optimizer="momentum"),
        Settings(data="boston", layers=(4,), activation="sigmoid", l1=0.001, seed=3),
    ],
    ids=lambda settings: settings.data,
)
def test_the_code_trains_to_the_same_losses(
    settings: Settings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Also if the rate was changed on the way; once in a process of its own."""
    one = Watched(settings)
    try:
        one.session.ask("play")
        one.wait(lambda frame: frame["epoch"] >= 4)
        one.session.change(Settings(**{**settings.plain(), "rate": 0.002}))
        epoch = one.frame["epoch"]
        one.wait(lambda frame: frame["epoch"] >= epoch + 3)
        one.session.ask("pause")
        frame = one.wait(lambda frame: frame["state"] == "paused")
        code = one.session.code()
    finally:
        one.session.close()
    assert code.count("fit_model(") == 2
    assert f"epochs={frame['epoch']}," in code
    if settings.data == "spirals":
        ran = run_python(code, cwd=tmp_path)
        assert ran.returncode == 0, ran.stderr
        printed = ran.stdout
    else:
        monkeypatch.chdir(tmp_path)
        exec(compile(code, "playground.py", "exec"), {"__name__": "__main__"})
        printed = capsys.readouterr().out
    score = "root_mean_squared_error" if settings.data == "boston" else "accuracy"
    found = [float(one) for one in re.findall(rf"'{score}': ([\d.e+-]+)", printed)]
    unit = one.session._run.data.spread  # scores of a number are in its own unit
    assert found == pytest.approx([value / unit for value in frame["score"]], rel=1e-4)
    if not (settings.l1 or settings.l2):  # Keras' loss has penalties in it
        losses = [float(one) for one in re.findall(r"'loss': ([\d.e+-]+)", printed)]
        assert losses == pytest.approx(frame["loss"], rel=1e-4)
    assert (tmp_path / "playground.keras").is_file()
