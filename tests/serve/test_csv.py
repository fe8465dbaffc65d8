"""CSV in and out: the bytes that `kerazoo predict` reads and writes."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import numpy as np
import pytest

import kerazoo
from kerazoo.serve.answers import answer_alone
from kerazoo.serve.limits import Limits
from kerazoo.serve.models import Model, read_model
from kerazoo.serve.problems import Problem
from kerazoo.serve.replies import wants_csv
from tests.serve.asking import answer, asked, in_csv, problem
from tests.serve.servers import WINE

CSV = "text/csv; charset=utf-8"
TABLE = ",".join(WINE) + "\n" + 3 * (",".join(map(str, WINE.values())) + "\n")


@pytest.fixture(scope="module")
def wine() -> Model:
    return read_model("wine_multiclass")


def predicted(cli, *words: object) -> str:
    """Return what `kerazoo predict` prints."""
    status, printed, said = cli("predict", *words, "--format", "csv")
    assert status == 0, said
    return printed


@pytest.mark.parametrize(
    ("query", "options"),
    [
        ("", ()),
        ("coverage=0.9&sets=adaptive", ("--coverage", "0.9", "--sets", "adaptive")),
        ("distance=true", ("--distance",)),
    ],
)
def test_a_table_is_answered_as_predict_does(
    wine: Model, tmp_path: Path, cli, query: str, options: tuple[str, ...]
) -> None:
    file = tmp_path / "rows.csv"
    file.write_text(TABLE)
    found = in_csv(wine, TABLE.encode(), content_type=CSV, query=query)
    assert found.body.decode() == predicted(cli, "wine_multiclass", file, *options)
    assert found.headers["kerazoo-version"] == wine.version
    as_json = answer(wine, TABLE.encode(), content_type=CSV, query=query)
    labels = [line.split(",")[0] for line in found.body.decode().splitlines()[1:]]
    assert [one["quality"] for one in as_json["predictions"]] == labels


def test_reasons_come_as_csv_too(wine: Model, tmp_path: Path, cli) -> None:
    file = tmp_path / "rows.csv"
    file.write_text(TABLE)
    found = in_csv(wine, TABLE.encode(), "explain", CSV)
    assert found.body.decode() == predicted(cli, "wine_multiclass", file, "--explain")


@pytest.mark.parametrize(
    ("table", "says"),
    [
        (TABLE.replace("red", "rde"), "the body: row 1, column 'color' is 'rde'"),
        (TABLE.replace(",alcohol", ""), "the body: the column 'alcohol' is missing"),
        (TABLE.replace("red", "red,1", 1), "the body: row 1 has 13 cells, the header 12"),
        (TABLE.replace("0.7,", '"0.7,', 1), "a quote that opens in row 1 is never closed"),
        (TABLE.partition("\n")[0], "the body has a header and no rows"),
        ("", "the body"),
        ("PK\3\4", "the body"),
    ],
)
def test_what_is_wrong_is_said_of_the_body(wine: Model, table: str, says: str) -> None:
    found = problem(wine, table.encode(), content_type=CSV)
    assert found.status == 422
    assert says in found.detail
    assert "/tmp" not in found.detail
    assert "body.csv" not in found.detail


def test_what_a_person_should_know_is_in_a_header(wine: Model) -> None:
    found = in_csv(wine, TABLE.replace(",", ";").encode(), content_type=CSV)
    (note,) = json.loads(found.headers["kerazoo-notes"])
    assert note.startswith("the body: columns are separated by")
    assert found.headers["kerazoo-notes"].isascii()


def test_packed_and_long_bodies_are_refused_before_they_are_read(wine: Model) -> None:
    packed = problem(wine, gzip.compress(TABLE.encode()), content_type=CSV)
    assert (packed.status, packed.kind) == (400, "malformed")
    long = answer_alone(asked(TABLE.encode(), content_type=CSV), wine, Limits(rows=2))
    assert isinstance(long, Problem)
    assert long.status == 413


def test_pairs_of_a_table_go_along_with_their_ratings(tmp_path: Path, cli) -> None:
    model = read_model("matrix_factorization")
    file = tmp_path / "pairs.csv"
    file.write_text("user,item\n7,50\nnobody,50\n")
    found = in_csv(model, file.read_bytes(), content_type=CSV)
    assert found.body.decode() == predicted(cli, "matrix_factorization", file)
    (note,) = json.loads(found.headers["kerazoo-notes"])
    assert note.startswith("the body: 1 user was not there in training: nobody")
    first = answer(model, file.read_bytes(), content_type=CSV)["predictions"][0]
    assert (first["user"], first["item"]) == ("7", "50")


def test_a_series_goes_on_from_the_end_of_a_table(tmp_path: Path, cli) -> None:
    model = read_model("lstm")
    days = np.arange("2024-01-01", "2024-02-01", dtype="datetime64[D]")
    columns = kerazoo.load_predictor("lstm").card.about.columns
    values = np.random.default_rng(1).normal(0, 0.1, (len(days), len(columns)))
    rows = zip(days.astype(str), values.tolist(), strict=True)
    lines = [",".join(["date", *columns]), *(",".join([d, *map(str, row)]) for d, row in rows)]
    file = tmp_path / "series.csv"
    file.write_text("\n".join(lines) + "\n")
    found = in_csv(model, file.read_bytes(), content_type=CSV, query="steps=1&quantiles=0.5")
    words = ("lstm", file, "--steps", "1", "--quantiles", "0.5")
    assert found.body.decode() == predicted(cli, *words)
    assert "the body" in problem(model, b"date\n2024-01-01\n", content_type=CSV).detail


def test_texts_in_a_column_are_answered() -> None:
    model = read_model("imdb_mlp")
    texts = ["a very good film", "what a waste, of time"]
    table = "text\n" + "".join(f'"{text}"\n' for text in texts)
    found = answer(model, table.encode(), content_type=CSV)
    assert found["predictions"] == answer(model, {"texts": texts})["predictions"]


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("", False),
        ("*/*", False),
        ("application/json, text/csv", False),
        ("text/csv, */*;q=0.1", True),
        ("Application/JSON;q=0.2, Text/CSV; header=present", True),
        ("text/csv;q=0", False),
        ("text/csv;q=x", False),
    ],
)
def test_csv_is_sent_to_who_would_rather_have_it(accept: str, expected: bool) -> None:
    assert wants_csv(accept) == expected
