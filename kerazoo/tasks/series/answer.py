"""`kerazoo predict` for a network that forecasts a series: the rows after the end of a file."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kerazoo._files import check_new_file
from kerazoo._machine import warnings_as_lines
from kerazoo.datasets.about import Series
from kerazoo.errors import InvalidInput, KerazooError, WrongUsage
from kerazoo.predict import Predictor, load_predictor
from kerazoo.predict.output import format_records
from kerazoo.saved.reading import Location
from kerazoo.tasks import Request
from kerazoo.tasks.series.reasons import add_reasons, explain_forecast, say_what_is_explained

if TYPE_CHECKING:
    from kerazoo.tasks.series.continuation import Forecast

_COVERAGE = 0.9


def answer(model: Location, request: Request) -> Iterator[str]:
    """Forecast the rows after the end of one CSV file, and draw them if asked to.

    Args:
        model: a saved network that forecasts.
        request: one CSV file, or `"-"` for standard input; the options `steps`, `coverage`,
            `quantiles`, `explain` and `plot`.

    Raises:
        WrongUsage: if the quantiles are no numbers.
        KerazooError: if there is more than one file, or the image cannot be written.
        InvalidInput: if the file is not what the network takes.
    """
    if len(request.inputs) != 1:
        raise KerazooError(
            f"a forecast goes on from one file, not from {len(request.inputs)}. Give one CSV file."
        )
    plot: Path | None = request.options.get("plot")
    if plot is not None:
        check_new_file(plot, (".png",), "--plot", force=request.force)
    predictor = load_predictor(model, request.runtime)
    records = forecast_records(predictor, request.inputs[0], request)
    yield format_records(records, request.format)


def forecast_records(predictor: Predictor, source: Any, request: Request) -> list[dict[str, Any]]:
    """Forecast the rows after the end of a table, and return a record for each of them.

    Args:
        predictor: a network that forecasts.
        source: a CSV file, `"-"`, or a table that is in memory: columns by name.
        request: as for `answer`.

    Raises:
        WrongUsage: if the quantiles are no numbers.
        KerazooError: if the network is no forecaster, or several series were to be drawn.
        InvalidInput: if the table is not what the network takes.
    """
    shares = _quantiles(request.options.get("quantiles", ""))
    results = _forecast_each(predictor, source, request)
    if request.options.get("plot") is not None:
        _draw(results, request)
    about = predictor.card.about
    by = about.by if isinstance(about, Series) else None
    records: list[dict[str, Any]] = []
    said: set[str] = set()
    for name, result in results.items():
        of_one = _records(result, shares)
        if request.options.get("explain"):
            why = explain_forecast(predictor, result)
            add_reasons(of_one, why, request.format)
            _once(request.say, said)(say_what_is_explained(why, len(result)))
        records += [{**({} if by is None else {by: name}), **record} for record in of_one]
    return records


def _draw(results: Mapping[str, Forecast], request: Request) -> None:
    if len(results) > 1:
        raise KerazooError(
            f"--plot draws one series, and {request.inputs[0]} holds {len(results)}. Leave it "
            "out, or give a file with one."
        )
    from kerazoo.plots.files import save_figure
    from kerazoo.plots.forecasts import plot_forecast

    plot: Path = request.options["plot"]
    save_figure(plot, plot_forecast(next(iter(results.values()))))
    request.say(f"drawn to {plot}")


def _forecast_each(predictor: Predictor, source: Any, request: Request) -> dict[str, Forecast]:
    """Forecast every series of the table, by its name; a single one has none."""
    from kerazoo.tasks.series.forecast import forecast
    from kerazoo.tasks.series.history import list_series

    about = predictor.card.about
    options = {
        "steps": request.options.get("steps", about.horizon if isinstance(about, Series) else 1),
        "coverage": request.options.get("coverage", _COVERAGE),
    }
    if not isinstance(about, Series) or about.by is None:
        with warnings_as_lines(request.say):
            return {"": forecast(predictor, source, **options)}
    if isinstance(source, str) and source == "-":
        from kerazoo.datasets.reading.table import read_frame

        source = read_frame(source)[0]  # it can be read once
    results: dict[str, Forecast] = {}
    problem: InvalidInput | None = None
    said: set[str] = set()  # the file is read for each series
    for name in list_series(predictor, source):
        try:
            with warnings_as_lines(_once(request.say, said)):
                results[name] = forecast(predictor, source, series=name, **options)
        except InvalidInput as error:
            problem = error
            request.say(f"series {name!r} is left out: {error}")
    if problem is not None and not results:
        raise problem
    return results


def _once(say: Callable[[str], object], said: set[str]) -> Callable[[str], object]:
    def say_once(line: str) -> None:
        if line and line not in said:
            said.add(line)
            say(line)

    return say_once


def _quantiles(text: str) -> dict[str, float]:
    """Return shares by how they were written, such as `"0.1,0.5,0.9"`."""
    try:
        return {one.strip(): float(one) for one in text.split(",") if one.strip()}
    except ValueError as error:
        raise WrongUsage(
            f"--quantiles {text} are no numbers; give shares with commas between: 0.1,0.5,0.9."
        ) from error


def _records(forecast: Forecast, shares: Mapping[str, float]) -> list[dict[str, Any]]:
    dates = forecast.dates
    quantiles = dict(zip(shares, forecast.quantiles(list(shares.values())), strict=True))
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
        for share, values in quantiles.items():
            record[f"quantile_{share}"] = _rounded(values[step])
        records.append(record)
    return records


def _rounded(value: float) -> float:
    """Drop the digits that a float32 does not have."""
    return float(f"{value:.7g}")
