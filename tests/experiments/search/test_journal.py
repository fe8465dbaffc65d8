"""The journal of a search: kills, full disks, other files, and several processes."""

from __future__ import annotations

import resource
from pathlib import Path
from typing import Any

import pytest

from kerazoo.errors import KerazooError

optuna = pytest.importorskip("optuna", reason="pip install 'kerazoo[search]'")

from kerazoo.experiments.search.journal import Journal  # noqa: E402

IDENTITY: dict[str, Any] = {"network": "boston", "space": {"rate": "0.1:1"}}


def journal(path: Path, **others: Any) -> Journal:
    return Journal(path, {**IDENTITY, **others}, "minimize")


def trial(value: float) -> Any:
    rate = optuna.distributions.FloatDistribution(0.1, 1.0)
    return optuna.trial.create_trial(
        value=value, params={"rate": 0.5}, distributions={"rate": rate}
    )


def values(path: Path) -> list[float | None]:
    return [one.value for one in journal(path).trials()]


def test_trials_are_there_for_the_next_process_and_for_one_at_the_same_time(tmp_path: Path) -> None:
    path = tmp_path / "a.journal"
    first, second = journal(path), journal(path)
    for number, one in enumerate((first, second, second, first)):
        one.add(trial(float(number)))
    assert [t.value for t in first.trials()] == [t.value for t in second.trials()] == [0, 1, 2, 3]
    assert (first.begin_session(), second.begin_session()) == (0, 1)
    first.note_check(2, 5, 0.25)
    assert second.checks() == {(2, 5): 0.25}
    assert values(path) == [0, 1, 2, 3]


def test_optuna_reads_it_too(tmp_path: Path) -> None:
    path = tmp_path / "a.journal"
    journal(path).add(trial(3.0))
    backend = optuna.storages.journal.JournalFileBackend(str(path))
    study = optuna.load_study(study_name=None, storage=optuna.storages.JournalStorage(backend))
    assert study.best_value == 3.0


@pytest.mark.parametrize("cut", [1, 30, 200])
def test_a_line_that_was_cut_off_is_dropped(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "a.journal"
    first = journal(path)
    first.add(trial(1.0))
    first.add(trial(2.0))
    whole = path.read_bytes()
    path.write_bytes(whole + whole.splitlines()[-1][:cut])
    assert values(path) == [1.0, 2.0]
    journal(path).add(trial(3.0))
    first.add(trial(4.0))
    assert values(path) == [1.0, 2.0, 3.0, 4.0]
    assert all(line.startswith(b"{") for line in path.read_bytes().splitlines())


def test_a_full_disk_loses_the_new_trial_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.journal"
    first = journal(path)
    first.add(trial(1.0))
    size = path.stat().st_size
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size + 50, hard))
    try:
        with pytest.raises(OSError, match="too large") as caught:
            first.add(trial(2.0))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert caught.value.filename == str(path)
    assert path.stat().st_size == size
    assert values(path) == [1.0]
    journal(path).add(trial(3.0))
    assert values(path) == [1.0, 3.0]


def test_another_search_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.journal"
    journal(path).add(trial(1.0))
    with pytest.raises(KerazooError, match="holds a search with other space"):
        journal(path, space={"rate": "0.2:1"})
    study = optuna.create_study(
        study_name="theirs",
        storage=optuna.storages.JournalStorage(
            optuna.storages.journal.JournalFileBackend(str(tmp_path / "theirs"))
        ),
    )
    study.add_trial(trial(1.0))
    before = (tmp_path / "theirs").read_bytes()
    with pytest.raises(KerazooError):
        journal(tmp_path / "theirs")
    assert (tmp_path / "theirs").read_bytes() == before


@pytest.mark.parametrize("content", [b"hello\n", b"[1]\n", b'{"op_code": 4}\n', b"\xff\xfe\n"])
def test_another_file_is_refused_and_stays(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.journal"
    path.write_bytes(content)
    with pytest.raises(KerazooError, match="is no journal of a search"):
        journal(path)
    assert path.read_bytes() == content
