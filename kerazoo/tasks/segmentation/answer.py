"""`kerazoo predict` for a network of masks: how much of an image each class is, and PNG masks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from kerazoo._files import make_folder, refuse_images_in, replacing_file
from kerazoo.errors import InvalidInput
from kerazoo.predict import load_predictor
from kerazoo.predict.output import format_records
from kerazoo.saved.reading import Location
from kerazoo.tasks import Request
from kerazoo.tasks._scenes import Drawn, read_scenes
from kerazoo.tasks.segmentation.measures import find_masks


def answer(model: Location, request: Request) -> Iterator[str]:
    """Answer each image with the share of each class, and write and draw masks if asked to.

    Args:
        model: a saved network of masks.
        request: images, folders or `.npy` files; the options `masks` and `plot`.

    Raises:
        InvalidInput: if an input is no image, or two would write one mask.
        KerazooError: if a mask cannot be written.
    """
    predictor = load_predictor(model, request.runtime)
    about = predictor.card.about
    names = about.class_names if about is not None else ()
    folder: Path | None = request.options.get("masks")
    if folder is not None:
        refuse_images_in(folder, "--masks", force=request.force)
        make_folder(folder)
    drawn = Drawn(request)
    records: list[dict[str, Any]] = []
    written: dict[Path, str] = {}
    for scene in read_scenes(predictor, request):
        mask = find_masks(scene.values)
        shares = np.bincount(mask.ravel(), minlength=len(names)) / mask.size
        shown = {name: round(float(one), 4) for name, one in zip(names, shares, strict=True)}
        records.append({"file": scene.name, **shown})
        drawn.add(scene, mask)
        if folder is not None:
            path = folder / f"{Path(scene.name).stem}.png"
            if path in written:
                raise InvalidInput(
                    f"{scene.name} and {written[path]} would both be written to {path}. Rename one."
                )
            written[path] = scene.name
            write_mask(path, mask, scene.size)
    if folder is not None:
        request.say(f"wrote masks to {folder}: the value of a pixel is the number of its class")
    if drawn.is_wanted:
        from kerazoo.plots.scenes import plot_masks

        drawn.save(plot_masks(drawn.images(), np.stack(drawn.answers), names))
    yield format_records(records, request.format)


def write_mask(path: Path, mask: np.ndarray, size: tuple[int, int]) -> None:
    """Write a mask as a PNG whose values are numbers of classes, and whose palette shows them.

    Args:
        path: the file.
        mask: `(height, width)`, uint8.
        size: width and height of the image that it is of, to which it is stretched.
    """
    from PIL import Image

    from kerazoo.plots.scenes import COLORS

    # 0 is black; colors are repeated where there are more classes than colors.
    colors = [(0, 0, 0), *(COLORS[n % len(COLORS)] for n in range(255))]
    image = Image.fromarray(mask).resize(size, Image.Resampling.NEAREST)
    image.putpalette([channel for color in colors for channel in color])
    with replacing_file(path) as part:
        image.save(part, format="PNG")
