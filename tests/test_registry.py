"""A model is a file: dropping one in is all it takes."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import run_kerazoo, run_python

import kerazoo
from kerazoo import registry

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
def dropped_in() -> Iterator[str]:
    name = "dropped_in_by_a_test"
    path = Path(registry.__file__).parent / "models" / "tabular" / f"{name}.py"
    path.write_text(NEW_FILE.format(name=name))
    importlib.invalidate_caches()
    try:
        yield name
    finally:
        path.unlink()
        sys.modules.pop(f"kerazoo.models.tabular.{name}", None)


def test_dropping_in_one_file_is_all_it_takes(dropped_in: str, tmp_path: Path) -> None:
    assert dropped_in in kerazoo.list_models()
    assert dropped_in in kerazoo.list_models("tabular")
    assert getattr(kerazoo, f"build_{dropped_in}")().count_params() == 3
    assert dropped_in in run_kerazoo("list").stdout
    assert "Build one unit" in run_kerazoo("show", dropped_in).stdout
    trained = run_kerazoo("train", dropped_in, "--out", tmp_path / "model")
    assert trained.returncode == 0, trained.stderr
    code = "import sys; sys.path.insert(0, 'tests'); import test_models; print(test_models.MODELS)"
    assert dropped_in in run_python(code, cwd=Path(__file__).parent.parent).stdout


def test_unknown_names_suggest_the_nearest() -> None:
    with pytest.raises(
        kerazoo.UnknownName, match=r"'bostn'. Did you mean 'boston'\? Known: boston,"
    ):
        kerazoo.load_builder("bostn")
    with pytest.raises(kerazoo.UnknownName, match=r"'tunde'. Did you mean 'tuned'"):
        kerazoo.load_recipe("boston", "tunde")
    with pytest.raises(kerazoo.UnknownName, match=r"'tabluar'\. Did you mean 'tabular'"):
        kerazoo.list_models("tabluar")


def test_setup_cfg_lists_every_package(root: Path) -> None:
    """A new family is a new folder; without this it would be missing from the wheel."""
    listed = (root / "setup.cfg").read_text().split("packages =")[1].split("package_dir")[0].split()
    folders = {
        ".".join(init.parent.relative_to(root).parts)
        for init in root.glob("kerazoo/**/__init__.py")
    }
    assert folders | {"kerazoo.saved_models", "kerazoo.results"} == set(listed)


def test_type_stub_lists_every_public_name(root: Path) -> None:
    stub = (root / "kerazoo" / "__init__.pyi").read_text()
    for name in kerazoo.list_models():
        assert f"import build_{name} as build_{name}" in stub
    for name in kerazoo._PUBLIC:
        assert f"import {name} as {name}" in stub
