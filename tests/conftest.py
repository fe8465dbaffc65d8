"""What every test shares."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from kerazoo.registry import list_models

pytest_plugins = ["tests.saved_networks"]

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

ROOT = Path(__file__).parent.parent
# Where the data sets that are not bundled may be, for the tests that want them.
DATA_DIR = os.environ.get("KERAZOO_DATA_DIR")
NETWORKS = frozenset(list_models())


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """A developer's own settings must not decide what the tests see."""
    monkeypatch.setenv("KERAZOO_DATA_DIR", "")  # so that what a command sets is undone
    monkeypatch.delenv("KERAZOO_DATA_DIR")
    monkeypatch.delenv("KERAZOO_DEBUG", raising=False)
    monkeypatch.delenv("KERAZOO_MODELS", raising=False)


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return ROOT


def run_python(code: str, **options) -> subprocess.CompletedProcess[str]:
    """Run code in a fresh interpreter."""
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, **options
    )


def run_fresh_kerazoo(*arguments: object, **options) -> subprocess.CompletedProcess[str]:
    """Run the command line in a fresh interpreter; `processes.run_forked` takes less time."""
    command = [sys.executable, "-c", "from kerazoo.cli import main; main()"]
    return subprocess.run(
        [*command, *map(str, arguments)], capture_output=True, text=True, check=False, **options
    )


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print how many seconds the tests of each network took: a new one should cost few."""
    seconds: dict[str, float] = {}
    for reports in terminalreporter.stats.values():
        for report in reports:
            words = re.findall(r"\w+", getattr(report, "nodeid", "").partition("[")[2])
            for name in set(words) & NETWORKS:
                seconds[name] = seconds.get(name, 0.0) + getattr(report, "duration", 0.0)
    if seconds:
        terminalreporter.section("seconds per network")
        for name, total in sorted(seconds.items(), key=lambda item: -item[1]):
            terminalreporter.write_line(f"{name:20}{total:8.1f}")
