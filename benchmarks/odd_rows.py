"""How well the distance of single rows tells odd ones from those of the test part.

    python benchmarks/odd_rows.py --record     # all
    python benchmarks/odd_rows.py cnn lstm     # some

For networks that come trained, a thousand test rows, evenly spread, stand beside as many odd ones,
or as many as there are: the area under the ROC curve is 0.5 if the distance cannot tell them
apart, and 1 if each odd row is farther. *Flagged* is the share of rows of which at most one
validation row in a hundred is as far.
"""

from __future__ import annotations

import argparse
import json
import warnings
from collections.abc import Iterator
from pathlib import Path

import numpy as np

import kerazoo
from kerazoo.datasets.about import Series, Texts
from kerazoo.datasets.reading.samples import own_text
from kerazoo.datasets.reading.texts import FIRST_WORD, UNKNOWN, encoder_of, holds_words
from kerazoo.predict import load_predictor
from kerazoo.report.table import Table

RESULTS = Path(__file__).parent / "results"
TABLES = ("wine_multiclass", "wine_binary", "tabm", "boston")
IMAGES = ("mnist_cnn", "cnn", "vgg_small")
SERIES = ("lstm", "nyse_rnn")
TEXTS = ("imdb_lstm", "bag_of_words")
ROWS, FLAGGED = 1000, 0.01


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--record", action="store_true", help=f"write to {RESULTS.name}/")
    parser.add_argument("networks", nargs="*", help="by default all that are recorded")
    options = parser.parse_args()
    path, all_names = RESULTS / "odd_rows.json", (*TABLES, *IMAGES, *SERIES, *TEXTS)
    before = json.loads(path.read_text()) if path.exists() else []
    found: list[dict[str, object]] = []
    for name in all_names:
        again = name in (options.networks or all_names)
        found += measure(name) if again else [one for one in before if one["network"] == name]
    text = table(found)
    print(text)
    if options.record:
        path.write_text(json.dumps(found, indent=1) + "\n")
        path.with_suffix(".md").write_text(text + "\n")


def measure(name: str) -> Iterator[dict[str, object]]:
    """Yield how far each kind of odd rows is told apart."""
    predictor = load_predictor(name)
    recipe = kerazoo.load_recipe(name, predictor.card.variant)
    splits = kerazoo.load_dataset(recipe.dataset, **recipe.dataset_arguments)
    # Reviews are sorted by their class.
    chosen = np.unique(np.linspace(0, len(splits.test.x) - 1, ROWS).astype(int))
    usual = np.asarray(splits.test.x)[chosen]
    known = predictor.typicality(usual)
    if isinstance(splits.about, Texts):
        kinds = odd_texts(usual, splits.about)
    elif isinstance(splits.about, Series):
        kinds = odd_windows(usual, splits.about)
    else:
        kinds = odd_rows(usual) if name in TABLES else odd_images(usual, name)
    for kind, rows in kinds.items():
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of values outside the range of the training
            odd = predictor.typicality(rows)
        yield {
            "network": name,
            "odd": kind,
            "area": round(area(known.distance, odd.distance), 3),
            "flagged": round(float((odd.farther <= FLAGGED).mean()), 3),
            "flagged_of_usual": round(float((known.farther <= FLAGGED).mean()), 3),
        }


def odd_rows(usual: np.ndarray) -> dict[str, np.ndarray]:
    """Return rows of columns that do not belong together, and with a number in another unit."""
    random = np.random.default_rng(0)
    ten_times = usual.copy()
    ten_times[np.arange(len(usual)), random.integers(0, 4, len(usual))] *= 10
    return {
        "each column shuffled": random.permuted(usual, axis=0),
        "one of the first four numbers ten times as large": ten_times,
    }


def odd_images(usual: np.ndarray, name: str) -> dict[str, np.ndarray]:
    """Return images of something else, and spoiled ones."""
    random = np.random.default_rng(0)
    title, there = other_images(name)
    noise = usual + random.normal(0, 50, usual.shape)
    return {
        title: there[:ROWS],
        "negatives": 255 - usual,
        "turned by 90 degrees": np.rot90(usual, axes=(1, 2)),
        "with noise of a fifth of the range": np.clip(noise, 0, 255).astype("uint8"),
    }


def other_images(name: str) -> tuple[str, np.ndarray]:
    """Return what the network has no class for, and what that is."""
    if name == "vgg_small":  # tells the eight other classes apart
        photos = kerazoo.load_dataset("cifar10", classes=["cat", "dog"])
        return "photos of cats and dogs", np.asarray(photos.test.x)
    other = "fashion_mnist" if name == "mnist_cnn" else "mnist"
    return f"images of `{other}`", np.asarray(kerazoo.load_dataset(other).test.x)


def odd_windows(usual: np.ndarray, about: Series) -> dict[str, np.ndarray]:
    """Return windows in another unit, of columns that were mixed up, and of another series."""
    random = np.random.default_rng(0)
    of_table = slice(0, len(about.columns))  # behind them are the days of the week
    larger, mixed, other = usual.copy(), usual.copy(), usual.copy()
    larger[:, :, about.columns.index("log_volume")] += np.log(10)
    mixed[:, :, of_table] = np.roll(usual[:, :, of_table], 1, axis=2)
    weather = kerazoo.load_dataset("seattle_weather", lag=about.lag).train.x[: len(usual)]
    alike = (weather - weather.mean()) / weather.std()
    means, spreads = (f(usual[:, :, of_table], axis=(0, 1)) for f in (np.mean, np.std))
    other = other[: len(alike)]
    other[:, :, of_table] = alike * spreads + means
    return {
        "the volume ten times as large": larger,
        "each column in the place of the next": mixed,
        "each window's days in another order": random.permuted(usual, axis=1),
        "temperatures of Seattle, brought to the mean and spread of each column": other,
    }


def odd_texts(usual: np.ndarray, about: Texts) -> dict[str, np.ndarray]:
    """Return texts of words that are none, in an order that is none, and about something else."""
    random = np.random.default_rng(0)
    number = {word: index for index, word in enumerate(about.words, start=FIRST_WORD)}
    mixed = ("".join(random.permutation(list(word))) for word in about.words)
    ids = [*range(FIRST_WORD), *(number.get(word, UNKNOWN) for word in mixed)]
    other = encoder_of(about)(list(own_text()))
    return {
        "the letters of each word shuffled": np.asarray(ids, usual.dtype)[usual],
        "the words shuffled": random.permuted(usual, axis=1),
        "paragraphs of docstrings": other[holds_words(other)][: len(usual)],
    }


def area(usual: np.ndarray, odd: np.ndarray) -> float:
    """Return the share of pairs in which the odd row is the farther one; ties count a half."""
    pairs = np.sign(odd[:, np.newaxis] - usual)
    return float((pairs.mean() + 1) / 2)


def table(found: list[dict[str, object]]) -> str:
    """Return what was found as Markdown."""
    header = ("network", "odd rows", "area", "flagged", "test rows flagged")
    lines = [
        (
            f"`{one['network']}`",
            str(one["odd"]),
            f"{one['area']:.3f}",
            f"{100 * float(str(one['flagged'])):.1f} %",
            f"{100 * float(str(one['flagged_of_usual'])):.1f} %",
        )
        for one in found
    ]
    return Table(header, tuple(lines)).markdown()


if __name__ == "__main__":
    main()
