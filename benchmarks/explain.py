"""Why an answer is what it is: kerazoo's Shapley values beside those of shap's exact explainer.

    python benchmarks/explain.py --record

Both explain the same function, LiteRT behind `Predictor`, against the same stored training rows.
shap is not needed by kerazoo: `pip install shap`, or leave it out and only the time is measured.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import os
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

import kerazoo
from kerazoo.predict import Predictor, load_predictor
from kerazoo.saved import load_card

RESULTS = Path(__file__).parent / "results"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=5)
    parser.add_argument("--record", action="store_true", help=f"write to {RESULTS.name}/")
    options = parser.parse_args()
    done = {name: measure(name, options.rows) for name in ("wine_multiclass", "boston")}
    for name, found in done.items():
        print(name, json.dumps(found))
    if options.record:
        text = json.dumps({"cores": os.cpu_count(), "networks": done}, indent=1) + "\n"
        (RESULTS / "explain.json").write_text(text)


def measure(name: str, count: int) -> dict[str, Any]:
    """Explain some test rows, one at a time, and compare with shap if it is there."""
    predictor = network(name)
    recipe = kerazoo.load_recipe(name)
    splits = kerazoo.load_dataset(recipe.dataset, **recipe.dataset_arguments)
    rows = np.asarray(splits.test.x[:count]).astype(predictor.card.inputs[0].dtype)
    predictor.explain(rows[:1])  # the first sets the network up
    seconds, ours = [], []
    for row in rows:
        started = time.perf_counter()
        ours.append(predictor.explain(row[np.newaxis]).values[0])
        seconds.append(time.perf_counter() - started)
    assert predictor.card.profile is not None
    known = predictor.card.profile.sample.decode()
    found: dict[str, Any] = {
        "columns": rows.shape[1],
        "stored_rows": len(known),
        "milliseconds_per_row": round(1000 * statistics.median(seconds), 1),
    }
    try:
        import shap
    except ImportError:
        return found
    theirs, seconds_of_shap = explained_by_shap(shap, predictor, known, rows)
    found["milliseconds_per_row_of_shap"] = round(1000 * seconds_of_shap, 1)
    found["largest_difference"] = float(np.abs(theirs - np.stack(ours)).max())
    found["shap"] = importlib.metadata.version("shap")
    return found


def network(name: str) -> Predictor:
    """Return a network that is trained for a moment: how well does not matter here."""
    if load_card(name).profile is not None:
        return load_predictor(name)
    folder = tempfile.mkdtemp()
    kerazoo.train(name, epochs=3, out=Path(folder) / name)
    return load_predictor(Path(folder) / name)


def explained_by_shap(
    shap: Any, predictor: Predictor, known: np.ndarray, rows: np.ndarray
) -> tuple[np.ndarray, float]:
    """Return the values of the exact explainer, `(rows, columns, outputs)`, and seconds a row."""

    def answer(asked: np.ndarray) -> np.ndarray:
        given = predictor.predict_array(np.ascontiguousarray(asked, rows.dtype))
        shares = given.probabilities
        return (given.values if shares is None else shares).astype("float64")

    masker = shap.maskers.Independent(known, max_samples=len(known))
    explainer = shap.explainers.Exact(answer, masker)
    explainer(rows[:1])  # the first compiles
    started = time.perf_counter()
    values = explainer(rows).values
    seconds = (time.perf_counter() - started) / len(rows)
    return values.reshape(*rows.shape, -1), seconds


if __name__ == "__main__":
    main()
