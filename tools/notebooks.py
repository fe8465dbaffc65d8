"""The notebooks and lessons: `run` executes them and writes their outputs, `check` finds drift.

A notebook is written as `notebooks/<name>.py`, in the percent format of jupytext. What readers
open, `notebooks/<name>.ipynb`, is made from it here, outputs included, and never edited by hand.
A lesson is written twice, as `lessons/<name>.en.py` and `lessons/<name>.ko.py`. Its code is the
same in both but for texts and comments, and runs in less than a minute.

    python tools/notebooks.py run boston
    python tools/notebooks.py run optimizers
    python tools/notebooks.py check
"""

from __future__ import annotations

import ast
import base64
import io
import sys
import time
from collections.abc import Iterable
from pathlib import Path

import jupytext
import nbformat
from PIL import Image

ROOT = Path(__file__).parent.parent
FOLDERS = (ROOT / "notebooks", ROOT / "lessons")
LESSON_SECONDS = 60
LANGUAGES = ("en", "ko")
COLORS = 128  # of an image of a lesson, which is drawn with few
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
        notebook, timeout=600, resources={"metadata": {"path": path.parent}}, record_timing=False
    )
    client.execute()
    seconds = time.monotonic() - started
    if is_lesson(path):
        if seconds > LESSON_SECONDS:
            print(f"note: {path.name} took {seconds:.0f} s; a lesson has {LESSON_SECONDS}.")
        make_images_small(notebook)
    notebook.metadata = {"kernelspec": KERNEL, "language_info": {"name": "python"}}
    nbformat.write(notebook, path.with_suffix(".ipynb"))
    return seconds


def make_images_small(notebook: nbformat.NotebookNode) -> None:
    """Keep few colors of the images among the outputs, which takes a third of the bytes."""
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            if "image/png" in output.get("data", {}):
                image = Image.open(io.BytesIO(base64.b64decode(output.data["image/png"])))
                content = io.BytesIO()
                image.convert("RGB").quantize(COLORS, dither=Image.Dither.NONE).save(
                    content, "png", optimize=True
                )
                output.data["image/png"] = base64.b64encode(content.getvalue()).decode()


def is_lesson(path: Path) -> bool:
    """Tell whether a source is a lesson, in one of its languages."""
    return path.stem.endswith(tuple(f".{language}" for language in LANGUAGES))


def check(path: Path) -> str:
    """Return what is wrong with the notebook of one source; nothing if it is up to date."""
    made = path.with_suffix(".ipynb")
    advice = f"run: python tools/notebooks.py run {path.stem}"
    if not made.exists():
        return f"{made.name} does not exist; {advice}"
    if is_lesson(path) and (unlike := unlike_its_pair(path)):
        return unlike
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


def unlike_its_pair(path: Path) -> str:
    """Return where the code of a lesson differs from that in the other language; nothing if not."""
    name = path.stem.partition(".")[0]
    pair = [path.with_name(f"{name}.{language}.py") for language in LANGUAGES]
    if missing := [one.name for one in pair if not one.exists()]:
        return f"{missing[0]} does not exist; a lesson is in Korean and in English"
    cells = [read_source(one).cells for one in pair]
    if [cell.cell_type for cell in cells[0]] != [cell.cell_type for cell in cells[1]]:
        return f"{pair[0].name} and {pair[1].name} have other kinds of cells, or more of them"
    for number, (one, other) in enumerate(zip(*cells, strict=True)):
        if one.cell_type == "code" and without_texts(one.source) != without_texts(other.source):
            return f"the code of cell {number} of {pair[0].name} is not that of {pair[1].name}"
    return ""


def without_texts(code: str) -> str:
    """Return code as a tree, with all texts alike and no comments."""
    tree = ast.parse(code)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            node.value = ""
    return ast.dump(tree)


def sources(names: Iterable[str] = ()) -> list[Path]:
    """Return the sources of some notebooks and lessons, all by default."""
    everything = [path for folder in FOLDERS for path in sorted(folder.glob("*.py"))]
    names = list(names)
    known = {name for path in everything for name in (path.stem, path.stem.partition(".")[0])}
    if unknown := [name for name in names if name not in known]:
        raise SystemExit(f"there is no notebook or lesson {unknown[0]}")
    return [
        path
        for path in everything
        if not names
        or path.stem in names
        or (is_lesson(path) and path.stem.partition(".")[0] in names)
    ]


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
