"""Downloads from a real server that breaks connections, knows no ranges, or changes its mind."""

from __future__ import annotations

import contextlib
import dataclasses
import gzip
import hashlib
import http.server
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import kerazoo
from kerazoo.datasets import sources
from kerazoo.datasets.reading import download as _download

CONTENT = np.random.RandomState(0).bytes(300_000)


@dataclasses.dataclass
class Site:
    """What a server does, and what it was asked for."""

    address: str = ""
    files: dict[str, bytes] = dataclasses.field(default_factory=dict)
    ranges: bool = True
    etag: bool = True
    break_after: list[int] = dataclasses.field(default_factory=list)
    seconds_per_chunk: float = 0.0
    asked: list[tuple[str | None, str | None]] = dataclasses.field(default_factory=list)


class _Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        site: Site = self.server.site  # type: ignore[attr-defined]
        content = site.files.get(self.path.strip("/"))
        asked, condition = self.headers["Range"], self.headers["If-Range"]
        site.asked.append((asked, condition))
        if content is None:
            self.send_error(404)
            return
        tag = f'"{hashlib.md5(content).hexdigest()}"'
        start = int(re.findall(r"\d+", asked)[0]) if asked and site.ranges else 0
        if condition not in (None, tag):
            start = 0
        if start >= len(content):
            self.send_response(416)
            self.send_header("Content-Range", f"bytes */{len(content)}")
            self.end_headers()
            return
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(content) - start))
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
        if site.etag:
            self.send_header("ETag", tag)
        self.end_headers()
        end = start + site.break_after.pop(0) if site.break_after else len(content)
        for at in range(start, min(end, len(content)), 10_000):
            self.wfile.write(content[at : min(at + 10_000, end)])
            time.sleep(site.seconds_per_chunk)

    def log_message(self, *arguments: object) -> None:
        pass


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    monkeypatch.setattr(sources, "cache_folder", lambda: tmp_path / "cache")
    monkeypatch.setattr(_download, "_PAUSE", 0.0)
    made = Site()
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as running:
        running.site = made  # type: ignore[attr-defined]
        made.address = f"http://127.0.0.1:{running.server_address[1]}"
        threading.Thread(target=running.serve_forever, args=(0.02,), daemon=True).start()
        yield made
        running.shutdown()


def put(site: Site, name: str = "table.bin", content: bytes = CONTENT) -> sources.DataFile:
    """Serve a file, and return what is known about it."""
    site.files[name] = content
    digest = hashlib.sha256(content).hexdigest()
    return sources.DataFile(
        name, digest, "this test", url=f"{site.address}/{name}", url_hash=f"sha256:{digest}"
    )


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def test_a_broken_connection_is_taken_up_again(site: Site, tmp_path: Path) -> None:
    file = put(site)
    site.break_after = [100_000, 0, 120_000]
    assert sources.read(file) == CONTENT
    assert [asked for asked, _ in site.asked] == [
        None,
        "bytes=100000-",
        "bytes=100000-",
        "bytes=220000-",
    ]
    assert names(tmp_path / "cache") == ["table.bin"]
    sources.read(file)
    assert len(site.asked) == 4, "the second time it comes from the cache"


def test_the_next_try_goes_on(site: Site, tmp_path: Path) -> None:
    file = put(site)
    site.break_after = [100_000, 0, 0, 0]
    with pytest.raises(kerazoo.DatasetNotFound, match="100,000 bytes are kept") as caught:
        sources.read(file)
    assert "pass its folder as data_dir" in str(caught.value)
    assert names(tmp_path / "cache") == ["table.bin.part", "table.bin.part.version"]
    site.asked.clear()
    site.break_after.clear()
    assert sources.read(file) == CONTENT
    assert site.asked[0][0] == "bytes=100000-"
    assert site.asked[0][1], "it asks for the rest only if the file is still the same"
    assert names(tmp_path / "cache") == ["table.bin"]


def test_a_server_without_ranges(site: Site, tmp_path: Path) -> None:
    file = put(site)
    site.ranges = site.etag = False
    site.break_after = [100_000]
    assert sources.read(file) == CONTENT
    assert [asked for asked, _ in site.asked] == [None, "bytes=100000-"]
    assert names(tmp_path / "cache") == ["table.bin"]


@pytest.mark.parametrize("etag", [True, False])
def test_a_file_that_changed_meanwhile(site: Site, etag: bool) -> None:
    """Two halves of different files are never put together, whether the server helps or not."""
    site.etag = etag
    put(site, content=CONTENT[::-1])
    site.break_after = [100_000, 0, 0, 0]
    with pytest.raises(kerazoo.DatasetNotFound):
        sources.read(put(site, content=CONTENT[::-1]))
    site.break_after.clear()
    assert sources.read(put(site)) == CONTENT


def test_a_part_that_is_complete_already(site: Site, tmp_path: Path) -> None:
    file = put(site)
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / "table.bin.part").write_bytes(CONTENT)
    assert sources.read(file) == CONTENT
    assert len(site.asked) == 1


def test_a_part_longer_than_the_file(site: Site, tmp_path: Path) -> None:
    file = put(site)
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / "table.bin.part").write_bytes(CONTENT + b"more")
    assert sources.read(file) == CONTENT


def test_a_wrong_hash(site: Site, tmp_path: Path) -> None:
    file = put(site)
    site.files["table.bin"] = CONTENT[:-1] + b"?"
    with pytest.raises(kerazoo.DamagedFile, match=r"not the file that was expected.*hash"):
        sources.read(file)
    assert names(tmp_path / "cache") == []


def test_a_file_that_is_not_there(site: Site, tmp_path: Path) -> None:
    file = put(site)
    site.files.clear()
    with pytest.raises(kerazoo.DatasetNotFound, match="404"):
        sources.read(file)
    assert len(site.asked) == 1, "it does not ask again"
    assert names(tmp_path / "cache") == []


def test_no_server_at_all(site: Site) -> None:
    with pytest.raises(kerazoo.DatasetNotFound, match="refused"):
        sources.read(sources.DataFile("a.bin", "", "nobody", url="http://127.0.0.1:9/a.bin"))


def test_compressed_files_arrive_as_they_are(site: Site) -> None:
    packed = gzip.compress(CONTENT, mtime=0)
    served = put(site, "table.bin.gz", packed)
    file = dataclasses.replace(served, name="table.bin", sha256=hashlib.sha256(CONTENT).hexdigest())
    site.break_after = [100_000]
    assert sources.read(file) == CONTENT


CODE = """
import sys
from kerazoo.datasets import sources
file = sources.DataFile("table.bin", sys.argv[2], "a test", url=sys.argv[1] + "/table.bin",
                        url_hash="sha256:" + sys.argv[2])
print(sources.fetch(file))
"""


def test_a_killed_process_leaves_no_half_file(site: Site, tmp_path: Path) -> None:
    file = put(site)
    site.seconds_per_chunk = 0.05
    command = [sys.executable, "-c", CODE, site.address, file.sha256]
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path)}
    folder = tmp_path / "kerazoo" / "datasets"
    part = folder / "table.bin.part"
    process = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
    while not (part.exists() and part.stat().st_size):
        assert process.poll() is None
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert "table.bin" not in names(folder)
    site.seconds_per_chunk = 0.0
    site.asked.clear()
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert Path(done.stdout.strip()).read_bytes() == CONTENT
    assert site.asked[0][0] is not None, "it went on"
    assert "table.bin" in names(folder)
    assert not part.exists()


def test_progress_is_shown_on_a_terminal(site: Site, tmp_path: Path) -> None:
    pty = pytest.importorskip("pty", reason="no pseudo terminals on this system")
    termios = pytest.importorskip("termios", reason="no pseudo terminals on this system")
    file = put(site)
    terminal, other_end = pty.openpty()
    termios.tcsetwinsize(other_end, (24, 100))
    subprocess.run(
        [sys.executable, "-c", CODE, site.address, file.sha256],
        env={**os.environ, "XDG_CACHE_HOME": str(tmp_path)},
        stdout=subprocess.DEVNULL,
        stderr=other_end,
        check=True,
    )
    os.close(other_end)
    shown = ""
    # Its end is an error.
    with contextlib.suppress(OSError), open(terminal, "rb", buffering=0) as stream:
        while piece := stream.read(2**16):
            shown += piece.decode()
    assert "100%" in shown
    assert "300k/300k" in shown
