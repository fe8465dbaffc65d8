"""Training a new head on a frozen trunk: kerazoo beside keras.Model.fit and PyTorch.

    python benchmarks/transfer_speed.py --record    # writes benchmarks/results/transfer_speed.*

The trunk is that of `vgg_small`, with random weights; 1,600 images are trained on and 400 are
validated on for 20 epochs. Keras' `fit` and a plain PyTorch loop push every image through the
trunk in every epoch; kerazoo does it once; and so does a PyTorch loop whose author thought of it.
Building the networks and judging them afterwards is not timed; tracing and compiling ours is.
Contenders take turns; medians of whole trainings are reported.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

RESULTS = Path(__file__).parent / "results" / "transfer_speed.json"
ROWS, HELD_OUT, EPOCHS, BATCH_SIZE = 1600, 400, 20, 32
TITLES = {
    "keras": "Keras `fit`, trunk frozen",
    "torch": "PyTorch, trunk frozen",
    "torch_cached": "PyTorch, features computed once",
    "kerazoo": "**kerazoo**",
}


def main() -> None:
    """Time all contenders in turn."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--record", action="store_true", help="write benchmarks/results/")
    arguments = parser.parse_args()
    from train_speed import describe_machine

    images = make_images()
    contenders = {
        "keras": keras_fit(*images),
        "kerazoo": kerazoo_train(*images),
        "torch": torch_loop(*images, cached=False),
        "torch_cached": torch_loop(*images, cached=True),
    }
    for train in contenders.values():
        train(1)
    seconds: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(arguments.rounds):
        for name, train in contenders.items():
            seconds[name].append(train(EPOCHS))
    table = render(seconds)
    print(table)
    if arguments.record:
        results = {"machine": describe_machine(), "seconds": seconds}
        RESULTS.write_text(json.dumps(results, indent=1) + "\n")
        RESULTS.with_suffix(".md").write_text(table)


def render(seconds: dict[str, list[float]]) -> str:
    """Return the results as a Markdown table."""
    lines = [
        f"| new head on a frozen trunk, {EPOCHS} epochs | seconds | images per second "
        "| kerazoo against it |",
        "| --- | --- | --- | --- |",
    ]
    ours = statistics.median(seconds["kerazoo"])
    for name, title in TITLES.items():
        median = statistics.median(seconds[name])
        rate = ROWS * EPOCHS / median
        lines.append(f"| {title} | {median:.3g} | {rate:,.0f} | {median / ours:.3g} x |")
    return "\n".join(lines) + "\n"


def make_images() -> tuple[np.ndarray, np.ndarray]:
    """Return random images and labels: what they show does not change how long a step takes."""
    generator = np.random.default_rng(0)
    x = generator.integers(0, 256, (ROWS + HELD_OUT, 32, 32, 3), dtype=np.uint8)
    return x, generator.integers(0, 2, ROWS + HELD_OUT, dtype=np.int64)


def timed(train: Callable[[int], Any]) -> Callable[[int], float]:
    """Return a training that tells how many seconds it took."""

    def run(epochs: int) -> float:
        started = time.perf_counter()
        train(epochs)
        return time.perf_counter() - started

    return run


def _frozen_network() -> Any:
    import kerazoo

    model = kerazoo.build_vgg_transfer(weights=None, unfreeze_from="features")
    return kerazoo.compile_model(model, "vgg_transfer")


def keras_fit(x: np.ndarray, y: np.ndarray) -> Callable[[int], float]:
    """`keras.Model.fit` on a network whose trunk is frozen."""
    model = _frozen_network()
    validation = (x[ROWS:], y[ROWS:])

    def train(epochs: int) -> Any:
        return model.fit(
            x[:ROWS],
            y[:ROWS],
            validation_data=validation,
            batch_size=BATCH_SIZE,
            epochs=epochs,
            verbose=0,
        )

    return timed(train)


def kerazoo_train(x: np.ndarray, y: np.ndarray) -> Callable[[int], float]:
    """`kerazoo train vgg_transfer` on the same rows, timed as it times itself."""
    import dataclasses

    import kerazoo
    from kerazoo.datasets.about import Images
    from kerazoo.datasets.splits import Part

    recipe = kerazoo.load_recipe("vgg_transfer")
    arguments = {"backbone": "vgg_small", "weights": None, "unfreeze_from": "features"}
    parts = Part(x[:ROWS], y[:ROWS]), Part(x[ROWS:], y[ROWS:])
    splits = kerazoo.Splits(*parts, parts[1], Images(("cat", "dog")))

    def train(epochs: int) -> float:
        head_only = dataclasses.replace(
            recipe,
            builder_arguments=arguments,
            fit_arguments={"head_epochs": epochs, "copies": False},
        )
        return kerazoo.train("vgg_transfer", recipe=head_only, splits=splits).seconds

    return train


def torch_loop(x: np.ndarray, y: np.ndarray, *, cached: bool) -> Callable[[int], float]:
    """A plain PyTorch loop, whose trunk runs every epoch or once."""
    import torch
    from torch import nn

    from kerazoo.models.vision.vgg_small import WIDTHS

    layers: list[Any] = []
    channels = 3
    for widths in WIDTHS[:-1]:  # the blocks that vgg_transfer has
        for width in widths:
            convolution = nn.Conv2d(channels, width, 3, padding=1, bias=False)
            layers += [convolution, nn.BatchNorm2d(width), nn.ReLU()]
            channels = width
        layers.append(nn.MaxPool2d(2))
    trunk = nn.Sequential(*layers, nn.Flatten()).eval()
    size = channels * (x.shape[1] // 2 ** (len(WIDTHS) - 1)) ** 2
    pixels = torch.from_numpy(x).permute(0, 3, 1, 2)
    labels = torch.from_numpy(y)

    def features(rows: Any) -> Any:
        with torch.no_grad():
            return trunk(pixels[rows].float() / 127.5 - 1)

    def train(epochs: int) -> Any:
        head = nn.Sequential(nn.Linear(size, 256), nn.ReLU(), nn.Dropout(0.5), nn.Linear(256, 2))
        optimizer = torch.optim.AdamW(head.parameters(), 1e-3)
        known = None
        if cached:
            every = torch.arange(len(pixels)).split(256)
            known = torch.cat([features(rows) for rows in every])
        for _ in range(epochs):
            head.train()
            for rows in torch.randperm(ROWS).split(BATCH_SIZE):
                inputs = features(rows) if known is None else known[rows]
                loss = nn.functional.cross_entropy(head(inputs), labels[rows])
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
            head.eval()
            held_out = torch.arange(ROWS, ROWS + HELD_OUT).split(BATCH_SIZE)
            with torch.no_grad():
                for rows in held_out:
                    head(features(rows) if known is None else known[rows])
        return head

    return timed(train)


if __name__ == "__main__":
    main()
