"""What is said if something is wrong: problems as RFC 9457 has them, with the errors' own words."""

from __future__ import annotations

import json
from collections.abc import Mapping
from http import HTTPStatus

from kerazoo.errors import InvalidInput, KerazooError, UnknownName, WrongUsage

CONTENT_TYPE = "application/problem+json"
KINDS: Mapping[str, tuple[int, str]] = {
    "malformed": (400, "The request cannot be read."),
    "no-token": (401, "The request shows no token, or a wrong one."),
    "not-found": (404, "There is no such model or page."),
    "wrong-method": (405, "The page takes another method."),
    "too-slow": (408, "The request did not arrive in time."),
    "too-large": (413, "The request is larger than the server takes."),
    "wrong-type": (415, "The body is of a type that the model does not take."),
    "wrong-host": (421, "The request is meant for another server."),
    "wrong-input": (422, "The input is not what the model takes."),
    "cannot-answer": (422, "The model cannot answer this question."),
    "headers-too-large": (431, "The headers of the request are larger than the server takes."),
    "mistake": (500, "The server made a mistake."),
    "busy": (503, "The server has too much to do."),
    "took-too-long": (503, "The answer took longer than the server allows."),
}
"""The kinds of problems: status and title. `GET /problems/KIND` says what the server allows."""

_LONGEST = 2000
# What the words of the command line and of Python call what is a field of the body here.
_SPELLED_HERE = {
    "Add --fit crop, pad or stretch, or pass fit= in Python.": (
        'Add "fit" to the request: "crop", "pad" or "stretch".'
    ),
    "pass series=, one of": 'add "series" to the request, one of',
    "Pass a CSV or .npy file.": 'Send "rows", which take numbers.',
}


class Problem(Exception):
    """Why a request has no answer.

    Args:
        kind: one of `KINDS`.
        detail: what was passed, what was expected, how to fix it.
        headers: further headers of the response.
    """

    def __init__(self, kind: str, detail: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail)
        self.kind = kind
        self.detail = shortened(detail)
        self.headers = headers or {}
        self.status, self.title = KINDS[kind]

    def body(self) -> bytes:
        """Return the problem as JSON."""
        fields = {
            "type": f"/problems/{self.kind}",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
        }
        return json.dumps(fields, ensure_ascii=False).encode("utf-8", "replace")

    def response(self) -> bytes:
        """Return it as the whole response of a connection that is closed after it."""
        body = self.body()
        head = (
            f"HTTP/1.1 {self.status} {HTTPStatus(self.status).phrase}\r\n"
            f"content-type: {CONTENT_TYPE}\r\ncontent-length: {len(body)}\r\n"
            "connection: close\r\n\r\n"
        )
        return head.encode() + body


def problem_of(error: Exception) -> Problem:
    """Return the problem that an error is, with its own words.

    Example:
        >>> problem_of(InvalidInput("input has no rows; pass at least one.")).status
        422
    """
    if isinstance(error, Problem):
        return error
    if isinstance(error, KerazooError):
        is_question = isinstance(error, InvalidInput | UnknownName | WrongUsage)
        return Problem("wrong-input" if is_question else "cannot-answer", spelled_here(str(error)))
    if isinstance(error, MemoryError):
        return Problem("busy", "the memory of the server is full. Send fewer rows, or try later.")
    return Problem(
        "mistake",
        f"{type(error).__name__}. This is a mistake of kerazoo's, not yours; ask whoever runs the "
        "server: its log shows where.",
    )


def spelled_here(text: str) -> str:
    """Return a message in a line, with the names that a field of the body has."""
    text = " ".join(text.split())
    for elsewhere, here in _SPELLED_HERE.items():
        text = text.replace(elsewhere, here)
    return text


def shortened(text: str) -> str:
    """Return a message that is not as long as a user can make one."""
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]} ..."
