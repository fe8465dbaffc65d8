"""The options of `kerazoo predict` that ask why answers are what they are."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from kerazoo._files import check_new_file
from kerazoo.errors import KerazooError, WrongUsage
from kerazoo.predict import Prediction, Predictor
from kerazoo.predict.explaining import Explained
from kerazoo.predict.explanation import Explanation
from kerazoo.predict.occlusion import PatchesCovered
from kerazoo.tasks import Option, Request

if TYPE_CHECKING:
    from kerazoo.plots.style import Figure

EXPLAIN = Option(
    "Say what each part of an input counts for its answer: columns by Shapley values, words by "
    "leaving them out, patches of images by covering them. A table for people names what counts "
    "most, other formats all.",
    kind=bool,
    needs_data=False,
)
"""The option `explain` of `kerazoo predict`."""

PLOT = Option(
    "A PNG file to draw why in: of one row or several, or of images; goes with --explain.",
    Path,
    metavar="FILE",
    needs_data=False,
)
"""The option `plot` of `kerazoo predict`."""

_MOST_DRAWN = 4  # batches of rows
_MOST_IMAGES = 16


class Reasons:
    """Explains answers as they come, and keeps some to draw.

    Args:
        predictor: gives the answers.
        request: what the user asked for.

    Raises:
        WrongUsage: if something is to be drawn that was not asked for.
        KerazooError: if the image cannot be written.
    """

    def __init__(self, predictor: Predictor, request: Request) -> None:
        self._predictor = predictor
        self._request = request
        self.are_wanted = bool(request.options.get("explain"))
        self._plot: Path | None = request.options.get("plot")
        self._found: list[tuple[Explained, np.ndarray]] = []
        if self._plot is None:
            return
        if not self.are_wanted:
            raise WrongUsage("--plot draws why rows are answered so: add --explain.")
        check_new_file(self._plot, (".png",), "--plot", force=request.force)

    def add(self, answer: Prediction, rows: np.ndarray) -> Prediction:
        """Add to answers why they are what they are, but for rows that could not be read."""
        if not self.are_wanted:
            return answer
        good = np.arange(len(rows))
        if self._predictor.card.columns:  # texts that could not be read have no words
            good = np.flatnonzero(~np.isnan(answer.values).reshape(len(rows), -1).any(axis=1))
        if not len(good):
            return answer
        found = self._predictor.explain_array(rows[good])
        if self._plot is not None and len(self._found) < _MOST_DRAWN:
            self._found.append((found, rows[good]))
        if isinstance(found, Explanation):
            found = _in_all_rows(found, good, rows)
        return dataclasses.replace(answer, why=found)

    def draw(self) -> None:
        """Draw what was explained, if that was asked for."""
        if self._plot is None:
            return
        if not self._found:
            raise KerazooError("no row can be explained: there is nothing to draw. Drop --plot.")
        from kerazoo.plots.files import save_figure

        save_figure(self._plot, _figure(self._found))
        self._request.say(f"drawn to {self._plot}")


def _figure(found: Sequence[tuple[Explained, np.ndarray]]) -> Figure:
    first, images = found[0]
    if isinstance(first, PatchesCovered):
        from kerazoo.plots.covering import plot_covered_patches

        some = dataclasses.replace(
            first, values=first.values[:_MOST_IMAGES], answers=first.answers[:_MOST_IMAGES]
        )
        return plot_covered_patches(some, images[:_MOST_IMAGES])
    from kerazoo.plots.explanations import plot_explanations, plot_waterfall

    joined = _joined([one for one, _ in found if isinstance(one, Explanation)])
    return (plot_waterfall if len(joined) == 1 else plot_explanations)(joined)


def _in_all_rows(found: Explanation, good: np.ndarray, rows: np.ndarray) -> Explanation:
    """Return an explanation of some rows as one of all, with nothing said of the others."""
    if len(good) == len(rows):
        return found

    def spread(values: np.ndarray) -> np.ndarray:
        whole = np.full((len(rows), *values.shape[1:]), np.nan)
        whole[good] = values
        return whole

    errors = found.standard_error
    return dataclasses.replace(
        found,
        rows=rows,
        values=spread(found.values),
        answers=spread(found.answers),
        standard_error=None if errors is None else spread(errors),
    )


def _joined(found: list[Explanation]) -> Explanation:
    errors = [one.standard_error for one in found if one.standard_error is not None]
    return dataclasses.replace(
        found[0],
        rows=np.concatenate([one.rows for one in found]),
        values=np.concatenate([one.values for one in found]),
        answers=np.concatenate([one.answers for one in found]),
        standard_error=np.concatenate(errors) if errors else None,
    )
