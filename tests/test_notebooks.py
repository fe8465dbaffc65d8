"""Every network has a notebook that was executed and is what its source says.

Continuous integration executes them all; here they are only read.
"""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest

import kerazoo

nbformat = pytest.importorskip("nbformat", reason="needs pip install 'kerazoo[test]'")
pytest.importorskip("jupytext", reason="needs pip install 'kerazoo[test]'")

SOURCES = sorted((Path(__file__).parent.parent / "notebooks").glob("*.py"))


def load_tool(root: Path):
    spec = importlib.util.spec_from_file_location("notebooks_tool", root / "tools" / "notebooks.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_network_has_a_notebook_and_the_reverse() -> None:
    own = [path.stem for path in SOURCES if path.stem.startswith("own_")]  # data of one's own
    assert sorted([*kerazoo.list_models(), *own]) == [path.stem for path in SOURCES]
    assert own


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_notebook_is_made_from_its_source(root: Path, path: Path) -> None:
    assert load_tool(root).check(path) == ""


def test_drift_is_found(root: Path, tmp_path: Path) -> None:
    tool = load_tool(root)
    for suffix in (".py", ".ipynb"):
        content = (root / "notebooks" / f"xor{suffix}").read_text(encoding="utf-8")
        (tmp_path / f"xor{suffix}").write_text(content, encoding="utf-8")
    source = tmp_path / "xor.py"
    assert tool.check(source) == ""
    source.write_text(source.read_text() + "\n# %%\nprint(1)\n")
    assert "differs from xor.py" in tool.check(source)
    (tmp_path / "xor.ipynb").unlink()
    assert "does not exist" in tool.check(source)


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_cells_hold_no_loops_and_no_plotting_code(path: Path) -> None:
    code = path.read_text(encoding="utf-8")
    assert not re.search(r"^\s*(for|while) ", code, re.MULTILINE)
    assert "matplotlib" not in code


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_outputs_show_tables_and_images_and_no_chatter(path: Path) -> None:
    notebook = nbformat.read(path.with_suffix(".ipynb"), as_version=4)
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", ())]
    kinds = [kind for output in outputs for kind in output.get("data", {})]
    assert "text/markdown" in kinds
    assert kinds.count("image/png") >= 3
    streams = [output for output in outputs if output.output_type == "stream"]
    assert [output.text for output in streams if output.name == "stderr"] == []
    assert path.with_suffix(".ipynb").stat().st_size < 2**21
