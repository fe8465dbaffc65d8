"""Where text comes from: files, compressed files, archives, folders, or strings in memory.

Text passes through in blocks of about a megabyte, so that a file of any size can be read.
"""

from __future__ import annotations

import bz2
import gzip
import lzma
import os
import tarfile
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO, Any

from kerazoo._notes import warn_user
from kerazoo._wording import counted
from kerazoo.datasets.reading.encodings import Utf8Stream, remedy
from kerazoo.errors import InvalidInput, KerazooError

BLOCK = 2**20
_NAMED = 10
_AES = 99  # stands in place of a method of compression
_OPENERS: dict[str, Any] = {".gz": gzip.open, ".bz2": bz2.open, ".xz": lzma.open}
_ARCHIVES = (".zip", ".tar", ".tgz", ".tbz2", ".txz", ".tar.gz", ".tar.bz2", ".tar.xz")
_DAMAGED = (zlib.error, lzma.LZMAError, EOFError, gzip.BadGzipFile, zipfile.BadZipFile)
_DOCUMENTS = {
    b"{\\rtf": "an RTF document",
    b"%pdf-": "a PDF",
    b"pk\3\4": "a packed document or archive",
    b"\xd0\xcf\x11\xe0": "a document of an office program",
    b"<!doctype": "a web page",
    b"<html": "a web page",
    b"<?xml": "XML",
}


def read_blocks(source: str | os.PathLike[str] | Iterable[str]) -> Iterator[str]:
    r"""Yield a text in blocks; words and lines are never cut but where there is no space for long.

    Args:
        source: a text file, also compressed (`.gz`, `.bz2`, `.xz`); an archive (`.zip`, `.tar` and
            its compressed forms) or a folder, of which every `.txt` file is read in the order of
            names, and a warning says what is left out; or any iterable of strings, each a sentence
            or a document. A file that is not in UTF-8 is read, and a warning says so, if it can be
            in one other encoding only.

    Yields:
        Text in which `"\n"` ends a sentence or document; each file ends with one.

    Raises:
        KerazooError: if there is no such file, or no text in it.
        InvalidInput: if a file is binary, encrypted, damaged, or not UTF-8: the message says at
            which byte.

    Example:
        >>> list(read_blocks(["one two", "three"]))
        ['one two\nthree\n']
    """
    if isinstance(source, str | os.PathLike):
        yield from _read_path(Path(source))
    else:
        yield from _join(source)


def _join(strings: Iterable[str]) -> Iterator[str]:
    waiting: list[str] = []
    length = 0
    for number, string in enumerate(strings):
        if not isinstance(string, str):
            raise InvalidInput(
                f"item {number} of the corpus is {type(string).__name__}, expected str: one "
                "sentence or document each."
            )
        waiting.append(string)
        length += len(string)
        if length >= BLOCK:
            yield "\n".join([*waiting, ""])
            waiting, length = [], 0
    if waiting:
        yield "\n".join([*waiting, ""])


def _read_path(path: Path) -> Iterator[str]:
    if path.is_dir():
        inside = [file for file in path.rglob("*") if file.is_file()]
        names = {file.relative_to(path).as_posix(): file for file in inside}
        files = [names[name] for name in _choose_texts(names, path)]
        if not files:
            raise KerazooError(
                f"{path} holds no .txt file, nor do its folders; pass one that does."
            )
        for file in files:
            yield from _read_path(file)
        return
    if not path.is_file():
        raise KerazooError(f"{path} does not exist; give a text file, an archive or a folder.")
    name = path.name.lower()
    try:
        if name.endswith(_ARCHIVES):
            yield from _read_archive(path)
        else:
            opener = _OPENERS.get(path.suffix.lower(), open)
            with opener(path, "rb") as file:
                yield from read_stream(file, str(path))
    except (*_DAMAGED, tarfile.TarError) as error:
        raise InvalidInput(f"{path} cannot be unpacked: {error}. Get it again.") from error
    except OSError as error:
        if error.errno is not None:
            raise
        # What bz2 says of a damaged file; errors of the system have a number.
        raise InvalidInput(f"{path} cannot be unpacked: {error}. Get it again.") from error


def _choose_texts(names: Iterable[str], path: Path) -> list[str]:
    """Return the names of texts in a folder or archive, sorted, and say which are left out.

    Hidden files and folders are left out in silence, as are those that macOS puts into archives.
    """
    shown = [name for name in names if not _is_hidden(name)]
    texts = sorted(name for name in shown if name.lower().endswith(".txt"))
    _warn_of_others([name for name in shown if not name.lower().endswith(".txt")], path)
    return texts


def _is_hidden(name: str) -> bool:
    parts = [part for part in name.split("/") if part != "."]
    return any(part.startswith(".") or part == "__MACOSX" for part in parts)


def _warn_of_others(names: Sequence[str], path: Path) -> None:
    if names:
        kinds = Counter(Path(name).suffix.lower() or Path(name).name for name in names)
        shown = ", ".join(f"{count} x {kind}" for kind, count in kinds.most_common(_NAMED))
        warn_user(
            f"left out: {counted(len(names), 'file')} in {path} ({shown}), as only files that end "
            "in .txt are read."
        )


def _read_archive(path: Path) -> Iterator[str]:
    texts = 0
    if path.suffix.lower() == ".zip":
        with zipfile.ZipFile(path) as archive:
            entries = {entry.filename: entry for entry in archive.infolist() if not entry.is_dir()}
            for name in _choose_texts(entries, path):
                texts += 1
                with _open_member(archive, entries[name], path) as member:
                    yield from read_stream(member, f"{path}: {name}")
    else:
        # In the order of the archive: a compressed one cannot be read in any other.
        others = []
        with tarfile.open(path) as archive:
            for item in archive:
                if not item.isfile() or _is_hidden(item.name):
                    continue
                content = archive.extractfile(item)
                if content is None or not item.name.lower().endswith(".txt"):
                    others.append(item.name)
                    continue
                texts += 1
                yield from read_stream(content, f"{path}: {item.name}")
            # The checksum of what it is packed in comes after the end of the archive.
            while archive.fileobj is not None and archive.fileobj.read(BLOCK):
                pass
        _warn_of_others(others, path)
    if not texts:
        raise KerazooError(f"{path} holds no .txt file; add some, or pass a text file.")


def _open_member(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, path: Path) -> IO[bytes]:
    if entry.flag_bits & 1 or entry.compress_type == _AES:
        raise InvalidInput(
            f"{path}: {entry.filename} is encrypted. Unpack it with its password, and give the "
            "folder."
        )
    try:
        return archive.open(entry)
    except NotImplementedError as error:
        raise InvalidInput(
            f"{path}: {entry.filename} is packed in a way that Python cannot unpack (method "
            f"{entry.compress_type}). Unpack it with another program, and give the folder."
        ) from error


def read_stream(raw: IO[bytes], name: str) -> Iterator[str]:
    """Yield the text of an open file in blocks, as `read_blocks` does.

    Args:
        raw: its bytes.
        name: what messages call it.
    """
    file = Utf8Stream(raw, name, warn_user)
    start, rest, is_whole = 0, b"", True
    while block := file.read(BLOCK):
        if start == 0 and not rest:
            _refuse_documents(block, name)
        if b"\0" in block:
            raise InvalidInput(
                f"{name} is not text: byte {start + len(rest) + block.index(0)} is zero. Expected "
                "a file in UTF-8."
            )
        content = rest + block
        cut = _last_boundary(content)
        yield _decode(content[:cut], name, start)
        start, rest, is_whole = start + cut, content[cut:], content[:cut].endswith(b"\n")
    if rest or not is_whole:
        yield _decode(rest, name, start) + "\n"


def _refuse_documents(begin: bytes, name: str) -> None:
    """Refuse files whose formatting would be taken for words."""
    bare = begin[:100].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    kind = next((kind for magic, kind in _DOCUMENTS.items() if bare.startswith(magic)), "")
    if kind:
        raise InvalidInput(f"{name} is {kind}, not plain text. Save it as plain text in UTF-8.")


def _last_boundary(content: bytes) -> int:
    """Return where to cut: after the last line, or the last word of a line without end."""
    for boundary in (b"\n", b" "):
        found = content.rfind(boundary)
        if found >= 0:
            return found + 1
    # Not inside a character: the bytes after its first one begin with 10.
    cut = len(content)
    while cut > 1 and content[cut - 1] & 0b11000000 == 0b10000000 and len(content) - cut < 4:
        cut -= 1
    return cut - 1 if content[cut - 1] >= 0b11000000 else len(content)


def _decode(content: bytes, name: str, start: int) -> str:
    if start == 0:
        content = content.removeprefix(b"\xef\xbb\xbf")
    try:
        # Lines of old Macs and some exports end in a carriage return alone.
        return content.decode("utf-8").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        raise InvalidInput(
            f"{name} is not UTF-8: byte {start + error.start} is 0x{content[error.start]:02x}. "
            f"{remedy(content)}"
        ) from error
