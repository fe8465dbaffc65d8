"""`kerazoo train --live`: a real process, watched to its end over HTTP and in Chromium."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from kerazoo.cli import main
from kerazoo.web import built
from tests.web.browsers import CONTRAST, chromium, open_page, why_not

CODE = """
import sys
from pathlib import Path
from kerazoo.web import built
built.FOLDER = Path(sys.argv.pop(1))
from kerazoo.cli import main
main()
"""
Started = tuple["subprocess.Popen[str]", int]


@contextmanager
def training(pages: Path, *arguments: object) -> Iterator[Started]:
    """Start `kerazoo train ... --live`, and give the port of its page once it is printed."""
    process = subprocess.Popen(
        [sys.executable, "-c", CODE, str(pages), "train", *map(str, arguments), "--live"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # A shell that runs the tests in the background has them ignore Ctrl-C.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    try:
        assert process.stdout is not None
        found = re.fullmatch(r"live: http://127\.0\.0\.1:(\d+)/\n", process.stdout.readline())
        assert found
        yield process, int(found[1])
    finally:
        process.kill()
        process.communicate()


def fails(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> int | str | None:
    monkeypatch.setattr("sys.argv", ["kerazoo", "train", *map(str, arguments)])
    with pytest.raises(SystemExit) as stop:
        main()
    return stop.value.code


def listen(port: int) -> Iterator[dict[str, Any]]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    connection.request("GET", "/events")
    try:
        for line in connection.getresponse():
            if line.startswith(b"data: {"):
                yield json.loads(line[6:])
    finally:
        connection.close()


def lines(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "history.jsonl").read_text().splitlines()]


def test_the_port_of_no_page_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert fails(monkeypatch, "xor", "--live-port", 5000) == 2
    assert capsys.readouterr().err == (
        "error: --live-port is the port of --live: add that, or leave this out.\n"
    )


def test_a_port_that_is_taken_is_one_line_before_the_training(
    pages: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port, out = taken.getsockname()[1], tmp_path / "run"
        assert fails(monkeypatch, "xor", "--out", out, "--live", "--live-port", port) == 1
    shown = capsys.readouterr()
    assert re.fullmatch(f"error: port {port} cannot be used: .*\n", shown.err)
    assert (shown.out, out.exists()) == ("", False)


@pytest.mark.thorough
@pytest.mark.skipif(os.name == "nt", reason="signals are others there")
def test_a_page_that_leaves_and_ctrl_c(pages: Path, tmp_path: Path) -> None:
    out = tmp_path / "run"
    slow = ("boston", "--batch-size", 1, "--epochs", 5000, "--out", out)
    with training(pages, *slow) as (process, port):
        listener = listen(port)
        next(state for state in listener if state["phase"] == "training")
        listener.close()  # as a browser that is closed
        listener = listen(port)  # one that comes late begins with all that there is
        before = next(listener)["epoch"]
        assert before > 0
        process.send_signal(signal.SIGINT)
        last = list(listener)[-1]
        _, errors = process.communicate(timeout=120)
    assert process.returncode == 130, errors
    assert "interrupted after" in errors
    assert last["phase"] == "interrupted"
    assert last["epoch"] == len(lines(out)) >= before


@pytest.mark.thorough
@pytest.mark.skipif(bool(why_not()), reason=why_not())
def test_a_browser_watches_a_training_to_its_end(tmp_path: Path) -> None:
    out = tmp_path / "run"
    table = tmp_path / "houses.csv"
    rows = "".join(f"{n % 7},{n % 5},{n % 7 + 2 * (n % 5)}\n" for n in range(300))
    table.write_text("rooms,age,price\n" + rows)
    own = ("boston", "--data", table, "--target", "price", "--epochs", 30, "--seeds", 2)
    states: list[dict[str, Any]] = []
    with (
        training(built.FOLDER, *own, "--out", out) as (process, port),
        chromium() as browser,
    ):
        listener = threading.Thread(target=lambda: states.extend(listen(port)))
        listener.start()
        page, wrong = open_page(browser, viewport={"width": 360, "height": 740}, has_touch=True)
        page.goto(f"http://127.0.0.1:{port}/")
        page.wait_for_selector("[data-phase=finished]", timeout=120_000)
        _, errors = process.communicate(timeout=120)
        assert process.returncode == 0, errors
        listener.join(20)
        check_against_the_run(states, out)
        wait_until_refused(port)
        # The server is gone; what was shown stays, and the page asks no more.
        assert page.inner_text("[data-phase]").startswith("✓ The training is done")
        newest = page.locator("[data-latest] tbody tr").first.locator("th, td").all_inner_texts()
        heads = page.locator("[data-latest] thead th").all_inner_texts()
        last = lines(out)[-1]
        shown = dict(zip(heads, newest, strict=True))
        assert shown["Epoch"] == "30"
        assert float(shown["val_loss"]) == pytest.approx(last["val_loss"], rel=1e-3)
        for kind, name in (("train", "loss"), ("validation", "val_loss")):
            assert page.locator(f"[data-curves=loss] polyline.{kind}").count() == 1
            newest_value = page.locator(f"[data-newest={kind}]").first.inner_text()
            assert float(newest_value) == pytest.approx(last[name], rel=1e-3)
        assert page.inner_text("h1") == "boston, seed 1"
        for seed, reached in json.loads((out / "card.json").read_text())["metrics"].items():
            assert f"Seed {seed}: loss {reached['loss']:.4g}" in page.inner_text("[data-scores]")
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            ratio, element = page.evaluate(CONTRAST)
            assert ratio >= 4.5, f"{scheme}: {element}"
        page.get_by_role("button", name="한국어").click()
        assert page.inner_text("[data-phase]").startswith("✓ 학습이 끝났습니다")
        assert wrong == []


@pytest.mark.thorough
@pytest.mark.skipif(bool(why_not()), reason=why_not())
def test_a_page_says_that_a_training_was_killed(tmp_path: Path) -> None:
    slow = ("xor", "--epochs", 100_000, "--out", tmp_path / "run")
    with training(built.FOLDER, *slow) as (process, port), chromium() as browser:
        page, _ = open_page(browser)
        page.goto(f"http://127.0.0.1:{port}/")
        page.wait_for_selector("[data-phase=training]", timeout=120_000)
        process.kill()
        page.wait_for_selector("[data-phase=lost]")
        assert "is not heard of any more" in page.inner_text("[data-phase]")
        assert page.locator("[data-curves=loss]").count() == 1


def check_against_the_run(states: list[dict[str, Any]], out: Path) -> None:
    """Every epoch is told as it is noted."""
    assert states[0]["phase"] == "preparing"
    last = states[-1]
    assert (last["phase"], last["seed"], last["epoch"], last["total"]) == ("finished", 1, 30, 30)
    noted = [row for row in lines(out) if row["seed"] == 1]
    told = [dict(zip(["epoch", *last["names"]], row, strict=True)) for row in last["rows"]]
    assert told == [{name: row[name] for name in told[0]} for row in noted]
    card = json.loads((out / "card.json").read_text())
    assert {str(one["seed"]): one["scores"] for one in last["done"]} == card["metrics"]


def wait_until_refused(port: int) -> None:
    end = time.monotonic() + 10
    while time.monotonic() < end:
        try:
            http.client.HTTPConnection("127.0.0.1", port, timeout=5).connect()
        except OSError:
            return
        time.sleep(0.05)
    raise AssertionError(f"port {port} still answers")
