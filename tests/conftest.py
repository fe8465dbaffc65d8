"""What every test shares."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Generator
from pathlib import Path

import pytest

from kerazoo.registry import list_models

pytest_plugins = ["tests.saved_networks"]

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ["KERAZOO_GRAPH_CACHE"] = "0"  # what tracing does is tested, not what was once traced

ROOT = Path(__file__).parent.parent
# Where the data sets that are not bundled may be, for the tests that want them.
DATA_DIR = os.environ.get("KERAZOO_DATA_DIR")
NETWORKS = frozenset(list_models())
_PROCESSOR_TIME = pytest.StashKey[float]()


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


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Note the processor's time, which a busy machine does not lengthen."""
    report = yield
    now = time.process_time()
    report.processor_seconds = now - item.config.stash.get(_PROCESSOR_TIME, now)
    item.config.stash[_PROCESSOR_TIME] = now
    return report


def network_of(nodeid: str) -> str | None:
    """Return which network a test is about: one of its parameters, or a doctest of its file."""
    file, _, parameters = nodeid.removesuffix("]").partition("[")
    words = [*parameters.split("-"), Path(file.partition("::")[0]).stem]
    return next((word for word in words if word in NETWORKS), None)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what the tests of each network took: in the quick tier, five seconds at most."""
    seconds: dict[str, list[float]] = {}
    for reports in terminalreporter.stats.values():
        for report in reports:
            name = network_of(getattr(report, "nodeid", ""))
            # What is set up before is shared with tests of other networks.
            if name is not None and getattr(report, "when", "") == "call":
                total = seconds.setdefault(name, [0.0, 0.0])
                total[0] += getattr(report, "duration", 0.0)
                total[1] += getattr(report, "processor_seconds", 0.0)
    if seconds:
        terminalreporter.section("seconds per network: by the clock, of the processor")
        for name, (clock, processor) in sorted(seconds.items(), key=lambda item: -item[1][1]):
            terminalreporter.write_line(f"{name:20}{clock:8.1f}{processor:8.1f}")
