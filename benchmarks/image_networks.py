"""What the networks for images cost and reach, side by side, on the same two data sets.

    python benchmarks/image_networks.py --record     # writes benchmarks/results/

Parameters and multiplications (each with an addition) are counted. Seconds are those of a training
epoch over 5,000 images of 28 by 28 pixels, or of 32 by 32 in color, measured here one network
after another: the fastest of three epochs after a first one, in the precision of the recipe.
Accuracies are those of the tuned recipes, after so many epochs, as `kerazoo record NAME` wrote them
into `results/`.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

import keras
import numpy as np

import kerazoo
from kerazoo.recipe import Recipe
from kerazoo.registry import without_weights
from kerazoo.report.results import Results

RESULTS = Path(__file__).parent / "results"
IMAGES, CLASSES, EPOCHS = 5_000, 10, 3
DATA = {"mnist": "MNIST", "fashion_mnist": "Fashion-MNIST", "cifar10": "CIFAR-10"}
HEADER = ("network", "parameters", "multiplications", "seconds", "epochs", *DATA.values())


def main() -> None:
    """Measure every network that classifies ten classes of images, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", help="networks; all by default")
    parser.add_argument("--record", action="store_true", help=f"write to {RESULTS.name}/")
    arguments = parser.parse_args()
    measured = {name: measure(name) for name in arguments.names or names()}
    text = render(measured)
    print(text)
    if arguments.record:
        path = RESULTS / "image_networks"
        path.with_suffix(".json").write_text(json.dumps(measured, indent=1) + "\n")
        path.with_suffix(".md").write_text(text + "\n")


def names() -> list[str]:
    """Return the networks that classify the images of a data set in its ten classes."""
    recipes = {name: kerazoo.load_recipe(name) for name in kerazoo.list_models()}
    return [
        name
        for name, recipe in recipes.items()
        if recipe.dataset in DATA and recipe.task == "images" and not has_own_classes(recipe)
    ]


def has_own_classes(recipe: Recipe) -> bool:
    """Return whether a recipe takes some of the ten classes only."""
    return "classes" in recipe.dataset_arguments


def measure(name: str) -> dict[str, float]:
    """Count what a network needs, and time its training."""
    recipe = kerazoo.load_recipe(name)
    arguments = {**recipe.builder_arguments, **without_weights(name)}
    keras.utils.set_random_seed(0)
    model = kerazoo.compile_model(kerazoo.load_builder(name)(**arguments), recipe)
    random = np.random.default_rng(0)
    x = random.integers(0, 256, (IMAGES, *model.input_shape[1:]), "uint8")
    y = random.integers(0, CLASSES, IMAGES)
    timer = Epochs()
    kerazoo.fit_model(
        model,
        (x, y),
        epochs=1 + EPOCHS,
        batch_size=recipe.batch_size,
        precision=recipe.precision,
        callbacks=[timer],
        verbose=0,
    )
    seconds = round(min(timer.seconds[1:]), 2)
    print(f"{name}: {seconds} s", flush=True)
    return {
        "parameters": recipe.parameters,
        "multiplications": kerazoo.count_operations(model),
        "seconds": seconds,
    }


class Epochs(keras.callbacks.Callback):
    """Note how long each epoch takes."""

    keeps_state = False

    def __init__(self) -> None:
        super().__init__()
        self.seconds: list[float] = []
        self.started = 0.0

    def on_epoch_begin(self, epoch: int, logs: object = None) -> None:
        """Start the clock."""
        self.started = time.perf_counter()

    def on_epoch_end(self, epoch: int, logs: object = None) -> None:
        """Stop it."""
        self.seconds.append(time.perf_counter() - self.started)


def accuracies(name: str) -> dict[str, str]:
    """Return the best recorded accuracy of the tuned recipe on each data set."""
    results, found = Results.load(name), {}
    for one in kerazoo.load_recipe(name).all_experiments():
        score = results.score("tuned", one.experiment, "accuracy")
        if score is not None and one.dataset in DATA:
            column = DATA[one.dataset]
            if column not in found or score.mean > found[column].mean:
                found[column] = score
    return {column: str(score) for column, score in found.items()}


def render(measured: dict[str, dict[str, float]]) -> str:
    """Return the networks as a Markdown table, from few multiplications to many."""
    rows = []
    for name, one in sorted(measured.items(), key=lambda item: item[1]["multiplications"]):
        reached = accuracies(name)
        counted = (f"{one[key]:,}" for key in ("parameters", "multiplications"))
        epochs = f"{kerazoo.load_recipe(name).epochs}"
        cells = (f"`{name}`", *counted, f"{one['seconds']:.2g}", epochs)
        rows.append((*cells, *(reached.get(column, "-") for column in DATA.values())))
    return kerazoo.Table(HEADER, tuple(rows)).markdown()


if __name__ == "__main__":
    main()
