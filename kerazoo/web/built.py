"""The program of the pages: what `npm run build` makes of `web/`, inside the package."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from kerazoo.errors import KerazooError

FOLDER = Path(__file__).parent / "built"
PAGE = "index.html"
STYLE = "style.css"
PROGRAM = "app.js"
LOADER = "litert.js"
RUNTIME = "litert.wasm"
LICENSES = "licenses.txt"
FILES = (PAGE, STYLE, PROGRAM, LOADER, RUNTIME, LICENSES)
"""The files of a site."""
LIVE_PAGE = "live.html"
LIVE_FILES = (LIVE_PAGE, STYLE, "live.js")
"""The files of the page that shows a training."""
PLAY_PAGE = "play.html"
PLAY_FILES = (PLAY_PAGE, "play.js", "play.css", STYLE)
"""What the playground is made of, which needs a server and is in no site."""


def read_built(file: str) -> bytes:
    """Return the content of one of `FILES`, `LIVE_FILES` or `PLAY_FILES`.

    Raises:
        KerazooError: if the pages were not built, as in a checkout.
    """
    check_built((file,))
    return (FOLDER / file).read_bytes()


def check_built(files: Sequence[str] = FILES) -> None:
    """Raise if a file of the pages is not there.

    Args:
        files: those that are needed.

    Raises:
        KerazooError: if so; it says how to build them.
    """
    if any(not (FOLDER / file).is_file() for file in files):
        raise KerazooError(
            "the pages for the browser are not built. In a checkout, get npm (from nodejs.org) and "
            "run `npm --prefix web ci && npm --prefix web run build`."
        )
