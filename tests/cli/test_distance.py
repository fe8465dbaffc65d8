"""`kerazoo predict --distance`, and `kerazoo nearest`."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path

import numpy as np
import pytest

import kerazoo
from kerazoo.errors import KerazooError
from kerazoo.predict import load_predictor
from kerazoo.saved import load_card
from tests.saved_networks import forge
from tests.tables import make_table


def test_the_command_adds_two_columns_and_leaves_out_bad_rows(cli, cases, tmp_path: Path) -> None:
    table = make_table().drop(columns="price").head(4).astype({"size": object})
    table.loc[1, "size"] = "large"
    table.to_csv(tmp_path / "rows.csv", index=False)
    command = ("predict", cases.path, tmp_path / "rows.csv", "--distance", "--skip-bad-rows")
    status, printed, said = cli(*command, "--format", "json")
    assert status == 0, said
    records = json.loads(printed)
    assert records[1]["distance"] is None
    assert records[1]["farther"] is None
    assert all(0 <= one["farther"] <= 1 for one in (records[0], *records[2:]))
    status, printed, _ = cli(*command, "--format", "csv")
    lines = printed.splitlines()
    assert lines[0].endswith("distance,farther")
    assert lines[2].endswith(",,")
    assert "distance" in cli(*command, "--format", "table")[1]


def test_what_cannot_be_told_is_said_in_a_line(cli, wine, root, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(wine.path, tmp_path / "old"))
    forge(copy, lambda plain: plain.pop("typical"))
    names, rows = wine.splits.feature_names, wine.splits.test.x[:2]
    table = tmp_path / "rows.csv"
    table.write_text("\n".join(",".join(map(str, line)) for line in [names, *rows.tolist()]))
    status, _, said = cli("predict", copy, table, "--distance")
    assert (status, said.count("\n"), "kerazoo calibrate MODEL" in said) == (1, 1, True)
    text = tmp_path / "a.txt"
    text.write_text("a film\n")
    reviews = Path(shutil.copytree(root / "saved_models" / "imdb_mlp", tmp_path / "imdb_mlp"))
    forge(reviews, lambda plain: plain.pop("typical"))
    status, _, said = cli("predict", reviews, text, "--distance")
    assert (status, "kerazoo calibrate MODEL" in said) == (1, True)
    status, _, said = cli("predict", "lstm", text, "--distance")
    assert (status, "--distance is for networks of" in said) == (2, True)
    with pytest.raises(KerazooError, match="does not say how far"):
        load_predictor(reviews).typicality("a film")


def test_texts_of_rare_words_are_farther(cli, tmp_path: Path) -> None:
    texts = tmp_path / "texts.txt"
    texts.write_text("this is a film that i have seen with my mother\nzgrk qqq film wvw\n")
    status, printed, said = cli("predict", "imdb_mlp", texts, "--distance", "--format", "json")
    assert status == 0, said
    usual, odd = json.loads(printed)
    assert usual["distance"] < odd["distance"]
    assert odd["farther"] < 0.1 < usual["farther"]


@pytest.fixture
def wines(wine, tmp_path: Path) -> Path:
    """Two wines of the training."""
    path = tmp_path / "wines.csv"
    lines = [wine.splits.feature_names, *wine.splits.train.x[[5, 70]].tolist()]
    path.write_text("\n".join(",".join(map(str, line)) for line in lines))
    return path


def test_the_nearest_of_a_training_row_is_itself(cli, wine, wines):
    status, printed, said = cli("nearest", wine.path, wines, "--count", 2, "--format", "json")
    assert status == 0, said
    records = json.loads(printed)
    assert [one["row"] for one in records] == [1, 1, 2, 2]
    assert [(one["index"], one["distance"]) for one in records[::2]] == [(5, 0), (70, 0)]
    names = wine.splits.class_names
    assert records[0]["quality"] == names[int(np.argmax(wine.splits.train.y[5]))]
    rows = wine.splits.train.x[[5, 70]]
    found = load_predictor(wine.path).nearest(rows, wine.splits, 2)
    assert [one["index"] for one in records] == found.indices.ravel().tolist()


@pytest.mark.filterwarnings("ignore")  # of what each column is
def test_rows_of_a_file_of_the_users_are_named(cli, tmp_path: Path):
    table = make_table()
    path, out = tmp_path / "cases.csv", tmp_path / "run"
    table.to_csv(path, index=False)
    kerazoo.train("tabm", data=path, options={"target": "price"}, epochs=1, out=out)
    table.head(3).to_csv(tmp_path / "asked.csv", index=False)
    status, printed, said = cli("nearest", out, tmp_path / "asked.csv", "--count", 1)
    assert status == 0, said
    lines = list(csv.DictReader(printed.splitlines()))
    for number, line in enumerate(lines):
        if float(line["distance"]) == 0:  # the others were held out
            assert int(line["training_row"]) == number + 1
            assert float(line["price"]) == pytest.approx(table["price"][number], rel=1e-5)
    assert any(float(line["distance"]) == 0 for line in lines)
    path.write_text(path.read_text() + path.read_text().splitlines()[1] + "\n")
    status, _, said = cli("nearest", out, tmp_path / "asked.csv")
    assert (status, "has changed since" in said.splitlines()[-1]) == (1, True)


def test_nearest_of_what_is_not_there_is_refused_in_a_line(cli, wine, wines, tmp_path: Path):
    known = f"to the {len(wine.splits.train.x):,} training rows"
    status, _, said = cli("nearest", wine.path, wines, "--count", 10**6)
    assert (status, said.count("\n"), known in said) == (1, 1, True)
    assert cli("nearest", wine.path, wines, "--count", 0)[0] == 2
    copy = Path(shutil.copytree(wine.path, tmp_path / "other"))
    forge(copy, lambda plain: plain.update(data="0" * 64))
    status, _, said = cli("nearest", copy, wines)
    assert (status, said.count("\n"), "--data" in said) == (1, 1, True)
    with pytest.raises(KerazooError, match="not the rows that"):
        load_predictor(copy).nearest(wine.splits.train.x[:1], wine.splits)


def test_columns_that_are_missing_are_named(cli, wine, tmp_path: Path):
    names = [name for name in wine.splits.feature_names if name != "alcohol"]
    table = tmp_path / "rows.csv"
    table.write_text(",".join(names) + "\n" + ",".join(["1"] * len(names)) + "\n")
    for command in (("predict", wine.path, table, "--distance"), ("nearest", wine.path, table)):
        status, _, said = cli(*command)
        assert (status, said.count("\n"), "alcohol" in said) == (1, 1, True), said


def test_a_model_of_old_learns_distances_by_being_calibrated(cli, wine, wines, tmp_path: Path):
    copy = Path(shutil.copytree(wine.path, tmp_path / "old"))
    forge(copy, lambda plain: plain.pop("typical"))
    assert load_card(copy).typical is None
    status, _, said = cli("calibrate", copy)
    assert status == 0, said
    assert load_card(copy).typical == load_card(wine.path).typical
    lines = cli("predict", copy, wines, "--distance", "--format", "csv")[1].splitlines()
    assert [len(line.split(",")) for line in lines] == [len(lines[0].split(","))] * 3
