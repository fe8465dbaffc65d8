"""What the tasks of masks and of boxes share: reading images to be answered, and drawing some."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from kerazoo._files import check_new_file
from kerazoo.datasets import Splits, load_dataset
from kerazoo.datasets.reading.scene_folders import size_of_image
from kerazoo.errors import InvalidInput, KerazooError
from kerazoo.predict import Predictor
from kerazoo.predict.sources import read_source
from kerazoo.recipe import Recipe, for_training_on
from kerazoo.registry import check_builder_takes
from kerazoo.tasks import Chosen, Option, Request
from kerazoo.tasks._shared import with_enough_steps

if TYPE_CHECKING:
    from kerazoo.plots.style import Figure

PLOT = Option(
    "A PNG file to draw the answers in, of up to 16 images.",
    Path,
    metavar="FILE",
    needs_data=False,
)
"""The option `plot` of `kerazoo predict`."""

_MOST_DRAWN = 16
_STEPS_OF_EPOCH, _STEPS = 20, 1500  # of a training on few images


@dataclass(frozen=True)
class Scene:
    """An image, and what a network answers to it.

    Args:
        name: its file, or its row.
        pixels: as the network sees it.
        values: what the network gives.
        size: width and height of the file.
    """

    name: str
    pixels: np.ndarray
    values: np.ndarray
    size: tuple[int, int]


def read_scenes(predictor: Predictor, request: Request) -> Iterator[Scene]:
    """Yield an answer for each image that a user asks about.

    Raises:
        InvalidInput: if an input is no image.
    """
    for source in request.inputs:
        row = 0
        with request.watch(source) as report:
            for batch in read_source(source, predictor.card, report, request.say):
                answers = predictor.predict_array(batch.rows, request.batch_size, row + 1)
                files = batch.carried.get("file")
                for number, (pixels, values) in enumerate(
                    zip(batch.rows, answers.values, strict=True)
                ):
                    row += 1
                    name = f"{source}, row {row}" if files is None else str(files[number])
                    size = pixels.shape[1::-1] if files is None else size_of_image(Path(name))
                    yield Scene(name, pixels, values, size)


@dataclass
class Drawn:
    """Some answers to be drawn, if that was asked for.

    Args:
        request: what the user asked for; its option `plot` names the file.

    Raises:
        KerazooError: if the file cannot be written.
    """

    request: Request
    scenes: list[Scene] = field(default_factory=list)
    answers: list[Any] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.path: Path | None = self.request.options.get("plot")
        if self.path is not None:
            check_new_file(self.path, (".png",), "--plot", force=self.request.force)

    @property
    def is_wanted(self) -> bool:
        """Whether there is something to draw, and somebody wants it."""
        return self.path is not None and bool(self.scenes)

    def add(self, scene: Scene, answer: Any) -> None:
        """Keep one to draw, unless there are enough."""
        if self.path is not None and len(self.scenes) < _MOST_DRAWN:
            self.scenes.append(scene)
            self.answers.append(answer)

    def images(self) -> np.ndarray:
        """Return the pixels that are kept."""
        return np.stack([scene.pixels for scene in self.scenes])

    def save(self, figure: Figure) -> None:
        """Write a figure to the file, and say so."""
        from kerazoo.plots.files import save_figure

        assert self.path is not None
        save_figure(self.path, figure)
        self.request.say(f"drawn to {self.path}")


def own_scenes(
    name: str,
    recipe: Recipe,
    path: Path,
    *,
    dataset: str,
    takes: str,
    size: int,
    changed: Chosen,
) -> tuple[Recipe, Splits]:
    """Return a recipe that trains a network on a folder of scenes, and these, split.

    Args:
        name: the network.
        recipe: how it is trained; its epochs and batch size are kept if they were asked for.
        path: the folder.
        dataset: what reads it.
        takes: what it has to be, in words.
        size: height and width that images are brought to.
        changed: arguments of the builder that follow from the size.

    Raises:
        KerazooError: if the path is no folder.
        InvalidInput: if the network takes no images of that size.
    """
    if not path.is_dir():
        raise KerazooError(
            f"--data {path} is a file; {name} learns from {takes}. Give the outer folder."
        )
    check_builder_takes(name, "input_shape", "classes")
    arguments: dict[str, Any] = {"path": str(path), "image_size": [size, size]}
    splits = load_dataset(dataset, **arguments)
    adapted = dataclasses.replace(
        recipe,
        dataset_arguments=arguments,
        builder_arguments={
            **recipe.builder_arguments,
            **changed,
            "input_shape": list(splits.train.x.shape[1:]),
            "classes": len(splits.class_names),
        },
        experiment=path.resolve().name,
    )
    return further_scenes(name, dataclasses.replace(adapted, dataset=dataset), splits), splits


def further_scenes(name: str, recipe: Recipe, splits: Splits) -> Recipe:
    """Return a recipe that trains a network on a folder of the user's own scenes."""
    dataset = {"segmentation": "mask_folder", "detection": "box_folder"}[recipe.task]
    adapted = dataclasses.replace(
        with_enough_steps(
            name, recipe, len(splits.train.x), of_epoch=_STEPS_OF_EPOCH, steps=_STEPS
        ),
        dataset=dataset,
        restore_best_weights=True,
        documented=None,
        baseline=None,
        best=None,
        experiments={},
    )
    return for_training_on(adapted, len(splits.train.x))


def checked_share(value: float, option: str) -> float:
    """Return a number from 0 to 1 that a user gave.

    Raises:
        InvalidInput: if it is another.
    """
    if not 0 <= value <= 1:
        raise InvalidInput(f"--{option} is {value:g}; expected a number from 0 to 1.")
    return value
