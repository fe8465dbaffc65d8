"""The command line: `kerazoo list | show | train | evaluate | predict | generate | data | ...`."""

from __future__ import annotations

import importlib
import os
import sys
from typing import Annotated

import typer

from kerazoo import __version__
from kerazoo.cli.console import say
from kerazoo.errors import KerazooError

app = typer.Typer(
    name="kerazoo",
    help="The networks of a deep-learning course, trained and reproducible.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

# A module is imported for the command it defines, and imports Keras only when the command runs.
for _module in ("catalogue", "train", "serve", "generate"):
    importlib.import_module(f"kerazoo.cli.{_module}").register(app)


@app.callback()
def options(
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
) -> None:
    """The networks of a deep-learning course, trained and reproducible."""
    os.environ["KERAZOO_DEBUG"] = "1" if debug else ""


@app.command()
def version() -> None:
    """Print the version."""
    print(__version__)


def main() -> None:
    """Run the command line: exit 0 on success, 1 on an error, 2 on wrong usage."""
    try:
        app(prog_name="kerazoo", standalone_mode=False)
    except typer.TyperException as error:
        _fail_with_usage(error)
    except (typer.Abort, KeyboardInterrupt):
        _fail("interrupted.", 130)
    except (BrokenPipeError, SystemExit) as stop:
        # The reader went away, as `| head` does; nothing is left to say, nor anybody to say it to.
        # Typer makes an exit with 1 of it.
        if not any(isinstance(one, BrokenPipeError) for one in (stop, stop.__context__)):
            raise
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (KerazooError, OSError) as error:
        if os.environ.get("KERAZOO_DEBUG"):
            raise
        _fail(" ".join(str(error).split()), 1)


def _fail_with_usage(error: typer.TyperException) -> None:
    message = error.format_message().rstrip(".")
    if not message:  # a group without a command has printed its help already
        sys.exit(error.exit_code)
    context = getattr(error, "ctx", None)
    command = context.command_path if context else "kerazoo"
    _fail(f"{message}. See: {command} --help", error.exit_code)


def _fail(message: str, status: int) -> None:
    say(f"error: {message}")
    sys.exit(status)
