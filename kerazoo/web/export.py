"""A site as a folder for any static host, or as one HTML file that needs none."""

from __future__ import annotations

import base64
import gzip
import html
import os
from collections.abc import Iterator
from pathlib import Path

from kerazoo._files import part_folder, write_whole
from kerazoo.errors import KerazooError, WrongUsage
from kerazoo.saved.reading import Location
from kerazoo.web import built
from kerazoo.web.site import LIST, Site, open_site

_ENDINGS = (".html", ".htm")


def export_web(model: Location, output: str | os.PathLike[str], *, force: bool = False) -> Path:
    """Write a page that answers in a browser, without a server and without the internet.

    Args:
        model: an installed model, or the directory of a saved one.
        output: the folder to make, for any static host; or a file that ends in `.html`, which
            holds everything and opens with a double click.
        force: whether to replace an older export that is there already.

    Returns:
        The path of what was written.

    Raises:
        UnknownName: if there is no such model.
        KerazooError: if the output exists and `force` is not set, or is no such export; if the
            network cannot run in a browser; or if the pages were not built. Nothing is left then.

    Example:
        >>> import tempfile
        >>> folder = Path(tempfile.mkdtemp())
        >>> export_web("xor", folder / "xor.html").name  # doctest: +SKIP
        'xor.html'
    """
    path = Path(output).absolute()
    is_file = path.suffix.lower() in _ENDINGS
    _check_output(path, is_file, force=force)
    site = open_site([model])
    if is_file:
        write_whole(path, one_file(site))
        return path
    with part_folder(path) as scratch:
        staged = scratch / path.name
        for name in site.paths():
            target = staged / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(site.read(name))
        if path.is_dir():  # which nothing replaces in one step; it goes with the scratch folder
            path.rename(scratch / "older")
        os.replace(staged, path)
    return path


def one_file(site: Site) -> bytes:
    """Return the page of a site with every other file inside it.

    Files are compressed, since base64 makes them a third larger. They come after what the page says
    while it loads, and before its program: of half a file, a reader sees that it is incomplete.
    """
    page = site.read(built.PAGE)
    style = site.read(built.STYLE).decode()
    page = page.replace(
        b'<link rel="stylesheet" href="style.css">', f"<style>\n{style}</style>".encode()
    )
    program = site.read(built.PROGRAM).decode().replace("</script", "<\\/script")
    mark = b'<script src="app.js"></script>'
    return page.replace(
        mark, b"".join(_inlined(site)) + f"<script>\n{program}</script>".encode(), 1
    )


def _inlined(site: Site) -> Iterator[bytes]:
    for name in site.paths():
        if name in (built.PAGE, built.STYLE, built.PROGRAM):
            continue
        packed = base64.b64encode(gzip.compress(site.read(name), mtime=0))
        mark = html.escape(name, quote=True).encode()
        yield b'<script type="application/gzip" data-file="%s">%s</script>\n' % (mark, packed)


def _check_output(path: Path, is_file: bool, *, force: bool) -> None:
    if not path.parent.is_dir():
        raise KerazooError(f"{path.parent} does not exist; make this folder, or choose another.")
    if not is_file and path.suffix in (".tflite", ".onnx", ".keras"):
        raise WrongUsage(
            f"{path.name!r} is the name of another kind of file. For the web, give a folder, or a "
            "name that ends in .html."
        )
    if not os.path.lexists(path):
        return
    if not force:
        raise KerazooError(
            f"{path} exists already. Choose another name, or pass force=True (--force) to replace "
            "it."
        )
    is_ours = path.is_file() if is_file else (path / LIST).is_file()
    if not is_ours:
        raise KerazooError(f"{path} is no web export to replace; choose another path.")
