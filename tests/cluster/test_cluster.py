"""Nodes, workers and drivers that are killed in the middle; what comes out is as of one process.

The cluster is several nodes on this machine, each with processes of its own, as Ray's own tests
have them.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import kerazoo
from kerazoo.cluster import connected
from kerazoo.datasets import boston
from kerazoo.engine.choose import many_trainings
from kerazoo.errors import InvalidInput, KerazooError
from kerazoo.experiments.search.folds import make_folds
from kerazoo.experiments.search.trials import TrialTrainer
from kerazoo.experiments.spread.answers import Question, answer_spread
from kerazoo.experiments.spread.seeds import Trainings, finish, seeds_folder, train_spread
from kerazoo.saved import load_card

pytestmark = [
    pytest.mark.thorough,
    pytest.mark.skipif(sys.platform != "linux", reason="Ray's test cluster needs Linux"),
]
ray = pytest.importorskip("ray", reason="pip install 'kerazoo[ray]'")

ROOT = str(Path(kerazoo.__file__).parent.parent)
NODE = {"num_cpus": 1, "object_store_memory": 80 * 2**20, "include_dashboard": False}
PIECE = 2**17


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """A head that takes no work, and two nodes of one processor; this process is connected."""
    from ray.cluster_utils import Cluster

    settings = {
        "RAY_worker_niceness": "0",  # a busy machine would let workers wait for minutes
        "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",
        "PYTHONPATH": os.pathsep.join([ROOT, os.environ.get("PYTHONPATH", "")]),
        "KERAZOO_GRAPH_CACHE": "0",
    }
    with pytest.MonkeyPatch.context() as patch:
        for name, value in settings.items():
            patch.setenv(name, value)
        nodes = Cluster(initialize_head=True, head_node_args={**NODE, "num_cpus": 0})
        try:
            for _ in range(2):
                nodes.add_node(**NODE)
            ray.init(address=nodes.address, log_to_driver=False, logging_level="ERROR")
            yield nodes
        finally:
            ray.shutdown()
            nodes.shutdown()


def kill_node(cluster: Any) -> None:
    """Kill all processes of a node, and let another one take its place."""
    cluster.remove_node(sorted(cluster.worker_nodes, key=str)[0], allow_graceful=False)
    cluster.add_node(**NODE)


def kill_worker(cluster: Any) -> None:
    """Kill a worker that is at a task."""
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            if path.read_bytes().startswith(b"ray::task"):
                os.kill(int(path.parent.name), signal.SIGKILL)
                return
    raise AssertionError("no worker is at a task")


class Killing:
    """Be told of progress, and kill something once, in the middle."""

    def __init__(self, kill: Callable[[Any], None], cluster: Any, after: int) -> None:
        self.kill, self.cluster, self.left = kill, cluster, after

    def __call__(self, progress: object) -> None:
        self.left -= 1
        if self.left == 0:
            self.kill(self.cluster)


def test_a_search_survives_a_kill_and_each_trial_is_as_of_one_process(
    cluster: Any, tmp_path: Path
) -> None:
    splits = boston.tiny()
    killing = Killing(kill_node, cluster, after=3)
    found = kerazoo.search(
        "boston",
        splits=splits,
        space={"rate": (1e-3, 1e-1)},
        trials=7,
        epochs=2,
        out=tmp_path,
        report=killing,
        ray=cluster.address,
    )
    assert killing.left <= 0
    assert len(found) == 7
    assert list(found.trials["state"]).count("recipe") == 1
    assert found.trials["rate"].nunique() == 7
    assert all(len(values) == 4 for values in found.checked.values())
    recipe = found.recipe
    trainer = TrialTrainer("boston", make_folds("boston", recipe, splits, 0), splits, found.metric)
    values = [trainer.run(recipe, recipe.seed + further).value for further in range(1, 5)]
    assert values == list(found.checked[found.chosen])


def test_seeds_survive_a_kill_and_are_as_of_one_process(cluster: Any, tmp_path: Path) -> None:
    asked = Trainings("xor", "tuned", kerazoo.load_recipe("xor"))
    out = tmp_path / "xor"
    runs, best = train_spread(
        asked, range(5), out, cluster.address, Killing(kill_worker, cluster, after=2)
    )
    with many_trainings(5):  # as `kerazoo train --seeds 5`: it decides what XLA compiles
        serial = [kerazoo.train("xor", seed=seed) for seed in range(5)]
    for spread, alone in zip(runs, serial, strict=True):
        assert spread.history == alone.history
        assert spread.metrics == alone.metrics
    for found, expected in zip(
        best.model.get_weights(), serial[best.seed].model.get_weights(), strict=True
    ):
        assert np.array_equal(found, expected)
    # Kept seeds are not trained again, and another training does not take them for its own.
    kept = {path: path.stat().st_mtime_ns for path in seeds_folder(out).iterdir()}
    again, _ = train_spread(asked, range(5), out, cluster.address)
    assert [run.metrics for run in again] == [run.metrics for run in runs]
    assert {path: path.stat().st_mtime_ns for path in seeds_folder(out).iterdir()} == kept
    other = Trainings("xor", "documented", kerazoo.load_recipe("xor", "documented"))
    with pytest.raises(KerazooError, match="seeds of another training"):
        train_spread(other, range(5), out, cluster.address)
    out.mkdir()
    finish(out, runs)
    assert not seeds_folder(out).exists()
    lines = (out / "history.jsonl").read_text().splitlines()
    assert len(lines) == sum(len(run.history["loss"]) for run in runs)


def kill_after(arguments: list[str], is_far_enough: Callable[[], bool]) -> None:
    """Run `kerazoo` in a process of its own, and kill it as soon as there is something to keep."""
    command = [sys.executable, "-m", "kerazoo", *arguments]
    with subprocess.Popen(command, cwd=ROOT) as driver:
        while not is_far_enough():
            assert driver.poll() is None
            time.sleep(0.01)
        driver.kill()


def test_a_search_goes_on_where_its_driver_was_killed(cluster: Any, tmp_path: Path) -> None:
    out, journal = tmp_path / "found", tmp_path / "found" / "search.journal"
    command = ["search", "boston", "--space", "rate=0.001:0.1", "--trials", "8", "--epochs", "60"]
    command += ["--out", str(out), "--ray", cluster.address]

    def finished() -> int:
        return journal.read_bytes().count(b'"op_code":4') if journal.exists() else 0

    kill_after(command, lambda: finished() >= 3)
    kept = finished()
    begun = journal.read_bytes()
    assert kept < 8
    found = kerazoo.search(
        "boston",
        space={"rate": (0.001, 0.1)},
        trials=8,
        epochs=60,
        out=out,
        ray=cluster.address,
    )
    whole = [line for line in begun.splitlines(keepends=True) if line.endswith(b"\n")]
    assert journal.read_bytes().startswith(b"".join(whole))
    assert len(found) == 8
    assert found.trials["rate"].nunique() == 8
    assert list(found.trials["state"]).count("recipe") == 1


def test_seeds_go_on_where_their_driver_was_killed(cluster: Any, tmp_path: Path) -> None:
    out = tmp_path / "xor"
    command = ["train", "xor", "--seeds", "6", "--out", str(out), "--ray", cluster.address]
    kill_after(command, lambda: len(list(seeds_folder(out).glob("*.json"))) >= 2)
    kept = {path.stem for path in seeds_folder(out).glob("*.json")}
    assert not out.exists()
    trained: list[int] = []
    asked = Trainings("xor", "tuned", kerazoo.load_recipe("xor"))
    runs, _ = train_spread(asked, range(6), out, cluster.address, trained.append)
    assert {str(seed) for seed in trained} == {str(seed) for seed in range(6)} - kept
    with many_trainings(6):
        serial = [kerazoo.train("xor", seed=seed) for seed in range(6)]
    assert [run.metrics for run in runs] == [run.metrics for run in serial]


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Wines, many times over: 20 pieces or more."""
    folder = tmp_path_factory.mktemp("rows")
    splits = kerazoo.load_dataset("wine", task="multiclass", deduplicate=True)
    lines = [",".join(map(str, row)) for row in splits.train.x.tolist()]
    names = [column.name for column in load_card("wine_multiclass").columns]
    text = "\n".join(lines) + "\n"
    (folder / "rows.csv").write_text(",".join(names) + "\n" + text * 8)
    return folder / "rows.csv"


@pytest.fixture(scope="module")
def alone(rows: Path) -> bytes:
    """What one process answers."""
    out = rows.with_name("alone.csv")
    command = [sys.executable, "-m", "kerazoo", "predict", "wine_multiclass", str(rows)]
    subprocess.run([*command, "--out", str(out)], check=True, cwd=ROOT)
    return out.read_bytes()


def answer(rows: Path, out: Path, address: str, **options: Any) -> None:
    question = Question("rows", "csv", options.pop("options", {}))
    answer_spread(
        "wine_multiclass", question, [str(rows)], out, address, piece_bytes=PIECE, **options
    )


@pytest.mark.parametrize("kill", [kill_node, kill_worker])
def test_answers_survive_a_kill_and_are_those_of_one_process(
    cluster: Any, rows: Path, alone: bytes, tmp_path: Path, kill: Callable[[Any], None]
) -> None:
    out = tmp_path / "spread.csv"
    answer(rows, out, cluster.address, report=Killing(kill, cluster, after=3))
    assert out.read_bytes() == alone
    assert os.listdir(tmp_path) == ["spread.csv"]


DRIVER = """
import sys
from pathlib import Path
from kerazoo.experiments.spread.answers import Question, answer_spread
rows, out, address, size = sys.argv[1:]
question = Question("rows", "csv", {})
answer_spread("wine_multiclass", question, [rows], Path(out), address, piece_bytes=int(size))
"""


def test_a_driver_that_is_killed_goes_on_where_it_was(
    cluster: Any, rows: Path, alone: bytes, tmp_path: Path
) -> None:
    out, journal = tmp_path / "spread.csv", tmp_path / "spread.csv.unfinished" / "journal"
    command = [sys.executable, "-c", DRIVER, str(rows), str(out), cluster.address, str(PIECE)]
    with subprocess.Popen(command, cwd=ROOT) as driver:
        while not journal.exists() or journal.read_bytes().count(b"\n") < 4:
            assert driver.poll() is None
            time.sleep(0.01)
        driver.kill()
    kept = journal.read_bytes().count(b"\n")
    assert not out.exists()
    shares: list[float] = []
    answer(rows, out, cluster.address, report=shares.append)
    assert out.read_bytes() == alone
    # The first line says what was asked; the others are pieces that were not answered again.
    assert len(shares) <= round(1 / (1 - shares[-2])) - (kept - 1)


def test_a_wrong_row_says_where_it_is(cluster: Any, rows: Path, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.csv"
    content = rows.read_text().splitlines()
    cells = content[9000].split(",")
    content[9000] = ",".join(["far", *cells[1:]])
    wrong.write_text("\n".join(content) + "\n")
    with pytest.raises(InvalidInput, match=r"wrong\.csv, from byte [\d,]+: row \d+") as error:
        answer(wrong, tmp_path / "a.csv", cluster.address)
    assert "'far'" in str(error.value)
    said: list[str] = []
    skip = {"skip_bad_rows": True}
    answer(wrong, tmp_path / "b.csv", cluster.address, options=skip, say=said.append, force=True)
    assert (tmp_path / "b.csv").read_bytes().count(b"\n") == len(content)
    assert any("1 row without an answer" in line for line in said)


def test_machines_with_another_version_are_refused_with_both(
    cluster: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    of_workers = kerazoo.__version__.replace(".", r"\.")
    monkeypatch.setattr(kerazoo, "__version__", "9.9.9")  # here, and not in their processes
    expected = rf"has kerazoo {of_workers}, here is 9\.9\.9; install one version on all"
    with pytest.raises(KerazooError, match=expected), connected(cluster.address):
        pass
