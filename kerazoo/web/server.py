"""A site on this machine: a small server of files that only this machine can ask."""

from __future__ import annotations

import mimetypes
from http import HTTPStatus
from http.server import ThreadingHTTPServer
from typing import ClassVar

from kerazoo.errors import KerazooError, UnknownName
from kerazoo.web.built import PAGE
from kerazoo.web.loopback import TYPES, LoopbackHandler, address_of, listen_here
from kerazoo.web.site import Site

__all__ = ["address_of", "make_server"]


class _Handler(LoopbackHandler):
    site: ClassVar[Site]

    def answer(self, path: str) -> None:
        path = path or PAGE
        try:
            content = self.site.read(path)
        except UnknownName as error:
            self.send_problem(HTTPStatus.NOT_FOUND, str(error))
        except (KerazooError, OSError) as error:
            self.send_problem(HTTPStatus.INTERNAL_SERVER_ERROR, str(error))
        else:
            kind = TYPES.get("." + path.rpartition(".")[2]) or mimetypes.guess_type(path)[0]
            self.send(HTTPStatus.OK, content, kind)


def make_server(site: Site, port: int = 0) -> ThreadingHTTPServer:
    """Return a server that listens, and answers once `serve_forever()` is called.

    Args:
        site: what to show.
        port: 0 takes a free one.

    Raises:
        KerazooError: if somebody else has the port.
    """
    return listen_here(type("Handler", (_Handler,), {"site": site}), port)
