"""A series of the user's own: read, split into windows, and described in a few lines."""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import numpy as np
import pandas as pd

from kerazoo._notes import warn_user
from kerazoo._wording import agree, counted, listed
from kerazoo.datasets import Splits, load_dataset
from kerazoo.datasets.about import Series
from kerazoo.datasets.reading.calendar import describe_step, natural_season
from kerazoo.datasets.reading.dates import find_dates, parse_dates, show_date
from kerazoo.datasets.reading.many import read_many
from kerazoo.datasets.reading.series import SeriesTable, read_series
from kerazoo.datasets.time_series_csv import split_names
from kerazoo.errors import InvalidInput, WrongUsage
from kerazoo.recipe import Recipe, for_training_on
from kerazoo.registry import VARIANTS, check_builder_takes, load_builder, load_recipe
from kerazoo.tasks import Chosen
from kerazoo.tasks.series.levels import columns_to_difference
from kerazoo.tasks.series.windows import choose_windows

_STEPS = 16  # the least in an epoch, if rows allow
_SMALLEST_BATCH = 8
_HARDLY = 0.05  # share of later rows out of the trained range that is not worth a word


def own_data(name: str, recipe: Recipe, path: Path, options: Chosen) -> tuple[Recipe, Splits]:
    """Return a recipe that trains a network on the series in a CSV file, and its windows, split.

    How long windows are, and whether they tell the day of the week, is chosen on the validation
    rows unless it is told.

    Args:
        name: a network that forecasts, such as `"lstm"`.
        recipe: how it is trained; its epochs are kept, and a batch size that is not its usual one.
        path: the CSV file.
        options: `target`, and what else `TRAIN_OPTIONS` has.

    Raises:
        KerazooError: if no target is named, or the network has no choice of window or horizon.
        InvalidInput: if the file is not a series that can be learned from.
    """
    if "target" not in options:
        raise WrongUsage("say which column is to be predicted: add --target COLUMN.")
    check_builder_takes(name, "input_shape", *(["horizon"] if "horizon" in options else []))
    if "weekday" in options and "no_weekday" in options:
        raise WrongUsage("--weekday and --no-weekday exclude each other: leave out one.")
    arguments: dict[str, Any] = {"path": str(path), **options}
    if arguments.pop("no_weekday", False):
        arguments["weekday"] = False
    tables = _read(path, options)
    longest = max(tables.values(), key=lambda table: len(table.values))
    season = 0 if longest.dates is None else natural_season(longest.dates)
    usual = recipe.dataset_arguments["lag"]
    chosen = choose_windows({"usual_lag": usual, **arguments}, season, _unit(longest))
    splits = load_dataset("time_series_csv", **{**arguments, **chosen})
    shape = {"input_shape": list(splits.train.x.shape[1:])}
    if options.get("horizon", 1) != 1:
        shape["horizon"] = options["horizon"]
    can_difference = "differences" in inspect.signature(load_builder(name)).parameters
    if can_difference and (columns := columns_to_difference(splits)):
        shape["differences"] = list(columns)
    _say_what_was_read(path, splits, list(tables.values()), "differences" in shape)
    _say_what_was_chosen(chosen, arguments)
    adapted = replace(
        recipe_for(name, recipe, splits),
        dataset_arguments={**arguments, **chosen},
        builder_arguments={**recipe.builder_arguments, **shape},
        experiment=path.name,
    )
    return adapted, splits


def recipe_for(name: str, recipe: Recipe, splits: Splits) -> Recipe:
    """Return a recipe that trains a network on the windows of a user's series.

    Args:
        name: as for `own_data`.
        recipe: as for `own_data`; how the network is built is kept.
        splits: the windows, from `load_dataset("time_series_csv", ...)`.
    """
    dated = [line.dates for line in splits.timelines if line.dates is not None]
    season = natural_season(pd.DatetimeIndex(max(dated, key=len))) if dated else 0
    # Of several series, the first row of each test part must have a season before it.
    trained = min(line.test for line in splits.timelines) - cast(Series, splits.about).lag
    season = season if 1 < season <= trained // 2 else 0
    adapted = replace(
        recipe,
        batch_size=_batch_size(name, recipe, len(splits.train.x)),
        dataset="time_series_csv",
        experiments={},
        documented=None,
        baseline=None,
        best=None,
        baselines=("last_value", *([f"season_{season}"] if season else []), "autoregression"),
    )
    return for_training_on(adapted, len(splits.train.x))


def find_steps(frame: pd.DataFrame) -> str:
    """Return how far apart the rows of a table are in time, in words; `""` if they are no series.

    Example:
        >>> days = pd.date_range("2024-01-01", periods=9).astype(str)
        >>> find_steps(pd.DataFrame({"day": days, "sold": range(9)}))
        "a row every day by 'day'"
    """
    try:
        date = find_dates(frame)
        if not date:
            return ""
        dates = parse_dates(frame[date], date, "the table")
    except InvalidInput:
        return ""  # no dates: no series
    times = np.sort(dates.instants.to_numpy())
    if len(times) <= 2 or not (np.diff(times) > np.timedelta64(0)).all():
        return ""
    return f"{describe_step(dates.local.sort_values())} by {date!r}"


def _unit(table: SeriesTable) -> str:
    """Return how far rows are apart: `"hour"`, `"day"` or `"month"`; `""` for anything else."""
    if table.dates is None:
        return ""
    step = describe_step(table.dates)
    return next((unit for unit in ("hour", "day", "month") if step == f"a row every {unit}"), "")


def _read(path: Path, options: Chosen) -> dict[str, SeriesTable]:
    """Return the series of a file by name."""
    how: dict[str, Any] = {
        "date": options.get("date"),
        "missing": options.get("missing", "refuse"),
        "needed": (options["target"], *(known := split_names(options.get("known", ())))),
        "known": known,
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # said when the windows are loaded
        if "series" in options:
            return read_many(path, options["series"], **how)
        return {"": read_series(path, **how)}


def _batch_size(name: str, recipe: Recipe, rows: int) -> int:
    """Return the recipe's batch size, or a smaller one where an epoch would have hardly a step.

    One that a user has chosen is kept.
    """
    usual = [
        # What else a user may have chosen does not matter.
        replace(load_recipe(name, variant), epochs=recipe.epochs, precision=recipe.precision)
        for variant in VARIANTS
    ]
    if recipe not in usual:
        return recipe.batch_size
    return min(recipe.batch_size, max(_SMALLEST_BATCH, rows // _STEPS))


def _say_what_was_read(
    path: Path, splits: Splits, tables: list[SeriesTable], differenced: bool
) -> None:
    """Say in a line what was inferred."""
    series = cast(Series, splits.about)
    table = max(tables, key=lambda one: len(one.values))
    rows = counted(sum(len(one.values) for one in tables), "row")
    if series.by is not None:
        rows += f" of {counted(len(tables), 'series', 'series')} by {series.by!r}"
    others = [repr(column) for column in series.columns if column != series.target]
    inputs = f", with {listed(others)}" if others else " alone"
    if series.known:
        inputs += f" ({', '.join(map(repr, series.known))} known beforehand)"
    text = f"{rows}; {series.target!r} is predicted from its past{inputs}"
    if table.dates is not None:
        first, last = show_date(table.dates[0]), show_date(table.dates[-1])
        text += f"; dates: {table.date!r}, {describe_step(table.dates)}, {first} to {last}"
    warn_user(f"{path}: {text}.")
    if series.by is not None:
        warn_user(
            f"{path}: each series is scaled by its own training rows; errors are in standard "
            f"deviations of its {series.target!r}."
        )
    if outside := _describe_range(splits, series.target):
        advice = "a network hardly forecasts levels that it has not seen"
        if differenced:
            advice = "the network forecasts how far it goes from its last value"
        warn_user(f"{path}: {outside}: {advice}.")


def _say_what_was_chosen(chosen: Mapping[str, Any], arguments: Mapping[str, Any]) -> None:
    """Say in a line what nobody had set."""
    free = [f"--{name}" for name in chosen if name not in arguments]
    if not free:
        return
    days = ", and the day of the week" if chosen["weekday"] else ", not the day of the week"
    if "calendar" in chosen:
        days = (
            f"{days} and the {chosen['calendar']}"
            if chosen["weekday"]
            else (f", and the {chosen['calendar']}")
        )
    warn_user(
        f"a prediction sees {counted(chosen['lag'], 'row')}{days}: chosen on the validation rows; "
        f"{' and '.join(free)} {agree(len(free), 'sets', 'set')} it otherwise."
    )


def _describe_range(splits: Splits, target: str) -> str:
    """Say if the target leaves the range that is trained on; `""` if it hardly does.

    Example:
        >>> from kerazoo.datasets import Part
        >>> parts = [Part(np.zeros((9, 1, 1)), y + np.arange(9.0)[:, None]) for y in (0, 0, 20)]
        >>> _describe_range(Splits(*parts, Series(("a",), "a", 1)), "a")[:49]
        "'a' was 0 to 8 in the rows trained on and is 0 to"
    """
    trained = np.asarray(splits.train.y)
    later = np.concatenate(
        [np.ravel(np.asarray(part.y)) for part in (splits.validation, splits.test)]
    )
    low, high = trained.min(), trained.max()
    share = float(((later < low) | (later > high)).mean())
    if share <= _HARDLY:
        return ""
    return (
        f"{target!r} was {low:g} to {high:g} in the rows trained on and is {later.min():g} to "
        f"{later.max():g} afterwards ({share:.0%} outside)"
    )
