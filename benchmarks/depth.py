"""Why shortcuts: the training errors of plain and residual networks of 20 and 44 layers.

    python benchmarks/depth.py --record     # writes benchmarks/results/ and docs/images/depth.png

A plain network of 44 layers could do all that one of 20 layers does, with layers in between that
change nothing; and yet it learns its *training* images worse. With shortcuts it does not. All four
learn the first images of CIFAR-10 by the same optimizer, at the same rate, in the same order, with
nothing done to the images; errors are of the training images, counted as they are learned.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from pathlib import Path

import keras
import numpy as np

import kerazoo
from kerazoo.recipe import cosine_decay

ROOT = Path(__file__).parent.parent
RESULTS, FIGURE = ROOT / "benchmarks" / "results", ROOT / "docs" / "images" / "depth.png"
DEPTHS, BATCH_SIZE, RATE = (20, 44), 128, 0.1


def main() -> None:
    """Train the four networks from each seed, print the errors, and draw them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--images", type=int, default=10_000)
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--width", type=int, default=8)
    parser.add_argument("--record", action="store_true", help=f"write to {RESULTS.name}/")
    asked = parser.parse_args()
    splits = kerazoo.load_dataset("cifar10", validation_fraction=0.05)
    x, y = (part[: asked.images] for part in (splits.train.x, splits.train.y))
    errors: dict[str, list[list[float]]] = {}
    for shortcuts in (False, True):
        for depth in DEPTHS:
            name = f"{'residual' if shortcuts else 'plain'}, {depth} layers"
            errors[name] = [
                train(x, y, depth, shortcuts, asked.width, asked.epochs, seed)
                for seed in range(asked.seeds)
            ]
            print(f"{name}: {errors[name][0][-1]:.4f}", flush=True)
    text = render(errors)
    print(text)
    if asked.record:
        settings = {"images": asked.images, "width": asked.width, "batch_size": BATCH_SIZE}
        content = json.dumps({"settings": settings, "errors": errors}, indent=1)
        (RESULTS / "depth.json").write_text(content + "\n")
        (RESULTS / "depth.md").write_text(text + "\n")
        draw(errors)


def train(
    x: np.ndarray, y: np.ndarray, depth: int, shortcuts: bool, width: int, epochs: int, seed: int
) -> list[float]:
    """Return the training error of each epoch."""
    started = time.perf_counter()
    keras.utils.set_random_seed(seed)
    model = kerazoo.build_resnet(depth=depth, width=width, shortcuts=shortcuts)
    rate = cosine_decay(RATE, rows=len(x), batch_size=BATCH_SIZE, epochs=epochs, warmup=0.05)
    schedule = keras.optimizers.schedules.CosineDecay(**rate["config"])
    optimizer = keras.optimizers.SGD(schedule, momentum=0.9)
    model.compile(optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"])
    history = kerazoo.fit_model(
        model,
        (x, y),
        epochs=epochs,
        batch_size=BATCH_SIZE,
        precision="auto",
        seed=seed,
        verbose=0,
    ).history
    print(f"{time.perf_counter() - started:.0f} s", flush=True)
    return [round(1 - accuracy, 4) for accuracy in history["accuracy"]]


def render(errors: dict[str, list[list[float]]]) -> str:
    """Return the training errors of the last epoch as a Markdown table."""
    rows = []
    for name, seeds in errors.items():
        last = [one[-1] for one in seeds]
        spread = f" ± {statistics.stdev(last):.3f}" if len(last) > 1 else ""
        rows.append((name, f"{statistics.fmean(last):.3f}{spread}"))
    return kerazoo.Table(("network", "training error"), tuple(rows)).markdown()


def draw(errors: dict[str, list[list[float]]]) -> None:
    """Draw the errors of all epochs, the mean over seeds."""
    from kerazoo.plots.files import save_figure
    from kerazoo.plots.style import in_style, new_figure

    @in_style
    def figure():
        drawn = new_figure(8, 3.4)
        axes = drawn.subplots(1, 2, sharey=True)
        for name, seeds in errors.items():
            kind, layers = name.split(", ")
            mean = 100 * np.mean(seeds, axis=0)
            one = axes[int(kind == "residual")]
            one.plot(range(1, len(mean) + 1), mean, label=layers)
            one.set_title(kind)
        for one in axes:
            one.set_xlabel("epoch")
            one.legend()
        axes[0].set_ylabel("training error in %")
        return drawn

    save_figure(FIGURE, figure())


if __name__ == "__main__":
    main()
