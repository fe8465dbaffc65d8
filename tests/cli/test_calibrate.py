"""`kerazoo calibrate`, `kerazoo predict --coverage`, and what `kerazoo evaluate` says of them."""

from __future__ import annotations

import csv
import io
import json
import shutil
from pathlib import Path

import numpy as np
import pytest

import kerazoo
from kerazoo.saved import load_card
from tests.saved_networks import forge

OF_LATER = ("calibration", "profile", "typical")  # fields that cards of old do not have


@pytest.fixture
def rows(wine, tmp_path: Path) -> Path:
    """Twelve wines."""
    path = tmp_path / "rows.csv"
    lines = [wine.splits.feature_names, *wine.splits.test.x[:12].tolist()]
    path.write_text("\n".join(",".join(map(str, line)) for line in lines))
    return path


def test_sets_and_intervals_in_every_format(cli, wine, boston, rows, tmp_path):
    answer = kerazoo.load_predictor(wine.path).predict(wine.splits.test.x[:12], coverage=0.95)
    status, printed, said = cli("predict", wine.path, rows, "--coverage", 0.95, "--format", "csv")
    assert (status, said) == (0, "")
    lines = list(csv.DictReader(io.StringIO(printed)))
    assert [line["set"] for line in lines] == ["|".join(classes) for classes in answer.sets]
    command = ("predict", wine.path, rows, "--coverage", 0.95, "--format")
    records = json.loads(cli(*command, "json")[1])
    assert [record["set"] for record in records] == [list(one) for one in answer.sets]
    assert "set" in cli(*command, "table")[1].splitlines()[0]
    np.save(tmp_path / "homes.npy", boston.splits.test.x[:3])
    _, printed, _ = cli("predict", boston.path, tmp_path / "homes.npy", "--coverage", 0.5)
    assert printed.splitlines()[0] == "MEDV,lower,upper"
    low, high = np.loadtxt(io.StringIO(printed), delimiter=",", skiprows=1)[:, 1:].T
    assert (low < high).all()


def test_what_is_wrong_is_said_in_a_line(cli, wine, rows, tmp_path):
    for value in ("0", "1", "-1", "nan"):
        status, _, said = cli("predict", wine.path, rows, f"--coverage={value}")
        assert (status, said.count("\n")) == (1, 1)
        assert "above 0 and below 1" in said
    assert cli("predict", wine.path, rows, "--coverage", "most")[0] == 2
    status, _, said = cli("predict", wine.path, rows, "--sets", "adaptive")
    assert (status, "add --coverage" in said) == (2, True)
    copy = Path(shutil.copytree(wine.path, tmp_path / "old"))
    forge(copy, lambda plain: plain.pop("calibration"))
    status, _, said = cli("predict", copy, rows, "--coverage", 0.9)
    assert (status, "kerazoo calibrate MODEL" in said) == (1, True)
    bad = tmp_path / "bad.csv"
    bad.write_text(rows.read_text().replace("alcohol", "proof"))
    assert cli("predict", wine.path, bad, "--coverage", 0.9)[0] == 1


def test_a_model_of_old_is_calibrated_and_else_stays_as_it_was(cli, wine, rows, tmp_path):
    copy = Path(shutil.copytree(wine.path, tmp_path / "old"))
    before = load_card(copy)
    forge(copy, lambda plain: [plain.pop(one) for one in OF_LATER])
    status, printed, _ = cli("calibrate", copy)
    assert status == 0
    assert f"calibrated on {before.calibration.rows} rows of the validation part" in printed
    after = load_card(copy)
    assert after.files == before.files
    assert (after.profile, after.typical) == (before.profile, before.typical)
    assert after.calibration.rows == before.calibration.rows
    assert after.calibration.temperature == pytest.approx(before.calibration.temperature, rel=1e-3)
    kerazoo.load_model(copy)
    assert cli("predict", copy, rows, "--coverage", 0.9)[0] == 0


def test_own_rows_calibrate_as_well_and_classes_without_any_are_said(cli, wine, tmp_path):
    copy = Path(shutil.copytree(wine.path, tmp_path / "own"))
    splits = wine.splits
    truth = np.asarray(splits.test.y).argmax(axis=1)
    chosen = np.flatnonzero(truth != 2)[:150]
    lines = [[*splits.feature_names, splits.target_name]]
    lines += [[*splits.test.x[row], splits.class_names[truth[row]]] for row in chosen]
    table = tmp_path / "labelled.csv"
    table.write_text("\n".join(",".join(map(str, line)) for line in lines))
    status, printed, said = cli("calibrate", copy, "--data", table)
    assert status == 0, said
    assert "150 rows of your data" in printed
    assert f"no row of {splits.class_names[2]}" in said
    assert load_card(copy).calibration.data is None
    rows = tmp_path / "rows.npy"
    np.save(rows, splits.test.x[:3])
    _, printed, said = cli("predict", copy, rows, "--coverage", 0.9, "--sets", "each-class")
    assert f"{splits.class_names[2]} is in every set" in said
    assert all(splits.class_names[2] in line.split(",")[-1] for line in printed.splitlines()[1:])


def test_what_cannot_be_calibrated_is_refused(cli, tmp_path):
    status, _, said = cli("calibrate", "xor")
    assert (status, "validated on its training rows" in said) == (1, True)
    status, _, said = cli("calibrate", "nyse_rnn", "--data", tmp_path)
    assert status == 1
    status, _, said = cli("calibrate", tmp_path / "none")
    assert status == 2 or "no saved model" in said


def test_a_forecaster_of_old_learns_how_far_a_usual_window_is(cli, root, tmp_path):
    copy = Path(shutil.copytree(root / "saved_models" / "lstm", tmp_path / "old"))
    before = load_card(copy)
    forge(copy, lambda plain: plain.pop("typical"))
    series = tmp_path / "series.csv"
    rows = [",".join(before.about.columns), *(f"{n % 7},{n % 5},{n % 3}" for n in range(60))]
    series.write_text("\n".join(rows))
    status, _, said = cli("calibrate", copy, "--data", series)
    assert (status, said.count("\n")) == (1, 1)
    assert "intervals" in said or "date" in said
    status, printed, said = cli("calibrate", copy)
    assert (status, said) == (0, "")
    assert "learned from 429 validation windows" in printed
    after = load_card(copy)
    assert (after.typical, after.files) == (before.typical, before.files)
    assert (after.residuals, after.calibration) == (before.residuals, None)


def test_evaluate_says_how_often_sets_hold_and_what_calibration_changed(cli, wine, tmp_path):
    copy = Path(shutil.copytree(wine.path, tmp_path / "copy"))
    forge(copy, lambda plain: plain["calibration"].update(temperature=1.5))
    status, printed, said = cli("evaluate", copy, "--json")
    assert (status, said) == (0, "")
    scores = json.loads(printed)["scores"]
    x, y = wine.splits.test
    answer = kerazoo.load_predictor(copy).predict(x, coverage=0.9)
    truth = np.asarray(y).argmax(axis=1)
    held = answer.in_set[np.arange(len(truth)), truth].mean()
    assert scores["coverage_90"] == pytest.approx(held, abs=1e-9)
    assert scores["set_size_90"] == pytest.approx(answer.in_set.sum(axis=1).mean())
    forge(copy, lambda plain: plain["calibration"].update(temperature=1.0))
    raw = json.loads(cli("evaluate", copy, "--json")[1])["scores"]
    assert scores["calibration_error_before"] == pytest.approx(raw["calibration_error"])
    assert scores["calibration_error"] != pytest.approx(raw["calibration_error"])
    assert "calibration_error_before" not in raw
    assert scores["accuracy"] == raw["accuracy"]


def test_evaluate_of_numbers(cli, boston):
    scores = json.loads(cli("evaluate", boston.path, "--json")[1])["scores"]
    assert 0.7 < scores["coverage_90"] <= 1
    assert scores["width_90"] > 0
