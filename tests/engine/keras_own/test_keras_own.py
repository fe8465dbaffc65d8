"""Keras' own tests with `fit_model` in place of `fit`: they pass, but for a list with reasons."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import keras
import pytest

from tests.engine.keras_own.expected import DIGITS, EXPECTED

SITE_PACKAGES = Path(keras.__file__).parents[1]
# Where Keras tests what trains; the other folders hardly call `fit`.
FOLDERS = ("trainers", "callbacks", "models", "optimizers", "layers", "distillation", "saving")


def files_that_train() -> list[Path]:
    """The tests that the installed package of Keras ships, as far as they call `fit`."""
    source = SITE_PACKAGES / "keras" / "src"
    files = [file for folder in FOLDERS for file in sorted((source / folder).rglob("*_test.py"))]
    return [file for file in files if ".fit(" in file.read_text(encoding="utf-8")]


def run_tests(which: Iterable[Any], folder: Path, root: Path, **variables: str) -> dict[str, Any]:
    """Run tests of Keras in a process of their own, and return what the plugin reports."""
    report = folder / "report.json"
    report.unlink(missing_ok=True)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "tests.engine.keras_own.plugin"]
    # Without this project's settings; what cannot be imported is passed over.
    command += ["-p", "no:cacheprovider", "-c", os.devnull, "--rootdir", str(SITE_PACKAGES)]
    command += ["--continue-on-collection-errors", *map(str, which)]
    path = os.pathsep.join([str(root), os.environ.get("PYTHONPATH", "")])
    own = {"PYTHONPATH": path, "KERAS_OWN_REPORT": str(report)}
    done = subprocess.run(
        command, cwd=folder, env=os.environ | own | variables, capture_output=True, check=False
    )
    assert report.exists(), (done.stdout + done.stderr).decode()[-3000:]
    return json.loads(report.read_text(encoding="utf-8"))


@pytest.mark.thorough
@pytest.mark.timeout(2400)  # four minutes on two idle cores
def test_keras_own_tests(tmp_path: Path, root: Path) -> None:
    files = files_that_train()
    if not files:
        pytest.skip(f"the installed Keras {keras.__version__} ships no tests")
    ours = run_tests(files, tmp_path, root)
    print(f"fit_model trained {ours['calls']} times; left to Keras: {ours['left to Keras']}")
    assert ours["calls"] >= 150
    failed = [name for name, outcome in ours["outcomes"].items() if outcome == "failed"]
    # A test that fails with Keras' own `fit` as well misses a package, for example.
    again = [SITE_PACKAGES / name for name in failed]
    plain = run_tests(again, tmp_path, root, KERAS_OWN_PLAIN="1")["outcomes"]
    different = {name.partition("::")[2] for name in failed if plain.get(name) == "passed"}
    assert different <= set(EXPECTED)
    # On another processor the last digits may happen to be the same.
    assert different >= {name for name, reason in EXPECTED.items() if reason != DIGITS}


def test_every_difference_is_explained(root: Path) -> None:
    page = (root / "docs" / "keras.md").read_text(encoding="utf-8")
    assert set(EXPECTED.values()) <= set(re.findall(r"^### (.+)$", page, re.MULTILINE))
