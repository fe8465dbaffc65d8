"""`kerazoo predict --explain`, its picture, and `kerazoo evaluate --importance`."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import kerazoo


@pytest.fixture
def rows(boston, tmp_path: Path) -> Path:
    """Three homes."""
    path = tmp_path / "homes.csv"
    lines = [boston.splits.feature_names, *boston.splits.test.x[:3].tolist()]
    path.write_text("\n".join(",".join(map(str, line)) for line in lines))
    return path


def test_why_in_every_format_and_a_picture(cli, boston, rows, tmp_path):
    why = kerazoo.load_predictor(boston.path).explain(boston.splits.test.x[:3])
    command = ("predict", boston.path, rows, "--explain", "--format")
    status, printed, said = cli(*command, "csv", "--plot", tmp_path / "all.png")
    assert status == 0, said
    assert said.strip() == f"drawn to {tmp_path / 'all.png'}"
    lines = list(csv.DictReader(io.StringIO(printed)))
    for index, line in enumerate(lines):
        parts = [float(line[f"why_{name}"]) for name in why.columns]
        np.testing.assert_allclose(parts, why.values[index, :, 0], rtol=1e-4, atol=1e-5)
        assert float(line["baseline"]) + sum(parts) == pytest.approx(float(line["MEDV"]), rel=1e-4)
    records = json.loads(cli(*command, "json")[1])
    assert [list(record["why"]) for record in records] == [list(why.columns)] * 3
    assert "standard_error" not in records[0]
    for_people = cli(*command, "table")[1].splitlines()
    assert for_people[0].split()[-1] == "why"
    assert for_people[1].count(",") == 2
    one = tmp_path / "one.csv"
    one.write_text("".join(rows.read_text().splitlines(keepends=True)[:2]))
    assert cli("predict", boston.path, one, "--explain", "--plot", tmp_path / "one.png")[0] == 0
    shapes = [Image.open(tmp_path / name).size for name in ("all.png", "one.png")]
    assert all(width > 600 and height > 300 for width, height in shapes)


def test_what_is_wrong_is_said_in_a_line(cli, boston, rows, tmp_path):
    status, _, said = cli("predict", boston.path, rows, "--plot", tmp_path / "a.png")
    assert (status, "add --explain" in said) == (2, True)
    status, _, said = cli("predict", boston.path, rows, "--explain", "--plot", tmp_path / "a.jpg")
    assert (status, said.count("\n")) == (2, 1)
    status, _, said = cli("predict", "word2vec", tmp_path, "--explain")
    assert (status, "--explain is for networks of" in said) == (2, True)
    rows.write_text(rows.read_text().replace("CRIM", "CRIME"))
    status, _, said = cli("predict", boston.path, rows, "--explain")
    assert (status, "CRIM" in said) == (1, True)


def test_bad_rows_have_no_reasons(cli, boston, rows):
    lines = rows.read_text().splitlines()
    lines[2] = lines[2].replace(lines[2].split(",")[0], "many", 1)
    rows.write_text("\n".join(lines))
    command = ("predict", boston.path, rows, "--explain", "--skip-bad-rows", "--format", "json")
    records = json.loads(cli(*command)[1])
    assert set(records[1]["why"].values()) == {None}
    assert None not in records[0]["why"].values()


def test_importance_is_that_of_the_columns_that_count(cli, boston, tmp_path):
    status, printed, _ = cli("evaluate", boston.path, "--importance", "--json")
    assert status == 0
    found = json.loads(printed)["importance"]
    assert found["metric"] == "mean_absolute_error"
    assert set(found["columns"]) == set(boston.splits.feature_names)
    worse = [one["worse"] for one in found["columns"].values()]
    assert worse == sorted(worse, reverse=True)
    assert worse[0] > 0
    assert "rise of mean_absolute_error" in cli("evaluate", boston.path, "--importance")[1]


def test_texts_and_images_are_explained_as_well(cli, tmp_path):
    texts = tmp_path / "asked.txt"
    texts.write_text("a dull film, a waste of time\nqqqq\n")
    command = ("predict", "imdb_mlp", texts, "--explain", "--skip-bad-rows", "--format")
    first, second = json.loads(cli(*command, "json")[1])
    assert next(iter(first["why"])) in ("waste", "dull")
    assert second["why"] == {}
    assert "waste +" in cli(*command, "csv")[1]
    Image.fromarray(np.tile(np.arange(28, dtype="uint8") * 9, (28, 1))).save(tmp_path / "a.png")
    drawn = tmp_path / "why.png"
    command = ("predict", "fashion_mnist", tmp_path / "a.png", "--explain", "--plot", drawn)
    status, printed, said = cli(*command, "--format", "json")
    assert status == 0, said
    assert np.shape(json.loads(printed)[0]["why"]) == (8, 8)
    assert Image.open(drawn).size[0] > 300


@pytest.mark.parametrize("kind", ["csv", "json", "table"])
def test_a_forecast_is_shared_out_to_the_window_before_it(cli, tmp_path, kind):
    from kerazoo.datasets.nyse import sample

    path = tmp_path / "nyse.csv"
    path.write_text("".join(",".join(cells) + "\n" for cells in sample(300)))
    command = ("predict", "nyse_rnn", path, "--steps", 2, "--explain", "--format", kind)
    status, printed, said = cli(*command)
    assert status == 0, said
    assert "why: the first row is explained; 1 row comes from forecasts before" in said
    if kind == "table":
        assert "1 row before" in printed
        return
    if kind == "json":
        first, later = json.loads(printed)
        assert later["why"] is None
        values, baseline, answer = first["why"], first["baseline"], first["log_volume"]
    else:
        first, later = csv.DictReader(printed.splitlines())
        values = {key[4:]: float(value) for key, value in first.items() if key.startswith("why_")}
        assert later["why_log_volume 1 row before"] == ""
        baseline, answer = float(first["baseline"]), float(first["log_volume"])
    assert len(values) == 15
    assert baseline + sum(values.values()) == pytest.approx(answer, abs=1e-3)
    assert max(values, key=lambda name: abs(values[name])) == "log_volume 1 row before"


def test_the_dependence_on_a_column_is_that_of_python_and_is_drawn(cli, boston, tmp_path):
    drawn = tmp_path / "rooms.png"
    status, printed, said = cli("dependence", boston.path, "RM", "--plot", drawn, "--json")
    assert (status, said.strip()) == (0, f"drawn to {drawn}")
    found = kerazoo.load_predictor(boston.path).partial_dependence("RM")
    plain = json.loads(printed)
    np.testing.assert_allclose(plain["means"]["MEDV"], found.mean[:, 0], rtol=1e-6)
    np.testing.assert_allclose(plain["values"], found.values, rtol=1e-6)
    assert Image.open(drawn).size[0] > 300
    for_people = cli("dependence", boston.path, "RM")[1].splitlines()
    assert for_people[0].split() == ["RM", "MEDV"]
    assert len(for_people) == 1 + len(found.values)


def test_the_columns_by_how_far_they_move_the_answers(cli, wine):
    status, printed, said = cli("dependence", wine.path, "--json")
    assert status == 0, said
    reach = json.loads(printed)["reach"]
    largest = [max(one.values()) for one in reach.values()]
    assert largest == sorted(largest, reverse=True)
    assert set(reach) == set(wine.splits.feature_names)
    alcohol = kerazoo.load_predictor(wine.path).partial_dependence("alcohol")
    assert list(reach["alcohol"].values()) == pytest.approx(np.ptp(alcohol.mean, axis=0))
    assert "largest minus smallest" in cli("dependence", wine.path)[1]


@pytest.mark.parametrize(
    ("arguments", "status", "reason"),
    [
        (("alcohl",), 2, "unknown column 'alcohl'. Did you mean 'alcohol'?"),
        (("--plot", "a.png"), 2, "kerazoo dependence MODEL COLUMN"),
        (("alcohol", "--class", "good"), 2, "add --plot FILE"),
        (("alcohol", "--plot", "a.jpg"), 2, "ends in .png"),
        (("alcohol", "--plot", "a.png", "--class", "goood"), 2, "Did you mean 'good'?"),
    ],
)
def test_a_dependence_that_cannot_be_told(
    cli, wine, tmp_path, monkeypatch, *, arguments, status, reason
):
    monkeypatch.chdir(tmp_path)
    found, _, said = cli("dependence", wine.path, *arguments)
    assert (found, said.count("\n"), reason in said) == (status, 1, True), said


@pytest.mark.parametrize("model", ["mnist_mlp", "imdb_mlp", "lstm"])
def test_only_tables_have_columns_to_depend_on(cli, model):
    status, _, said = cli("dependence", model)
    assert (status, said.count("\n"), "takes no table" in said) == (1, 1, True)


def test_importance_is_drawn(cli, boston, tmp_path):
    folder = tmp_path / "figures"
    assert cli("evaluate", boston.path, "--importance", "--plot", folder)[0] == 0
    assert Image.open(folder / "importance.png").size[0] > 300
    with pytest.raises(kerazoo.KerazooError, match="a loss and a spread for each column"):
        kerazoo.plots.plot_importance(["a", "b"], [0.1], [0.1])
