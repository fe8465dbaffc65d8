"""Downloads that go on where they broke off.

What has arrived is kept as `<name>.part`; the final name is given to a whole file with the right
hash only. Pooch does the latter, and starts from the beginning every time.

Reference: RFC 9110, "HTTP Semantics", sections 13.1.5 (If-Range) and 14 (Range Requests).
"""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

from kerazoo._wording import counted
from kerazoo.errors import DamagedFile, DatasetNotFound

_CHUNK = 2**16
_TIMEOUT = (10, 60)  # seconds to connect, and without a byte
_TRIES = 3  # in a row without a new byte
_PAUSE = 0.5  # seconds before the second of them


def download(url: str, target: Path, known_hash: str | None) -> None:
    """Download a file, or the rest of it.

    Args:
        url: where it is.
        target: where it goes.
        known_hash: `"md5:..."` or `"sha256:..."` of the whole file.

    Raises:
        DatasetNotFound: if it cannot be downloaded; what has arrived is kept for the next time.
        DamagedFile: if what was downloaded has another hash; nothing is kept then.
    """
    import pooch

    for last in (False, True):
        downloader = ResumingDownloader(target)
        try:
            pooch.retrieve(url, known_hash, target.name, target.parent, downloader=downloader)
            return
        except OSError as error:  # no network, HTTP error, full disk
            raise DatasetNotFound(
                f"{target.name} could not be fetched from {url}: {error}{downloader.kept()}. "
                "Without a network, get it elsewhere and pass its folder as data_dir (--data-dir)."
            ) from error
        except ValueError as error:
            # Were two halves of different versions put together? Then try one whole file.
            if last or not downloader.resumed:
                raise DamagedFile(
                    f"{url} is not the file that was expected: {error}. Get it elsewhere and pass "
                    "its folder as data_dir (--data-dir)."
                ) from error


class ResumingDownloader:
    """A downloader for `pooch.retrieve` that keeps what has arrived, and asks for the rest.

    Args:
        target: the final name, beside which the part is kept.
    """

    def __init__(self, target: Path) -> None:
        self.part = target.with_name(f"{target.name}.part")
        # What tells the server whether the file is still the same: an ETag or a date.
        self._validator = target.with_name(f"{target.name}.part.version")
        self.resumed = False

    def __call__(self, url: str, output_file: str, pooch: Any, check_only: bool = False) -> None:
        """Download to `output_file`."""
        import requests
        import urllib3

        tries = 0
        while True:
            before = self._size()
            try:
                self._go_on(url)
                break
            except requests.HTTPError:
                raise  # a server that answers 404 will do so again
            except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
                tries = tries + 1 if self._size() <= before else 1
                if tries == _TRIES:
                    raise OSError(_reason(error)) from error
                time.sleep(_PAUSE * tries)
        os.replace(self.part, output_file)
        self._validator.unlink(missing_ok=True)

    def kept(self) -> str:
        """Say what is left for the next time."""
        size = self._size()
        return (
            f" ({counted(size, 'byte is', 'bytes are')} kept; the next try goes on from there)"
            if size
            else ""
        )

    def _go_on(self, url: str) -> None:
        import requests
        from tqdm import tqdm

        size = self._size()
        with requests.get(
            url, headers=self._headers(size), stream=True, timeout=_TIMEOUT
        ) as response:
            if response.status_code == requests.codes.requested_range_not_satisfiable:
                if _total(response) == size:  # everything had arrived
                    return
                self._forget()
                raise requests.ConnectionError("the file has changed on the server")
            response.raise_for_status()
            partial = response.status_code == requests.codes.partial_content
            start = _start(response) if partial else 0
            if start not in (0, size):
                self._forget()
                raise requests.ConnectionError("the server sent another part than was asked for")
            self.resumed = start > 0
            self._remember(response)
            total = _total(response)
            with (
                open(self.part, "ab" if start else "wb") as stream,
                tqdm(
                    desc=self.part.stem,
                    total=total,
                    initial=start,
                    unit="B",
                    unit_scale=True,
                    disable=None,
                ) as bar,
            ):
                for chunk in response.raw.stream(_CHUNK, decode_content=False):
                    bar.update(stream.write(chunk))
        if total is not None and self._size() != total:
            raise requests.ConnectionError(f"{self._size():,} of {counted(total, 'byte')} arrived")

    def _headers(self, size: int) -> dict[str, str]:
        headers = {"Accept-Encoding": "identity"}
        if size:
            headers["Range"] = f"bytes={size}-"
            if self._validator.exists():
                headers["If-Range"] = self._validator.read_text(encoding="latin-1")
        return headers

    def _remember(self, response: Any) -> None:
        tag = response.headers.get("ETag", "")
        # A weak tag promises the same meaning, not the same bytes.
        version = tag if tag.startswith('"') else response.headers.get("Last-Modified", "")
        if version:
            self._validator.write_text(version, encoding="latin-1")
        else:
            self._validator.unlink(missing_ok=True)

    def _size(self) -> int:
        return self.part.stat().st_size if self.part.exists() else 0

    def _forget(self) -> None:
        self.part.unlink(missing_ok=True)
        self._validator.unlink(missing_ok=True)


def _reason(error: Exception) -> str:
    """Return the innermost of the errors that connection libraries wrap into each other."""
    innermost: Any = error
    while getattr(innermost, "reason", None) is None and innermost.args:
        if not isinstance(innermost.args[0], Exception):
            break
        innermost = innermost.args[0]
    return str(getattr(innermost, "reason", None) or innermost).rpartition("): ")[2]


def _start(response: Any) -> int:
    """Return the first byte of a `Content-Range: bytes 100-199/200`; -1 if it makes no sense."""
    first = response.headers.get("Content-Range", "").removeprefix("bytes ").partition("-")[0]
    return int(first) if first.isdecimal() else -1


def _total(response: Any) -> int | None:
    """Return the size of the whole file, if the server tells."""
    total = response.headers.get("Content-Range", "").rpartition("/")[2]
    length = response.headers.get("Content-Length", "")
    for text in (total, length if response.status_code == 200 else ""):
        if text.isdecimal():
            return int(text)
    return None
