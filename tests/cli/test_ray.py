"""What cannot be spread over a cluster is refused in a line, before one is looked for."""

from __future__ import annotations

import socket
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from kerazoo.cluster import connected
from kerazoo.cluster.connection import Cluster, check_answer
from kerazoo.cluster.worker import make_task
from kerazoo.errors import KerazooError, WrongUsage

pytest.importorskip("ray", reason="pip install 'kerazoo[ray]'")


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "rows.csv").write_text("a,b\n1,2\n")
    return tmp_path


@pytest.fixture
def dead() -> Iterator[str]:
    """An address where nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # and nobody else will: it is never listened to
        yield f"127.0.0.1:{taken.getsockname()[1]}"


@pytest.mark.parametrize("scheme", ["", "ray://"])
def test_a_dead_address_is_said_at_once(dead: str, scheme: str) -> None:
    started = time.monotonic()
    with (
        pytest.raises(KerazooError, match=f"no Ray cluster answers at {scheme}{dead}: .*refused"),
        connected(scheme + dead),
    ):
        pass
    assert time.monotonic() - started < 60


@pytest.mark.parametrize("address", ["", "auto", "nonsense", "host", "http://host:80", "host:port"])
def test_what_is_no_address_is_wrong_usage(address: str) -> None:
    with pytest.raises(WrongUsage, match="is no address of a cluster"), connected(address):
        pass


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (("train", "xor", "--ray", "no"), 2, "--ray no is no address"),
        (("train", "xor", "--ray", "local", "--log", "tensorboard"), 2, "--log needs this machine"),
        (("train", "xor", "--ray", "local", "--resume"), 2, "--resume needs this machine"),
        (("train", "vgg_transfer", "--ray", "local"), 2, "in stages of its own"),
        (("predict", "wine_multiclass", "rows.csv", "--ray", "local"), 2, "needs --out FILE"),
        (
            ("predict", "wine_multiclass", "rows.csv", "--ray", "local", "--out", "a.json"),
            2,
            "--ray takes --format csv or jsonl, not json",
        ),
        (
            ("predict", "wine_multiclass", "no.csv", "--ray", "local", "--out", "a.csv"),
            1,
            "no file",
        ),
        (
            ("predict", "fashion_mnist", "rows.csv", "--ray", "local", "--out", "a.csv"),
            2,
            "--ray is for networks of rows",
        ),
    ],
    ids=str,
)
def test_faults_are_one_line(
    cli, here: Path, arguments: tuple[str, ...], status: int, message: str
) -> None:
    before = set(here.rglob("*"))
    found, printed, said = cli(*arguments)
    assert (found, len(said.splitlines())) == (status, 1), printed + said
    assert message in said
    assert set(here.rglob("*")) == before


@pytest.mark.parametrize("command", ["train", "search", "predict"])
def test_without_ray_a_line_says_how_to_get_it(
    cli, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    arguments = {
        "train": ("boston",),
        "search": ("boston",),
        "predict": ("wine_multiclass", "rows.csv", "--out", "a.csv"),
    }[command]
    status, printed, said = cli(command, *arguments, "--ray", "local")
    assert (status, printed, len(said.splitlines())) == (1, "", 1)
    assert "pip install 'kerazoo[ray]'" in said


def test_workers_with_another_version_are_refused_with_both() -> None:
    task = make_task()
    here = Cluster("local", "9.9")
    answer = task("9.9", "", "", [], None)
    with pytest.raises(KerazooError, match=r"10\.0\.0\.5 of the Ray cluster has kerazoo .*9\.9;"):
        check_answer(answer, here, "10.0.0.5")
