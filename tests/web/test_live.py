"""What a page is told of a training: each epoch once, in a state of limited size."""

from __future__ import annotations

import http.client
import json
import math
import threading
from pathlib import Path

import pytest

import kerazoo
from kerazoo.errors import Interrupted, KerazooError
from kerazoo.web import built
from kerazoo.web.live import Epoch, LiveTraining
from kerazoo.web.live_epochs import LiveEpochs
from kerazoo.web.live_server import earlier_epochs, live_page
from tests.web.test_server import ask


def epochs(first: int, last: int, seconds: float = 0.5) -> list[Epoch]:
    return [Epoch(n, {"loss": 1 / n, "val_loss": 2 / n}, seconds) for n in range(first, last + 1)]


def port_of(address: str) -> int:
    return int(address.rstrip("/").rpartition(":")[2])


def test_the_phases_of_a_training_and_its_time() -> None:
    live = LiveTraining("boston", monitor="val_loss")
    live.begin(3)
    live.expect(100)
    assert live.state()["phase"] == "preparing"
    live.add(epochs(1, 4, seconds=9.0))  # which compiled, too
    assert (live.state()["phase"], live.state()["left"]) == ("training", None)
    live.add(epochs(5, 40))
    state = live.state()
    assert (state["epoch"], state["total"], state["left"]) == (40, 100, 30.0)
    assert state["names"] == ["loss", "val_loss"]
    assert state["latest"][-1] == [40, 1 / 40, 2 / 40]
    assert state["best"] == {"name": "val_loss", "epoch": 40, "value": 2 / 40}
    live.judge()
    assert (live.state()["phase"], live.state()["left"]) == ("judging", None)
    live.score({"loss": 0.25, "other": math.nan})
    live.end("finished")
    assert live.publisher.is_closed
    assert live.state()["done"] == [{"seed": 3, "scores": {"loss": 0.25, "other": None}}]


def test_a_long_training_stays_small_and_keeps_its_ends() -> None:
    live = LiveTraining("boston")
    live.expect(100_000)
    live.add(epochs(1, 10_000))
    state = live.state()
    assert (state["step"], len(state["latest"])) == (32, 12)
    drawn = [row[0] for row in state["rows"]]
    assert drawn == [*range(1, 10_000, 32), 10_000]
    assert len(json.dumps(state)) < 60_000


def test_a_number_that_is_not_finite_is_null() -> None:
    live = LiveTraining("boston", monitor="loss")
    live.add([Epoch(1, {"loss": math.inf}, 1.0), Epoch(2, {"loss": math.nan}, 1.0)])
    assert live.state()["rows"] == [[1, None], [2, None]]
    assert live.state()["best"] is None
    assert "NaN" not in json.dumps(live.state(), allow_nan=False)


def test_a_training_that_goes_on_shows_what_was_before_its_checkpoint(tmp_path: Path) -> None:
    (tmp_path / "history.jsonl").write_text(
        "".join(
            json.dumps({"seed": seed, "epoch": n, "loss": 1.0, "matrix": [1.0], "seconds": 0.1})
            + "\n"
            for seed in (0, 1)
            for n in range(1, 6)
        )
        + '{"seed": 1, "ep'
    )
    earlier = earlier_epochs(tmp_path, 1)
    assert earlier == [Epoch(n, {"loss": 1.0}, 0.1) for n in range(1, 6)]
    assert earlier_epochs(tmp_path / "nothing", 1) == []
    live = LiveTraining("boston")
    live.begin(1, earlier)
    live.add([Epoch(4, {"loss": 0.5}, 0.1)])
    assert live.state()["rows"] == [[1, 1.0], [2, 1.0], [3, 1.0], [4, 0.5]]


def test_each_seed_begins_anew_and_leaves_its_scores() -> None:
    live = LiveTraining("boston", seeds=2)
    for seed in (7, 8):
        live.begin(seed)
        assert live.state()["rows"] == []
        live.add(epochs(1, 3))
        live.score({"loss": float(seed)})
    assert [one["seed"] for one in live.state()["done"]] == [7, 8]


@pytest.mark.usefixtures("pages")
def test_a_page_hears_of_the_end_and_the_server_goes_with_it() -> None:
    live = LiveTraining("xor")
    heard: list[str] = []
    with live_page(live) as address:
        port = port_of(address)
        assert ask(port, "/")[:2] == (200, "text/html; charset=utf-8")
        assert ask(port, "/live.js")[0] == 200
        assert ask(port, "/app.js")[0] == ask(port, "/../setup.cfg")[0] == 404
        assert ask(port, "/events", host=f"attacker.example:{port}")[0] == 403
        assert ask(port, "/events", "POST")[0] == 405
        live.add(epochs(1, 3))  # before anybody listens
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        connection.request("GET", "/events")
        response = connection.getresponse()
        reader = threading.Thread(target=lambda: heard.append(response.read().decode()))
        reader.start()
    reader.join(20)
    states = [json.loads(one[6:]) for one in heard[0].splitlines() if one.startswith("data: {")]
    assert states[0]["epoch"] == 3
    assert states[-1]["phase"] == "finished"
    assert heard[0].endswith("event: end\ndata:\n\n")
    with pytest.raises(OSError, match="refused"):
        ask(port, "/")


@pytest.mark.usefixtures("pages")
@pytest.mark.parametrize(
    ("error", "phase", "message"),
    [
        (Interrupted("stopped"), "interrupted", ""),
        (KeyboardInterrupt(), "interrupted", ""),
        (KerazooError("no such column"), "failed", "no such column"),
        (ValueError("private"), "failed", "ValueError"),
    ],
)
def test_how_a_training_ended_is_said(error: BaseException, phase: str, message: str) -> None:
    live = LiveTraining("xor")
    with pytest.raises(type(error)), live_page(live):
        raise error
    assert (live.state()["phase"], live.state()["message"]) == (phase, message)


@pytest.mark.usefixtures("pages")
def test_a_port_that_is_taken_is_one_line() -> None:
    with live_page(LiveTraining("xor")) as address:
        port = port_of(address)
        with (
            pytest.raises(KerazooError, match=f"^port {port} cannot be used: [^\n]*$"),
            live_page(LiveTraining("xor"), port),
        ):
            pass


def test_without_npm_one_line_says_how_to_build(pages: Path) -> None:
    (pages / built.LIVE_PAGE).unlink()
    with (
        pytest.raises(KerazooError, match="run `npm --prefix web ci && npm --prefix"),
        live_page(LiveTraining("xor")),
    ):
        pass


def test_the_numbers_are_the_same_bits_and_every_epoch_is_told() -> None:
    live = LiveTraining("xor")
    plain = kerazoo.train("xor", epochs=30, seed=5)
    told = kerazoo.train("xor", epochs=30, seed=5, callbacks=[LiveEpochs(live)])
    assert told.history == plain.history
    for one, other in zip(told.model.get_weights(), plain.model.get_weights(), strict=True):
        assert one.tobytes() == other.tobytes()
    state = live.state()
    at = state["names"].index("loss") + 1
    assert [row[at] for row in state["rows"]] == plain.history["loss"]
    assert state["phase"] == "judging"
