"""What a series was so far: read from a file, a table or an array, as a saved network takes it."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from kerazoo._notes import warn_user
from kerazoo._wording import counted
from kerazoo.datasets.about import Series
from kerazoo.datasets.reading.foreign import refuse_masked
from kerazoo.datasets.reading.many import Scale, read_many_like, scale_of, to_own_units
from kerazoo.datasets.reading.series import SeriesTable, read_series_like
from kerazoo.datasets.reading.windows import cut_windows, with_calendar
from kerazoo.errors import InvalidInput, KerazooError, unknown_name

if TYPE_CHECKING:
    from kerazoo.predict import Predictor

_FEW = 3


def list_series(model: Predictor, history: Any) -> list[str]:
    """Return the names of the series in a history; none for a network of a single one.

    Args:
        model: a predictor of a network that forecasts.
        history: as for `forecast`, but for arrays.

    Raises:
        InvalidInput: as for `forecast`.
    """
    about = model.card.about
    if not isinstance(about, Series) or about.by is None:
        return []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # said when they are forecast
        return list(read_many_like(history, about))


def choose_series(
    tables: dict[str, SeriesTable], about: Series, name: str | None
) -> tuple[SeriesTable, Scale | None]:
    """Return the series that is to go on, and its scale, if it is one of several.

    Args:
        tables: the series of a history.
        about: what the network's card says of them.
        name: which one; may be left out of a history of one series.

    Raises:
        UnknownName: if there is no such series.
        KerazooError: if the network knows a single one.
        InvalidInput: if there are several.
    """
    if about.by is None:
        if name is not None:
            raise KerazooError(
                f"series is {name!r}, and the network knows a single one; leave series out."
            )
        return tables[""], None
    if name is None and len(tables) > 1:
        raise InvalidInput(
            f"the history holds {counted(len(tables), 'series', 'series')}; pass series=, one of "
            f"{', '.join(map(repr, list(tables)[:_FEW]))}{', ...' if len(tables) > _FEW else ''}."
        )
    name = next(iter(tables)) if name is None else name
    if name not in tables:
        raise unknown_name("series", name, tables)
    scale = (about.scales or {}).get(name)
    if scale is None:
        warn_user(f"series {name!r} was not trained on; it is scaled by the rows that are given.")
        scale = scale_of(tables[name].values)
    return tables[name], scale


def read_history(history: Any, series: Series) -> dict[str, SeriesTable]:
    """Return the series of a history by name; a single one has none.

    Raises:
        InvalidInput: if it is not what the network takes.
    """
    if isinstance(history, np.ndarray) and history.dtype.names:  # columns with names
        history = {name: history[name] for name in history.dtype.names}
    if not isinstance(history, np.ndarray | list | tuple):
        if series.by is not None:
            return read_many_like(history, series)
        return {"": read_series_like(history, series)}
    if series.by is not None:
        raise InvalidInput(
            f"an array does not name its series; pass a CSV file or a DataFrame with the column "
            f"{series.by!r}."
        )
    refuse_masked(history, "the history")
    values = np.asarray(history)
    if values.ndim == 1 and len(series.columns) == 1:
        values = values[:, np.newaxis]
    if values.ndim != 2 or values.shape[1] != len(series.columns) or values.dtype.kind not in "fiu":
        raise InvalidInput(
            f"the history is an array of shape {values.shape} and type {values.dtype}; expected "
            f"numbers of shape (rows, {len(series.columns)}): {', '.join(series.columns)}."
        )
    if not np.isfinite(values).all():
        raise InvalidInput("the history holds NaN or infinity; drop such rows or fill them in.")
    if series.needs_dates:
        raise InvalidInput(
            "an array has no dates, and this network looks at the day of the week; pass a CSV file "
            f"or a DataFrame with the column {series.date!r}."
        )
    return {"": SeriesTable(series.columns, values.astype("float64"), None)}


def windows_of(history: Any, about: Series) -> np.ndarray:
    """Return all windows of a history, `(windows, lag, columns)`, as a network takes them.

    Args:
        history: as for `forecast`; of several series, those of each after another.
        about: what the network's card says of its series.

    Raises:
        InvalidInput: if it is not what the network takes, or has less rows than a window.
    """
    found = []
    for name, table in read_history(history, about).items():
        values = table.values
        if about.by is not None:
            scale = (about.scales or {}).get(name) or scale_of(values)
            values = to_own_units(values, scale)
        dates = table.dates
        days = None if dates is None else np.asarray(dates.day_of_week)
        rows = with_calendar(values, days, about, None if dates is None else np.asarray(dates))
        found.append(cut_windows(rows, values[:, about.target_index], about.lag)[0])
    windows = np.concatenate(found)
    if not len(windows):
        raise InvalidInput(
            f"the history has no window of {counted(about.lag, 'row')} with a row after it. Pass a "
            "longer one."
        )
    return windows.astype("float32")
