"""What a server answers about the pixels of an image, and about the objects in it."""

from __future__ import annotations

from typing import Any

import numpy as np

from kerazoo.datasets.about import Boxes, Masks
from kerazoo.saved.card import Card


def records_of_scenes(values: np.ndarray, card: Card) -> list[dict[str, Any]]:
    """Return what JSON holds of each image.

    Of a network of masks the share of each class, and for each pixel, as the network sees the
    image, the number of its class. Of one of boxes its objects, the surest first, with the edges of
    each as shares of the image.

    Args:
        values: what the network gives.
        card: what it was trained on: `Masks` or `Boxes`.
    """
    about = card.about
    if isinstance(about, Masks):
        return [_of_mask(one, about.class_names) for one in values]
    assert isinstance(about, Boxes)
    from kerazoo.tasks.detection.answer import CONFIDENCE
    from kerazoo.tasks.detection.measures import find_boxes

    names = about.class_names
    found = find_boxes(values, len(names), CONFIDENCE)
    return [{"objects": [_of_box(box, names) for box in boxes.tolist()]} for boxes in found]


def _of_mask(values: np.ndarray, names: tuple[str, ...]) -> dict[str, Any]:
    from kerazoo.tasks.segmentation.measures import find_masks

    mask = find_masks(values)
    shares = np.bincount(mask.ravel(), minlength=len(names)) / mask.size
    shown = {name: round(float(one), 4) for name, one in zip(names, shares, strict=True)}
    return {"shares": shown, "classes": list(names), "mask": mask.tolist()}


def _of_box(box: list[float], names: tuple[str, ...]) -> dict[str, Any]:
    kind, sure, x, y, across, down = box
    edges = np.clip([x - across / 2, y - down / 2, x + across / 2, y + down / 2], 0, 1)
    sides = zip(("left", "top", "right", "bottom"), edges.tolist(), strict=True)
    return {
        "label": names[int(kind)],
        "confidence": round(sure, 4),
        **{side: round(edge, 4) for side, edge in sides},
    }
