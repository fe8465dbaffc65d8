"""What a saved network reaches on its test part, for the README beside it."""

from __future__ import annotations

import math

from kerazoo._wording import counted
from kerazoo.report.results import metric_name
from kerazoo.report.table import Table
from kerazoo.saved.card import Card
from kerazoo.saved.readme_text import as_code
from kerazoo.tasks import Evaluation

_MOST_CLASSES = 100


def judged_text(card: Card, judged: Evaluation, rows: int) -> str:
    """Return scores, and rows, precision and recall of each class, as Markdown.

    Args:
        card: of the network.
        judged: what it reached.
        rows: how many rows the test part has.

    Example:
        >>> from kerazoo.saved import load_card
        >>> found = Evaluation({"accuracy": 0.75}, classes={"0": (2, 1.0, 0.5), "1": (2, 0.6, 1.0)})
        >>> print(judged_text(load_card("xor"), found, 4))
        This network, on the 4 rows of the test part, as `kerazoo evaluate` judges it:
        <BLANKLINE>
        | metric | |
        | --- | --- |
        | accuracy | 0.7500 |
        <BLANKLINE>
        | class | rows | precision | recall |
        | --- | --- | --- | --- |
        | `0` | 2 | 1.000 | 0.500 |
        | `1` | 2 | 0.600 | 1.000 |
    """
    scores = tuple((metric_name(name), _figure(value)) for name, value in judged.scores.items())
    parts = [
        f"This network, on the {counted(rows, 'row')} of the test part, as `kerazoo evaluate` "
        "judges it:",
        Table(("metric", ""), scores).markdown().replace("|  |", "| |", 1),
    ]
    if judged.classes:
        classes = tuple(
            (as_code(name), f"{count:,}", _share(precision), _share(recall))
            for name, (count, precision, recall) in list(judged.classes.items())[:_MOST_CLASSES]
        )
        more = len(judged.classes) - _MOST_CLASSES
        note = f"And {counted(more, 'more class', 'more classes')}." if more > 0 else ""
        parts.append(Table(("class", "rows", "precision", "recall"), classes, note).markdown())
    return "\n\n".join(parts)


def _figure(value: float) -> str:
    return f"{value:.4f}" if 1e-3 <= abs(value) < 1e3 or value == 0 else f"{value:.4g}"


def _share(value: float) -> str:
    return "-" if math.isnan(value) else f"{value:.3f}"
