"""Server-sent events: nobody waits for a slow listener, and a late one begins with what is new."""

from __future__ import annotations

import http.client
import itertools
import socket
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from kerazoo.errors import WrongUsage
from kerazoo.web.events import Publisher, send_events


class Handler(BaseHTTPRequestHandler):
    publisher: Publisher
    protocol_version = "HTTP/1.1"
    timeout = 0.5  # of a page that reads nothing

    def do_GET(self) -> None:
        send_events(self, self.publisher, 0.05)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def served() -> Iterator[tuple[Publisher, int]]:
    publisher = Publisher()
    handler = type("Served", (Handler,), {"publisher": publisher})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield publisher, server.server_port
    publisher.close()
    server.shutdown()
    server.server_close()
    thread.join()


def ask(port: int) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request("GET", "/")
    return connection.getresponse()


def wait_until(is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_a_late_listener_begins_with_the_newest_of_each_name() -> None:
    publisher = Publisher()
    publisher.publish("data", "a")
    publisher.publish("frame", "1")
    publisher.publish("frame", "2")
    listener = publisher.listen()
    first = list(itertools.islice(listener, 2))
    assert first == [b"id: 1\nevent: data\ndata: a\n\n", b"id: 3\nevent: frame\ndata: 2\n\n"]
    publisher.publish("frame", "3")
    assert next(listener) == b"id: 4\nevent: frame\ndata: 3\n\n"


def test_a_text_of_several_lines_stays_one_event() -> None:
    publisher = Publisher()
    publisher.publish("text", "one\r\ntwo\nthree\u2028four\n")
    message = next(publisher.listen()).decode()
    assert message == (
        "id: 1\nevent: text\ndata: one\ndata: two\ndata: three\u2028four\ndata: \n\n"
    )


@pytest.mark.parametrize("name", ["", "a\nb", "Frame", "a: b", "end"])
def test_a_name_that_would_break_the_format_is_refused(name: str) -> None:
    with pytest.raises(WrongUsage, match="small letters"):
        Publisher().publish(name, "")


def test_after_the_end_nothing_is_published() -> None:
    publisher = Publisher()
    publisher.publish("frame", "last")
    publisher.close()
    publisher.close()
    assert [one.split(b"\n")[0] for one in publisher.listen()] == [b"id: 1", b"event: end"]
    with pytest.raises(WrongUsage, match="closed"):
        publisher.publish("frame", "later")


def test_over_http_every_listener_hears_all_until_the_end(served: tuple[Publisher, int]) -> None:
    publisher, port = served
    publisher.publish("frame", "0")
    answers = [ask(port) for _ in range(5)]
    wait_until(lambda: publisher.listeners == 5)
    publisher.publish("other", "1")
    time.sleep(1)  # some heartbeats
    publisher.close()
    for answer in answers:
        assert answer.status == 200
        assert answer.headers["Content-Type"] == "text/event-stream; charset=utf-8"
        text = answer.read().decode()
        assert text.startswith("retry: 1000\n\n")
        assert [one for one in text.splitlines() if one.startswith("event")] == [
            "event: frame",
            "event: other",
            "event: end",
        ]
        assert ": still here\n\n" in text
    wait_until(lambda: publisher.listeners == 0)


def test_a_page_that_leaves_is_noticed(served: tuple[Publisher, int]) -> None:
    publisher, port = served
    with socket.create_connection(("127.0.0.1", port)) as one:
        one.sendall(b"GET / HTTP/1.1\r\nHost: here\r\n\r\n")
        wait_until(lambda: publisher.listeners == 1)
    wait_until(lambda: publisher.listeners == 0)


def test_a_slow_listener_misses_events_and_holds_nobody_up(served: tuple[Publisher, int]) -> None:
    publisher, port = served
    large = "x" * 100_000
    with socket.create_connection(("127.0.0.1", port)) as slow:
        slow.sendall(b"GET / HTTP/1.1\r\nHost: here\r\n\r\n")
        wait_until(lambda: publisher.listeners == 1)
        quick = publisher.listen()
        for number in range(200):  # 20 MB, of which the slow one reads nothing
            publisher.publish("frame", f"{number} {large}")
            assert next(quick).startswith(b"id: %d\n" % (number + 1))
        wait_until(lambda: publisher.listeners == 1)  # it counts as gone; `quick` stays
