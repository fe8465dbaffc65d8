"""How much memory there is: of the machine, of a group of processes, and as the user says."""

from __future__ import annotations

from pathlib import Path

import pytest

from kerazoo import _machine
from kerazoo.errors import KerazooError


@pytest.mark.parametrize(
    ("said", "size"), [("100", 100), ("2k", 2048), ("1.5G", 3 * 2**29), (" 4GiB ", 2**32)]
)
def test_the_user_may_say_how_much_is_used(
    said: str, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_machine, "_free_of_machine", lambda: 2**40)
    monkeypatch.setattr(_machine, "_free_of_group", lambda: 2**40)
    monkeypatch.setenv(_machine.MEMORY_VARIABLE, said)
    assert _machine.free_memory() == size


def test_what_is_no_size_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(_machine.MEMORY_VARIABLE, "much")
    with pytest.raises(KerazooError, match=r"KERAZOO_MEMORY is 'much'; expected a size, such as"):
        _machine.free_memory()


def write_group(folder: Path, names: tuple[str, str, str], limit: str, used: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / names[0]).write_text(f"{limit}\n")
    (folder / names[1]).write_text(f"{used}\n")
    (folder / "memory.stat").write_text(f"anon 5\n{names[2]} 30\n")


@pytest.mark.skipif(not Path("/proc/self/cgroup").exists(), reason="groups are of Linux")
def test_a_group_of_processes_and_those_above_it_limit_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_machine, "_CGROUPS", tmp_path)
    lines = Path("/proc/self/cgroup").read_text().splitlines()
    paths = {line.split(":", 2)[1]: line.split(":", 2)[2] for line in lines}
    controllers = "" if "" in paths else "memory"
    names = _machine._LIMITS[controllers == "memory"]
    root = tmp_path / controllers
    write_group(root / paths[controllers].lstrip("/"), names, "max", 50)
    assert _machine._free_of_group() == 2**62
    write_group(root, names, "100", 90)  # a container's own; 30 of it can be read again
    assert _machine._free_of_group() == 40
    write_group(root / paths[controllers].lstrip("/"), names, "60", 50)
    assert _machine._free_of_group() == 40
    assert _machine.free_memory() == 40
