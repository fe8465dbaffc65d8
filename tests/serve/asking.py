"""Questions without a server around them."""

from __future__ import annotations

import json
import time
from typing import Any

from kerazoo.serve.answers import Answer, Asked, answer_alone
from kerazoo.serve.limits import Limits
from kerazoo.serve.models import Model
from kerazoo.serve.problems import Problem

LIMITS = Limits(rows=1000, seconds=60)


def asked(
    body: Any,
    verb: str = "predict",
    content_type: str = "application/json",
    query: str = "",
    accept: str = "",
) -> Asked:
    body = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Asked("model", verb, body, content_type, query, time.monotonic() + 60, accept)


def answer(model: Model, *arguments: Any, **options: Any) -> dict[str, Any]:
    found = answer_alone(asked(*arguments, **options), model, LIMITS)
    assert isinstance(found, Answer), found
    return json.loads(found.body)


def problem(model: Model, *arguments: Any, **options: Any) -> Problem:
    found = answer_alone(asked(*arguments, **options), model, LIMITS)
    assert isinstance(found, Problem), found
    return found


def in_csv(model: Model, *arguments: Any, **options: Any) -> Answer:
    """Ask for CSV, and return the answer as it is sent."""
    found = answer_alone(asked(*arguments, accept="text/csv", **options), model, LIMITS)
    assert isinstance(found, Answer), found
    assert found.content_type == "text/csv; charset=utf-8"
    return found
