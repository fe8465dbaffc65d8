"""What one command takes, the others take: training, judging and predicting, in the same words."""

from __future__ import annotations

import gzip
import io
import json
import lzma
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import kerazoo
from kerazoo.datasets import table_csv
from kerazoo.datasets.reading import text_tables
from kerazoo.datasets.splits import Splits
from kerazoo.errors import InvalidInput, KerazooError
from kerazoo.predict import load_predictor, tables
from kerazoo.saved import load_card
from tests.saved_networks import Saved
from tests.tables import make_table

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")
ROWS = 60
Write = Callable[[pd.DataFrame, Path], None]


def table_of(splits: Splits, rows: int = ROWS) -> pd.DataFrame:
    """The test part as a person would have it: words for codes, and the target."""
    frame = pd.DataFrame(
        splits.test.x[:rows].astype("float64").round(4), columns=splits.feature_names
    )
    for name, words in splits.about.categories.items():
        frame[name] = [words[int(code)] for code in frame[name]]
    target = splits.test.y[:rows]
    if splits.class_names:
        indices = target.argmax(1) if target.ndim == 2 and target.shape[1] > 1 else target.ravel()
        frame[splits.target_name] = [splits.class_names[int(index)] for index in indices]
    else:
        frame[splits.target_name] = target.ravel().astype("float64").round(4)
    return frame


@pytest.fixture(scope="module")
def networks(wine: Saved, cases: Saved) -> dict[str, tuple[Saved, pd.DataFrame]]:
    """One of the zoo's own columns, and one of a user's, with a table for each."""
    return {"zoo": (wine, table_of(wine.splits)), "own": (cases, make_table(ROWS))}


def text(frame: pd.DataFrame, **options: Any) -> str:
    return frame.to_csv(index=False, **options)


def with_note(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(note="물건이 작고 가볍다")


FORMATS: dict[str, tuple[str, Write]] = {
    "csv": ("t.csv", lambda f, p: p.write_text(text(f)) and None),
    "tabs": ("t.tsv", lambda f, p: p.write_text(text(f, sep="\t")) and None),
    "gzip": ("t.csv.gz", lambda f, p: p.write_bytes(gzip.compress(text(f).encode())) and None),
    "xz": ("t.csv.xz", lambda f, p: p.write_bytes(lzma.compress(text(f).encode())) and None),
    "UTF-16": ("t.csv", lambda f, p: p.write_bytes(text(f).encode("utf-16")) and None),
    "BOM": ("t.csv", lambda f, p: p.write_bytes(text(f).encode("utf-8-sig")) and None),
    "CP949": ("t.csv", lambda f, p: p.write_bytes(text(with_note(f)).encode("cp949")) and None),
    "semicolons": ("t.csv", lambda f, p: p.write_text(text(f, sep=";", decimal=",")) and None),
    "sep=": ("t.csv", lambda f, p: p.write_text("sep=;\n" + text(f, sep=";")) and None),
    "bars": ("t.txt", lambda f, p: p.write_text(text(f, sep="|")) and None),
    "quotes": (
        "t.csv",
        lambda f, p: p.write_text(text(f, quoting=1, lineterminator="\r\n"), newline="") and None,
    ),
    "old Mac": (
        "t.csv",
        lambda f, p: p.write_text(text(f, lineterminator="\r"), newline="") and None,
    ),
    "comments": ("t.csv", lambda f, p: p.write_text("\n# a tool\n#\n" + text(f)) and None),
    "commas at the end": (
        "t.csv",
        lambda f, p: p.write_text(text(f).replace("\n", ",\n").replace(",\n", "\n", 1)) and None,
    ),
    "another order": ("t.csv", lambda f, p: p.write_text(text(f[f.columns[::-1]])) and None),
    "Parquet": ("t.parquet", lambda f, p: f.to_parquet(p)),
    "another ending": ("t.dat", lambda f, p: p.write_text(text(f)) and None),
    "no ending": ("t", lambda f, p: p.write_text(text(f)) and None),
}


def train(saved: Saved, path: Any) -> Splits:
    return table_csv.load(path=path, target=load_card(saved.path).target_name)


def judge(saved: Saved, path: Any) -> Splits:
    return table_csv.load_like(load_card(saved.path).about, path, trained_on="other data")


def answer(saved: Saved, path: Any) -> np.ndarray:
    return load_predictor(saved.path).predict(path).values


@pytest.mark.parametrize("kind", ["zoo", "own"])
@pytest.mark.parametrize("form", FORMATS)
def test_every_form_of_a_table_is_trained_on_judged_and_answered(
    networks: dict[str, tuple[Saved, pd.DataFrame]], form: str, kind: str, tmp_path: Path
) -> None:
    saved, frame = networks[kind]
    name, write = FORMATS[form]
    path = tmp_path / name
    write(frame, path)
    np.testing.assert_allclose(answer(saved, path), answer(saved, frame), rtol=1e-6)
    judged, expected = judge(saved, path), judge(saved, frame)
    np.testing.assert_array_equal(judged.test.x, expected.test.x)
    np.testing.assert_array_equal(judged.test.y, expected.test.y)
    assert len(judged.test.x) == len(frame)
    rows = {len(train(saved, given).train.x) for given in (path, frame)}
    assert len(rows) == 1


def said(read: Callable[[Saved, Any], object], saved: Saved, path: Path) -> list[str]:
    """What a user is told about a file, but for what its columns are."""
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        read(saved, path)
    about_file = ("UTF-8", "separated", "left out: 2", "each row ends", "was read as")
    lines = [
        str(one.message) for one in told if any(part in str(one.message) for part in about_file)
    ]
    # Of decimals, the first column is shown; each command reads the columns in its own order.
    return [line.split(" in column")[0].split(": '")[0] for line in lines]


@pytest.mark.filterwarnings("default::UserWarning")
@pytest.mark.parametrize("form", ["UTF-16", "CP949", "tabs", "semicolons", "comments"])
@pytest.mark.parametrize("kind", ["zoo", "own"])
def test_what_is_assumed_is_said_in_the_same_words(
    networks: dict[str, tuple[Saved, pd.DataFrame]], form: str, kind: str, tmp_path: Path
) -> None:
    saved, frame = networks[kind]
    name, write = FORMATS[form]
    path = tmp_path / name
    write(frame, path)
    lines = [set(said(read, saved, path)) for read in (train, judge, answer)]
    assert lines[0] == lines[1] == lines[2]
    assert len(lines[0]) >= 1


def spoil(change: Callable[[pd.DataFrame], pd.DataFrame]) -> Write:
    return lambda f, p: p.write_text(text(change(f))) and None


FIRST = {"zoo": "alcohol", "own": "count"}
# The words of judging and of predicting; training adds what else it can do about it.
WRONG: dict[str, tuple[str, Write, str]] = {
    "no file": ("none.csv", lambda f, p: None, "there is no file"),
    "empty": ("t.csv", lambda f, p: p.write_text("") and None, "it is empty"),
    "blank": ("t.csv", lambda f, p: p.write_text("\n \n") and None, "it is empty"),
    "a header only": ("t.csv", lambda f, p: p.write_text(text(f[:0])) and None, "and no rows"),
    "no header": (
        "t.csv",
        lambda f, p: p.write_text("1,2,3\n4,5,6\n") and None,
        "begins with 1, 2, 3; expected a line of names",
    ),
    "a spreadsheet": (
        "t.xlsx",
        lambda f, p: p.write_bytes(b"PK\3\4") and None,
        "of another program",
    ),
    "one that is named otherwise": (
        "t.csv",
        lambda f, p: p.write_bytes(b"PK\3\4..") and None,
        "of another program",
    ),
    "a zip archive": ("t.zip", lambda f, p: p.write_bytes(b"PK\3\4") and None, "is a zip archive"),
    "no Parquet": (
        "t.parquet",
        lambda f, p: p.write_bytes(b"PAR1") and None,
        "not a whole Parquet",
    ),
    "half an archive": (
        "t.csv.gz",
        lambda f, p: p.write_bytes(gzip.compress(text(f).encode())[:-9]) and None,
        "cannot be unpacked",
    ),
    "another encoding": (
        "t.csv",
        lambda f, p: p.write_bytes(text(f.assign(a="\xe9t\xe9")).encode("cp437")) and None,
        "is not UTF-8 text",
    ),
    "a short row": (
        "t.csv",
        lambda f, p: p.write_text(text(f) + "1,2\n") and None,
        f"row {ROWS + 1} has 2 cells, the header",
    ),
    "an open quote": (
        "t.csv",
        lambda f, p: p.write_text(text(f) + '"1,2\n') and None,
        f"a quote that opens in row {ROWS + 1} is never closed",
    ),
    "text in a number": (
        "t.csv",
        spoil(lambda f: f.astype(object).where(f.index != 3, "much")),
        "row 4, column",
    ),
}


def refused(read: Callable[[Saved, Any], object], saved: Saved, path: Path) -> str:
    with pytest.raises(KerazooError) as caught:
        read(saved, path)
    message = str(caught.value)
    assert message.count("\n") == 0
    return message


@pytest.mark.parametrize("kind", ["zoo", "own"])
@pytest.mark.parametrize("name", WRONG)
def test_what_is_no_table_is_refused_in_the_same_words(
    networks: dict[str, tuple[Saved, pd.DataFrame]], name: str, kind: str, tmp_path: Path
) -> None:
    saved, frame = networks[kind]
    file, write, message = WRONG[name]
    if name == "text in a number":
        column = FIRST[kind]
        cells = frame[column].astype(object).where(frame.index != 3, "much")
        frame, write = frame.assign(**{column: cells}), FORMATS["csv"][1]
    write(frame, tmp_path / file)
    judged, answered = (refused(read, saved, tmp_path / file) for read in (judge, answer))
    trained = refused(train, saved, tmp_path / file)
    assert judged == answered
    assert trained.startswith(judged)
    assert message in judged


@pytest.mark.parametrize("kind", ["zoo", "own"])
def test_columns_are_asked_for_in_the_same_words(
    networks: dict[str, tuple[Saved, pd.DataFrame]], kind: str, tmp_path: Path
) -> None:
    saved, frame = networks[kind]
    column, path = FIRST[kind], tmp_path / "t.csv"
    renamed = column.capitalize()
    frame.rename(columns={column: renamed}).to_csv(path, index=False)
    for read in (judge, answer):
        message = refused(read, saved, path)
        assert f"the column {column!r} is missing. Is {renamed!r} meant to be it?" in message
    frame.drop(columns=column).to_csv(path, index=False)
    for read in (judge, answer):
        assert f"the column {column!r} is missing. The network needs" in refused(read, saved, path)
    frame.assign(id=1).to_csv(path, index=False)
    for read in (judge, answer):
        with pytest.warns(UserWarning, match="column 'id' not looked at"):
            read(saved, path)


@pytest.mark.parametrize("kind", ["zoo", "own"])
def test_a_single_row_is_judged_and_answered(
    networks: dict[str, tuple[Saved, pd.DataFrame]], kind: str, tmp_path: Path
) -> None:
    saved, frame = networks[kind]
    frame[:1].to_csv(tmp_path / "t.csv", index=False)
    assert (
        len(judge(saved, tmp_path / "t.csv").test.x) == len(answer(saved, tmp_path / "t.csv")) == 1
    )


def test_standard_input_is_a_table_like_others(
    cli, wine: Saved, monkeypatch: pytest.MonkeyPatch
) -> None:
    frame = table_of(wine.splits)
    content = gzip.compress(text(frame, sep="\t").encode())
    monkeypatch.setattr(text_tables, "standard_input", lambda: io.BytesIO(content))
    np.testing.assert_array_equal(answer(wine, "-"), answer(wine, frame))
    np.testing.assert_array_equal(judge(wine, "-").test.x, judge(wine, frame).test.x)
    assert len(train(wine, "-").train.x) == len(train(wine, frame).train.x)
    status, out, err = cli("evaluate", wine.path, "--data", "-", "--json")
    assert status == 0, err
    assert json.loads(out)["rows"] == ROWS
    assert "standard input: columns are separated by tabs; read so." in err


def test_a_cell_that_the_zoos_columns_need_is_asked_for(wine: Saved, tmp_path: Path) -> None:
    frame = table_of(wine.splits)
    for column, cell, expected in (
        ("alcohol", "", "is empty; expected a finite number."),
        ("alcohol", "?", "is '?'; expected a finite number."),
        ("color", "", "is empty; expected 'red' (0) or 'white' (1)."),
        ("color", "whte", "is 'whte'; expected 'red' (0) or 'white' (1). Did you mean 'white'?"),
        ("color", "2", "is '2'; expected 'red' (0) or 'white' (1)."),
    ):
        spoilt = frame.assign(
            **{column: frame[column].astype(object).where(frame.index != 2, cell)}
        )
        spoilt.to_csv(tmp_path / "t.csv", index=False)
        messages = {
            refused(judge, wine, tmp_path / "t.csv"),
            refused(answer, wine, tmp_path / "t.csv"),
        }
        assert messages == {f"{tmp_path / 't.csv'}: row 3, column {column!r} {expected}"}
    coded = frame.assign(color=(frame["color"] == "white").astype(int))
    np.testing.assert_array_equal(judge(wine, coded).test.x, judge(wine, frame).test.x)


@pytest.mark.parametrize("name", ["wine_multiclass", "wine_binary", "boston", "xor", "tabm"])
def test_a_network_of_the_zoo_is_judged_on_labelled_rows(cli, name: str, tmp_path: Path) -> None:
    """The test part itself, from a file, gives the figures of the card."""
    card = kerazoo.load_predictor(name).card
    recipe = kerazoo.load_recipe(name, card.variant)
    splits = kerazoo.load_dataset(recipe.dataset, **recipe.dataset_arguments)
    frame = table_of(splits, len(splits.test.x))
    frame[frame.columns[::-1]].to_csv(tmp_path / "t.csv", index=False, sep="\t")
    status, out, err = cli("evaluate", name, "--data", tmp_path / "t.csv", "--json")
    assert status == 0, err
    found = json.loads(out)
    assert (found["rows"], found["same_data"]) == (len(frame), False)
    assert "separated by tabs" in err
    assert "is not the data that the network was trained on" in err
    known = {"accuracy", "mean_absolute_error", "solved"} & found["saved"].keys()
    assert known
    for metric in known & found["scores"].keys():
        assert found["scores"][metric] == pytest.approx(found["saved"][metric], rel=2e-3)
    expected = {"macro_f1", "log_loss", "calibration_error"} if card.class_names else {"r2_score"}
    assert expected <= found["scores"].keys()
    assert list(found["classes"]) == list(card.class_names)


def test_a_class_that_is_unknown_is_refused(cli, wine: Saved, tmp_path: Path) -> None:
    table_of(wine.splits).assign(quality=5).to_csv(tmp_path / "t.csv", index=False)
    status, _, err = cli("evaluate", wine.path, "--data", tmp_path / "t.csv")
    assert status == 1
    assert "'quality' has the class '5'; the network knows 'bad', 'medium', 'good'" in err


MANY = 9000  # rows: more than are read at once
TWO_WAYS: dict[str, tuple[str, str, str]] = {
    "a sign later": (",", "9.5", "9.5%"),
    "a sign at first": (",", "9.5%", "9.5"),
    "a point after commas": (";", "9,5", "9.5"),
}


@pytest.mark.parametrize(("delimiter", "before", "after"), TWO_WAYS.values(), ids=TWO_WAYS)
def test_a_column_is_not_written_in_two_ways(
    wine: Saved, tmp_path: Path, delimiter: str, before: str, after: str
) -> None:
    frame = table_of(wine.splits, 1).astype(object)
    many = pd.concat([frame] * MANY)
    many["alcohol"] = [before] * (MANY - 10) + [after] * 10
    many.to_csv(
        tmp_path / "t.csv", index=False, sep=delimiter, decimal="." if delimiter == "," else ","
    )
    with pytest.raises(InvalidInput, match=r"'alcohol'.*(in two ways|expected a finite number)"):
        answer(wine, tmp_path / "t.csv")


def test_points_of_plain_rows_tell_what_a_later_comma_is(wine: Saved, tmp_path: Path) -> None:
    frame = table_of(wine.splits, 1).astype(object)
    many = pd.concat([frame] * MANY)
    many["total_sulfur_dioxide"] = ["34"] * (MANY - 1) + ["1,234"]
    many.to_csv(tmp_path / "t.csv", index=False)
    notes: list[str] = []
    pieces = tables.read_table(str(tmp_path / "t.csv"), load_card(wine.path), notes.append)
    rows = np.concatenate([rows for rows, _ in pieces])
    column = wine.splits.feature_names.index("total_sulfur_dioxide")
    assert rows[[0, -1], column].tolist() == [34, 1234]
    assert any("'1,234' in column 'total_sulfur_dioxide' was read as 1234" in one for one in notes)


def test_a_bad_row_does_not_decide_how_the_others_are_written(wine: Saved, tmp_path: Path) -> None:
    frame = table_of(wine.splits, 1).astype(object)
    many = pd.concat([frame] * MANY, ignore_index=True)
    many.loc[3, "alcohol"] = "much"
    many.loc[MANY - 1, "alcohol"] = ""
    many.to_csv(tmp_path / "t.csv", index=False)
    bad: list[str] = []
    pieces = tables.read_table(str(tmp_path / "t.csv"), load_card(wine.path), print, bad=bad)
    rows = np.concatenate([rows for rows, _ in pieces])
    assert np.flatnonzero(np.isinf(rows).any(axis=1)).tolist() == [3, MANY - 1]
    assert [line.partition(": ")[2] for line in bad] == [
        "row 4, column 'alcohol' is 'much'; expected a finite number.",
        f"row {MANY}, column 'alcohol' is empty; expected a finite number.",
    ]
