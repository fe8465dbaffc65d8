"""`kerazoo list`: the networks, a line each."""

from __future__ import annotations

import inspect
from typing import Annotated

import typer

from kerazoo import registry
from kerazoo.cli._console import wrap_named
from kerazoo.cli._language import is_korean, said
from kerazoo.errors import KerazooError


def list_command(
    family: Annotated[str | None, typer.Option(help="Only one family of networks.")] = None,
) -> None:
    """List the networks with one line each."""
    names = registry.list_models(family)
    width = max(map(len, names), default=0) + 2
    for name in names:
        print(wrap_named(name, _summary(name), width))


def _summary(name: str) -> str:
    try:
        text = inspect.getdoc(registry.load_module(name)) or ""
    except KerazooError as error:  # one file of the user's must not hide the other networks
        return f"cannot be used: {error}"
    if is_korean():
        return said(registry.describe_network(name))
    return text.partition("\n")[0].removeprefix(f"{name}: ")
