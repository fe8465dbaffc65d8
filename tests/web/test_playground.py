"""The playground's server: what it answers, and what it refuses in one line, changing nothing."""

from __future__ import annotations

import contextlib
import http.client
import json
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from kerazoo.errors import KerazooError
from kerazoo.playground.session import Session
from kerazoo.web import built, playground
from kerazoo.web.events import Publisher
from kerazoo.web.playground import make_playground


class Served:
    """A server, and a session that no thread trains: what is asked of it can be seen."""

    def __init__(self) -> None:
        self.publisher = Publisher()
        self.session = Session(self.publisher.publish)
        self.server = make_playground(self.session, self.publisher)
        self.port = self.server.server_port
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def ask(
        self, method: str, path: str, body: bytes | None = None, **headers: str
    ) -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        kind = {"Content-Type": "application/json"} if body is not None else {}
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, body, kind | given)
        response = connection.getresponse()
        answer = response.status, response.read().decode()
        connection.close()
        return answer

    def send(self, path: str, value: Any) -> tuple[int, str]:
        return self.ask("POST", path, json.dumps(value).encode())


@pytest.fixture
def served(pages: object) -> Iterator[Served]:
    one = Served()
    yield one
    one.publisher.close()
    one.server.shutdown()
    one.server.server_close()


def error_of(answer: tuple[int, str]) -> str:
    return str(json.loads(answer[1])["error"])


def test_it_gives_its_pages_and_nothing_else(served: Served) -> None:
    assert served.ask("GET", "/")[0] == 200
    assert served.ask("GET", "/play.js")[0] == 200
    for path in ("/app.js", "/../setup.cfg", "/%2e%2e/setup.cfg", "/play.js/"):
        assert served.ask("GET", path)[0] == 404
    assert served.ask("DELETE", "/")[0] == 501


def test_settings_change_what_is_trained(served: Served) -> None:
    settings = {**served.session._run.settings.plain(), "data": "curve", "layers": [3]}
    assert served.send("/settings", settings) == (200, "{}")
    assert served.session._run.settings.layers == (3,)
    status, code = served.ask("GET", "/code")
    assert status == 200
    assert '"curve"' in code
    assert served.send("/action", {"pace": 5}) == (200, "{}")
    assert served.session.pace == 5


def test_events_begin_with_what_is_trained(served: Served) -> None:
    served.send("/settings", {"data": "xor"})
    connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=20)
    connection.request("GET", "/events")
    response = connection.getresponse()
    lines = [response.readline().decode() for _ in range(5)]
    assert lines[3] == "event: setup\n"
    assert json.loads(lines[4].removeprefix("data: "))["settings"]["data"] == "xor"
    connection.close()


@pytest.mark.parametrize(
    ("path", "body", "status", "said"),
    [
        ("/settings", b'{"rate": NaN}', 400, "the body holds NaN"),
        ("/settings", b'{"rate": 1e999}', 400, "rate is inf"),
        ("/settings", b'{"rate": 1' + b"0" * 5000 + b"}", 400, "no JSON"),
        ("/settings", b'{"rate": ', 400, "the body is no JSON"),
        ("/settings", b"\xff\xfe", 400, "the body is no JSON"),
        ("/settings", b"[" * 60_000, 400, "the body is no JSON"),
        ("/settings", b"[1]", 400, "the body holds a list"),
        ("/settings", b'{"layers": [1, "2"]}', 400, "layers is [1, '2']"),
        ("/settings", b'{"axes": ["x\\ud800"]}', 400, "unknown column of numbers"),
        ("/settings", b'{"data": "own"}', 400, "no table of your own"),
        ("/settings", b" " * 70_000, 413, "more than 65,536 bytes"),
        ("/action", b'{"action": "jump"}', 400, "action is 'jump'"),
        ("/action", b'{"action": ["play"]}', 400, "action is ['play']"),
        ("/action", b'{"action": "play", "pace": 1}', 400, "and nothing else"),
        ("/action", b'{"pace": [1]}', 400, "pace is [1]"),
        ("/nowhere", b"{}", 404, "there is no 'nowhere'"),
    ],
)
def test_what_is_wrong_is_one_line_and_changes_nothing(
    served: Served, path: str, body: bytes, status: int, said: str
) -> None:
    before = served.session._run
    answer = served.ask("POST", path, body)
    assert answer[0] == status, answer
    assert said in error_of(answer)
    assert "\n" not in error_of(answer)
    assert served.session._run is before


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "attacker.example:80"},
        {"Origin": "http://attacker.example"},
        {"Origin": "null"},
        {"Sec_Fetch_Site": "cross-site"},
    ],
)
def test_a_page_from_elsewhere_is_refused(served: Served, headers: dict[str, str]) -> None:
    assert served.ask("GET", "/events", **headers)[0] == 403
    assert served.ask("POST", "/action", b'{"action": "play"}', **headers)[0] == 403
    assert not served.session._is_playing


def test_a_form_from_elsewhere_is_refused(served: Served) -> None:
    headers = {"Content_Type": "text/plain"}
    answer = served.ask("POST", "/action", b'{"action": "play"}', **headers)
    assert (answer[0], served.session._is_playing) == (415, False)


def test_its_own_page_may_ask(served: Served) -> None:
    origin = f"http://127.0.0.1:{served.port}"
    answer = served.ask("POST", "/action", b'{"action": "play"}', Origin=origin)
    assert (answer[0], served.session._is_playing) == (200, True)


def raw(served: Served, head: str, pieces: list[bytes]) -> str:
    with socket.create_connection(("127.0.0.1", served.port), timeout=20) as connection:
        connection.sendall(f"POST /settings HTTP/1.1\r\nHost: 127.0.0.1:1\r\n{head}\r\n".encode())
        for piece in pieces:
            with contextlib.suppress(OSError):  # of a connection that was given up meanwhile
                connection.sendall(piece)
            time.sleep(0.1)
        return connection.recv(65536).decode()


def test_a_body_that_never_ends_is_given_up(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(playground, "BODY_SECONDS", 0.3)
    head = "Content-Type: application/json\r\nContent-Length: 50\r\n"
    assert " 408 " in raw(served, head, [b"{"]).splitlines()[0]
    assert " 408 " in raw(served, head, [b" "] * 6).splitlines()[0]  # which trickles
    head = "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n"
    assert " 411 " in raw(served, head, []).splitlines()[0]


def test_a_port_that_is_taken_is_refused(served: Served) -> None:
    with pytest.raises(KerazooError, match=f"port {served.port} cannot be used"):
        make_playground(served.session, served.publisher, served.port)


def test_pages_that_are_not_built_are_said(served: Served) -> None:
    (built.FOLDER / built.PLAY_PAGE).unlink()
    with pytest.raises(KerazooError, match="npm --prefix web ci && npm --prefix web run build"):
        make_playground(served.session, served.publisher)
