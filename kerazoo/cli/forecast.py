"""`kerazoo predict` for a network that forecasts a series: the rows after the end of a file."""

from __future__ import annotations

import csv
import io
import json
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kerazoo.cli.console import say
from kerazoo.errors import KerazooError

if TYPE_CHECKING:
    from kerazoo.predict import Predictor
    from kerazoo.tasks.series.forecast import Forecast


def forecast_file(
    predictor: Predictor,
    inputs: Sequence[str],
    steps: int | None,
    coverage: float,
    plot: Path | None,
) -> Forecast:
    """Forecast the rows after the end of a CSV file, and draw them if asked to.

    Args:
        predictor: a network that forecasts a series.
        inputs: one CSV file, or `"-"` for standard input.
        steps: rows ahead; as many as the network gives at once by default.
        coverage: share of the paths that the interval holds.
        plot: the picture to write.

    Raises:
        KerazooError: if there is more than one file, or the picture cannot be written.
        InvalidInput: if the file is not what the network takes.
    """
    if len(inputs) != 1:
        raise KerazooError(
            f"a forecast goes on from one file, not from {len(inputs)}. Give one CSV file."
        )
    series = predictor.card.series
    if series is None:
        raise KerazooError(
            f"{predictor.card.name!r} does not forecast a series: leave out --steps, --plot and "
            "--coverage."
        )
    from kerazoo.tasks.series.forecast import forecast

    if plot is not None and (plot.suffix != ".png" or not plot.absolute().parent.is_dir()):
        raise KerazooError(
            f"--plot {plot}: expected a name that ends in .png, in a folder that exists."
        )
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", UserWarning)
        result = forecast(
            predictor,
            inputs[0],
            series.horizon if steps is None else steps,
            coverage=coverage,
        )
    for warning in caught:
        say(str(warning.message))
    if plot is not None:
        from kerazoo.plots.files import save_figures
        from kerazoo.plots.forecasts import plot_forecast

        save_figures(plot.absolute().parent, {plot.stem: plot_forecast(result)})
        say(f"drawn to {plot}")
    return result


def format_forecast(forecast: Forecast, kind: str) -> str:
    """Turn a forecast into text.

    Args:
        forecast: what was forecast.
        kind: `"table"`, `"csv"`, `"json"` or `"jsonl"`.
    """
    records = _records(forecast)
    if kind == "json":
        return json.dumps(records, indent=1, ensure_ascii=False) + "\n"
    if kind == "jsonl":
        return "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)
    names = list(records[0])
    if kind == "csv":
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerows([names, *(record.values() for record in records)])
        return text.getvalue()
    cells = [names, *([_shown(value) for value in record.values()] for record in records)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines = [
        "  ".join(cell.rjust(width) for cell, width in zip(line, widths, strict=True))
        for line in cells
    ]
    return "\n".join(lines) + "\n"


def _records(forecast: Forecast) -> list[dict[str, Any]]:
    from kerazoo.datasets.reading.dates import show_date

    records = []
    for step in range(len(forecast)):
        record: dict[str, Any] = {"step": step + 1}
        if forecast.dates is not None:
            record["date"] = show_date(forecast.dates[step])
        record[forecast.target] = _rounded(forecast.values[step])
        record["lower"] = _rounded(forecast.lower[step])
        record["upper"] = _rounded(forecast.upper[step])
        records.append(record)
    return records


def _rounded(value: float) -> float:
    """Drop the digits that a float32 does not have."""
    return float(f"{value:.7g}")


def _shown(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)
