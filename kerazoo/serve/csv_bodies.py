"""Bodies of CSV, read with the checks and the words of `kerazoo predict MODEL FILE.csv`."""

from __future__ import annotations

import contextlib
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from kerazoo._machine import warnings_as_lines
from kerazoo._wording import counted
from kerazoo.datasets.about import Ratings, Texts
from kerazoo.errors import InvalidInput
from kerazoo.predict.sources import Batch, Note, read_source
from kerazoo.predict.tables import Carried
from kerazoo.serve.limits import Limits
from kerazoo.serve.models import Model
from kerazoo.serve.problems import Problem

WARNINGS = threading.Lock()
"""Held by what changes for a moment what warnings do, in the whole process."""

_CALLED = "the body"
_PACKED = (b"\x1f\x8b", b"BZh", b"\xfd7zXZ\0")  # gzip, bzip2, xz: some bytes become gigabytes


@contextlib.contextmanager
def as_file(body: bytes, note: Note) -> Iterator[tuple[str, Note]]:
    """Lend the name of a file that holds a body; errors call it "the body".

    Args:
        body: CSV.
        note: told what a person should know.

    Yields:
        The path, and what is told instead of `note`.

    Raises:
        Problem: if it is packed.
        InvalidInput: what is raised meanwhile.
    """
    if body.startswith(_PACKED):
        raise Problem("malformed", "the body is packed; send CSV as text.")
    with tempfile.TemporaryDirectory(prefix="kerazoo-") as folder:
        path = Path(folder) / "body.csv"
        path.write_bytes(body)

        def renamed(text: str) -> str:
            return text.replace(str(path), _CALLED).replace(folder, "")

        try:
            yield str(path), lambda text: note(renamed(text))
        except InvalidInput as error:
            raise InvalidInput(renamed(str(error))) from error


def read_csv_rows(
    body: bytes, model: Model, limits: Limits, note: Note
) -> tuple[np.ndarray, Carried]:
    """Return the rows of a body as the network takes them, and what goes along with the answers.

    Args:
        body: CSV with a header.
        model: what is asked.
        limits: how many rows there may be.
        note: told what a person should know.

    Raises:
        Problem: if it is packed, or has more rows.
        InvalidInput: if it is not what the network takes.
    """
    refuse_many_lines(body, limits)
    found: list[Batch] = []
    with as_file(body, note) as (path, say), _lines_of_warnings(model, say):
        found += read_source(path, model.card, note=say)
    names = found[0].carried
    carried = {name: [cell for one in found for cell in one.carried[name]] for name in names}
    return np.concatenate([one.rows for one in found]), carried


def refuse_many_lines(body: bytes, limits: Limits) -> None:
    """Refuse a body that has more lines than rows are taken, before it is read.

    Raises:
        Problem: if it has.
    """
    if body.count(b"\n") > limits.rows + 1:
        raise Problem(
            "too-large",
            f"the body has more than {counted(limits.rows, 'row')}, which the server takes at "
            "once. Send several requests.",
        )


@contextlib.contextmanager
def _lines_of_warnings(model: Model, say: Note) -> Iterator[None]:
    """Hand on what only a warning says of a table: the readers of most tables are told whom."""
    if not isinstance(model.card.about, Ratings | Texts):
        yield
        return
    with WARNINGS, warnings_as_lines(say):
        yield
