"""Ratings on the command line: trained on, judged, and asked for recommendations."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

import kerazoo
from kerazoo.errors import KerazooError
from kerazoo.experiments.own_splits import read_like
from kerazoo.saved import load_card
from tests.datasets.test_ratings_csv import make_table


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with ratings, and a network that has learned from them."""
    folder = tmp_path_factory.mktemp("ratings")
    table = make_table()
    table = table.assign(title="Film " + table["movieId"].astype(str))
    table.to_csv(folder / "ratings.csv", index=False)
    kerazoo.train(
        "matrix_factorization",
        data=folder / "ratings.csv",
        options={"scale": "1-5"},
        epochs=3,
        out=folder / "model",
    )
    return folder


def test_the_command_line(files: Path, cli, tmp_path: Path) -> None:
    model = files / "model"
    status, out, error = cli("predict", model, "--user", "u4", "--top", 2, "--format", "csv",
                             "--rated", files / "ratings.csv")  # fmt: skip
    assert (status, error) == (0, "")
    header, *rows = out.splitlines()
    assert header == "movieId,title,rating"
    assert len(rows) == 2
    status, out, error = cli("predict", model, "--user", "u4", "--format", "json")
    assert status == 0
    assert "add" in error.lower()
    assert len(json.loads(out)) == 10
    status, out, _ = cli("predict", model, "--user", "u4", "--item", "104", "--format", "csv")
    assert out.startswith("userId,movieId,title,rating\nu4,104,Film 104,")
    status, out, _ = cli("predict", model, "--item", "104", "--top", 3, "--format", "csv")
    assert out.startswith("userId,rating\n")
    pairs = tmp_path / "pairs.csv"
    pairs.write_text("userId,movieId,note\nu4,104,a\nnew,105,b\n")
    status, out, error = cli("predict", model, pairs, "--format", "csv")
    assert out.splitlines()[0] == "userId,movieId,rating"
    assert len(out.splitlines()) == 3
    assert "1 user was not there in training: new" in error


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "give an input"),
        (("--top", "3"), "give an input"),
        (("ratings.csv", "--top", "3"), "--top needs a user or an item"),
        (("ratings.csv", "--user", "u1"), "leave out one of them"),
    ],
)
def test_wrong_usage_of_the_command_line(
    files: Path, cli, monkeypatch: pytest.MonkeyPatch, arguments: tuple, message: str
) -> None:
    monkeypatch.chdir(files)
    status, out, error = cli("predict", "model", *arguments)
    assert (status, out) == (2, "")
    assert message in error


def test_ratings_need_no_name_of_a_network(files: Path, cli) -> None:
    out = files / "again"
    options = ("--scale", "1-5", "--epochs", 2, "--out", out, "--quiet")
    status, said, error = cli("train", "--data", files / "ratings.csv", *options)
    assert (status, said) == (0, f"saved to {out}\n"), error
    assert "matrix_factorization learns from it" in error
    assert load_card(out).about == load_card(files / "model").about


def test_evaluate_finds_the_same_test_part(files: Path, cli) -> None:
    status, out, error = cli("evaluate", files / "model", "--data", files / "ratings.csv", "--json")
    assert (status, error) == (0, "")
    card = load_card(files / "model")
    value = next(iter(card.metrics.values()))["root_mean_squared_error"]
    found = json.loads(out)
    assert found["same_data"]
    assert found["scores"]["root_mean_squared_error"] == pytest.approx(value, rel=1e-4)


def test_evaluate_says_how_often_intervals_hold(files: Path, cli, tmp_path: Path) -> None:
    copy, others = tmp_path / "model", tmp_path / "others.csv"
    shutil.copytree(files / "model", copy)
    table = make_table()
    table.assign(rating=table["rating"].clip(2, 4)).to_csv(others, index=False)
    status, out, error = cli("calibrate", copy, "--data", others)
    assert (status, "rows of your data" in out) == (0, True), error
    scores = json.loads(cli("evaluate", copy, "--json")[1])["scores"]
    assert 0 < scores["coverage_90"] <= 1
    assert scores["width_90"] > 0


def test_a_training_does_not_go_on_with_users_that_have_no_row(files: Path) -> None:
    recipe = kerazoo.load_recipe("matrix_factorization")
    with pytest.raises(KerazooError, match="cannot go on with other ratings"):
        read_like(load_card(files / "model"), recipe, files / "ratings.csv")


def test_arrays_of_a_file_hold_names_too(files: Path, cli, tmp_path: Path) -> None:
    np.save(tmp_path / "pairs.npy", np.array([["u4", "104"], ["u5", "105"]]))
    status, out, error = cli("predict", files / "model", tmp_path / "pairs.npy", "--format", "csv")
    assert (status, error) == (0, "")
    expected = kerazoo.load_predictor(files / "model").predict([("u4", 104), ("u5", 105)])
    assert [float(line) for line in out.splitlines()[1:]] == pytest.approx(
        expected.values[:, 0], rel=1e-5
    )
