"""A pytest plugin for Keras' own tests: `keras.Model.fit` becomes `kerazoo.fit_model`.

It keeps the tests that train, and writes what became of each, and how often `fit_model` trained,
into the file that `KERAS_OWN_REPORT` names. With `KERAS_OWN_PLAIN`, Keras' own `fit` stays.
"""

from __future__ import annotations

import collections
import inspect
import json
import os
import re
from pathlib import Path
from typing import Any

import keras
import pytest

from kerazoo.engine import fit as engine

_outcomes: dict[str, str] = {}
_calls = 0
_left_to_keras: collections.Counter[str] = collections.Counter()
_training: list[keras.Model] = []
_keras_fit = keras.Model.fit


def fit(
    model: keras.Model, x: Any = None, y: Any = None, batch_size: Any = None, **options: Any
) -> Any:
    """Do what `keras.Model.fit` does, by `fit_model`."""
    global _calls
    if any(one is model for one in _training):  # `fit_model` leaves it to Keras
        return _keras_fit(model, x, y, batch_size, **options)
    _calls += 1
    weight, validation = options.pop("sample_weight", None), options.pop("validation_data", None)
    train = x
    if weight is not None:
        train = (x, y, weight)
    elif y is not None:
        train = (x, y)
    elif hasattr(x, "__array__") or isinstance(x, list | tuple | dict):
        train = (x,)
    _training.append(model)
    try:
        return engine.fit_model(model, train, validation, batch_size=batch_size, **options)
    finally:
        _training.pop()


def pytest_configure(config: pytest.Config) -> None:
    if "KERAS_OWN_PLAIN" not in os.environ:
        keras.Model.fit = fit
        engine.say_once = lambda reason: _left_to_keras.update([reason])


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items[:] = [item for item in items if _trains(item)]


def _trains(item: Any) -> bool:
    """Tell whether a test, or a method that it calls, calls `fit`."""
    source = inspect.getsource(inspect.unwrap(item.function))
    for name in set(re.findall(r"self\.(\w+)\(", source)):
        helper = vars(item.cls).get(name) if item.cls else None
        source += inspect.getsource(helper) if inspect.isfunction(helper) else ""
    return ".fit(" in source


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.when == "call" or report.outcome != "passed":
        _outcomes[report.nodeid] = report.outcome


def pytest_sessionfinish() -> None:
    found = {"outcomes": _outcomes, "calls": _calls, "left to Keras": _left_to_keras}
    Path(os.environ["KERAS_OWN_REPORT"]).write_text(json.dumps(found), encoding="utf-8")
