"""Real servers in processes of their own, and clients that behave, and that do not."""

from __future__ import annotations

import concurrent.futures
import contextlib
import json
import re
import shutil
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import kerazoo
from kerazoo.cli import main
from tests.conftest import run_fresh_kerazoo
from tests.serve.servers import PREDICT_WINE, WINE, Server, running

MODELS = ("wine_multiclass", "cnn", "imdb_mlp", "matrix_factorization")
TOKEN = "a-token-of-many-letters"
# What takes seconds by default, in tenths of them.
STRICT = """
import sys
from kerazoo.serve import Limits, serve
limits = Limits(
    body_bytes=20_000, seconds=2.5, header_seconds=1.5, header_bytes=4000, requests=2, connections=8
)
serve([sys.argv[2]], port=0, limits=limits, ready=lambda address: print(address, flush=True))
"""


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with running(*MODELS) as started:
        yield started


@pytest.fixture(scope="module")
def strict() -> Iterator[Server]:
    with running("wine_multiclass", code=STRICT) as started:
        yield started


def read_all(connection: socket.socket) -> bytes:
    found = b""
    with contextlib.suppress(ConnectionResetError):
        while piece := connection.recv(65536):
            found += piece
    return found


def test_a_server_answers_as_predict_does_and_tells_what_it_is(server: Server) -> None:
    expected = kerazoo.load_predictor("wine_multiclass").predict([WINE]).labels
    status, found = server.ask(PREDICT_WINE, {"records": [WINE]})
    assert (status, found["predictions"][0]["quality"]) == (200, expected[0])
    health = server.ask("/healthz")[1]
    assert health["status"] == "ok"
    assert health["models"]["wine_multiclass"] == found["version"]
    assert server.ask("/v1/models/wine_multiclass")[1]["classes"] == ["bad", "medium", "good"]
    assert [one["name"] for one in server.ask("/v1/models")[1]["models"]] == list(MODELS)


def test_the_page_of_documentation_shows_what_happens(
    root: Path, tmp_path: Path, server: Server
) -> None:
    text = (root / "docs" / "serve.md").read_text(encoding="utf-8")
    results = root / "benchmarks" / "results" / "serve.md"
    assert results.read_text(encoding="utf-8") in text
    Image.fromarray(np.zeros((40, 30), "uint8")).save(tmp_path / "boot.png")
    (tmp_path / "reviews.txt").write_text("a good film\na bad one\n")
    header, row = ",".join(WINE), ",".join(map(str, WINE.values()))
    (tmp_path / "bottles.csv").write_text(f"{header}\n{row}\n")
    blocks = [block for block in re.findall(r"```sh\n(.*?)```", text, re.S) if "curl" in block]
    if shutil.which("curl") is None:
        pytest.skip("there is no curl here")
    script = "\n".join(blocks).replace("curl ", "curl -s --fail-with-body ")
    done = subprocess.run(
        ["bash", "-e", "-c", script.replace("localhost:8000", f"localhost:{server.port}")],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    shown, wrong = (
        json.loads(block.replace("\n", " "))
        for block in re.findall(r"```text\n(\{.*?)```", text, re.S)
    )
    found = server.ask(PREDICT_WINE, {"records": [WINE]})[1]
    assert found.keys() == shown.keys()
    (answer,), (expected,) = found["predictions"], shown["predictions"]
    assert answer["quality"] == expected["quality"]
    assert answer["probabilities"] == pytest.approx(expected["probabilities"], abs=1e-4)
    assert server.ask(PREDICT_WINE, {"records": [{**WINE, "color": "rde"}]})[1] == wrong


def test_the_description_holds_what_the_server_answers(server: Server) -> None:
    _, found = server.ask("/openapi.json")
    asked = {path: one["post"] for path, one in found["paths"].items() if "post" in one}
    assert set(asked) == {
        f"/v1/models/{name}:{verb}"
        for name in MODELS
        for verb in ("predict", "explain")
        if (name, verb) != ("matrix_factorization", "explain")
    }
    for path, post in asked.items():
        body = post["requestBody"]["content"]["application/json"]["example"]
        status, answer = server.ask(path, body)
        assert status == 200
        assert {*answer} == {"model", "version", "predictions", "notes"}


@pytest.mark.parametrize(
    ("method", "path", "status", "kind"),
    [
        ("GET", "/v1/models/wine", 404, "not-found"),
        ("POST", "/v1/models/wine:predict", 404, "not-found"),
        ("POST", "/v1/models/wine_multiclass:train", 404, "not-found"),
        ("GET", "/etc/passwd", 404, "not-found"),
        ("GET", "/%2e%2e/page.css", 404, "not-found"),
        ("GET", PREDICT_WINE, 405, "wrong-method"),
        ("DELETE", "/metrics", 405, "wrong-method"),
        ("POST", PREDICT_WINE, 415, "wrong-type"),
        ("POST", "/", 405, "wrong-method"),
    ],
)
def test_problems_are_those_of_rfc_9457(
    server: Server, method: str, path: str, status: int, kind: str
) -> None:
    connection = server.connect()
    connection.request(method, path)
    answer = connection.getresponse()
    found = json.loads(answer.read())
    assert answer.headers["content-type"] == "application/problem+json"
    assert (answer.status, found["status"], found["type"]) == (status, status, f"/problems/{kind}")
    assert found["title"]
    assert found["detail"]
    assert server.ask(found["type"])[0] == 200
    connection.close()


def test_requests_may_follow_one_another_without_waiting(server: Server) -> None:
    with server.raw() as one:
        head = b"/healthz HTTP/1.1\r\nhost: localhost\r\n"
        one.sendall(b"HEAD " + head + b"\r\nGET " + head + b"connection: close\r\n\r\n")
        found = read_all(one)
    assert found.count(b"HTTP/1.1 200") == 2
    assert found.count(b'"status": "ok"') == 1


def test_requests_to_another_name_are_refused(server: Server) -> None:
    """A page of another site may have its name point here, and ask by way of a browser."""
    assert server.ask("/healthz", host="localhost:80")[0] == 200
    assert server.ask("/healthz", host="evil.example")[1]["type"] == "/problems/wrong-host"


def test_metrics_and_log_tell_what_was_done(server: Server) -> None:
    before = server.ask("/metrics")[1]
    server.ask(PREDICT_WINE, {"records": [WINE] * 3})
    server.ask("/%1b[31m%0aGET")
    after = server.ask("/metrics")[1]
    rows = [
        float(re.search(r'^kerazoo_rows_total\{model="wine_multiclass"\} (\d+)', text, re.M)[1])
        if "kerazoo_rows_total{" in text
        else 0.0
        for text in (before, after)
    ]
    assert rows[1] - rows[0] == 3
    assert re.search(r"^process_resident_memory_bytes \d{7,}", after, re.M)
    for line in after.splitlines():
        assert re.fullmatch(r'# TYPE \w+ \w+|\w+(\{(\w+="[^"]*",?)+\})? [0-9.e+-]+', line), line
    lines: list[str] = []
    deadline = time.monotonic() + 20
    while not (lines and lines[-1].endswith(" rows=3")) and time.monotonic() < deadline:
        lines = [line for line in server.log().splitlines() if PREDICT_WINE in line]
        time.sleep(0.05)
    assert re.fullmatch(
        r'\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ 127\.0\.0\.1 "POST \S+:predict" 200 [\d.]+ ms rows=3',
        lines[-1],
    )
    assert "\x1b" not in server.log()


def test_many_clients_at_once_get_the_same_answer_as_one(server: Server) -> None:
    rng = np.random.default_rng(0)
    rows = [{**WINE, "alcohol": round(float(value), 2)} for value in rng.uniform(8, 14, 60)]
    with concurrent.futures.ThreadPoolExecutor(12) as pool:
        found = list(pool.map(lambda row: server.ask(PREDICT_WINE, {"records": [row]}), rows))
    together = server.ask(PREDICT_WINE, {"records": rows})[1]["predictions"]
    for (status, answer), expected in zip(found, together, strict=True):
        assert status == 200
        shares = answer["predictions"][0]["probabilities"]
        for name, share in expected["probabilities"].items():
            assert shares[name] == pytest.approx(share, abs=1e-6)


def test_the_page_has_a_labeled_field_for_each_column(server: Server) -> None:
    connection = server.connect()
    connection.request("GET", "/")
    answer = connection.getresponse()
    text = answer.read().decode()
    assert "script-src 'self'" in answer.headers["content-security-policy"]
    labels = re.findall(r"<label[^>]*>(\w+) <(?:input|select) data-column=\"(\w+)\"", text)
    assert [label for label, _ in labels] == [column for _, column in labels]
    assert [label for label, _ in labels] == [*WINE, "user", "item"]
    assert 'accept=".png' in text
    assert "http" not in text.replace("http-equiv", "")  # nothing comes from elsewhere
    for name in ("page.css", "page.js"):
        assert server.ask(f"/{name}")[0] == 200
    connection.close()


def test_a_body_that_is_too_long_is_refused(strict: Server) -> None:
    status, found = strict.ask(PREDICT_WINE, b" " * 30_000)
    assert (status, found["type"]) == (413, "/problems/too-large")
    with strict.raw() as endless:
        head = f"POST {PREDICT_WINE} HTTP/1.1\r\nhost: localhost\r\n"
        endless.sendall(f"{head}transfer-encoding: chunked\r\n\r\n".encode())
        try:
            for _ in range(20_000):  # 160 MB, of which the server takes some to be polite
                endless.sendall(b"2000\r\n" + b" " * 0x2000 + b"\r\n")
        except ConnectionError:
            pass
        else:
            pytest.fail("the server took all of it")
    assert strict.ask("/healthz")[0] == 200


@pytest.mark.parametrize("sent", ["headers", "body"])
def test_a_client_that_sends_a_byte_now_and_then_is_cut_off(strict: Server, sent: str) -> None:
    head = f"POST {PREDICT_WINE} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n"
    with strict.raw() as slow:
        slow.sendall(head.encode())
        if sent == "body":
            slow.sendall(b"content-length: 1000\r\n\r\n")
        for _ in range(100):
            try:
                slow.sendall(b"a")
            except ConnectionError:
                break
            time.sleep(0.1)
        else:
            pytest.fail("it was listened to for ten seconds")
        assert b"HTTP/1.1 408" in read_all(slow)


def test_a_client_that_says_nothing_or_too_much_is_cut_off(strict: Server) -> None:
    with strict.raw() as silent, strict.raw() as talkative, strict.raw() as nonsense:
        nonsense.sendall(b"what? is this\r\n\r\n")
        assert b'"type": "/problems/malformed"' in read_all(nonsense)
        talkative.sendall(b"GET / HTTP/1.1\r\n" + b"a: b\r\n" * 2000)
        assert b"HTTP/1.1 431" in read_all(talkative)
        assert read_all(silent) == b""


def test_connections_and_requests_are_counted(strict: Server) -> None:
    with contextlib.ExitStack() as stack:
        for _ in range(8):
            stack.enter_context(strict.raw())
        assert b"HTTP/1.1 503" in read_all(stack.enter_context(strict.raw()))
    head = f"POST {PREDICT_WINE} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n"
    with strict.raw() as first, strict.raw() as second:
        for one in (first, second):
            one.sendall(f"{head}content-length: 10\r\n\r\n".encode())
        deadline = time.monotonic() + 20  # for both to be heard
        status, found = 0, {}
        while status != 503 and time.monotonic() < deadline:
            status, found = strict.ask(PREDICT_WINE, {"records": [WINE]})
        assert (status, found["type"]) == (503, "/problems/busy")


def test_a_port_in_use_is_one_line(server: Server) -> None:
    done = run_fresh_kerazoo("serve", "wine_multiclass", "--port", server.port)
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.startswith(f"error: nothing can listen on port {server.port} of 127.0.0.1:")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "status", "says"),
    [
        (["nowhere"], 2, "unknown saved model or directory 'nowhere'"),
        (["boston", "boston"], 2, "two models are called 'boston'"),
        (["boston", "--port", "70000"], 2, "expected a whole number, 0 to 65535"),
        (["boston", "--token-file", "/dev/null"], 1, "holds no token"),
        (["boston", "--host", "999.1.1.1"], 1, "nothing can listen on port 8000 of 999.1.1.1"),
    ],
)
def test_a_server_that_cannot_start_says_why(
    cli_of, arguments: list[str], status: int, says: str
) -> None:
    found, out, err = cli_of("serve", *arguments)
    assert (found, out) == (status, "")
    assert says in err
    assert err.count("\n") == 1


@pytest.fixture
def cli_of(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    """Run a command in this process."""

    def run(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", ["kerazoo", *arguments])
        with pytest.raises(SystemExit) as stop:
            main()
        return int(stop.value.code or 0), *capsys.readouterr()

    return run


def test_without_the_token_nothing_but_health_is_answered(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text(TOKEN + "\n")
    with running("wine_multiclass", "--token-file", file, "--quiet") as server:
        bearer = {"authorization": f"Bearer {TOKEN}"}
        assert server.ask("/healthz") == (200, {"status": "ok"})
        for path in ("/", "/metrics", "/openapi.json", "/v1/models", PREDICT_WINE):
            body = {"records": [WINE]} if path == PREDICT_WINE else None
            status, found = server.ask(path, body)
            assert (status, found["type"]) == (401, "/problems/no-token")
            assert server.ask(path, body, **bearer)[0] == 200
            assert server.ask(path, body, authorization=f"Bearer {TOKEN}x")[0] == 401
        # As browsers send it: any name, and the token as the password.
        assert server.ask("/", authorization="Basic YW5uOmEtdG9rZW4tb2YtbWFueS1sZXR0ZXJz")[0] == 200
        assert server.stop(signal.SIGINT) == 130
        assert server.log().splitlines() == ["error: interrupted."]


def test_what_is_being_answered_when_a_server_is_stopped_is_answered() -> None:
    with running("wine_multiclass") as server:
        row = json.dumps({"records": [WINE] * 8}).encode()
        status: list[int] = []
        asking = threading.Thread(
            target=lambda: status.append(server.ask("/v1/models/wine_multiclass:explain", row)[0])
        )
        asking.start()
        waiting = 0.0
        while waiting < 1:
            text = server.ask("/metrics")[1]
            waiting = float(re.search(r"^kerazoo_requests_waiting (\d+)", text, re.M)[1])
            assert not status, "it was answered before anybody could stop the server"
        assert server.stop() == 0
        asking.join()
        assert status == [200]
        assert "TensorFlow was imported" not in server.log()


def test_a_model_that_is_replaced_is_answered_by_the_old_one_or_the_new_one(
    root: Path, tmp_path: Path
) -> None:
    folder, other = tmp_path / "wine", tmp_path / "other"
    shutil.copytree(root / "saved_models" / "wine_multiclass", folder)
    shutil.copytree(root / "saved_models" / "wine_binary", other)
    binary_row = {**WINE, "quality": 5}
    binary_row.pop("color")
    kinds = {"wine_multiclass": {"bad", "medium", "good"}, "wine_binary": {"red", "white"}}
    seen: set[tuple[str, str]] = set()
    with running(folder) as server:
        deadline = time.monotonic() + 30
        while len(seen) < 2 and time.monotonic() < deadline:
            status, found = server.ask("/v1/models/wine:predict", {"records": [WINE]})
            if status == 422:  # the new one takes other columns
                status, found = server.ask("/v1/models/wine:predict", {"records": [binary_row]})
            if status == 422:  # it was replaced between the two
                continue
            assert status == 200
            assert set(found["predictions"][0]["probabilities"]) == kinds[found["model"]]
            seen.add((found["model"], found["version"]))
            if len(seen) == 1 and folder.exists() and not (tmp_path / "old").exists():
                folder.rename(tmp_path / "old")
                other.rename(folder)
        assert {model for model, _ in seen} == set(kinds)
        # A folder that is no whole model any more is refused, and the one before goes on.
        (folder / "model.tflite").write_bytes(b"none")
        while "the old one goes on" not in server.log() and time.monotonic() < deadline:
            time.sleep(0.1)
        assert server.ask("/v1/models/wine:predict", {"records": [binary_row]})[0] == 200
        assert 'kerazoo_reloads_total{model="wine",result="refused"} 1' in server.ask("/metrics")[1]
        assert server.stop() == 0
