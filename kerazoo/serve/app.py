"""The pages, as an ASGI application: who may ask, what, and how long it may take."""

from __future__ import annotations

import asyncio
import base64
import binascii
import contextlib
import hmac
import json
import re
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from kerazoo.serve import metrics, openapi, page, problems
from kerazoo.serve.answers import EXPLAIN, PREDICT, Asked
from kerazoo.serve.body import Body, Gone, Receive
from kerazoo.serve.lanes import Lanes
from kerazoo.serve.limits import Limits
from kerazoo.serve.log import Log
from kerazoo.serve.metrics import Metrics
from kerazoo.serve.models import Served
from kerazoo.serve.problems import Problem, problem_of
from kerazoo.serve.replies import took_too_long

Scope = Mapping[str, Any]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]

_JSON = "application/json"
_QUESTION = re.compile(r"/v1/models/([^/:]+):(\w+)")
_OPEN = ("/healthz",)  # without a token: it tells nothing but that the server is there
_LOCAL_HOSTS = re.compile(r"(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?", re.IGNORECASE)
_SAFE = {
    "x-content-type-options": "nosniff",
    "cache-control": "no-store",
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src blob:; connect-src "
        "'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
}


@dataclass
class Response:
    """What is sent back, and what is noted of it."""

    body: bytes
    content_type: str = _JSON
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    rows: int = 0
    together: int = 0


class App:
    """Answers requests.

    Args:
        models: by name.
        limits: what a request may take.
        token: what it must show, if it must.
        is_local: whether only this machine reaches it: then it answers to its own names alone, and
            no page of another site can ask by way of a browser.
        log: is told of each request.
    """

    def __init__(
        self,
        models: Mapping[str, Served],
        limits: Limits,
        *,
        token: str | None,
        is_local: bool,
        log: Log,
    ) -> None:
        self.models = models
        self.limits = limits
        self.metrics = Metrics()
        self._lanes = {name: Lanes(served, limits) for name, served in models.items()}
        self._token = token
        self._is_local = is_local
        self._log = log
        self._busy = 0
        self._pages: Mapping[str, Callable[[], Response]] = {
            "/": self._page,
            "/page.css": lambda: Response(page.asset("page.css"), "text/css; charset=utf-8"),
            "/page.js": lambda: Response(page.asset("page.js"), "text/javascript; charset=utf-8"),
            "/healthz": self._health,
            "/metrics": self._metrics,
            "/openapi.json": lambda: _as_json(openapi.describe(self.models, limits, token)),
            "/v1/models": lambda: _as_json({"models": [self._of(name) for name in models]}),
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        started = time.monotonic()
        headers = {name.decode("latin-1"): value for name, value in scope["headers"]}
        path = scope["path"]
        asked = _QUESTION.fullmatch(path)
        name, verb = asked.groups() if asked else ("", "")
        arrived = Body(receive, headers, self.limits, started)
        try:
            self._check_who(path, headers)
            if asked:
                response = await self._answer(scope, headers, arrived, name, verb)
            else:
                response = self._look_up(path, scope["method"])
        except Problem as problem:
            response = _of_problem(problem)
            if not arrived.is_whole:
                await arrived.discard()
                response.headers = {**response.headers, "connection": "close"}
        except Gone:
            return
        except Exception as error:
            import traceback

            traceback.print_exception(error)
            response = _of_problem(problem_of(error))
        seconds = time.monotonic() - started
        known = name if name in self.models else ""
        self.metrics.count(
            known,
            verb if known and verb in (PREDICT, EXPLAIN) else "page",
            response.status,
            seconds,
            rows=response.rows,
            together=response.together,
        )
        client = (scope.get("client") or ("-",))[0]
        line = f"{scope['method']} {path}"
        self._log.request(client, line, response.status, seconds, response.rows)
        await _send(send, response, is_head=scope["method"] == "HEAD")

    def _check_who(self, path: str, headers: Mapping[str, bytes]) -> None:
        host = headers.get("host", b"").decode("latin-1")
        if self._is_local and not _LOCAL_HOSTS.fullmatch(host):
            raise Problem(
                "wrong-host",
                f"the request is for {host[:60]!r}, and this server is localhost. To be reached "
                "under another name, start it with --host.",
            )
        if self._token is None or path in _OPEN:
            return
        if not hmac.compare_digest(_token_in(headers), self._token.encode()):
            raise Problem(
                "no-token",
                "send the token of this server: Authorization: Bearer TOKEN.",
                {"www-authenticate": 'Basic realm="kerazoo", Bearer'},
            )

    def _look_up(self, path: str, method: str) -> Response:
        make = self._pages.get(path) or self._page_of(path)
        if method not in ("GET", "HEAD"):
            raise Problem(
                "wrong-method", f"{path[:60]} takes GET, not {method[:20]}.", {"allow": "GET, HEAD"}
            )
        return make()

    def _page_of(self, path: str) -> Callable[[], Response]:
        """Return what makes the page of one model, or of one kind of problem."""
        folder, _, name = path.rpartition("/")
        if folder == "/v1/models":
            self._check_name(name)
            return lambda: _as_json(self._of(name))
        if folder == "/problems" and name in problems.KINDS:
            status, title = problems.KINDS[name]
            text = f"{name}: {title} Status {status}. The detail of a problem says what to do.\n"
            return lambda: Response(text.encode(), "text/plain; charset=utf-8")
        raise Problem(
            "not-found",
            f"there is no page {path[:60]!r}. Get /openapi.json, which describes those there are.",
        )

    def _check_name(self, name: str) -> None:
        if name not in self.models:
            raise Problem(
                "not-found",
                f"there is no model {name[:60]!r} here. Ask {', '.join(self.models)}.",
            )

    async def _answer(
        self,
        scope: Scope,
        headers: Mapping[str, bytes],
        arrived: Body,
        name: str,
        verb: str,
    ) -> Response:
        self._check_name(name)
        if verb not in (PREDICT, EXPLAIN):
            raise Problem("not-found", f"a model takes predict or explain, not {verb[:40]}.")
        if scope["method"] != "POST":
            method = scope["method"][:20]
            raise Problem("wrong-method", f":{verb} takes POST, not {method}.", {"allow": "POST"})
        if headers.get("content-encoding", b"identity") != b"identity":
            raise Problem("wrong-type", "the body is packed; send it without Content-Encoding.")
        if self._busy >= self.limits.requests:
            raise Problem(
                "busy",
                f"{self.limits.requests} requests are being answered or wait. Ask in a second.",
                {"retry-after": "1"},
            )
        self._busy += 1
        waiting = self._count_down
        try:
            async with asyncio.timeout(self.limits.seconds):
                body = await arrived.read()
                question = Asked(
                    name,
                    verb,
                    body,
                    headers.get("content-type", b"").decode("latin-1"),
                    scope["query_string"].decode("latin-1"),
                    arrived.deadline,
                    headers.get("accept", b"").decode("latin-1"),
                )
                job = self._lanes[name].put(question, self._count_down)
                waiting = _do_nothing  # a thread counts it down, also if nobody waits any more
                answer = await job
        except TimeoutError as error:
            raise (took_too_long() if arrived.is_whole else arrived.too_slow()) from error
        finally:
            waiting()
        if isinstance(answer, Problem):
            raise answer
        return Response(
            answer.body,
            answer.content_type,
            headers=answer.headers,
            rows=answer.rows,
            together=answer.together,
        )

    def _count_down(self) -> None:
        self._busy -= 1

    def _of(self, name: str) -> dict[str, Any]:
        return openapi.describe_model(name, self.models[name].current)

    def _health(self) -> Response:
        versions = {name: served.current.version for name, served in self.models.items()}
        return _as_json(
            {"status": "ok", "models": versions} if self._token is None else {"status": "ok"}
        )

    def _metrics(self) -> Response:
        text = self.metrics.text({"kerazoo_requests_waiting": self._busy})
        return Response(text.encode(), metrics.CONTENT_TYPE)

    def _page(self) -> Response:
        return Response(page.render(self.models), "text/html; charset=utf-8")


def _do_nothing() -> None:
    """Be called, and do nothing."""


def _token_in(headers: Mapping[str, bytes]) -> bytes:
    """Return the token that a request shows: a program as it is, a browser as a password."""
    scheme, _, shown = headers.get("authorization", b"").partition(b" ")
    if scheme.lower() == b"bearer":
        return shown.strip()
    if scheme.lower() == b"basic":
        with contextlib.suppress(binascii.Error):
            return base64.b64decode(shown).partition(b":")[2]
    return b""


def _as_json(value: Any) -> Response:
    return Response(json.dumps(value, ensure_ascii=False).encode("utf-8", "replace"))


def _of_problem(problem: Problem) -> Response:
    return Response(problem.body(), problems.CONTENT_TYPE, problem.status, problem.headers)


async def _send(send: Send, response: Response, *, is_head: bool) -> None:
    headers = {
        "content-type": response.content_type,
        "content-length": str(len(response.body)),
        **({} if response.rows else _SAFE),
        **response.headers,
    }
    await send(
        {
            "type": "http.response.start",
            "status": response.status,
            "headers": [
                (name.encode(), value.encode("latin-1")) for name, value in headers.items()
            ],
        }
    )
    await send({"type": "http.response.body", "body": b"" if is_head else response.body})
