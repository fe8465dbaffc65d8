"""The package is silent outside of its command line: what it has to say is a warning."""

from __future__ import annotations

import ast
from pathlib import Path

import numpy as np
import pytest

import kerazoo

# A progress line that verbose asks for, what Ctrl-C is answered with, what a server says, and why a
# process ends that a lost worker keeps from ending otherwise.
MAY_PRINT = {
    "engine/progress.py",
    "engine/loop.py",
    "engine/workers/watch.py",
    "serve/server.py",
}


def test_print_is_called_by_the_command_line_alone() -> None:
    package = Path(kerazoo.__file__).parent
    found = {
        path.relative_to(package).as_posix()
        for path in package.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "print"
    }
    assert {name for name in found if not name.startswith("cli/")} == MAY_PRINT


def test_nothing_is_printed_that_nobody_asked_for(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    splits = kerazoo.load_dataset("xor")
    model = kerazoo.compile_model(kerazoo.build_xor(), "xor")
    kerazoo.fit_model(model, splits.train, epochs=2, verbose=0)
    kerazoo.evaluate_model(model, splits.test)
    kerazoo.save_model(model, tmp_path / "xor", splits=splits)
    capfd.readouterr()  # what TensorFlow and LiteRT themselves write is not ours
    kerazoo.load_predictor(tmp_path / "xor", "keras").predict(np.zeros((1, 2)))
    assert capfd.readouterr().out == ""
