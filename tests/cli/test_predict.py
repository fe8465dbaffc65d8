"""The commands that use a saved model, in processes of their own."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.conftest import run_fresh_kerazoo, run_python
from tests.processes import run_forked
from tests.saved_networks import forge


@pytest.fixture(scope="module")
def rows(wine, tmp_path_factory) -> Path:
    """Twenty wines, columns in another order, colors as words, the quality left in."""
    path = tmp_path_factory.mktemp("rows") / "rows.csv"
    names = wine.splits.feature_names
    with open(path, "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*names[::-1], "quality"])
        for row in wine.splits.test.x[:20]:
            color = ("red", "white")[int(row[-1])]
            writer.writerow([color, *row[:-1][::-1], 5])
    return path


@pytest.fixture(scope="module")
def expected(wine) -> np.ndarray:
    return np.asarray(wine.model(wine.splits.test.x[:20]))


def test_csv_in_csv_out_without_tensorflow_or_pandas(wine, rows, expected):
    done = run_python(
        f"""
import sys
sys.argv = ["kerazoo", "predict", {str(wine.path)!r}, {str(rows)!r}]
from kerazoo.cli import main
main()
heavy = ("tensorflow", "keras", "pandas", "sklearn", "rich")
print([name for name in heavy if name in sys.modules], file=sys.stderr)
"""
    )
    assert done.stderr.splitlines() == [
        f"{rows}: column 'quality', which is predicted, is not looked at.",
        "[]",
    ]
    answers = list(csv.DictReader(io.StringIO(done.stdout)))
    names = ("bad", "medium", "good")
    got = [[float(answer[f"probability_{name}"]) for name in names] for answer in answers]
    np.testing.assert_allclose(got, expected, atol=1e-5)
    assert [answer["quality"] for answer in answers] == [names[i] for i in expected.argmax(axis=1)]


def test_every_format_to_standard_output_and_to_a_file(wine, rows, expected, tmp_path):
    for kind in ("csv", "json", "jsonl", "table"):
        printed = run_forked("predict", wine.path, rows, "--format", kind)
        assert printed.returncode == 0, printed.stderr
        output = tmp_path / f"answers.{kind if kind != 'table' else 'txt'}"
        # The older spellings of --out still work.
        spelling = ("--output", output) if kind == "csv" else (f"--output={output}",)
        assert run_forked("predict", wine.path, rows, *spelling).stdout == ""
        assert output.read_text() == printed.stdout
    answers = json.loads((tmp_path / "answers.json").read_text())
    lines = (tmp_path / "answers.jsonl").read_text().splitlines()
    assert [json.loads(line) for line in lines] == answers
    got = [list(answer["probabilities"].values()) for answer in answers]
    np.testing.assert_allclose(got, expected, atol=1e-5)
    table = (tmp_path / "answers.txt").read_text().splitlines()
    assert len({len(line) for line in table}) == 1
    assert len(table) == 21


def test_standard_input_npy_several_inputs_and_batch_size(wine, boston, rows, expected, tmp_path):
    done = run_forked("predict", wine.path, "-", input=rows.read_text())
    assert len(done.stdout.splitlines()) == 21
    np.save(tmp_path / "x.npy", wine.splits.test.x[:20])
    both = run_forked("predict", wine.path, rows, tmp_path / "x.npy", "--batch-size", 7)
    assert len(both.stdout.splitlines()) == 41
    assert both.stdout.splitlines()[1:21] == done.stdout.splitlines()[1:]
    np.save(tmp_path / "homes.npy", boston.splits.test.x)
    prices = run_forked("predict", boston.path, tmp_path / "homes.npy").stdout.splitlines()
    assert prices[0] == "MEDV"
    np.testing.assert_allclose(
        np.array(prices[1:], float), boston.model(boston.splits.test.x)[:, 0], rtol=1e-4
    )


def test_evaluate_agrees_with_the_card_or_fails(wine, boston, copy):
    for saved in (wine, boston):
        done = run_forked("evaluate", saved.path)
        assert done.returncode == 0, done.stderr
        assert done.stderr == ""
    assert "mean_absolute_error" in done.stdout
    forge(copy, lambda plain: plain["metrics"]["0"].update(accuracy=0.99))
    done = run_forked("evaluate", copy)
    assert done.returncode == 1
    assert "does not reach the figures of its card" in done.stderr
    forge(copy, lambda plain: plain.update(data="0" * 64))
    done = run_forked("evaluate", copy)
    assert done.returncode == 1
    assert "was trained on other data than the test set" in done.stderr


def test_what_is_wrong_is_said_in_one_line(wine, rows, tmp_path):
    np.save(tmp_path / "objects.npy", np.array([{}], dtype=object))
    np.save(tmp_path / "narrow.npy", np.ones((3, 4)))
    np.save(tmp_path / "nan.npy", np.full((3, 12), np.nan))
    (tmp_path / "cut.npy").write_bytes((tmp_path / "nan.npy").read_bytes()[:150])
    (tmp_path / "bad.csv").write_text(rows.read_text().replace("white", "whte"))
    (tmp_path / "empty.csv").write_text("")
    (tmp_path / "model.h5").write_bytes(b"\x89HDF\r\n\x1a\n")
    Image.new("L", (4, 4)).save(tmp_path / "image.png")
    for arguments, status, reason in (
        (["nothing", rows], 2, "unknown saved model or directory 'nothing'"),
        ([tmp_path / "model.h5", rows], 1, "not a directory"),
        ([wine.path, "nowhere.csv"], 1, "no file 'nowhere.csv'"),
        ([wine.path, tmp_path / "model.h5"], 1, "a file of another program; expected CSV"),
        ([wine.path, tmp_path / "bad.csv"], 1, "column 'color' is 'whte'"),
        ([wine.path, tmp_path / "empty.csv"], 1, "is empty"),
        ([wine.path, tmp_path / "objects.npy"], 1, "not a whole .npy"),
        ([wine.path, tmp_path / "cut.npy"], 1, "not a whole .npy"),
        ([wine.path, tmp_path / "narrow.npy"], 1, "expected (rows, 12)"),
        ([wine.path, tmp_path / "nan.npy"], 1, "row 1, column 'fixed_acidity'"),
        ([wine.path, tmp_path / "image.png"], 1, "not images"),
        ([wine.path, rows, "--format", "xml"], 2, "'xml' is not one of"),
        ([wine.path, rows, "--runtime", "onnx"], 2, "'onnx' is not one of"),
        ([wine.path, rows, "--batch-size", "0"], 2, "batch-size"),
        ([wine.path, rows, "--out", tmp_path], 1, "is a directory"),
        ([wine.path, rows, "--out", tmp_path / "no" / "x.csv"], 1, "there is no folder"),
        ([wine.path], 2, "INPUT"),
    ):
        done = run_forked("predict", *arguments)
        errors = [line for line in done.stderr.splitlines() if "not looked at" not in line]
        assert done.returncode == status, arguments
        assert len(errors) == 1, errors
        assert errors[0].startswith("error: "), errors
        assert reason in errors[0], errors


def test_columns_that_go_along_with_the_answers(wine, rows, tmp_path):
    with open(rows, newline="") as file:
        header, *records = csv.reader(file)
    with open(tmp_path / "w.csv", "w", newline="") as file:
        csv.writer(file).writerows(
            [["id", *header], *([f"w{n}", *r] for n, r in enumerate(records))]
        )
    plain = run_forked("predict", wine.path, rows)
    kept = run_forked("predict", wine.path, tmp_path / "w.csv", "--keep", "quality,id")
    assert kept.returncode == 0, kept.stderr
    given, ids, *answers = zip(*csv.reader(io.StringIO(kept.stdout)), strict=True)
    assert given == ("given_quality", *["5"] * 20)
    assert ids == ("id", *(f"w{number}" for number in range(20)))
    assert answers == list(zip(*csv.reader(io.StringIO(plain.stdout)), strict=True))
    lines = run_forked(
        "predict", wine.path, tmp_path / "w.csv", "--keep", "id", "--format", "jsonl"
    )
    assert [json.loads(one)["id"] for one in lines.stdout.splitlines()] == list(ids[1:])
    wrong = run_forked("predict", wine.path, rows, "--keep", "idd")
    assert "unknown column to keep 'idd'" in wrong.stderr


def test_a_pipe_that_has_a_name(wine, rows):
    """As a shell makes one of <(command)."""
    reading, writing = os.pipe()
    os.write(writing, rows.read_bytes())
    os.close(writing)
    done = run_fresh_kerazoo("predict", wine.path, f"/dev/fd/{reading}", pass_fds=[reading])
    os.close(reading)
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) == 21


def test_nothing_is_replaced_unasked(wine, rows, tmp_path):
    answers, source = tmp_path / "answers.csv", tmp_path / "in.csv"
    source.write_text(rows.read_text())
    answers.write_text("mine")
    (tmp_path / "link.csv").symlink_to(source)
    for arguments, reason in (
        ((source, "--out", answers), "exists already. Choose another name, or add --force"),
        ((source, "--out", source), "is the input itself"),
        ((source, "--out", source, "--force"), "is the input itself"),
        ((source, "--out", tmp_path / "link.csv", "--force"), "is the input itself"),
    ):
        done = run_forked("predict", wine.path, *arguments)
        assert done.returncode == 1
        assert reason in done.stderr
        assert answers.read_text() == "mine"
        assert source.read_text() == rows.read_text()
    done = run_forked("predict", wine.path, source, "--out", answers, "--force")
    assert done.returncode == 0, done.stderr
    assert len(answers.read_text().splitlines()) == 21


def test_the_name_of_the_output_says_its_format(wine, rows, tmp_path):
    for name in ("a.xlsx", "a.tsv", "a.parquet"):
        done = run_forked("predict", wine.path, rows, "--out", tmp_path / name)
        assert done.returncode == 2
        assert ".csv (csv), .json (json), .jsonl (jsonl), .txt (table), or add --format" in (
            done.stderr
        )
        assert not (tmp_path / name).exists()
    assert run_forked("predict", wine.path, rows, "--out", tmp_path / "A.JSON").returncode == 0
    assert len(json.loads((tmp_path / "A.JSON").read_text())) == 20
    done = run_forked("predict", wine.path, rows, "--format", "csv", "--out", tmp_path / "a.dat")
    assert done.returncode == 0, done.stderr


def test_a_failure_leaves_the_old_output(wine, rows, tmp_path):
    output = tmp_path / "answers.csv"
    output.write_text("old")
    lines = rows.read_text().splitlines()
    (tmp_path / "bad.csv").write_text("\n".join([*lines, lines[-1] + ",1"]))
    assert run_forked(
        "predict", wine.path, tmp_path / "bad.csv", "--out", output, "--force"
    ).returncode
    assert output.read_text() == "old"
    assert {path.name for path in tmp_path.iterdir()} == {"answers.csv", "bad.csv"}


def test_a_reader_that_goes_away_is_no_error(wine, rows, tmp_path):
    lines = rows.read_text().splitlines()
    (tmp_path / "long.csv").write_text("\n".join([lines[0], *lines[1:] * 2000]) + "\n")
    command = [sys.executable, "-c", "from kerazoo.cli import main; main()", "predict"]
    with subprocess.Popen(
        [*command, wine.path, tmp_path / "long.csv"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        process.stdout.readline()
        process.stdout.close()
        assert b"Traceback" not in process.stderr.read()


def test_export(wine, tmp_path):
    output = tmp_path / "wine.tflite"
    done = run_forked("export", wine.path, "--format", "litert", "--out", output)
    assert (done.returncode, done.stderr) == (0, "")
    assert output.stat().st_size > 1000
    output.write_text("mine")
    done = run_forked("export", wine.path, "--format", "litert", "--out", output)
    assert done.returncode == 1
    assert "exists already" in done.stderr
    assert output.read_text() == "mine"
    done = run_forked("export", wine.path, "--format", "litert", "--out", output, "--force")
    assert (done.returncode, done.stderr) == (0, "")
    assert output.stat().st_size > 1000


def test_bad_rows_are_answered_with_nothing_if_asked(cli, wine, rows, tmp_path):
    header, *lines = rows.read_text().splitlines()
    cells = [line.split(",") for line in lines]
    good = list(csv.reader(io.StringIO(cli("predict", wine.path, rows)[1])))
    cells[2][3] = "much"
    cells[5] = cells[5][:4]
    cells[7][0] = "rose"
    bad = tmp_path / "bad.csv"
    bad.write_text("\n".join([header, *map(",".join, cells), ""]))
    assert cli("predict", wine.path, bad)[0] == 1
    status, out, err = cli("predict", wine.path, bad, "--skip-bad-rows")
    found = list(csv.reader(io.StringIO(out)))
    assert status == 0
    assert len(found) == len(good)
    for number, (line, expected) in enumerate(zip(found[1:], good[1:], strict=True)):
        assert line == ([""] * len(expected) if number in (2, 5, 7) else expected)
    assert "3 rows without an answer:" in err
    for reason in ("row 3, column", "row 6 has 4 cells", "row 8, column 'color' is 'rose'"):
        assert reason in err
    records = json.loads(cli("predict", wine.path, bad, "--skip-bad-rows", "--format", "json")[1])
    assert records[2]["quality"] is None
    assert set(records[2]["probabilities"].values()) == {None}
    assert records[3]["quality"] == good[4][0]
    bad.write_text("\n".join([header, *[",".join(cells[2])] * 2]))
    status, _, err = cli("predict", wine.path, bad, "--skip-bad-rows")
    assert status == 1
    assert "error: no row can be answered. The first: " in err


def test_an_answer_that_is_not_finite_is_a_bad_row_too(cli, boston, tmp_path):
    rows = boston.splits.test.x[:3].astype("float64")
    rows[1] *= 1e37
    path = tmp_path / "homes.csv"
    lines = [",".join(boston.splits.feature_names), *(",".join(map(str, row)) for row in rows)]
    path.write_text("\n".join(lines))
    assert cli("predict", boston.path, path)[0] == 1
    status, out, err = cli("predict", boston.path, path, "--skip-bad-rows")
    answers = out.splitlines()[1:]
    assert (status, len(answers), answers[1]) == (0, 3, "")
    assert float(answers[0]) == pytest.approx(float(boston.model(rows[:1])[0, 0]), rel=1e-4)
    assert "1 row without an answer:" in err
