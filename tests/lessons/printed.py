"""What an executed lesson has printed."""

from __future__ import annotations

import nbformat

from tests.conftest import ROOT


def printed_by(name: str) -> str:
    """Return the text among the outputs of a lesson, in English."""
    notebook = nbformat.read(ROOT / "lessons" / f"{name}.en.ipynb", as_version=4)
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", ())]
    return "\n".join(
        output.get("text") or output.data.get("text/markdown") or output.data.get("text/plain", "")
        for output in outputs
    )
