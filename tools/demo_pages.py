"""The pages of `kerazoo demo` inside the documentation; a part of the hook `site.py`.

All networks share one folder of the site, `demo/`, whose files are those of an export for the web.
A network's page frames its page of that folder. A closed frame loads nothing, so that a reader who
does not open it is sent no network.
"""

from __future__ import annotations

from collections.abc import Iterator

from kerazoo.cli.demo import installed_models
from kerazoo.errors import KerazooError
from kerazoo.web import Site, built, open_site

FOLDER = "demo"
# Browsers draw nothing in closed details, and load a lazy frame when they draw it.
_FRAME = """\
<details class="abstract">
<summary>Run {name} in this page</summary>
<p>Your browser computes the answers; nothing that you type, draw or drop is sent anywhere.
<a href="{address}">The same in a page of its own</a>.</p>
<iframe src="{address}" title="{name}, answering in this page" loading="lazy"
style="width: 100%; height: 85vh; border: 0; resize: vertical"></iframe>
</details>"""


def why_not() -> str:
    """Say in one line why the site has no pages that run networks; `""` if it has."""
    try:
        built.check_built()
    except KerazooError as error:
        return f"no network's page runs its network: {error}"
    return ""


def demo_files() -> Iterator[tuple[str, bytes]]:
    """Give every file of the folder, by its path on the site; none if the pages are not built."""
    if why_not():
        return
    site: Site = open_site(installed_models())
    for path in site.paths():
        yield f"{FOLDER}/{path}", site.read(path)


def run_in_page(name: str) -> Iterator[str]:
    """Give the part of a network's page that runs the network."""
    if name not in installed_models():
        return
    yield "## In your browser"
    if not why_not():  # an address that works below any path of a host, and from a folder
        yield _FRAME.format(name=name, address=f"../../{FOLDER}/index.html#{name}")
    yield f"On your machine: `kerazoo demo {name}`."
