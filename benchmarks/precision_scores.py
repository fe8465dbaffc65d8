"""Whether precision "auto" keeps the score: a convolutional network, float32 and auto, by seed.

    python benchmarks/precision_scores.py --record    # writes benchmarks/results/

Needs Fashion-MNIST (`kerazoo data path fashion_mnist` tells whether it is there). Scores are of
validation images: nothing is chosen here, and the test set stays untouched.
"""

from __future__ import annotations

import argparse
import json
import statistics
from pathlib import Path

import keras
import numpy as np

import kerazoo

RESULTS = Path(__file__).parent / "results"
IMAGES, EPOCHS, BATCH_SIZE = 10_000, 3, 128
PRECISIONS = ("float32", "auto")


def main() -> None:
    """Train every seed in both precisions, and print mean and spread of the accuracy."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--record", action="store_true", help=f"write to {RESULTS.name}/")
    arguments = parser.parse_args()
    splits = kerazoo.load_dataset("fashion_mnist")
    scores = {
        precision: [accuracy(splits, precision, seed) for seed in range(arguments.seeds)]
        for precision in PRECISIONS
    }
    text = render(scores)
    print(text)
    if arguments.record:
        (RESULTS / "precision_scores.json").write_text(json.dumps(scores, indent=1) + "\n")
        (RESULTS / "precision_scores.md").write_text(text + "\n")


def accuracy(splits: kerazoo.Splits, precision: str, seed: int) -> float:
    """Return the validation accuracy of one short training."""
    keras.utils.set_random_seed(seed)
    model = build_network()
    kerazoo.fit_model(
        model,
        (splits.train.x[:IMAGES], splits.train.y[:IMAGES]),
        epochs=EPOCHS,
        batch_size=BATCH_SIZE,
        seed=seed,
        precision=precision,
        verbose=0,
    )
    probabilities = model.predict(splits.validation.x[:IMAGES], batch_size=1000, verbose=0)
    return float(np.mean(probabilities.argmax(axis=1) == splits.validation.y[:IMAGES]))


def build_network() -> keras.Model:
    """Build two convolutions and a classifier."""
    inputs = keras.Input((28, 28, 1), name="images")
    x = keras.layers.Rescaling(1 / 255, name="scale")(inputs)
    for number, filters in enumerate((32, 64), start=1):
        x = keras.layers.Conv2D(filters, 3, activation="relu", name=f"convolution_{number}")(x)
        x = keras.layers.MaxPooling2D(name=f"pooling_{number}")(x)
    x = keras.layers.Flatten(name="flatten")(x)
    outputs = keras.layers.Dense(10, "softmax", name="classes")(x)
    model = keras.Model(inputs, outputs, name="convolutional")
    model.compile("adam", "sparse_categorical_crossentropy")
    return model


def render(scores: dict[str, list[float]]) -> str:
    """Return the scores as a Markdown table."""
    lines = ["| precision | validation accuracy, mean | spread | seeds |", "|" + " --- |" * 4]
    for precision, values in scores.items():
        mean, spread = statistics.fmean(values), statistics.stdev(values)
        lines.append(f"| {precision} | {mean:.4f} | {spread:.4f} | {len(values)} |")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
