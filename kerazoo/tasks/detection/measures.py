"""Boxes from what a network says of the cells of a grid, and how good they are."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from kerazoo.datasets.reading.scenes import NOTHING

OVERLAP = 0.5
"""Intersection over union from which on two boxes are of one object."""

SURE_ENOUGH = 0.2
"""Confidence of boxes that are answered: on scenes held out, the best balance of those that are
right and of those that are missed."""

_LEAST = 0.005  # confidence of boxes that are judged: what is below adds next to nothing


def find_boxes(
    values: np.ndarray, classes: int, confidence: float = SURE_ENOUGH, overlap: float = OVERLAP
) -> list[np.ndarray]:
    """Return the boxes in each image, the surest first.

    How sure a box is, is its confidence times the probability of its class. Of boxes that overlap,
    the surest one is kept, whatever their classes.

    Args:
        values: `(rows, grid, grid, 5 * boxes + classes)`, what `yolo` gives.
        classes: number of classes of objects.
        confidence: boxes that are less sure are left out.
        overlap: intersection over union from which on two boxes are of one object.

    Returns:
        For each image rows of class, confidence, center and size, as shares of the image.

    Example:
        >>> values = np.zeros((1, 7, 7, 6), "float32")  # one box in a cell, one class
        >>> values[0, 3, 3] = 0.9, 0.5, 0.5, 0.2, 0.4, 1.0
        >>> find_boxes(values, classes=1)[0].round(2).tolist()
        [[0.0, 0.9, 0.5, 0.5, 0.2, 0.4]]

    Reference:
        Redmon et al., "You only look once: unified, real-time object detection", 2016, section 2.
    """
    boxes, scores = _read_cells(values, classes)
    kinds, sure = scores.argmax(axis=-1)[..., None], scores.max(axis=-1)[..., None]
    found = np.concatenate([kinds, sure, boxes], axis=-1)
    return [keep_surest(one[one[:, 1] >= confidence], overlap) for one in found]


def boxes_to_judge(
    values: np.ndarray, classes: int, confidence: float = _LEAST, overlap: float = OVERLAP
) -> list[np.ndarray]:
    """Return each box as often as there are classes that it may be: arguments as for `find_boxes`.

    A box that is a shirt with 0.5 and a coat with 0.4 counts as both, each as surely as it says; of
    boxes that overlap, the surest one of each class is kept. Average precision takes all of them.

    Example:
        >>> values = np.zeros((1, 7, 7, 7), "float32")  # one box in a cell, two classes
        >>> values[0, 3, 3] = 1.0, 0.5, 0.5, 0.2, 0.4, 0.6, 0.4
        >>> boxes_to_judge(values, classes=2)[0].round(1)[:, :2].tolist()
        [[0.0, 0.6], [1.0, 0.4]]
    """
    boxes, scores = _read_cells(values, classes)
    found = []
    for box, score in zip(boxes, scores, strict=True):
        of_class = []
        for kind in range(classes):
            rows = np.flatnonzero(score[:, kind] >= confidence)
            one = np.column_stack([np.full(len(rows), kind), score[rows, kind], box[rows]])
            of_class.append(keep_surest(one, overlap))
        found.append(np.concatenate(of_class))
    return found


def _read_cells(values: np.ndarray, classes: int) -> tuple[np.ndarray, np.ndarray]:
    """Return centers and sizes, and how sure each box is to be each class.

    These are `(rows, grid * grid * boxes, 4)` and `(rows, grid * grid * boxes, classes)`.
    """
    values = values.astype("float64")
    rows, grid, _, depth = values.shape
    count = (depth - classes) // 5
    scores = values[..., :count, None] * values[..., None, 5 * count :]
    box = values[..., count : 5 * count].reshape(rows, grid, grid, count, 4)
    down, across = np.meshgrid(np.arange(grid), np.arange(grid), indexing="ij")
    x = (box[..., 0] + across[..., None]) / grid
    y = (box[..., 1] + down[..., None]) / grid
    boxes = np.stack([x, y, box[..., 2], box[..., 3]], axis=-1)
    return boxes.reshape(rows, -1, 4), scores.reshape(rows, -1, classes)


def keep_surest(boxes: np.ndarray, overlap: float = OVERLAP) -> np.ndarray:
    """Return boxes, the surest first, without those that overlap with a surer one.

    Args:
        boxes: rows of class, confidence, center and size.
        overlap: intersection over union from which on the less sure one goes.

    Example:
        >>> boxes = np.array([[0, 0.5, 0.5, 0.5, 0.4, 0.4], [1, 0.9, 0.5, 0.52, 0.4, 0.4]])
        >>> keep_surest(boxes)[:, 1].tolist()
        [0.9]
    """
    boxes = boxes[np.argsort(-boxes[:, 1], kind="stable")]
    kept: list[int] = []
    for row, box in enumerate(boxes):
        if not kept or iou(box[2:], boxes[kept, 2:]).max() < overlap:
            kept.append(row)
    return boxes[kept]


def iou(box: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Return the intersection over union of a box with each of some others.

    Args:
        box: center and size.
        others: `(rows, 4)`, centers and sizes.

    Example:
        >>> iou(np.array([0.5, 0.5, 1.0, 1.0]), np.array([[0.75, 0.5, 0.5, 1.0]])).tolist()
        [0.5]
    """
    low = np.maximum(box[:2] - box[2:] / 2, others[:, :2] - others[:, 2:] / 2)
    high = np.minimum(box[:2] + box[2:] / 2, others[:, :2] + others[:, 2:] / 2)
    both = np.prod(np.maximum(high - low, 0), axis=1)
    return np.asarray(both / (np.prod(box[2:]) + np.prod(others[:, 2:], axis=1) - both))


def average_precision(sure: np.ndarray, right: np.ndarray, count: int) -> float:
    """Return the area under the curve of precision over recall.

    Boxes are taken from the surest one on. Precision is the share of them that is right, recall the
    share of the objects that is found; each precision is replaced by the best one at this recall or
    a higher one.

    Args:
        sure: how sure each box is.
        right: whether it is right.
        count: objects that there are, at least 1.

    Example:
        >>> average_precision(np.array([0.9, 0.8, 0.7]), np.array([True, False, True]), 2)
        0.8333...

    Reference:
        Everingham et al., "The PASCAL visual object classes challenge: a retrospective", 2015,
        section 2.2.
    """
    hits = np.cumsum(right[np.argsort(-sure, kind="stable")])
    precision = hits / np.arange(1, len(hits) + 1)
    best = np.maximum.accumulate(precision[::-1])[::-1]
    return float(np.sum(best * np.diff(hits, prepend=0)) / count)


def score_boxes(
    truth: np.ndarray, found: Sequence[np.ndarray], classes: int, overlap: float = OVERLAP
) -> dict[str, float]:
    """Return `mean_average_precision`: the mean over the classes that occur.

    A box is right if no object of its class in the image overlaps with it more than one that it has
    an intersection over union of at least `overlap` with, and no surer box has found that one. A
    second box for an object is wrong.

    Args:
        truth: `(rows, objects, 5)`: class, center and size; the class is -1 where there is none.
        found: for each image rows of class, confidence, center and size.
        classes: how many there are.
        overlap: how much a box must overlap with the object.

    Example:
        >>> truth = np.array([[[0, 0.5, 0.5, 0.4, 0.4], [-1, 0, 0, 0, 0]]])
        >>> score_boxes(truth, [np.array([[0, 0.9, 0.5, 0.5, 0.4, 0.3]])], classes=2)
        {'mean_average_precision': 1.0}

    Reference:
        As for `average_precision`, section 4.2.
    """
    of_class: list[list[tuple[float, bool]]] = [[] for _ in range(classes)]
    for objects, boxes in zip(truth, found, strict=True):
        for kind in np.unique(boxes[:, 0]).astype(int) if len(boxes) else ():
            there = objects[objects[:, 0] == kind, 1:]
            of_class[kind] += _judged(boxes[boxes[:, 0] == kind], there, overlap)
    kinds, counts = np.unique(truth[..., 0][truth[..., 0] != NOTHING], return_counts=True)
    areas = []
    for kind, count in zip(kinds.astype(int), counts, strict=True):
        judged = of_class[kind]
        sure, right = (
            (np.array(column) for column in zip(*judged, strict=True))
            if judged
            else (
                np.zeros(0),
                np.zeros(0, bool),
            )
        )
        areas.append(average_precision(sure, right, int(count)))
    return {"mean_average_precision": float(np.mean(areas)) if areas else 0.0}


def score_cells(truth: np.ndarray, values: np.ndarray, classes: int) -> dict[str, float]:
    """Score what a network says of the cells of a grid; arguments as for the two above."""
    return score_boxes(truth, boxes_to_judge(values, classes), classes)


def _judged(boxes: np.ndarray, there: np.ndarray, overlap: float) -> list[tuple[float, bool]]:
    """Return of each box of one class in one image how sure it is, and whether it is right."""
    taken: set[int] = set()
    judged = []
    for box in boxes[np.argsort(-boxes[:, 1], kind="stable")]:
        shares = iou(box[2:], there) if len(there) else np.zeros(1)
        best = int(shares.argmax())
        right = bool(shares[best] >= overlap) and best not in taken
        if right:
            taken.add(best)
        judged.append((float(box[1]), right))
    return judged
