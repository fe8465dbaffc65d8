"""Why a forecast is what it is: what each value of the window before it counts."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from kerazoo._wording import agree, counted
from kerazoo.datasets.about import Series
from kerazoo.errors import KerazooError
from kerazoo.predict import Predictor
from kerazoo.predict.explanation import Explanation, short
from kerazoo.tasks import Format
from kerazoo.tasks.series.continuation import Forecast


def explain_forecast(
    predictor: Predictor, forecast: Forecast, *, seed: int = 0, pairs: int | None = None
) -> list[Explanation]:
    """Share the first rows ahead out to the values of the window that the network saw.

    They are Shapley values, in the unit of the target: what the network forecasts minus the mean of
    what it forecasts for a few stored windows. Later rows are forecast from these rows, and are not
    explained.

    Args:
        predictor: the network.
        forecast: what it forecast.
        seed: decides the orders that are drawn, beyond 13 values.
        pairs: how many of them.

    Returns:
        One explanation for each row that the network predicts at once, as far as it was asked for.

    Raises:
        KerazooError: if the forecast does not hold its window.
    """
    about, seen = predictor.card.about, forecast.seen
    if seen is None or not isinstance(about, Series):
        raise KerazooError("this forecast does not hold its window; pass one of kerazoo.forecast.")
    found = predictor.explain_array(seen.window[np.newaxis], seed=seed, pairs=pairs)
    assert isinstance(found, Explanation)
    return [
        _of_step(found, step, about.target, seen.center, seen.spread)
        for step in range(min(about.horizon, len(forecast)))
    ]


def add_reasons(records: list[dict[str, Any]], why: list[Explanation], kind: Format) -> None:
    """Add what counts to the records of a forecast; nothing to those of later rows.

    Args:
        records: one for each row ahead; they are changed.
        why: of the first rows.
        kind: for people what counts most, in CSV a column for each value, in JSON an object.
    """
    for index, record in enumerate(records):
        one, is_explained = why[min(index, len(why) - 1)], index < len(why)
        if kind == "table":
            more: dict[str, Any] = {"why": one.in_short()[0]}
        elif kind == "csv":
            names, cells = one.fields()
            more = {name: short(cell) for name, (cell,) in zip(names, cells, strict=True)}
        else:
            (more,) = one.records()
        nothing = dict.fromkeys(more, "" if kind == "table" else None)
        record.update(more if is_explained else nothing)


def say_what_is_explained(why: list[Explanation], steps: int) -> str:
    """Say which rows ahead are not explained; `""` if all are."""
    if steps <= len(why):
        return ""
    first = "the first row is" if len(why) == 1 else f"rows 1 to {len(why)} are"
    return (
        f"why: {first} explained; "
        f"{counted(steps - len(why), 'row')} {agree(steps - len(why), 'comes', 'come')} from "
        "forecasts before."
    )


def _of_step(
    found: Explanation, step: int, target: str, center: float, spread: float
) -> Explanation:
    """Return what is said of one row ahead, in the units of the series."""
    one = slice(step, step + 1)
    errors = found.standard_error
    return replace(
        found,
        outputs=(target,),
        values=found.values[..., one] * spread,
        baseline=found.baseline[one] * spread + center,
        answers=found.answers[:, one] * spread + center,
        standard_error=None if errors is None else errors[..., one] * spread,
    )
