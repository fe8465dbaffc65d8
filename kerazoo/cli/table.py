"""`kerazoo table`: the recorded results as Markdown."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kerazoo.cli import _console as console
from kerazoo.report import tables as report


def table(
    results: Annotated[Path | None, typer.Option(help="Folder of the result files.")] = None,
    write: Annotated[
        list[Path] | None,
        typer.Option(help="Put this table and the benchmarks' into a README; may be repeated."),
    ] = None,
) -> None:
    """Print the table of recorded results as Markdown."""
    if not write:
        print(report.markdown_table(report.result_rows(results)))
        return
    for readme in write:
        changed = report.render_readme(readme)
        console.say(f"{readme}: {'updated' if changed else 'already up to date'}")
