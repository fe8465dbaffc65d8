"""`kerazoo table`: the recorded results as Markdown."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kerazoo.cli._console import say
from kerazoo.report.pages import render_pages
from kerazoo.report.tables import results_table


def table(
    results: Annotated[Path | None, typer.Option(help="Folder of the result files.")] = None,
    write: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="PATH",
            help="Bring the tables of a Markdown file up to date, or of all pages of a checkout; "
            "may be repeated.",
        ),
    ] = None,
) -> None:
    """Print the table of recorded results as Markdown, or write tables into pages."""
    if not write:
        print(results_table(results).markdown())
        return
    for page, changed in render_pages(*write, results=results).items():
        say(f"{page}: {'updated' if changed else 'already up to date'}")
