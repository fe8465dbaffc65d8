"""The server of `kerazoo demo`: files, and nothing else, for this machine alone."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from kerazoo.cli import main
from kerazoo.cli.demo import installed_models
from kerazoo.errors import KerazooError
from kerazoo.registry import list_models
from kerazoo.web import open_site
from kerazoo.web.server import make_server

Answer = tuple[int, str, bytes]


@pytest.fixture
def port(pages: object) -> Iterator[int]:
    server = make_server(open_site(["xor"]))
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield server.server_port
    server.shutdown()
    server.server_close()
    thread.join()


def ask(port: int, path: str, method: str = "GET", host: str = "") -> Answer:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request(method, path, headers={"Host": host or f"127.0.0.1:{port}"})
    response = connection.getresponse()
    answer = response.status, response.headers["Content-Type"], response.read()
    connection.close()
    return answer


def test_it_gives_the_files_of_the_site(port: int) -> None:
    assert ask(port, "/")[:2] == (200, "text/html; charset=utf-8")
    assert ask(port, "/app.js")[:2] == (200, "text/javascript; charset=utf-8")
    assert ask(port, "/litert.wasm")[:2] == (200, "application/wasm")
    status, kind, content = ask(port, "/models/xor/card.json?again")
    assert (status, kind) == (200, "application/json")
    assert json.loads(content)["name"] == "xor"
    assert ask(port, "/site.json", "HEAD") == (200, "application/json", b"")


@pytest.mark.parametrize("path", ["/nothing", "/../setup.cfg", "/%2e%2e/setup.cfg", "/models/xor/"])
def test_it_gives_nothing_else(port: int, path: str) -> None:
    status, _, content = ask(port, path)
    assert status == 404
    assert "no page has a file" in json.loads(content)["error"]


def test_a_page_elsewhere_whose_name_leads_here_is_refused(port: int) -> None:
    assert ask(port, "/site.json", host=f"attacker.example:{port}")[0] == 403


def test_it_takes_nothing(port: int) -> None:
    assert ask(port, "/site.json", "POST")[0] == 405


def test_a_port_that_is_taken_is_refused(port: int) -> None:
    with pytest.raises(KerazooError, match=f"port {port} cannot be used"):
        make_server(open_site(["xor"]), port)


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["no_such_model"], 2, "unknown saved model or directory 'no_such_model'"),
        (["xor", "xor"], 2, "both called 'xor'; choose one"),
        (["xor", "--port", "99999"], 2, "expected a whole number, 0 to 65535"),
    ],
)
def test_wrong_usage_is_one_line(
    pages: object,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    status: int,
    said: str,
) -> None:
    monkeypatch.setattr("sys.argv", ["kerazoo", "demo", *arguments])
    with pytest.raises(SystemExit) as stop:
        main()
    errors = capsys.readouterr().err
    assert stop.value.code == status
    assert said in errors
    assert errors.count("\n") == 1


def test_a_network_that_was_never_saved_is_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mine.py").write_text("def build_mine():\n    return None\n")
    monkeypatch.setenv("KERAZOO_MODELS", str(tmp_path))
    assert "mine" in list_models()
    names = installed_models()
    assert "mine" not in names
    assert {"xor", "vae", "ppo"} <= set(names)


@pytest.mark.thorough
@pytest.mark.skipif(os.name == "nt", reason="signals are others there")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_command_ends_quietly(number: int, pages: object) -> None:
    code = f"""
from pathlib import Path
from kerazoo.web import built
built.FOLDER = Path({str(pages)!r})
from kerazoo.cli import main
main()
"""
    process = subprocess.Popen(
        [sys.executable, "-c", code, "demo", "xor", "boston", "--no-browser"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    found = re.fullmatch(r"http://127\.0\.0\.1:(\d+)/\n", process.stdout.readline())
    assert found
    listed = json.loads(ask(int(found[1]), "/site.json")[2])["models"]
    assert [one["name"] for one in listed] == ["xor", "boston"]
    process.send_signal(number)
    _, errors = process.communicate(timeout=30)
    assert (process.returncode, errors) == (0, "")
