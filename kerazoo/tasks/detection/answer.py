"""`kerazoo predict` for a network of boxes: a row for each object."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from kerazoo.predict import load_predictor
from kerazoo.predict.output import format_records
from kerazoo.saved.reading import Location
from kerazoo.tasks import Request
from kerazoo.tasks._scenes import Drawn, checked_share, read_scenes
from kerazoo.tasks.detection.measures import SURE_ENOUGH, find_boxes

CONFIDENCE = SURE_ENOUGH
_COLUMNS = ("file", "label", "confidence", "left", "top", "right", "bottom")


def answer(model: Location, request: Request) -> Iterator[str]:
    """Answer each image with a row for each object in it, in pixels, and draw them if asked to.

    Args:
        model: a saved network of boxes.
        request: images, folders or `.npy` files; the options `confidence` and `plot`.

    Raises:
        InvalidInput: if an input is no image, or the confidence is no share.
    """
    least = checked_share(request.options.get("confidence", CONFIDENCE), "confidence")
    predictor = load_predictor(model, request.runtime)
    about = predictor.card.about
    names = about.class_names if about is not None else ()
    drawn = Drawn(request)
    records: list[dict[str, Any]] = []
    for scene in read_scenes(predictor, request):
        (boxes,) = find_boxes(scene.values[np.newaxis], len(names), least)
        if not len(boxes):
            request.say(f"{scene.name}: nothing is found with a confidence of {least:g}.")
        drawn.add(scene, boxes)
        width, height = scene.size
        for kind, sure, x, y, across, down in boxes.tolist():
            ends = (x - across / 2, y - down / 2, x + across / 2, y + down / 2)
            pixels = [round(end * side, 1) for end, side in zip(ends, scene.size * 2, strict=True)]
            corners = np.clip(pixels, 0, [width, height, width, height]).tolist()
            values = (scene.name, names[int(kind)], round(sure, 4), *corners)
            records.append(dict(zip(_COLUMNS, values, strict=True)))
    if drawn.is_wanted:
        from kerazoo.plots.scenes import plot_boxes

        drawn.save(plot_boxes(drawn.images(), drawn.answers, names))
    if records:
        yield format_records(records, request.format)
    else:
        header = f"{','.join(_COLUMNS)}\n"
        yield {"csv": header, "json": "[]\n"}.get(request.format, "")
