"""Questions and answers, without a server around them."""

from __future__ import annotations

import base64
import dataclasses
import io
import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

import kerazoo
from kerazoo.errors import DamagedFile, InvalidInput, KerazooError, WrongUsage
from kerazoo.predict.output import records_of
from kerazoo.saved.card_text import read_card, write_card
from kerazoo.serve.answers import Answer, Asked, answer_alone, answer_together
from kerazoo.serve.limits import Limits
from kerazoo.serve.models import Model, open_models, read_model
from kerazoo.serve.openapi import can_explain, example_of
from kerazoo.serve.problems import Problem
from tests.serve.asking import LIMITS, answer, asked, problem
from tests.serve.servers import WINE

COLUMNS = list(WINE)


@pytest.fixture(scope="module")
def wine() -> Model:
    return read_model("wine_multiclass")


@pytest.fixture(scope="module")
def cnn() -> Model:
    return read_model("cnn")


def png(pixels: np.ndarray, kind: str = "PNG") -> bytes:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, kind)
    return file.getvalue()


@pytest.mark.parametrize(
    "body",
    [
        {"rows": [list(WINE.values())] * 2},
        {"rows": [[*list(WINE.values())[:-1], 0], [*list(WINE.values())[:-1], "0"]]},
        {"records": [WINE, dict(reversed(WINE.items()))]},
        {"columns": {name: [value] * 2 for name, value in WINE.items()}},
    ],
)
def test_rows_records_and_columns_are_answered_as_predict_does(wine: Model, body: Any) -> None:
    expected = kerazoo.load_predictor("wine_multiclass").predict([WINE, WINE])
    found = answer(wine, body)
    assert found["predictions"] == records_of(expected, wine.card)
    assert found["notes"] == []


def test_requests_are_answered_together_each_with_its_own(wine: Model) -> None:
    bodies = [
        {"records": [WINE]},
        {"records": [{**WINE, "alcohol": "much"}]},
        {"rows": [[1, 2]]},
        b"{",
        {"records": [WINE, {**WINE, "alcohol": 14.2}], "coverage": 0.9},
    ]
    found = answer_together([asked(one) for one in bodies], wine, LIMITS)
    assert [type(one).__name__ for one in found] == [
        "Answer",
        "Problem",
        "Problem",
        "Problem",
        "Answer",
    ]
    alone = [answer_alone(asked(one), wine, LIMITS) for one in bodies]
    first, last = found[0], found[4]
    assert isinstance(first, Answer)
    assert isinstance(last, Answer)
    assert first.body == alone[0].body
    assert last.body == alone[4].body
    assert first.together == last.together == 3
    assert [str(one) for one in found[1:4]] == [str(one) for one in alone[1:4]]


def test_a_row_without_a_finite_answer_spoils_no_other() -> None:
    boston = read_model("boston")
    row = list(example_of(boston)["records"][0].values())
    huge = [3e38] * len(row)
    found = answer_together([asked({"rows": [one]}) for one in (row, huge)], boston, LIMITS)
    assert isinstance(found[0], Answer)
    assert isinstance(found[1], Problem)
    assert "no finite answer to row 1" in found[1].detail


@pytest.mark.parametrize(
    "rows",
    [
        [{**WINE, "color": "rde"}],
        [{name: value for name, value in WINE.items() if name != "alcohol"}],
        [[1, 2, 3]],
        [],
        [{**WINE, "alcohol": None}],
        [{**WINE, "alcohol": 1e300}],
    ],
)
def test_what_is_wrong_is_said_in_the_words_of_predict(wine: Model, rows: Any) -> None:
    with pytest.raises(InvalidInput) as said:
        kerazoo.load_predictor("wine_multiclass").predict(rows)
    body = {"records" if rows and isinstance(rows[0], dict) else "rows": rows}
    found = problem(wine, body)
    assert (found.kind, found.status) == ("wrong-input", 422)
    assert found.detail == str(said.value)


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_what_a_person_should_know_is_in_the_notes(wine: Model) -> None:
    found = answer(wine, {"records": [{**WINE, "alcohol": 940, "bottle": 3}]})
    assert [note.partition(";")[0] for note in found["notes"]] == [
        "input: column 'bottle' not looked at: the network has no such input.",
        "input: row 1, column 'alcohol' is 940",
    ]


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "no JSON"),
        (b"[", "no JSON: Expecting value at line 1, column 2"),
        (b'{"rows": [[NaN]]}', "holds NaN, which JSON does not have"),
        (b'{"rows": [[-Infinity]]}', "holds -Infinity"),
        (b'{"rows": [], "rows": []}', "'rows' twice"),
        (b'{"records": [{"a": 1, "a": 2}]}', "'a' twice"),
        (b"[" * 100_000, "nested deeper than 16"),
        (b'{"rows": ' + b"[" * 20 + b"]" * 20 + b"}", "nested deeper than 16"),
        (b'{"rows": [[' + b"9" * 5000 + b"]]}", "thousands of digits"),
        (b"\xff{}", "not UTF-8: byte 1"),
        (b'{"rows": [["\\ud800"]]}', "half a surrogate pair"),
        ('{"rows": []}'.encode("utf-16"), "not UTF-8"),
    ],
)
def test_what_is_no_json_is_refused(wine: Model, body: bytes, says: str) -> None:
    found = problem(wine, body)
    assert (found.kind, found.status) == ("malformed", 400)
    assert says in found.detail


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ([[1, 2]], "the body is a list"),
        ({}, "none of them; expected one of 'rows' or 'records' or 'columns'"),
        ({"rows": [], "records": []}, "both 'rows' and 'records'"),
        ({"row": []}, "unknown field 'row'. Did you mean 'rows'?"),
        ({"rows": {"a": 1}}, "'rows' is an object"),
        ({"rows": [{"a": 1}]}, "Send objects as 'records'"),
        ({"records": [[1]]}, "'records' is a list of something else"),
        ({"records": [{**WINE, "pH": [3]}]}, "record 1 has a list of something else in a cell"),
        ({"columns": {"a": 1}}, "'columns' is an object"),
        ({"records": [WINE], "coverage": 1.5}, "'coverage' is 1.5; expected 0 to 1"),
        ({"records": [WINE], "coverage": "0.9"}, "'coverage' is the text '0.9'"),
        ({"records": [WINE], "coverage": True}, "'coverage' is true; expected a number"),
        ({"records": [WINE], "coverage": 0}, "coverage is 0"),
        ({"records": [WINE], "sets": "plain"}, "add 'coverage'"),
        ({"records": [WINE], "coverage": 0.9, "sets": "all"}, "expected one of plain"),
        ({"rows": [[1, [2]]]}, "input"),
        ({"rows": [None]}, "input"),
        ({"rows": [True]}, "input has shape"),
        ({"rows": [[10**400] * 12]}, "input: row 1, column 'fixed_acidity'"),
        ({"records": [dict.fromkeys(map(str, range(100_000)), 1)]}, "columns 'fixed_acidity'"),
        ({"rows": [list(range(100_000))]}, "input has shape (1, 100000); expected (rows, 12)"),
    ],
)
def test_fields_that_are_wrong_are_refused(wine: Model, body: Any, says: str) -> None:
    found = problem(wine, body)
    assert (found.kind, found.status) == ("wrong-input", 422)
    assert says in found.detail
    assert len(found.detail) < 2100


@pytest.mark.parametrize(
    ("body", "limits"),
    [
        ({"rows": [list(WINE.values())] * 6}, Limits(rows=5)),
        ({"records": [{f"{row} {n}": 1 for n in range(9)} for row in range(9)]}, Limits(cells=99)),
    ],
)
def test_more_than_the_server_takes_is_refused(wine: Model, body: Any, limits: Limits) -> None:
    found = answer_alone(asked(body), wine, limits)
    assert isinstance(found, Problem)
    assert found.status == 413


def test_another_type_of_body_is_refused_with_those_that_are_taken(wine: Model) -> None:
    found = problem(wine, {}, content_type="application/x-www-form-urlencoded")
    assert found.status == 415
    assert "takes application/json, text/csv. Set the header" in found.detail
    assert problem(wine, {}, content_type="").detail.startswith("Content-Type is missing")


def test_reasons_are_those_of_explain(wine: Model) -> None:
    expected = kerazoo.load_predictor("wine_multiclass").explain([WINE]).records()[0]
    found = answer(wine, {"records": [WINE]}, verb="explain")["predictions"][0]
    assert found["why"] == expected["why"]
    assert found["baseline"] == expected["baseline"]
    more = answer_alone(asked({"records": [WINE] * 3}, "explain"), wine, Limits(explained=2))
    assert isinstance(more, Problem)
    assert more.status == 413


def test_an_answer_that_nobody_waits_for_any_more_is_not_computed(wine: Model) -> None:
    late = Asked(
        "w", "explain", json.dumps({"records": [WINE]}).encode(), "application/json", "", 0
    )
    found = answer_alone(late, wine, LIMITS)
    assert isinstance(found, Problem)
    assert found.kind == "took-too-long"


def test_images_may_come_as_they_are_in_base64_or_in_a_form(cnn: Model) -> None:
    file = png(np.random.default_rng(0).integers(0, 256, (28, 28), "uint8"))
    expected = kerazoo.load_predictor("cnn").predict(
        np.asarray(Image.open(io.BytesIO(file)))[..., None]
    )
    records = records_of(expected, cnn.card)
    encoded = base64.b64encode(file).decode()
    form = b"".join(
        b'--x\r\nContent-Disposition: form-data; name="image"; filename="a.png"\r\n\r\n'
        + file
        + b"\r\n"
        for _ in range(2)
    )
    form += b"--x--\r\n"
    assert answer(cnn, file, content_type="image/png")["predictions"] == records
    assert answer(cnn, {"images": [encoded]})["predictions"] == records
    address = f"data:image/png;base64,{encoded}"
    assert answer(cnn, {"images": [address]})["predictions"] == records
    in_form = answer(cnn, form, content_type="multipart/form-data; boundary=x")
    assert in_form["predictions"] == records * 2
    wide = png(np.zeros((28, 56), "uint8"), "JPEG")
    assert 'Add "fit" to the request' in problem(cnn, wide, content_type="image/jpeg").detail
    fitted = answer(cnn, wide, content_type="image/jpeg", query="fit=crop")
    assert len(fitted["predictions"]) == 1


def test_images_that_are_none_or_too_large_are_refused(cnn: Model) -> None:
    large = png(np.zeros((5001, 5000), "uint8"))
    said = problem(cnn, large, content_type="image/png", query="fit=crop").detail
    assert "more than 25,000,000 pixels" in said
    cut = png(np.random.default_rng(0).integers(0, 256, (28, 28), "uint8"))[:200]
    assert "image 1 is not a whole image" in problem(cnn, cut, content_type="image/png").detail
    assert "image 1 is not base64" in problem(cnn, {"images": ["%%%"]}).detail
    assert "no image in the request" in problem(cnn, {"images": []}).detail
    assert "no whole form" in problem(cnn, b"--x", content_type="multipart/form-data").detail
    half = problem(cnn, b"--x\r\nA: b\r\n", content_type="multipart/form-data; boundary=x")
    assert "no whole form" in half.detail
    assert "'fit' is 'cut'" in problem(cnn, large, content_type="image/png", query="fit=cut").detail


def test_texts_may_come_as_lines() -> None:
    model = read_model("imdb_mlp")
    texts = ["a very good film", "what a waste of time"]
    expected = answer(model, {"texts": texts})
    assert len(expected["predictions"]) == 2
    lines = "\n".join(texts).encode() + b"\n"
    assert answer(model, lines, content_type="text/plain; charset=utf-8") == expected
    assert problem(model, {"texts": ["qqqq zzzz"]}).detail.startswith("input: row 1")


def test_a_series_goes_on_as_predict_says() -> None:
    model = read_model("lstm")
    about = model.card.about
    days = np.arange("2024-01-01", "2024-03-01", dtype="datetime64[D]")
    values = np.random.default_rng(1).normal(0, 0.1, (len(about.columns), len(days)))
    columns = dict(zip(about.columns, values.tolist(), strict=True))
    columns["date"] = days.astype(str).tolist()
    expected = kerazoo.forecast("lstm", columns, steps=3)
    found = answer(model, {"columns": columns, "steps": 3, "quantiles": [0.5]})["predictions"]
    assert [one["step"] for one in found] == [1, 2, 3]
    np.testing.assert_allclose([one["log_volume"] for one in found], expected.values, rtol=1e-5)
    records = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
    assert (
        answer(model, {"records": records, "steps": 3, "quantiles": [0.5]})["predictions"] == found
    )
    short = {name: cells[:3] for name, cells in columns.items()}
    assert "the history has 3 rows" in problem(model, {"columns": short}).detail
    assert "has no rows" in problem(model, {"records": []}).detail
    assert "differ in length" in problem(model, {"columns": {"date": [], "log_volume": [1]}}).detail


@pytest.mark.thorough
@pytest.mark.parametrize(
    "name",
    [
        *("tabm", "hitters", "xor", "ppo", "vae", "autoencoder", "gan", "matrix_factorization"),
        *("language_model", "bag_of_words", "imdb_lstm", "deepar", "nyse_rnn", "vgg_small"),
    ],
)
def test_each_kind_of_network_answers_its_example(name: str) -> None:
    model = read_model(name)
    body = example_of(model)
    assert len(answer(model, body)["predictions"]) >= 1
    if can_explain(model):
        assert "why" in answer(model, body, verb="explain")["predictions"][0]
    else:
        assert problem(model, body, verb="explain").status == 422


def test_a_model_without_a_file_that_can_be_served_is_refused(root: Path, tmp_path: Path) -> None:
    folder = tmp_path / "wine"
    shutil.copytree(root / "saved_models" / "wine_multiclass", folder)
    network = (folder / "model.tflite").read_bytes()
    (folder / "model.tflite").write_bytes(network[:-1] + b"x")
    with pytest.raises(DamagedFile, match="does not have the SHA-256"):
        read_model(str(folder))
    card = read_card((folder / "card.json").read_bytes(), "card.json")
    files = {name: file for name, file in card.files.items() if name != "model.tflite"}
    (folder / "card.json").write_bytes(
        write_card(dataclasses.replace(card, files=files, litert_difference=None))
    )
    with pytest.raises(KerazooError, match=r"has no model\.tflite, and a server runs nothing else"):
        read_model(str(folder))


def test_models_are_called_as_their_folders_or_as_somebody_says(root: Path, tmp_path: Path) -> None:
    folder = tmp_path / "churn=2024"
    shutil.copytree(root / "saved_models" / "wine_multiclass", folder)
    with pytest.raises(WrongUsage, match=r"'churn=2024' cannot be part of an address"):
        open_models([str(folder)])
    assert list(open_models([f"churn={folder}", "boston"])) == ["churn", "boston"]
    with pytest.raises(WrongUsage, match="two models are called 'boston'"):
        open_models(["boston", f"boston={folder}"])
