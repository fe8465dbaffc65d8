"""`kerazoo nearest`: which training rows are most like some rows?"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kerazoo.cli._arguments import DataDir, use_data_dir
from kerazoo.cli._console import said_if_slow, say
from kerazoo.cli._judged_on import load_splits, recipe_of
from kerazoo.errors import KerazooError
from kerazoo.saved.reading import open_saved
from kerazoo.saved.words import with_words
from kerazoo.tasks import Format

if TYPE_CHECKING:
    import numpy as np

    from kerazoo.datasets import Splits
    from kerazoo.predict.nearest import Nearest
    from kerazoo.predict.sources import Batch


def nearest(
    model: Annotated[
        str,
        typer.Argument(
            metavar="MODEL", help="An installed model, or the directory of a saved one."
        ),
    ],
    source: Annotated[
        str,
        typer.Argument(
            metavar="INPUT", help="A table, images or texts, as kerazoo predict takes them."
        ),
    ],
    count: Annotated[int, typer.Option(metavar="N", min=1, help="Training rows for each row.")] = 3,
    data: Annotated[
        Path | None,
        typer.Option(
            metavar="PATH",
            help="The data that it was trained on, if that is yours and lies elsewhere now.",
        ),
    ] = None,
    data_dir: DataDir = None,
    kind: Annotated[
        Format | None,
        typer.Option(
            "--format",
            help="How they are written.",
            show_default="table on a terminal, otherwise csv",
        ),
    ] = None,
) -> None:
    """Find the training rows that are nearest to each row: their numbers, and how far they are.

    The saved model does not hold its training rows: they are found in the data set that its card
    names, or in the file or folder that it was trained on. Of a zoo's data set, `index` is that in
    `kerazoo.load_dataset(...).train.x`, from 0; of your own, `training_row` is the row of the file,
    from 1, and `training_file` an image.
    """
    use_data_dir(data_dir)
    saved = open_saved(model)
    _, splits = load_splits(model, saved, recipe_of(saved.card), data)
    from kerazoo.predict.nearest import nearest_rows
    from kerazoo.predict.output import format_records
    from kerazoo.predict.sources import read_source

    card = with_words(saved)
    records: list[dict[str, Any]] = []
    if splits.hash() != card.data:
        raise KerazooError(
            f"the training rows of {model} are not known here. Add --data PATH: the file or folder "
            "that it was trained on, as it was then."
        )
    for batch in read_source(source, card, note=say):
        with said_if_slow("comparing with the training rows"):
            found = nearest_rows(batch.rows, splits, card, count)
        records += _records(batch, found, splits, len(records) // count)
    kind = kind or ("table" if sys.stdout.isatty() else "csv")
    print(format_records(records, kind), end="")


def _records(batch: Batch, found: Nearest, splits: Splits, before: int) -> list[dict[str, Any]]:
    """Return a line for each row and each of the training rows that are nearest to it."""
    known = {f"training_{name}": one for name, one in (splits.train_rows or {}).items()}
    files, truths = batch.carried.get("file"), _truths(splits)
    records = []
    for number, (indices, distances) in enumerate(
        zip(found.indices.tolist(), found.distances.tolist(), strict=True)
    ):
        asked = {"file": files[number]} if files else {"row": before + number + 1}
        for index, distance in zip(indices, distances, strict=True):
            where = {name: _plain(one[index]) for name, one in known.items()} or {"index": index}
            truth = {} if truths is None else {splits.target_name: _plain(truths[index])}
            records.append(asked | where | {"distance": float(f"{distance:.7g}")} | truth)
    return records


def _truths(splits: Splits) -> np.ndarray | None:
    """Return the class or the number of each training row, if it has one."""
    import numpy as np

    from kerazoo.predict.prediction import class_indices

    y = splits.train.y
    if y is None or (not splits.class_names and np.size(y) != len(y)):
        return None
    return np.array(splits.class_names)[class_indices(y)] if splits.class_names else np.ravel(y)


def _plain(value: Any) -> Any:
    """Return a value as JSON takes it."""
    plain = value.item() if hasattr(value, "item") else value
    return float(f"{plain:.7g}") if isinstance(plain, float) else plain
