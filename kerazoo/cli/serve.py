"""`kerazoo serve`: saved models over HTTP, and in a browser."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from kerazoo.cli._arguments import number
from kerazoo.cli._console import say
from kerazoo.errors import WrongUsage

_TOKEN = "KERAZOO_SERVE_TOKEN"
_MEGABYTE = 2**20


def serve(
    models: Annotated[
        list[str],
        typer.Argument(
            metavar="MODEL...",
            help="Installed models, or directories of saved ones; NAME=DIRECTORY gives another "
            "name.",
        ),
    ],
    host: Annotated[
        str, typer.Option(metavar="ADDRESS", help="Where to listen; 0.0.0.0 is everywhere.")
    ] = "127.0.0.1",
    port: Annotated[
        int,
        typer.Option(parser=number(0, 65535), metavar="N", help="The port; 0 takes a free one."),
    ] = 8000,
    token_file: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="A file with the token that requests must show.",
            show_default=f"what {_TOKEN} holds",
        ),
    ] = None,
    max_megabytes: Annotated[
        int, typer.Option(parser=number(1, 1024), metavar="N", help="Length of a request, at most.")
    ] = 8,
    max_rows: Annotated[
        int,
        typer.Option(parser=number(1, 1_000_000), metavar="N", help="Rows of a request, at most."),
    ] = 10_000,
    max_requests: Annotated[
        int,
        typer.Option(
            parser=number(1, 100_000), metavar="N", help="Requests that may wait at one time."
        ),
    ] = 256,
    timeout: Annotated[
        int, typer.Option(parser=number(1, 3600), metavar="N", help="Seconds for an answer.")
    ] = 30,
    quiet: Annotated[bool, typer.Option("--quiet", help="Write no line for each request.")] = False,
) -> None:
    """Answer requests over HTTP with saved models, and draw a page to ask them in a browser.

    POST /v1/models/NAME:predict takes rows, images, texts or a series as JSON, images and texts
    also as they are; :explain says why. /openapi.json describes it, /healthz and /metrics are for
    machines. It listens to this machine alone unless --host says otherwise, and reads a model again
    when its folder is replaced. SIGTERM lets it finish what it is answering.
    """
    from kerazoo.serve import Limits, read_token
    from kerazoo.serve import serve as run

    token = read_token(token_file) if token_file else os.environ.get(_TOKEN) or None
    if token is not None and (not token.isascii() or not token.isprintable()):
        raise WrongUsage(f"{_TOKEN} is no token; expected letters and digits.")
    limits = Limits(
        body_bytes=max_megabytes * _MEGABYTE,
        rows=max_rows,
        requests=max_requests,
        seconds=float(timeout),
    )
    run(
        models,
        host=host,
        port=port,
        token=token,
        limits=limits,
        with_log=not quiet,
        ready=lambda address: print(address, flush=True),
        note=say,
    )
