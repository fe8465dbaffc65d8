"""A model is a file: dropping one in is all it takes."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import kerazoo
from kerazoo import _model_files
from tests.conftest import run_fresh_kerazoo, run_python

NEW_FILE = '''"""{name}: a network that a test drops in."""

import dataclasses

from kerazoo.models.tabular.xor import DOCUMENTED as XOR


def build_{name}():
    """Build one unit."""
    import keras

    inputs = keras.Input((2,), name="inputs")
    return keras.Model(inputs, keras.layers.Dense(1, "sigmoid", name="probability")(inputs))


DOCUMENTED = TUNED = dataclasses.replace(XOR, parameters=3, builder_arguments={{}}, epochs=2)
'''


@pytest.fixture
def dropped_in(root: Path, tmp_path: Path) -> tuple[str, dict[str, str]]:
    """A copy of the package with one more file: nothing else may see it come and go."""
    name = "dropped_in_by_a_test"
    ignored = shutil.ignore_patterns("__pycache__")
    for folder in ("kerazoo", "results"):
        shutil.copytree(root / folder, tmp_path / folder, ignore=ignored)
    (tmp_path / "kerazoo" / "models" / "tabular" / f"{name}.py").write_text(
        NEW_FILE.format(name=name)
    )
    return name, {**os.environ, "PYTHONPATH": str(tmp_path)}


@pytest.mark.thorough
def test_dropping_in_one_file_is_all_it_takes(
    dropped_in: tuple[str, dict[str, str]], root: Path, tmp_path: Path
) -> None:
    name, environment = dropped_in
    options = {"env": environment, "cwd": tmp_path}
    code = f"""
import sys, kerazoo
kerazoo.list_models()  # the package that is tested comes first, the tests are those of the checkout
sys.path.append({str(root)!r})
from tests.models import test_models
assert kerazoo.__file__.startswith({str(tmp_path)!r})
print({name!r} in kerazoo.list_models(), {name!r} in kerazoo.list_models("tabular"))
print(kerazoo.build_{name}().count_params(), {name!r} in test_models.MODELS)
sys.argv = ["kerazoo", "train", {name!r}, "--quiet", "--out", "model"]
from kerazoo.cli import main
main()
"""
    known, built, saved = run_python(code, **options).stdout.splitlines()
    assert (known, built, saved) == ("True True", "3 True", "saved to model")
    assert (tmp_path / "model" / "card.json").exists()
    assert name in run_fresh_kerazoo("list", **options).stdout
    assert "Build one unit" in run_fresh_kerazoo("show", name, **options).stdout


def test_unknown_names_suggest_the_nearest() -> None:
    with pytest.raises(
        kerazoo.UnknownName,
        match=r"'bostn'. Did you mean 'boston'\? Known: actor_critic, alexnet, autoencoder,",
    ):
        kerazoo.load_builder("bostn")
    with pytest.raises(kerazoo.UnknownName, match=r"'tunde'. Did you mean 'tuned'"):
        kerazoo.load_recipe("boston", "tunde")
    with pytest.raises(kerazoo.UnknownName, match=r"'tabluar'\. Did you mean 'tabular'"):
        kerazoo.list_models("tabluar")


def test_every_folder_of_the_package_is_found_by_setup_cfg(root: Path) -> None:
    """A folder without __init__.py would be missing from the wheel."""
    assert "packages = find:" in (root / "setup.cfg").read_text()
    for file in (root / "kerazoo").rglob("*.py"):
        assert (file.parent / "__init__.py").is_file(), file


def test_the_type_stub_is_up_to_date(root: Path) -> None:
    check = [sys.executable, str(root / "tools" / "stub.py"), "check"]
    result = subprocess.run(check, capture_output=True, text=True, cwd=root, check=False)
    assert result.returncode == 0, result.stderr


def test_the_check_of_the_stub_can_fail(root: Path) -> None:
    code = (
        "import sys; sys.path.insert(0, 'tools'); import stub; stub.STUB = stub.Path('setup.cfg')"
    )
    result = run_python(f"{code}; sys.argv = ['stub.py', 'check']; stub.main()", cwd=root)
    assert "run: python tools/stub.py" in result.stderr


def test_a_file_that_is_dropped_into_the_package_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "models" / "tabular").mkdir(parents=True)
    monkeypatch.setattr(_model_files, "_PACKAGE", tmp_path)
    before = _model_files.find_models()
    (tmp_path / "models" / "tabular" / "mine.py").touch()
    assert _model_files.find_models().keys() - before.keys() == {"mine"}
