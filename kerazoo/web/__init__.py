"""Saved models in a browser: pages that answer without a server, and without the internet.

In reading order: `site.py` names every file of a site and makes its content; `page_card.py` says
what a page must know of a network; `built.py` finds the program of the pages, which `web/` at the
top of the repository is built into; `export.py` writes a site to a folder, or into one HTML file;
`server.py` shows it on this machine, and `loopback.py` lets nobody else ask. `events.py` tells
pages what happens meanwhile. `live.py` is what a page knows of a training, `live_epochs.py` the
callback that tells it, and `live_server.py` shows it while the training runs. `playground.py` lets
pages see a training, and change it.
"""

from kerazoo.web.export import export_web
from kerazoo.web.site import Site, open_site

__all__ = ["Site", "export_web", "open_site"]
