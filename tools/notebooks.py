"""The notebooks: `run` executes them and writes their outputs, `check` finds drift.

A notebook is written as `notebooks/<name>.py`, in the percent format of jupytext. What readers
open, `notebooks/<name>.ipynb`, is made from it here, outputs included, and never edited by hand.

    python tools/notebooks.py run boston
    python tools/notebooks.py check
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable
from pathlib import Path

import jupytext
import nbformat

FOLDER = Path(__file__).parent.parent / "notebooks"
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}


def read_source(path: Path) -> nbformat.NotebookNode:
    """Return the notebook that a source describes, without outputs, the same every time."""
    notebook = jupytext.read(path)
    notebook.metadata = {"kernelspec": KERNEL, "language_info": {"name": "python"}}
    for number, cell in enumerate(notebook.cells):
        cell.id = f"cell-{number}"
        cell.metadata = {}
    return notebook


def run(path: Path) -> float:
    """Execute one source, write the notebook beside it, and return the seconds that it took."""
    from nbclient import NotebookClient

    notebook = read_source(path)
    started = time.monotonic()
    client = NotebookClient(
        notebook, timeout=600, resources={"metadata": {"path": FOLDER}}, record_timing=False
    )
    client.execute()
    notebook.metadata = {"kernelspec": KERNEL, "language_info": {"name": "python"}}
    nbformat.write(notebook, path.with_suffix(".ipynb"))
    return time.monotonic() - started


def check(path: Path) -> str:
    """Return what is wrong with the notebook of one source; nothing if it is up to date."""
    made = path.with_suffix(".ipynb")
    advice = f"run: python tools/notebooks.py run {path.stem}"
    if not made.exists():
        return f"{made.name} does not exist; {advice}"
    source, notebook = read_source(path), nbformat.read(made, as_version=4)
    if [(c.cell_type, c.source) for c in source.cells] != [
        (c.cell_type, c.source) for c in notebook.cells
    ]:
        return f"{made.name} differs from {path.name}; {advice}"
    for cell in notebook.cells:
        if cell.cell_type == "code":
            if cell.execution_count is None:
                return f"{made.name} has a cell that was not executed; {advice}"
            if any(output.output_type == "error" for output in cell.outputs):
                return f"{made.name} has an error among its outputs; {advice}"
    return ""


def sources(names: Iterable[str] = ()) -> list[Path]:
    """Return the sources of some notebooks, all by default."""
    return [FOLDER / f"{name}.py" for name in names] or sorted(FOLDER.glob("*.py"))


def main(command: str = "", *names: str) -> int:
    """Run or check notebooks; the exit status is 1 if one is not as it should be."""
    if command == "run":
        for path in sources(names):
            print(f"{path.stem}: {run(path):.0f} s", flush=True)
        return 0
    if command == "check":
        wrong = [message for message in map(check, sources(names)) if message]
        print("\n".join(wrong) or "every notebook is up to date")
        return int(bool(wrong))
    print(__doc__)
    return 2


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
