"""A training beside the published and the recorded figures; and tables, and progress."""

from __future__ import annotations

import copy
import sys
from types import SimpleNamespace

import pytest

import kerazoo
from kerazoo import ProgressLine, Table
from kerazoo.experiments.run import Run
from kerazoo.report.results import Results


@pytest.fixture(scope="module")
def run() -> Run:
    return kerazoo.train("boston", variant="documented", seed=1)


def test_a_training_stands_beside_the_recorded_figures(run: Run) -> None:
    table = kerazoo.compare(run)
    (metric, published, baseline, course, tuned, ours), *_ = table.rows
    summary = {
        variant: entry["judged_on"]["documented split"]["summary"]["mean_absolute_error"]
        for variant, entry in Results.load("boston").plain["variants"].items()
    }
    assert metric == "mean absolute error"
    assert published == "2.553"
    assert baseline == "2.139"
    assert course.startswith(f"{summary['documented']['mean']:.4f} ± ")
    assert tuned.startswith(f"{summary['tuned']['mean']:.4f} ± ")
    assert ours == f"{run.metrics['mean_absolute_error']:.4f}"
    assert "kernel ridge" in table.note
    assert "other data" not in table.note
    assert table.markdown().splitlines()[2].startswith("| mean absolute error | 2.553 |")


def test_a_single_recorded_training_has_no_spread(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = copy.deepcopy(Results.load("boston").plain)
    for entry in plain["variants"].values():
        judged = entry["judged_on"]["documented split"]
        judged["seeds"] = {"0": judged["seeds"]["0"]}
    monkeypatch.setattr(Results, "load", lambda name: Results(name, plain))
    _, _, _, course, tuned, _ = kerazoo.compare(run).rows[0]
    assert float(course) > float(tuned)


def test_other_data_is_not_passed_off_as_the_same() -> None:
    other = kerazoo.load_dataset("boston", validation_fraction=0.5)
    run = kerazoo.train("boston", variant="documented", splits=other)
    assert "other data than the figures beside it" in kerazoo.compare(run).note


def test_a_table_prints_aligned_and_with_its_note() -> None:
    table = Table(("a", "b"), (("long", "1"),), "note")
    assert str(table).splitlines() == ["a     b", "long  1", "note"]
    assert repr(table) == str(table)


def test_progress_goes_line_after_line_into_a_log(capsys: pytest.CaptureFixture[str]) -> None:
    kerazoo.train("boston", recipe=short(), callbacks=[ProgressLine()])
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[1] for line in lines] == ["1/3", "2/3", "3/3"]
    assert "val_mae" in lines[0]


def test_progress_in_a_notebook_leaves_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[str] = []

    class Handle:
        def update(self, data, raw):
            shown[-1] = data["text/plain"]

    def display(data, raw, display_id):
        shown.append(data["text/plain"])
        return Handle()

    shell = SimpleNamespace(kernel=object())
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: shell))
    monkeypatch.setitem(sys.modules, "IPython.display", SimpleNamespace(display=display))
    kerazoo.train("boston", recipe=short(), callbacks=[ProgressLine()])
    assert len(shown) == 1
    assert shown[0].startswith("epoch 3/3 |####################|")


def short():
    import dataclasses

    return dataclasses.replace(kerazoo.load_recipe("boston", "documented"), epochs=3)


def test_first_available_takes_what_is_there(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    assert kerazoo.first_available("boston", "fashion_mnist_mini") == "boston"
    monkeypatch.setattr("kerazoo.datasets.sources.cache_folder", lambda: tmp_path)
    with pytest.raises(kerazoo.UnknownName):
        kerazoo.first_available("bostn")
    with pytest.raises(kerazoo.DatasetNotFound, match="at least one"):
        kerazoo.first_available()
