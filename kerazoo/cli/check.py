"""`kerazoo check`: are these rows like those that a saved model was trained on?"""

from __future__ import annotations

import contextlib
import dataclasses
import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kerazoo._machine import warnings_as_lines
from kerazoo._wording import agree, counted, listed
from kerazoo.cli._console import say
from kerazoo.cli._language import said
from kerazoo.errors import KerazooError
from kerazoo.report.table import Table
from kerazoo.saved.reading import open_saved
from kerazoo.saved.words import with_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

    from kerazoo.predict.drift import ColumnDrift, Thresholds
    from kerazoo.saved import Card

_FEW = 100
_PSI, _KS, _NEW = 0.25, 0.25, 0.05
_MOST = 1e6  # of an index that has no upper end


def _share(most: float = 1.0) -> Callable[[str | float], float]:
    """Return what reads a threshold; of one that nothing exceeds, no row would ever be reported."""

    def read(text: str | float) -> float:
        with contextlib.suppress(ValueError):
            if 0 <= float(text) <= most:  # not so NaN
                return float(text)
        raise typer.BadParameter(f"it is {text!r}; expected a number, 0 to {most:g}")

    return read


def check(
    model: Annotated[
        str,
        typer.Argument(
            metavar="MODEL", help="An installed model, or the directory of a saved one."
        ),
    ],
    source: Annotated[
        str,
        typer.Argument(
            metavar="ROWS",
            help="A table, texts, images or a series, as kerazoo predict takes them, or -.",
        ),
    ],
    psi: Annotated[
        float,
        typer.Option(
            metavar="X",
            parser=_share(_MOST),
            help="Population stability index above which it fails.",
        ),
    ] = _PSI,
    ks: Annotated[
        float,
        typer.Option(
            metavar="X", parser=_share(), help="Kolmogorov-Smirnov distance above which it fails."
        ),
    ] = _KS,
    new: Annotated[
        float,
        typer.Option(
            metavar="SHARE", parser=_share(), help="Share of new words above which it fails."
        ),
    ] = _NEW,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print JSON, for programs that read it.")
    ] = False,
) -> None:
    """Check whether rows are like those that a saved model was trained on.

    Exit status 1 if a column has drifted: if a measure is above its threshold, and above what
    chance explains in so many rows. Images, texts and series have no columns to compare: there, how
    far they are from the training is compared with how far the validation rows were. ROWS needs no
    target.
    """
    from kerazoo.predict.drift import Thresholds, measure_drift, profile_of_card

    saved = open_saved(model)
    card = with_words(saved)
    if not card.columns:
        _check_distances(source, card, Thresholds(psi, ks, new), as_json)
        return
    profile_of_card(card)  # before a large file is read
    rows = _read(source, card)
    found = measure_drift(rows, card, Thresholds(psi, ks, new))
    if as_json:
        columns = [dataclasses.asdict(column) for column in found]
        print(json.dumps({"name": card.name, "rows": len(rows), "columns": columns}))
    else:
        print(_table(found))
    if len(rows) < _FEW:
        say(f"note: of {counted(len(rows), 'row')}, only large changes can be told from chance.")
    drifted = [column.name for column in found if column.has_drifted]
    if drifted:
        several = f"{len(drifted)} of {counted(len(found), 'column')}"
        raise KerazooError(
            f"{several} {agree(len(drifted), 'is', 'are')} not as in training: {listed(drifted)}. "
            f"Check where {Path(source).name} comes from, or train again on such rows."
        )


def _check_distances(source: str, card: Card, thresholds: Thresholds, as_json: bool) -> None:
    """Check rows without columns by how far they are from the training."""
    from kerazoo.predict.drift import measure_distances
    from kerazoo.predict.typicality import typical_of_card

    typical_of_card(card)  # before a large folder is read
    rows = _read(source, card)
    found = measure_distances(rows, card, thresholds)
    if as_json:
        print(json.dumps({"name": card.name, **dataclasses.asdict(found)}))
    else:
        print(
            said(
                "{rows}: {odd} farther from the training than 99 % of the validation rows; ks {ks}",
                rows=said("1 row") if found.rows == 1 else said("{n} rows", n=f"{found.rows:,}"),
                odd=f"{100 * found.odd:.1f} %",
                ks=f"{found.ks:.3f}",
            )
        )
    if found.rows < _FEW:
        say(f"note: of {counted(found.rows, 'row')}, only large changes can be told from chance.")
    if found.has_drifted:
        raise KerazooError(
            said(
                "these rows are not as far from the training as the validation rows were: ks {ks}. "
                "Check where {source} comes from, or train again on such rows.",
                ks=f"{found.ks:.2f}",
                source=Path(source).name,
            )
        )


def _read(source: str, card: Card) -> np.ndarray:
    """Return all rows of an input, as the network takes them."""
    import numpy as np

    from kerazoo.datasets.about import Series
    from kerazoo.predict.sources import read_source

    if isinstance(card.about, Series):
        from kerazoo.tasks.series.history import windows_of

        with warnings_as_lines(say):
            return windows_of(source, card.about)

    return np.concatenate([batch.rows for batch in read_source(source, card, note=say)])


def _table(found: Sequence[ColumnDrift]) -> Table:
    def share(value: float | None) -> str:
        return "" if value is None else f"{100 * value:.1f} %"

    rows = [
        (
            one.name,
            f"{one.psi:.3f}",
            "" if one.ks is None else f"{one.ks:.3f}",
            share(one.new),
            share(one.empty),
            share(one.outside) if one.new is None else "",
            "drifted" if one.has_drifted else "",
        )
        for one in found
    ]
    return Table(("column", "psi", "ks", "new words", "empty", "outside", ""), tuple(rows))
