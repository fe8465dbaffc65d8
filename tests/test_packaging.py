"""A wheel and an editable install find the bundled data and the saved models."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import kerazoo

pytestmark = pytest.mark.thorough

FIND = """
import kerazoo, sys
from kerazoo.report.results import Results
from kerazoo.saved import locate_model
assert {where!r} in kerazoo.__file__, kerazoo.__file__
print(len(kerazoo.load_dataset("boston").train.x), end=" ")
print(all(locate_model(n).is_dir() for n in kerazoo.list_models()), end=" ")
print(all(Results.load(n) for n in kerazoo.list_models()))
"""


@pytest.fixture(scope="module")
def wheel(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    files = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=root, capture_output=True, check=True
    )
    for name in files.stdout.decode().splitlines():
        if (root / name).is_file():
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            (source / name).write_bytes((root / name).read_bytes())
    command = [sys.executable, "-m", "build", "--wheel", "--outdir", str(folder), str(source)]
    built = subprocess.run(command, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stdout + built.stderr
    return next(folder.glob("*.whl"))


def test_wheel_holds_data_models_results_and_types(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {"kerazoo/py.typed", "kerazoo/__init__.pyi"} <= names
    assert "kerazoo/datasets/files/boston_house_prices.csv.xz" in names
    for name in kerazoo.list_models():
        assert f"kerazoo/results/{name}.json" in names
        for file in ("model.keras", "model.tflite", "card.json"):
            assert f"kerazoo/saved_models/{name}/{file}" in names


def test_installed_wheel_finds_everything(wheel: Path, tmp_path: Path) -> None:
    zipfile.ZipFile(wheel).extractall(tmp_path / "site")
    code = FIND.format(where=str(tmp_path / "site"))
    result = subprocess.run(
        [
            sys.executable,
            "-c",
            f"import sys; sys.path.insert(0, {str(tmp_path / 'site')!r})\n{code}",
        ],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        check=False,
    )
    assert result.stdout == "303 True True\n", result.stderr


def test_checkout_finds_everything(root: Path, tmp_path: Path) -> None:
    result = subprocess.run(
        [sys.executable, "-c", FIND.format(where="kerazoo")],
        capture_output=True,
        text=True,
        cwd=root,
        check=False,
    )
    assert result.stdout == "303 True True\n", result.stderr
