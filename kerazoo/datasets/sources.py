"""Where the bytes of a data set come from.

The user's folder, the package, the system, the cache, the network, in this order; and only the last
is ever asked to fetch anything. Every file has a pinned SHA-256 of its *content*, so that
`boston_house_prices.csv` and `boston_house_prices.csv.xz` are the same file.
"""

from __future__ import annotations

import gzip
import hashlib
import lzma
import os
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kerazoo._files import user_cache
from kerazoo._wording import counted
from kerazoo.datasets.reading.download import download
from kerazoo.errors import DamagedFile, DatasetNotFound, KerazooError

BUNDLED = Path(__file__).parent / "files"
DATA_DIR_VARIABLE = "KERAZOO_DATA_DIR"
_COMPRESSIONS: dict[str, Callable[..., Any]] = {"": open, ".xz": lzma.open, ".gz": gzip.open}


@dataclass(frozen=True)
class DataFile:
    """One file of a data set.

    Args:
        name: its uncompressed name, such as `"boston_house_prices.csv"`.
        sha256: hash of the uncompressed content.
        origin: who published it, under which license.
        subfolders: names of folders that it may lie in, inside the user's folder or the cache.
        system_folders: where other software puts it, such as a package of the operating system.
        url: where it can be downloaded, compressed or not.
        url_hash: published hash of the file at `url`, as `"md5:..."` or `"sha256:..."`.
        how_to_get: what a person does when it is nowhere.
        largest: bytes of content beyond which it cannot be this file; no more are unpacked.
    """

    name: str
    sha256: str
    origin: str
    subfolders: tuple[str, ...] = ()
    system_folders: tuple[Path, ...] = ()
    url: str | None = None
    url_hash: str | None = None
    how_to_get: str = ""
    largest: int = 2**28


def cache_folder() -> Path | None:
    """Return the folder for downloads of this user; `None` for a user without a home."""
    cache = user_cache()
    return None if cache is None else cache / "datasets"


def user_folder(data_dir: str | os.PathLike[str] | None = None) -> Path | None:
    """Return the user's own folder: what was passed, or what `KERAZOO_DATA_DIR` names, if anything.

    Raises:
        KerazooError: if what was passed is not a folder.
    """
    if data_dir is not None and not Path(data_dir).is_dir():
        raise KerazooError(f"data_dir {str(data_dir)!r} is not a folder; pass one that exists.")
    chosen = data_dir if data_dir is not None else os.environ.get(DATA_DIR_VARIABLE)
    return Path(chosen) if chosen else None


def find(file: DataFile, data_dir: str | os.PathLike[str] | None = None) -> Path:
    """Return the first path at which a file is, without touching the network.

    Args:
        file: what is looked for.
        data_dir: the user's own folder; by default what `KERAZOO_DATA_DIR` names, if anything.

    Raises:
        DatasetNotFound: if it is in none of the folders; the message names them all.
    """
    looked_at = []
    for folder in _folders(file, data_dir):
        for suffix in _COMPRESSIONS:
            path = folder / (file.name + suffix)
            if path.is_file():
                return path
        looked_at.append(str(folder))
    advice = (
        file.how_to_get
        or f"put it into a folder and pass it as data_dir (--data-dir) or set {DATA_DIR_VARIABLE}"
    )
    raise DatasetNotFound(
        f"{file.name} is in none of: {', '.join(looked_at)}. To get it: {advice}."
    )


def is_found(file: DataFile, data_dir: str | os.PathLike[str] | None = None) -> bool:
    """Return whether a file is on this machine."""
    try:
        find(file, data_dir)
    except DatasetNotFound:
        return False
    return True


def read(file: DataFile, data_dir: str | os.PathLike[str] | None = None) -> bytes:
    """Return the verified content of a file; download it only if it is nowhere and has a URL.

    Raises:
        DatasetNotFound: if it is nowhere and cannot be downloaded.
        DamagedFile: if the content does not have the pinned hash.
    """
    return read_verified(fetch(file, data_dir), file)


def fetch(file: DataFile, data_dir: str | os.PathLike[str] | None = None) -> Path:
    """Return where a file is; download it into the cache if it is nowhere and has a URL.

    Raises:
        DatasetNotFound: if it is nowhere and cannot be downloaded.
        DamagedFile: if what was downloaded does not have the published hash.
    """
    try:
        return find(file, data_dir)
    except DatasetNotFound:
        if file.url is None:
            raise
    cache = cache_folder()
    if cache is None:
        raise DatasetNotFound(
            f"{file.name} can be downloaded, but this user has no home to keep it in: set "
            f"XDG_CACHE_HOME or {DATA_DIR_VARIABLE} to a folder."
        )
    folder = cache.joinpath(*file.subfolders[:1])
    path = folder / file.url.rsplit("/", 1)[-1]
    download(file.url, path, file.url_hash)
    return path


def _folders(file: DataFile, data_dir: str | os.PathLike[str] | None) -> Iterator[Path]:
    chosen = user_folder(data_dir)
    if chosen is not None:
        yield from _with_subfolders(chosen, file)
    yield BUNDLED
    yield from file.system_folders
    cache = cache_folder()
    if cache is not None:
        yield from _with_subfolders(cache, file)


def _with_subfolders(folder: Path, file: DataFile) -> Iterator[Path]:
    # MNIST and Fashion-MNIST name their files alike: the folder that says which comes first.
    yield from (folder / name for name in file.subfolders)
    yield folder


def read_verified(path: Path, file: DataFile) -> bytes:
    """Return the content of what was found or fetched.

    Raises:
        DamagedFile: if it cannot be unpacked or does not have the pinned hash.
    """
    try:
        # A file that is an archive under its own name is not unpacked.
        opener = open if path.name == file.name else _COMPRESSIONS[path.suffix]
        with opener(path, "rb") as stream:
            content: bytes = stream.read(file.largest + 1)
    except (lzma.LZMAError, zlib.error, OSError, EOFError) as error:
        raise DamagedFile(f"{path} cannot be read: {error}. Delete it and get it again.") from error
    if len(content) > file.largest:
        raise DamagedFile(
            f"{path} holds more than {counted(file.largest, 'byte')}, so it is not {file.name}. "
            "Delete it and get it again."
        )
    found = hashlib.sha256(content).hexdigest()
    if found != file.sha256:
        raise DamagedFile(
            f"{path} has SHA-256 {found[:16]}..., expected {file.sha256[:16]}...; it is damaged or "
            "another version. Delete it and get it again."
        )
    return content
