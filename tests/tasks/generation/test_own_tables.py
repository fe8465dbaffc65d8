"""`autoencoder` learns the rows of a table, and tells odd ones."""

from __future__ import annotations

import csv
import dataclasses
import json
from pathlib import Path

import keras
import numpy as np
import pandas as pd
import pytest

import kerazoo
from kerazoo.experiments.own_splits import load_own_splits
from kerazoo.saved import load_card
from kerazoo.saved.card_text import write_card
from kerazoo.saved.reading import open_saved
from kerazoo.tasks import load_task
from tests.processes import run_forked

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:kerazoo")


def table(rows: int) -> pd.DataFrame:
    """Two numbers that go together, a word that follows them, and gaps."""
    random = np.random.default_rng(rows)
    size = random.normal(50, 9, rows)
    weight = 3 * size + random.normal(0, 1, rows)
    weight[::13] = np.nan
    return pd.DataFrame(
        {
            "id": range(rows),
            "size": size,
            "weight": weight,
            "kind": np.where(size > 50, "big", "small"),
        }
    )


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tables") / "run"
    kerazoo.train("autoencoder", data=table(300), epochs=40, out=folder)
    return folder


ODD = pd.DataFrame(
    {
        "size": [50.5, 60.0, 60.0, 55.0, 9999.0],
        "weight": [151.5, 180.0, 90.0, np.nan, 180.0],
        "kind": ["big", "big", "big", "huge", "big"],
    }
)


def test_rows_that_do_not_go_together_are_odd(saved: Path) -> None:
    card = load_card(saved)
    predictor = kerazoo.load_predictor(saved)
    assert predictor.runtime == "litert"
    errors = predictor.predict(ODD).values[:, 0]
    odd = errors > card.anomaly_threshold
    assert odd.tolist() == [False, False, True, True, True]
    # The threshold is that of the validation rows, and Keras says the same.
    splits = kerazoo.load_dataset("unlabeled_table", path=table(300))
    of_validation = kerazoo.load_model(saved).predict(splits.validation.x, verbose=0)
    assert card.anomaly_threshold == pytest.approx(np.percentile(of_validation, 99), rel=1e-5)
    assert splits.hash() == card.data
    assert "id" not in card.about.feature_names


def test_the_error_is_that_of_standardized_columns(saved: Path) -> None:
    model = kerazoo.load_model(saved)
    layers = [model.get_layer(name).output for name in ("encode", "reconstruction")]
    splits = kerazoo.load_dataset("unlabeled_table", path=table(300))
    features, again = keras.Model(model.input, layers).predict(splits.test.x, verbose=0)
    expected = np.square(features - again).sum(axis=1) / len(splits.feature_names)
    np.testing.assert_allclose(model.predict(splits.test.x, verbose=0)[:, 0], expected, rtol=1e-5)


def test_of_another_table_all_rows_are_judged(saved: Path, tmp_path: Path) -> None:
    path, recipe = tmp_path / "others.csv", kerazoo.load_recipe("autoencoder")
    for rows in (80, 2):
        table(rows).to_csv(path, index=False)
        with pytest.warns(UserWarning, match=f"so that all of its {rows} rows are judged"):
            judged_by, splits = load_own_splits(open_saved(saved), recipe, path)
        parts = (splits.train, splits.validation, splits.test)
        assert [len(part.x) for part in parts] == [0, 0, rows]
        judged = load_task("generation").evaluate(saved, splits, judged_by, "keras")
        errors = kerazoo.load_predictor(saved).predict(table(rows)).values[:, 0]
        assert judged.scores["loss"] == pytest.approx(np.mean(errors), rel=1e-4)


@pytest.mark.thorough
def test_from_a_terminal(tmp_path: Path) -> None:
    table(300).to_csv(tmp_path / "machines.csv", index=False)
    ODD.assign(name=list("abcde")).to_csv(tmp_path / "rows.csv", index=False)
    command = ("train", "autoencoder", "--data", "machines.csv", "--epochs", 40)
    trained = run_forked(*command, "--plot", "figures", cwd=tmp_path)
    assert trained.returncode == 0, trained.stderr
    assert "category: 'kind' (2 words)." in trained.stderr
    assert "(principal components)" in trained.stdout
    assert (tmp_path / "figures" / "history.png").exists()
    predict = ("predict", "runs/autoencoder", "rows.csv", "--anomaly")
    judged = run_forked(*predict, "--keep", "name", cwd=tmp_path)
    assert judged.returncode == 0, judged.stderr
    rows = list(csv.DictReader(judged.stdout.splitlines()))
    assert [row["name"] for row in rows if row["anomaly"] == "yes"] == ["c", "d", "e"]
    as_json = json.loads(run_forked(*predict, "--format", "json", cwd=tmp_path).stdout)
    assert [row["row"] for row in as_json if row["anomaly"]] == [3, 4, 5]
    plain = run_forked(*predict[:-1], cwd=tmp_path)
    assert plain.stdout.startswith("reconstruction_error\n")
    again = run_forked("evaluate", "runs/autoencoder", "--data", "machines.csv", cwd=tmp_path)
    assert again.returncode == 0, again.stderr
    assert (
        again.stderr == "machines.csv: column 'id' not looked at: the network has no such input.\n"
    )
    went_on = run_forked(
        "train",
        "--from",
        "runs/autoencoder",
        "--data",
        "machines.csv",
        "--epochs",
        2,
        "--out",
        "m",
        cwd=tmp_path,
    )
    assert went_on.returncode == 0, went_on.stderr


def test_what_is_refused(saved: Path, tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    train = kerazoo.train
    with pytest.raises(kerazoo.KerazooError, match="--image-size is for images: leave it out"):
        train("autoencoder", data=table(60), options={"image_size": 32})
    with pytest.raises(kerazoo.KerazooError, match="--drop is about the columns of a table"):
        train("autoencoder", data=tmp_path / "photos", options={"drop": "a"})
    with pytest.raises(kerazoo.KerazooError, match="columns"):
        train("vae", data=table(60))
    with pytest.raises(kerazoo.KerazooError, match="has no column to learn from"):
        train("autoencoder", data={"id": range(60)})
    with pytest.raises(kerazoo.KerazooError, match=r"unknown column 'siz'\. Did you mean 'size'"):
        train("autoencoder", data=table(60), options={"drop": "siz"})
    with pytest.raises(kerazoo.KerazooError, match="the column 'kind' is missing"):
        train(start_from=saved, data=table(60).drop(columns="kind"))
    with pytest.raises(kerazoo.KerazooError, match="a threshold from 0 on"):
        write_card(dataclasses.replace(load_card(saved), anomaly_threshold=-1.0))
