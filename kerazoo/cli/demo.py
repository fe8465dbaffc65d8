"""`kerazoo demo`: networks in a browser, from files on this machine."""

from __future__ import annotations

import contextlib
from typing import Annotated

import typer

from kerazoo.cli._arguments import number
from kerazoo.cli._browser import show_until_stopped
from kerazoo.errors import KerazooError
from kerazoo.registry import list_models


def demo(
    models: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[MODEL]...",
            help="Installed models, or directories of saved ones.",
            show_default="all installed ones",
        ),
    ] = None,
    port: Annotated[
        int,
        typer.Option(parser=number(0, 65535), metavar="N", help="The port; 0 takes a free one."),
    ] = 0,
    no_browser: Annotated[
        bool, typer.Option("--no-browser", help="Only print the address.")
    ] = False,
) -> None:
    """Show networks in a browser: move sliders, draw, drop images, and see what they answer.

    The pages compute the answers themselves; nothing leaves this machine, and nothing is fetched
    from elsewhere. Ctrl-C ends it.
    """
    from kerazoo.web import open_site
    from kerazoo.web.server import address_of, make_server

    server = make_server(open_site(models or installed_models()), port)
    show_until_stopped(server, address_of(server), opens=not no_browser)


def installed_models() -> list[str]:
    """Return the networks that there is a saved model of; a file of the user's may have none."""
    from kerazoo.saved.reading import locate_model

    found = []
    for name in list_models():
        with contextlib.suppress(KerazooError):
            locate_model(name)
            found.append(name)
    return found
