"""`kerazoo predict` for a network that forecasts a series: the rows after the end of a file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kerazoo._files import check_new_file
from kerazoo._machine import warnings_as_lines
from kerazoo.datasets.splits import Series
from kerazoo.errors import KerazooError
from kerazoo.predict import load_predictor
from kerazoo.predict.output import format_records
from kerazoo.saved.reading import Location
from kerazoo.tasks import Request

if TYPE_CHECKING:
    from kerazoo.tasks.series.forecast import Forecast

_COVERAGE = 0.9


def answer(model: Location, request: Request) -> Iterator[str]:
    """Forecast the rows after the end of one CSV file, and draw them if asked to.

    Args:
        model: a saved network that forecasts.
        request: one CSV file, or `"-"` for standard input; the options `steps`, `coverage` and
            `plot`.

    Raises:
        KerazooError: if there is more than one file, or the image cannot be written.
        InvalidInput: if the file is not what the network takes.
    """
    if len(request.inputs) != 1:
        raise KerazooError(
            f"a forecast goes on from one file, not from {len(request.inputs)}. Give one CSV file."
        )
    from kerazoo.tasks.series.forecast import forecast

    plot: Path | None = request.options.get("plot")
    if plot is not None:
        check_new_file(plot, (".png",), "--plot", force=request.force)
    predictor = load_predictor(model, request.runtime)
    series = predictor.card.about
    horizon = series.horizon if isinstance(series, Series) else 1
    with warnings_as_lines(request.say):
        result = forecast(
            predictor,
            request.inputs[0],
            request.options.get("steps", horizon),
            coverage=request.options.get("coverage", _COVERAGE),
        )
    if plot is not None:
        from kerazoo.plots.files import save_figure
        from kerazoo.plots.forecasts import plot_forecast

        save_figure(plot, plot_forecast(result))
        request.say(f"drawn to {plot}")
    yield format_records(_records(result), request.format)


def _records(forecast: Forecast) -> list[dict[str, Any]]:
    dates = forecast.dates
    # One form for the whole column: some tables cannot be read otherwise.
    whole_days = dates is None or bool((dates == dates.normalize()).all())
    records = []
    for step in range(len(forecast)):
        record: dict[str, Any] = {"step": step + 1}
        if dates is not None:
            date = dates[step]
            record["date"] = date.date().isoformat() if whole_days else date.isoformat(" ")
        record[forecast.target] = _rounded(forecast.values[step])
        record["lower"] = _rounded(forecast.lower[step])
        record["upper"] = _rounded(forecast.upper[step])
        records.append(record)
    return records


def _rounded(value: float) -> float:
    """Drop the digits that a float32 does not have."""
    return float(f"{value:.7g}")
