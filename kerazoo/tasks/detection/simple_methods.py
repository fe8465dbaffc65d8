"""Boxes without a network: what hangs together, and what it is most like."""

from __future__ import annotations

import numpy as np

from kerazoo.datasets.about import Boxes
from kerazoo.datasets.reading.scenes import NOTHING
from kerazoo.datasets.splits import Splits
from kerazoo.errors import InvalidInput
from kerazoo.tasks._components import (
    Rectangle,
    away_from_background,
    choose_threshold,
    find_components,
    fit_neighbors,
    thumbnail,
)
from kerazoo.tasks.detection.measures import OVERLAP, iou, score_boxes

_CHOSEN_ON = 200  # images that the threshold is chosen on


def score_box_baseline(splits: Splits) -> dict[str, float]:
    """Find what differs from the background and hangs together, and score that on the test part.

    An object's class is that of the five nearest objects of the training part, as thumbnails, and
    its confidence how near and how many these are.

    Raises:
        InvalidInput: if the data is no boxes.
    """
    if not isinstance(splits.about, Boxes):
        raise InvalidInput("components_and_neighbors needs masks or boxes, as in composed_scenes.")
    x, y = splits.train.x, np.asarray(splits.train.y)

    def score(threshold: float) -> float:
        right = total = 0
        for image, boxes in zip(x[:_CHOSEN_ON], y[:_CHOSEN_ON], strict=True):
            there = boxes[boxes[:, 0] != NOTHING, 1:]
            found = _find(image, threshold)
            right += sum(iou(one, found).max(initial=0) >= OVERLAP for one in there)
            total += len(there) + len(found)
        return 2 * right / max(total, 1)

    threshold = choose_threshold(x, score)
    thumbnails, classes = [], []
    for image, boxes in zip(x, y, strict=True):
        for box in boxes[boxes[:, 0] != NOTHING]:
            thumbnails.append(thumbnail(image, _rectangle(box[1:], image.shape)))
            classes.append(int(box[0]))
    neighbors = fit_neighbors(thumbnails, classes)
    found = []
    for image in splits.test.x:
        boxes = _find(image, threshold)
        if not len(boxes):
            found.append(np.zeros((0, 6)))
            continue
        shares = neighbors.predict_proba(
            np.stack([thumbnail(image, _rectangle(box, image.shape)) for box in boxes])
        )
        rows, columns = np.nonzero(shares)  # each box as every class that a neighbor has
        kinds, sure = neighbors.classes_[columns], shares[rows, columns]
        found.append(np.column_stack([kinds, sure, boxes[rows]]))
    return score_boxes(np.asarray(splits.test.y), found, len(splits.class_names))


def _find(image: np.ndarray, threshold: float) -> np.ndarray:
    """Return centers and sizes of what hangs together, `(objects, 4)`."""
    height, width = image.shape[:2]
    rectangles, _ = find_components(away_from_background(image) > threshold)
    found = [
        ((x0 + x1) / 2 / width, (y0 + y1) / 2 / height, (x1 - x0) / width, (y1 - y0) / height)
        for y0, x0, y1, x1 in rectangles
    ]
    return np.array(found).reshape(-1, 4)


def _rectangle(box: np.ndarray, shape: tuple[int, ...]) -> Rectangle:
    """Return a box in pixels, of which it has one at least."""
    height, width = shape[:2]
    top = min(max(round((box[1] - box[3] / 2) * height), 0), height - 1)
    left = min(max(round((box[0] - box[2] / 2) * width), 0), width - 1)
    bottom = max(round((box[1] + box[3] / 2) * height), top + 1)
    right = max(round((box[0] + box[2] / 2) * width), left + 1)
    return top, left, bottom, right
