"""The page of a training, on this machine, for as long as the training takes."""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path
from typing import ClassVar

from kerazoo.errors import Interrupted, KerazooError
from kerazoo.saved.storage import HISTORY_FILE
from kerazoo.web import built
from kerazoo.web.events import send_events
from kerazoo.web.live import Epoch, LiveTraining
from kerazoo.web.loopback import TYPES, LoopbackHandler, address_of, listen_here

EVENTS = "events"
_GOODBYE_SECONDS = 2.0  # that the end of a training waits for pages to hear of it


class _Handler(LoopbackHandler):
    live: ClassVar[LiveTraining]

    def answer(self, path: str) -> None:
        path = path or built.LIVE_PAGE
        if path == EVENTS and self.command == "GET":
            self.live.refresh()
            send_events(self, self.live.publisher)
        elif path in built.LIVE_FILES:
            kind = TYPES["." + path.rpartition(".")[2]]
            self.send(HTTPStatus.OK, built.read_built(path), kind)
        else:
            self.send_problem(HTTPStatus.NOT_FOUND, f"there is no file {path!r} here.")


@contextlib.contextmanager
def live_page(live: LiveTraining, port: int = 0) -> Iterator[str]:
    """Serve the page of a training while the block runs.

    Args:
        live: what it shows. It ends with the block, as that has ended.
        port: 0 takes a free one.

    Yields:
        The address.

    Raises:
        KerazooError: if the pages were not built, or somebody else has the port.
    """
    built.check_built(built.LIVE_FILES)
    server = listen_here(type("Handler", (_Handler,), {"live": live}), port)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield address_of(server)
    except (Interrupted, KeyboardInterrupt):
        live.end("interrupted")
        raise
    except BaseException as error:
        live.end("failed", str(error) if isinstance(error, KerazooError) else type(error).__name__)
        raise
    else:
        live.end("finished")
    finally:
        end = time.monotonic() + _GOODBYE_SECONDS
        while live.publisher.listeners and time.monotonic() < end:
            time.sleep(0.01)
        server.shutdown()
        server.server_close()


def earlier_epochs(folder: Path, seed: int) -> list[Epoch]:
    """Return the epochs that an interrupted training has noted.

    Args:
        folder: of the run.
        seed: of the training.
    """
    found = []
    with contextlib.suppress(OSError):
        for line in (folder / HISTORY_FILE).read_text(encoding="utf-8").splitlines():
            with contextlib.suppress(ValueError, TypeError, KeyError, AttributeError):
                row = json.loads(line)
                if row.pop("seed") == seed:
                    number, seconds = int(row.pop("epoch")), float(row.pop("seconds"))
                    values = {k: v for k, v in row.items() if isinstance(v, float)}
                    found.append(Epoch(number, values, seconds))
    return found
