"""The command line: one command, one file.

`_commands.py` imports a command's file when it is asked for, `_options.py` gives commands the
options of a network's task, `_console.py` what they share. Keras is imported only when a command
runs that needs it.
"""

from __future__ import annotations

import contextlib
import errno
import io
import os
import sys
from typing import Annotated, Any

import typer

from kerazoo import __version__
from kerazoo._files import own_temporary_files
from kerazoo.cli._commands import Commands, CommandsInFiles
from kerazoo.cli._console import say
from kerazoo.cli._language import Language, choose_language
from kerazoo.errors import Interrupted, KerazooError, UnknownName, UnknownWord, WrongUsage
from kerazoo.runtimes.start import import_lean

_INTERRUPTED = 130
_BACKENDS = ("tensorflow", "jax", "torch", "numpy", "openvino")

_NAMES = (
    *("list", "show", "train", "search", "rate", "evaluate", "calibrate", "check", "compare"),
    *("predict", "dependence", "nearest", "backtest", "generate", "stylize", "export", "serve"),
    *("demo", "play", "push", "pull", "record", "table", "doctor", "version", "data", "lesson"),
)
"""All commands, each a file, in the order of the help."""


class _Kerazoo(Commands):
    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        self.commands = CommandsInFiles(_NAMES, self.commands)


app = typer.Typer(
    name="kerazoo",
    cls=_Kerazoo,
    help="The networks of a deep-learning course, trained and reproducible.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(is_asked: bool) -> None:
    if is_asked:
        print(__version__)
        raise typer.Exit


@app.callback()
def options(
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
    version: Annotated[
        bool,
        typer.Option(
            "--version", help="Print the version.", callback=_print_version, is_eager=True
        ),
    ] = False,
    language: Annotated[
        Language,
        typer.Option(
            "--lang",
            envvar="KERAZOO_LANG",
            show_envvar=False,
            help="Language of list, show and of what a training comes to: en or ko.",
        ),
    ] = "en",
) -> None:
    """The networks of a deep-learning course, trained and reproducible.

    Exit status: 0 done, 1 failed, 2 wrong usage, 130 interrupted.
    """
    os.environ["KERAZOO_DEBUG"] = "1" if debug else ""
    choose_language(language)


def main() -> None:
    """Run the command line: exit 0 when done, 1 if it failed, 2 on wrong usage, 130 on Ctrl-C."""
    _open_streams()
    backend = os.environ.get("KERAS_BACKEND", "tensorflow")
    if backend not in _BACKENDS:
        _fail(f"KERAS_BACKEND is {backend!r}; expected one of {', '.join(_BACKENDS)}.", 1)
    import_lean()
    try:
        _run()
    except Exception as error:
        # Ctrl-C in a C++ library that is being imported comes out as another error.
        if not isinstance(error, KerazooError) and _is_interrupt(error):
            _fail("interrupted.", _INTERRUPTED)
        if os.environ.get("KERAZOO_DEBUG"):
            raise
        if isinstance(error, OSError):
            _drop_output()
        _fail(_describe(error), _status_of(error))


def _run() -> None:
    try:
        with own_temporary_files():
            status = app(prog_name="kerazoo", standalone_mode=False)
        sys.stdout.flush()  # which finds a full disk while it can still be said
    except typer.TyperException as error:
        _fail_with_usage(error)
    except (typer.Abort, KeyboardInterrupt):
        _fail("interrupted.", _INTERRUPTED)
    except (BrokenPipeError, SystemExit) as stop:
        # The reader went away, as `| head` does, of which Typer makes an exit with 1: exit quietly.
        if not any(isinstance(one, BrokenPipeError) for one in (stop, stop.__context__)):
            raise
        _drop_output()
    else:
        # Typer makes a return value of an exit: 130 of Ctrl-C.
        if status == _INTERRUPTED:
            _fail("interrupted.", _INTERRUPTED)
        if status:
            sys.exit(status)


def _open_streams() -> None:
    """Let standard streams take what is printed, and nothing else be opened in place of one."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest number that is free
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w")  # noqa: SIM115 (open to the end of the process)
    if sys.stdout is None:
        _fail("standard output is closed. Send it to a file, or to /dev/null.", 1)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a terminal may know fewer letters than we use
            stream.reconfigure(errors="backslashreplace")


def _drop_output() -> None:
    """Lose what is still to be printed: Python tries it again at the end, and exits with 120."""
    with contextlib.suppress(OSError, ValueError):  # a test runner's has no number
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _is_interrupt(error: BaseException | None) -> bool:
    while error is not None and not isinstance(error, KeyboardInterrupt):
        error = error.__cause__ or error.__context__
    return error is not None


def _describe(error: Exception) -> str:
    """Say in a line what went wrong."""
    try:
        os.getcwd()
    except OSError:
        return "the working directory does not exist any more. Change to another one."
    text = " ".join(str(error).split())
    if isinstance(error, KerazooError):
        return text
    if not isinstance(error, OSError):
        return _describe_unexpected(error, text)
    if error.errno == errno.ENOSPC and error.filename is None:
        return "nothing more can be written: the disk is full. Make room, or write elsewhere."
    if error.strerror and error.filename:
        return f"{os.fspath(error.filename)}: {error.strerror}."
    return text


def _describe_unexpected(error: Exception, text: str) -> str:
    if isinstance(error, ModuleNotFoundError) and not str(error.name).startswith("kerazoo"):
        return f"{error.name} is not installed, and this needs it. Install kerazoo again."
    return (
        f"{type(error).__name__}: {text}. This is a mistake of kerazoo's; kerazoo --debug ... "
        "shows where."
    )


def _status_of(error: Exception) -> int:
    if isinstance(error, Interrupted):
        return _INTERRUPTED
    is_usage = isinstance(error, WrongUsage | UnknownName) and not isinstance(error, UnknownWord)
    return 2 if is_usage else 1


def _fail_with_usage(error: typer.TyperException) -> None:
    message = error.format_message().rstrip(".").replace("Value error, ", "")
    if not message:  # a group without a command has printed its help already
        sys.exit(error.exit_code)
    context = getattr(error, "ctx", None)
    command = context.command_path if context else "kerazoo"
    end = "" if message.endswith("?") else "."
    _fail(f"{message}{end} See: {command} --help", error.exit_code)


def _fail(message: str, status: int) -> None:
    say(f"error: {message}")
    sys.exit(status)
