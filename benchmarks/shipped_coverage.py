"""How often sets and intervals of the trained networks hold the truth, beside MAPIE's.

    python benchmarks/shipped_coverage.py --record                 # all networks
    python benchmarks/shipped_coverage.py wine_multiclass boston   # some

No network is trained: each answers its validation and its test rows once. Then, from each of 20
seeds, or 100 where that takes no time, as many of all these rows as its validation part has are
drawn to learn scores from, as `kerazoo calibrate` does, and the others judge sets and intervals
that are to hold 90 %. That is what split conformal prediction promises something about: rows of one
source, in no order. Beside it stands what the network does as it comes: scores of its validation
part, judged on its test part.

MAPIE gets the same probabilities or numbers and the first five draws. kerazoo does not need it:
`pip install mapie`, or leave it out.
"""

from __future__ import annotations

import argparse
import dataclasses
import importlib.metadata
import json
import statistics
from pathlib import Path
from typing import Any

import numpy as np

import kerazoo
from kerazoo.datasets.splits import is_trained_on
from kerazoo.predict import Prediction, load_predictor
from kerazoo.predict.certainty import with_coverage
from kerazoo.predict.prediction import class_indices
from kerazoo.report.table import Table
from kerazoo.saved import Card
from kerazoo.saved.calibration import calibrate_classes, calibrate_numbers
from kerazoo.saved.validating import MOST_ROWS, answers_like

RESULTS = Path(__file__).parent / "results"
COVERAGE = 0.9
_BY_MAPIE = 5  # draws
_FEW_ROWS, _MANY_DRAWS, _DRAWS = 1000, 100, 20  # each draw fits a temperature
Held = tuple[np.ndarray, np.ndarray]  # whether each row's truth is held, and the size


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("networks", nargs="*", help="by default all that come trained")
    parser.add_argument("--seeds", type=int, help="100 up to 1,000 validation rows, else 20")
    parser.add_argument("--record", action="store_true", help=f"write to {RESULTS.name}/")
    options = parser.parse_args()
    path = RESULTS / "shipped_coverage.json"
    recorded = json.loads(path.read_text()) if path.exists() else {}
    for name in options.networks or kerazoo.list_models():
        try:
            recorded[name] = over_draws(name, options.seeds)
        except kerazoo.KerazooError as error:
            print(f"{name}: left out: {error}", flush=True)
            continue
        print(name, json.dumps(recorded[name]), flush=True)
        if options.record:
            path.write_text(json.dumps(recorded, indent=1, sort_keys=True) + "\n")
            path.with_suffix(".md").write_text(table(recorded) + "\n")
    print(table(recorded))


def over_draws(name: str, seeds: int | None) -> dict[str, Any]:
    """Return how often the truth is held: as the network comes, over draws, and by MAPIE.

    Raises:
        KerazooError: if its sets or intervals cannot be judged so, or its data is not here.
    """
    predictor = load_predictor(name)
    card = predictor.card
    recipe = kerazoo.load_recipe(name, card.variant)
    splits = kerazoo.load_dataset(recipe.dataset, **recipe.dataset_arguments)
    if not answers_like(splits.about, card.outputs[0].shape, splits.validation):
        raise kerazoo.KerazooError("it answers with no classes and no single numbers.")
    if is_trained_on(splits.validation, splits):
        raise kerazoo.KerazooError("it is validated on its training rows.")
    if splits.hash() != card.data:
        raise kerazoo.KerazooError("its data is not here as it was in training.")
    known, judged = (answers(predictor, part) for part in (splits.validation, splits.test))
    values, truth = (np.concatenate(both) for both in zip(known, judged, strict=True))
    rows = min(len(known[0]), MOST_ROWS)
    draws = seeds or (_MANY_DRAWS if rows <= _FEW_ROWS else _DRAWS)
    found: dict[str, Any] = {"rows": [rows, len(values) - rows], "draws": draws}
    if card.calibration is not None:
        found["as_it_comes"] = round(float(held(card, *judged)[0].mean()), 4)
    ours: list[Held] = []
    theirs: list[Held] = []
    for seed in range(draws):
        order = np.random.default_rng(seed).permutation(len(values))
        drawn, others = order[:rows], order[rows:]
        learned = learn(card, values[drawn], truth[drawn])
        ours.append(held(learned, values[others], truth[others]))
        by_mapie = mapie(learned, values, truth, drawn, others) if seed < _BY_MAPIE else None
        theirs += [] if by_mapie is None else [by_mapie]
    found["held"], found["size"] = means(ours)
    found["held_of_five"], _ = means(ours[:_BY_MAPIE])
    if theirs:
        found["held_by_mapie"], found["size_by_mapie"] = means(theirs)
        pairs = zip(ours[: len(theirs)], theirs, strict=True)
        found["rows_that_differ"] = int(sum((a[0] != b[0]).sum() for a, b in pairs))
        found["mapie"] = importlib.metadata.version("mapie")
    return found


def answers(predictor: Any, part: kerazoo.Part) -> tuple[np.ndarray, np.ndarray]:
    """Return what the last layer gives, and the truth: classes as indices, numbers as they are."""
    x = np.ascontiguousarray(np.asarray(part.x).astype(predictor.card.inputs[0].dtype))
    y = np.asarray(part.y)
    truth = class_indices(y).astype(int) if predictor.card.class_names else y.ravel()
    return predictor.predict_array(x).values, truth


def probabilities(values: np.ndarray) -> np.ndarray:
    """Return a probability per class, also where there is one for two."""
    return np.concatenate([1 - values, values], axis=1) if values.shape[1] == 1 else values


def learn(card: Card, values: np.ndarray, truth: np.ndarray) -> Card:
    """Return a card that has learned its scores, and its temperature, from some rows."""
    if card.class_names:
        found = calibrate_classes(probabilities(values), truth)
    else:
        found = calibrate_numbers(values.ravel(), truth)
    return dataclasses.replace(card, calibration=found)


def answer_by(card: Card, values: np.ndarray) -> Prediction:
    """Return answers with the probabilities that a card calibrates."""
    temperature = None if card.calibration is None else card.calibration.temperature
    return Prediction(values, card.class_names, temperature)


def held(card: Card, values: np.ndarray, truth: np.ndarray) -> Held:
    """Return whether each row's set or interval holds its truth, and its size."""
    covered = with_coverage(answer_by(card, values), card, COVERAGE)
    if covered.in_set is not None:
        return covered.in_set[np.arange(len(truth)), truth], covered.in_set.sum(axis=1)
    assert covered.interval is not None
    low, high = covered.interval.T
    return (low <= truth) & (truth <= high), high - low


def mapie(
    card: Card, values: np.ndarray, truth: np.ndarray, drawn: np.ndarray, others: np.ndarray
) -> Held | None:
    """Return the same by MAPIE, from the same probabilities or numbers; `None` without it."""
    try:
        from mapie.classification import SplitConformalClassifier
        from mapie.regression import SplitConformalRegressor
    except ImportError:
        return None
    if card.class_names:
        p = answer_by(card, values).probabilities
        assert p is not None
        # Float32 probabilities add up to 1 less exactly than MAPIE wants.
        p = p.astype("float64") / p.sum(axis=1, keepdims=True, dtype="float64")
        by = SplitConformalClassifier(_Given(p.shape[1]), COVERAGE, "lac", prefit=True)
        by.conformalize(p[drawn], truth[drawn])
        sets = by.predict_set(p[others])[1][:, :, 0]  # (rows, classes)
        return sets[np.arange(len(others)), truth[others]], sets.sum(axis=1)
    x = values.reshape(-1, 1).astype("float64")
    by = SplitConformalRegressor(_GivenNumber(), COVERAGE, "absolute", prefit=True)
    by.conformalize(x[drawn], truth[drawn])
    low, high = by.predict_interval(x[others])[1][:, :, 0].T
    return (low <= truth[others]) & (truth[others] <= high), high - low


def _given() -> tuple[type, type]:
    """Return estimators of scikit-learn that give back what they get."""
    from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin

    class Given(ClassifierMixin, BaseEstimator):
        """Gives back rows of probabilities."""

        is_fitted = True

        def __init__(self, classes: int = 2) -> None:
            self.classes = classes
            self.classes_ = np.arange(classes)

        def fit(self, x: Any, y: Any) -> Any:
            return self

        def predict_proba(self, x: np.ndarray) -> np.ndarray:
            return x

        def predict(self, x: np.ndarray) -> np.ndarray:
            return x.argmax(axis=1)

    class GivenNumber(RegressorMixin, BaseEstimator):
        """Gives back a number per row."""

        is_fitted = True

        def fit(self, x: Any, y: Any) -> Any:
            return self

        def predict(self, x: np.ndarray) -> np.ndarray:
            return x[:, 0]

    return Given, GivenNumber


_Given, _GivenNumber = _given()


def means(found: list[Held]) -> tuple[list[float], list[float]]:
    """Return mean and standard deviation over draws, of the share held and of the size."""
    shares = [float(holds.mean()) for holds, _ in found]
    sizes = [float(size.mean()) for _, size in found]
    return _mean_and_spread(shares), _mean_and_spread(sizes)


def _mean_and_spread(values: list[float]) -> list[float]:
    spread = statistics.stdev(values) if len(values) > 1 else 0.0
    return [float(f"{statistics.fmean(values):.5g}"), float(f"{spread:.3g}")]


def table(recorded: dict[str, Any]) -> str:
    """Return what was found as Markdown."""
    header = (
        *("network", "rows drawn", "rows judged", "draws", "held", "size", "five draws"),
        *("MAPIE, the same five", "as it comes"),
    )
    lines = []
    for name, one in sorted(recorded.items()):
        drawn, judged = one["rows"]
        size = one["size"][0]
        by_mapie = one.get("held_by_mapie")
        comes = one.get("as_it_comes")
        lines.append(
            (
                f"`{name}`",
                f"{drawn:,}",
                f"{judged:,}",
                f"{one['draws']}",
                _percent(one["held"]),
                f"{size:.2f}" if size < 100 else f"{size:.0f}",
                _percent(one["held_of_five"]),
                "-" if by_mapie is None else _percent(by_mapie),
                "-" if comes is None else f"{100 * comes:.1f} %",
            )
        )
    return Table(header, tuple(lines)).markdown()


def _percent(both: list[float]) -> str:
    return f"{100 * both[0]:.1f} ± {100 * both[1]:.1f} %"


if __name__ == "__main__":
    main()
