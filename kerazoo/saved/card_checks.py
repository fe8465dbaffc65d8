"""What a card may say: checks of one that has the right form already."""

from __future__ import annotations

import math
import re

import numpy as np

from kerazoo._wording import counted
from kerazoo.datasets.about import (
    COLUMN_KINDS,
    KEEPS,
    MISSING,
    WRITTEN,
    Boxes,
    Images,
    Masks,
    Pairs,
    Ratings,
    Series,
    Table,
    Texts,
    Words,
)
from kerazoo.datasets.reading.images import FITS
from kerazoo.saved.array import Array
from kerazoo.saved.card import (
    LITERT_FILE,
    MODEL_FILE,
    WORDS_FILE,
    Card,
    ServedPart,
    Tensor,
    part_file,
)
from kerazoo.saved.gaussian import PARAMETERS

LARGEST_FILE = 2**31
LARGEST_ROW = 2**26
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_DTYPES = ("float32", "float64", "float16", "int32", "int64", "uint8", "bool")


def is_name(name: str) -> bool:
    """Tell whether a saved model may have this name.

    Example:
        >>> is_name("wine_binary"), is_name("../wine")
        (True, False)
    """
    return _NAME.fullmatch(name) is not None


def check_card(card: Card) -> None:
    """Raise `ValueError` if a card of the right form says what cannot be."""
    expect(is_name(card.name), "a name of letters, digits, '.', '-', '_'", card.name)
    expect(card.variant in (None, "documented", "tuned"), "a variant", card.variant)
    before = [digest for one in card.origins or () for digest in (one.model, one.data)]
    for digest in (card.architecture, card.recipe, card.data, *before):
        expect(digest is None or bool(_SHA256.fullmatch(digest)), "a SHA-256", digest)
    parts = card.parts or {}
    known = (
        {MODEL_FILE}
        | ({LITERT_FILE, WORDS_FILE} & card.files.keys())
        | {part_file(name) for name in parts}
    )
    expect(card.files.keys() == known, f"the files {sorted(known)}", [*card.files])
    for file in card.files.values():
        expect(0 < file.size <= LARGEST_FILE, f"a size up to {LARGEST_FILE}", file.size)
        expect(bool(_SHA256.fullmatch(file.sha256)), "a SHA-256", file.sha256)
    expect(card.has_litert == (card.litert_difference is not None), "a difference", "none")
    _check_tensors(card)
    for name, part in parts.items():
        expect(is_name(name) and name != "model", "the name of a part", name)
        _check_tensors(part)
    columns = card.about.feature_names if isinstance(card.about, Table) else ()
    expect(len(card.ranges) == len(columns), "a range per column", len(card.ranges))
    expect(all(len(one) == 2 for one in card.ranges), "two ends of each range", card.ranges)
    if card.columns:
        expect(len(card.inputs) == 1, "one input for a table", len(card.inputs))
        expect(card.inputs[0].shape == (len(card.columns),), "an input per column", card.inputs)
    names = [column.name for column in card.columns]
    expect(len(set(names)) == len(names), "columns of different names", names)
    _check_about(card)
    for one in (card.task, card.dataset):
        expect(one is None or is_name(one), "the name of a task or a data set", one)
    if card.valid_range is not None:
        expect(len(card.valid_range) == 2, "a smallest and a largest value", card.valid_range)
        low, high = card.valid_range
        expect(low < high, "a smallest value below the largest", card.valid_range)
    if card.residuals is not None:
        expect(isinstance(card.about, Series), "residuals of a series only", "others")
    _check_anomalies(card)
    for low, high in card.ranges:
        expect(low <= high, "a smallest value up to the largest", (low, high))
    _check_classes(card)


def _check_about(card: Card) -> None:
    match card.about:
        case Table(kinds=dict()) as table:
            _check_kinds(table)
        case Series() as series:
            _check_series(card, series)
        case Images() as images:
            expect(images.fit in ("", *FITS), f"a fit of {', '.join(FITS)}", images.fit)
            weighed_by = images.weighed_by or {}
            expect(
                weighed_by in ({}, {"classes": "balanced"}), "balanced classes", dict(weighed_by)
            )
        case Masks() | Boxes():
            _check_scenes(card, card.about)
        case Words() | Texts():
            _check_words(card)
        case Pairs() as pairs:
            _check_pairs(card, pairs)
        case Ratings() as ratings:
            _check_ratings(card, ratings)


def _check_scenes(card: Card, about: Masks | Boxes) -> None:
    expect(len(card.inputs) == len(card.outputs) == 1, "one input and output", "others")
    names, shapes = about.class_names, [card.inputs[0].shape, card.outputs[0].shape]
    expect(all(len(shape) == 3 for shape in shapes), "images, and a map of answers", shapes)
    expect(len(set(names)) == len(names) > 0 and all(names), "different names", names)
    (height, width, _), (down, across, depth) = shapes
    if isinstance(about, Masks):
        expect((down, across) == (height, width), "an answer for each pixel", shapes)
        expect(depth == len(names), f"{len(names)} classes of pixels", depth)
    else:
        # A confidence and four numbers for each box of a cell, and the classes.
        boxes = (depth or 0) - len(names)
        expect(boxes > 0 and boxes % 5 == 0, "five numbers for each box", depth)


def _check_classes(card: Card) -> None:
    names = card.class_names or card.drawn_classes
    expect(len(set(names)) == len(names), "classes of different names", names)
    expect(all(names), "a name for each class", names)
    # One output is the probability of the second of two classes.
    if not card.class_names or len(card.outputs) != 1:
        return
    shape = card.outputs[0].shape
    outputs = 2 if shape == (1,) else shape[-1] if shape else 0
    expect(outputs == len(names), f"as many class names as outputs, {outputs}", len(names))


def _check_anomalies(card: Card) -> None:
    if card.anomaly_threshold is None:
        return
    shapes = [tensor.shape for tensor in (*card.inputs, *card.outputs)]
    wanted = (1,) if isinstance(card.about, Table) else shapes[0]
    expect(len(shapes) == 2 and shapes[1] == wanted, "images of images, or errors", shapes)
    expect(card.anomaly_threshold >= 0, "a threshold from 0 on", card.anomaly_threshold)


def _check_kinds(table: Table) -> None:
    kinds = table.kinds or {}
    expect(set(kinds) == set(table.feature_names), "a kind for each column", sorted(kinds))
    for name, kind in kinds.items():
        expect(kind in COLUMN_KINDS, f"one of {COLUMN_KINDS}", kind)
        words = table.categories.get(name, ())
        expect((kind == "category") == bool(words), f"words of {name!r} if it has any", kind)
        expect(len(set(words)) == len(words), f"different words of {name!r}", words)
    others = sorted(table.categories.keys() - kinds.keys())
    expect(not others, "words of input columns only", others)
    split_by = table.split_by or {}
    known_ways = {"group", "time", "test"}
    expect(split_by.keys() <= known_ways, "a group, a time or a test", sorted(split_by))
    expect(all(split_by.values()), "a column that decides the split", split_by)
    expect(bool(_SHA256.fullmatch(split_by.get("test", "0" * 64))), "a SHA-256", split_by)
    weighed_by = table.weighed_by or {}
    expect(weighed_by.keys() <= {"column", "classes"}, "weights or classes", sorted(weighed_by))
    expect(all(weighed_by.values()), "a column of weights", weighed_by)
    expect(weighed_by.get("classes", "balanced") == "balanced", "balanced classes", weighed_by)
    for name, written in (table.written or {}).items():
        known = WRITTEN.get(kinds.get(name, ""), ())
        expect(written in known, f"how {name!r} is written", written)


def _check_series(card: Card, series: Series) -> None:
    expect(len(card.inputs) == len(card.outputs) == 1, "one input and output", "others")
    columns = series.columns
    expect(len(set(columns)) == len(columns), "columns of different names", columns)
    expect(series.target in columns, "a target among the columns", series.target)
    expect(series.missing in MISSING, f"one of {MISSING}", series.missing)
    days = series.weekdays
    expect(sorted({*days} & {*range(7)}) == [*days], "days 0 to 6, in order", days)
    known, hours, months = series.known or (), series.hours or (), series.months or ()
    expect(sorted({*hours} & {*range(24)}) == [*hours], "hours 0 to 23, in order", hours)
    expect(sorted({*months} & {*range(1, 13)}) == [*months], "months 1 to 12, in order", months)
    expect(len(set(known)) == len(known), "different columns known beforehand", known)
    expect({*known} <= {*columns} - {series.target}, "columns known beforehand", known)
    window = (series.lag, len(series.feature_names))
    expect(card.inputs[0].shape == window, f"an input of {window}", card.inputs[0].shape)
    outputs = ((series.horizon,), (series.horizon, PARAMETERS))  # numbers, or distributions
    expect(card.outputs[0].shape in outputs, "an output per row ahead", card.outputs)
    expect((series.by is None) == (series.scales is None), "a column and scales", series.by)
    for name, scale in (series.scales or {}).items():
        expect(len(scale) == len(series.columns), "a scale for each column", name)
        expect(all(len(one) == 2 and one[1] > 0 for one in scale), "means and deviations", scale)
    if card.residuals is not None:
        expect(card.residuals.dtype == "float32", "residuals in float32", card.residuals.dtype)
        values = card.residuals.decode()
        expect(values.ndim == 2 and len(values) > 0, "rows of residuals", values.shape)
        expect(values.shape[1] == series.horizon, "one per row ahead", values.shape)
        expect(bool(np.isfinite(values).all()), "finite residuals", "others")


def _check_words(card: Card) -> None:
    expect(WORDS_FILE in card.files, f"a file {WORDS_FILE}", [*card.files])
    texts = card.about
    if not isinstance(texts, Texts):
        return
    expect(not texts.words, "words in a file of their own", len(texts.words))
    expect(texts.keep in KEEPS, f"one of {KEEPS}", texts.keep)
    expect(len(card.inputs) == 1, "one input for texts", len(card.inputs))
    expect(card.inputs[0].shape == (texts.length,), "an input of a row of ids", card.inputs)
    expect(card.inputs[0].dtype == "int32", "ids of 32 bits", card.inputs[0].dtype)


def _check_pairs(card: Card, pairs: Pairs) -> None:
    expect(len(card.inputs) == len(card.outputs) == 1, "one input and output", "others")
    expect(min(pairs.read, pairs.written) > 0, "characters in a row", (pairs.read, pairs.written))
    expect(card.inputs[0].shape == (pairs.row,), f"an input of {pairs.row}", card.inputs[0].shape)
    expect(card.inputs[0].dtype == "int32", "ids of int32", card.inputs[0].dtype)
    characters = pairs.characters
    expect(all(len(one) == 1 for one in characters), "single characters", "others")
    expect(len(set(characters)) == len(characters), "different characters", len(characters))
    shape = card.outputs[0].shape
    expect(len(shape) == 2 and shape[0] == pairs.written, "a row per character written", shape)
    known = 3 + len(characters)  # and three ids that are no characters
    expect((shape[1] or 0) >= known, f"a probability of each of {known} ids", shape)


def _check_ratings(card: Card, ratings: Ratings) -> None:
    expect(len(card.inputs) == len(card.outputs) == 1, "one input and output", "others")
    expect(card.inputs[0].shape == (2,), "an input of (2,)", card.inputs[0].shape)
    expect(card.inputs[0].dtype == "int32", "ids of int32", card.inputs[0].dtype)
    expect(card.outputs[0].shape == (1,), "a rating per row", card.outputs[0].shape)
    for what, names in (("users", ratings.users), ("items", ratings.items)):
        expect(len(names) > 0, "at least one user and item", "none")
        expect(len(set(names)) == len(names) and all(names), "different names", len(names))
        rows = card.builder_arguments.get(what, len(names))
        expect(rows == len(names), f"as many {what} as the network has rows", len(names))
    titles = len(ratings.titles)
    expect(titles in (0, len(ratings.items)), "a title per item", titles)
    expect(len(ratings.scale) == 2, "a lowest and a highest rating", ratings.scale)
    expect(ratings.scale[0] < ratings.scale[1], "a lowest below the highest", ratings.scale)
    columns = ratings.columns
    expect(len(columns) == len(set(columns)) == 3, "three columns", columns)


def _check_tensors(card: Card | ServedPart) -> None:
    expect(bool(card.inputs and card.outputs), "at least one input and output", "none")
    for tensor in (*card.inputs, *card.outputs):
        lengths = [length for length in tensor.shape if length is not None]
        expect(all(length > 0 for length in lengths), "a shape", tensor.shape)
        expect(math.prod(lengths) <= LARGEST_ROW, f"a row of up to {LARGEST_ROW}", tensor.shape)
        expect(tensor.dtype in _DTYPES, f"one of {_DTYPES}", tensor.dtype)
    _check_arrays(card.probe.inputs, card.inputs)
    _check_arrays(card.probe.outputs, card.outputs)


def _check_arrays(arrays: tuple[Array, ...], tensors: tuple[Tensor, ...]) -> None:
    expect(len(arrays) == len(tensors), f"{counted(len(tensors), 'probe array')}", len(arrays))
    for array, tensor in zip(arrays, tensors, strict=True):
        expect(array.dtype in _DTYPES, f"one of {_DTYPES}", array.dtype)
        expect(array.dtype == tensor.dtype, tensor.dtype, array.dtype)
        expect(
            len(array.shape) == 1 + len(tensor.shape)
            and min(array.shape) > 0
            and all(w in (None, n) for n, w in zip(array.shape[1:], tensor.shape, strict=True)),
            f"a probe of rows of shape {tensor.shape}",
            array.shape,
        )
        array.decode()  # raises ValueError if the bytes are not those of such an array


def expect(condition: bool, expected: str, found: object) -> None:
    """Raise `ValueError`, saying what was expected and what was found, if a condition fails."""
    if not condition:
        # A number of some thousand digits cannot be made a text.
        text = "a huge number" if isinstance(found, int) and abs(found) > 10**60 else str(found)
        raise ValueError(f"expected {expected}, found {text[:60]!r}")
