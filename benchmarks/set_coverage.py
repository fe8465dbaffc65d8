"""How often sets and intervals hold the truth, over seeds; and calibration before and after.

    python benchmarks/set_coverage.py --record                     # all that train in a minute
    python benchmarks/set_coverage.py wine_multiclass boston       # some

Each network is trained from each seed as `kerazoo train` does, which calibrates it on its
validation part, and judged on its test part as `kerazoo evaluate` does.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
from pathlib import Path
from typing import Any

import kerazoo
from kerazoo.report.table import Table
from kerazoo.saved.reading import open_saved
from kerazoo.tasks import load_task

RESULTS = Path(__file__).parent / "results"
QUICK = (
    *("bag_of_words", "boston", "imdb_mlp", "matrix_factorization", "neural_filtering"),
    *("softmax_classifier", "tabm", "vgg_transfer", "wine_binary", "wine_multiclass"),
)
"""Networks of classes and numbers that train in less than some 40 s of processor time."""

SHOWN = (
    *("coverage_90", "set_size_90", "width_90"),
    *("calibration_error_before", "calibration_error", "accuracy"),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("networks", nargs="*", default=QUICK, help="by default quick ones")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--record", action="store_true", help=f"write to {RESULTS.name}/")
    options = parser.parse_args()
    path = RESULTS / "set_coverage.json"
    recorded = json.loads(path.read_text()) if path.exists() else {}
    for name in options.networks:
        recorded[name] = over_seeds(name, options.seeds)
        print(name, json.dumps(recorded[name]), flush=True)
        if options.record:
            path.write_text(json.dumps(recorded, indent=1, sort_keys=True) + "\n")
            path.with_suffix(".md").write_text(table(recorded) + "\n")
    print(table(recorded))


def over_seeds(name: str, seeds: int) -> dict[str, Any]:
    """Return mean and standard deviation of what is judged, over seeds, and how many rows judge."""
    recipe = kerazoo.load_recipe(name)
    splits = kerazoo.load_dataset(recipe.dataset, **recipe.dataset_arguments)
    found: list[dict[str, float]] = []
    for seed in range(seeds):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / name
            kerazoo.train(name, seed=seed, splits=splits, out=path)
            saved = open_saved(path)
            judged = dict(load_task(recipe.task).evaluate(saved, splits, recipe, "auto").scores)
            # Without a temperature, calibration changes nothing.
            if "calibration_error" in judged:
                judged.setdefault("calibration_error_before", judged["calibration_error"])
            found.append(judged)
    classes = len(splits.class_names)
    summary: dict[str, Any] = {
        "rows": [len(splits.validation.x), len(splits.test.x)],
        "seeds": seeds,
        "unit": f"of {classes} classes" if classes else splits.target_unit,
    }
    for metric in SHOWN:
        values = [one[metric] for one in found if metric in one]
        if values:
            spread = statistics.stdev(values) if len(values) > 1 else 0.0
            summary[metric] = [round(statistics.fmean(values), 4), round(spread, 4)]
    return summary


def table(recorded: dict[str, Any]) -> str:
    """Return what was found as Markdown."""
    header = (
        *("network", "validation rows", "test rows", "trainings", "held", "size"),
        *("calibration error before", "after"),
    )
    lines = []
    for name, one in sorted(recorded.items()):
        size, spread = one.get("set_size_90") or one["width_90"]
        unit = one["unit"]
        shown = unit if unit.startswith("of ") or not unit else f"(in {unit})"
        errors = (one.get("calibration_error_before"), one.get("calibration_error"))
        lines.append(
            (
                f"`{name}`",
                *(f"{rows:,}" for rows in one["rows"]),
                str(one["seeds"]),
                "{:.1f} ± {:.1f} %".format(*(100 * value for value in one["coverage_90"])),
                f"{size:.2f} ± {spread:.2f} {shown}".strip(),
                *("-" if both is None else "{:.4f} ± {:.4f}".format(*both) for both in errors),
            )
        )
    return Table(header, tuple(lines)).markdown()


if __name__ == "__main__":
    main()
