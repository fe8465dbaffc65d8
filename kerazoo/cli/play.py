"""`kerazoo play`: a small network that trains while one looks."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kerazoo._machine import quiet_libraries, warnings_as_lines
from kerazoo.cli._arguments import DataDir, number, use_data_dir
from kerazoo.cli._browser import show_until_stopped
from kerazoo.cli._console import say
from kerazoo.errors import WrongUsage
from kerazoo.runtimes.xla_cache import keeping_programs

_LONGEST_LINE = 10_000


def play(
    context: typer.Context,
    file: Annotated[
        Path | None,
        typer.Argument(
            metavar="FILE",
            help="A table of your own, CSV or Parquet; points drawn here and tables of the course "
            "can be chosen, too.",
            show_default=False,
        ),
    ] = None,
    target: Annotated[
        str | None,
        typer.Option(
            metavar="COLUMN", help="The column of FILE that is predicted.", show_default=False
        ),
    ] = None,
    drop: Annotated[
        str | None,
        typer.Option(
            metavar="COLUMNS",
            help="Columns of FILE to leave out, with commas between.",
            show_default=False,
        ),
    ] = None,
    port: Annotated[
        int,
        typer.Option(parser=number(0, 65535), metavar="N", help="The port; 0 takes a free one."),
    ] = 0,
    no_browser: Annotated[
        bool, typer.Option("--no-browser", help="Only print the address.")
    ] = False,
    data_dir: DataDir = None,
) -> None:
    """Change a small network in a browser while it trains, and see what that does.

    Choose layers, activation, optimizer, rate, penalties, noise; see its answers, losses, weights
    and gradients change, and take the Python code that does the same. It listens to this machine
    alone, and trains while a page looks. Ctrl-C ends it.
    """
    if file is None and (target or drop):
        raise WrongUsage("--target and --drop are of a table: kerazoo play FILE --target COLUMN.")
    context.with_resource(keeping_programs(say))  # before TensorFlow is imported
    use_data_dir(data_dir)
    from kerazoo.playground.script import Own
    from kerazoo.playground.session import Session
    from kerazoo.web.built import PLAY_FILES, check_built
    from kerazoo.web.events import Publisher
    from kerazoo.web.loopback import address_of
    from kerazoo.web.playground import make_playground

    check_built(PLAY_FILES)
    own = None
    if file is not None:
        dropped = tuple(one.strip() for one in (drop or "").split(",") if one.strip())
        own = Own(str(file.absolute()), target or _ask_for_target(file), dropped)
    publisher = Publisher()
    with warnings_as_lines(say):
        session = Session(publisher.publish, lambda: publisher.listeners > 0, own)
    server = make_playground(session, publisher, port)
    with quiet_libraries():
        session.start()
        show_until_stopped(server, address_of(server), opens=not no_browser)
        session.close()
        publisher.close()


def _ask_for_target(file: Path) -> str:
    """Say which columns there are, one of which has to be named."""
    names = "its columns"
    if _has_few_columns(file):
        from kerazoo.datasets.reading.table import list_columns  # imports pandas

        names = ", ".join(list_columns(str(file)))
    raise WrongUsage(f"say which column is predicted: add --target COLUMN, one of {names}.")


def _has_few_columns(file: Path) -> bool:
    """Tell whether the first line is one that somebody would read."""
    try:
        with file.open("rb") as opened:
            return len(opened.readline(_LONGEST_LINE + 1)) <= _LONGEST_LINE
    except OSError:
        return True  # which is said when it is read
