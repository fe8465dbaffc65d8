"""Folders of images, one per class: what is in them, and their pixels, decoded once and cached.

A decoded folder is cached under a hash of every file's name, size and time of change, so that an
image that is added, edited or removed is noticed.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import warnings
import zipfile
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from kerazoo._files import replacing_file
from kerazoo._machine import total_memory
from kerazoo._notes import warn_user
from kerazoo._wording import agree, clean_name, counted
from kerazoo.datasets.reading.images import (
    FORMATS,
    SUFFIXES,
    Color,
    Fit,
    is_transparent,
    read_pixels,
)
from kerazoo.datasets.sources import cache_folder
from kerazoo.errors import DamagedFile, DatasetNotFound, InvalidInput

_CHUNK = 64  # images that one thread decodes in a row; more than a few, or threads only wait
_CACHE_FROM = 1000  # below this, decoding is faster than hashing the folder
_NAMED = 10
_LOOKED_AT = 50
_OF_SYSTEMS = ("thumbs.db", "desktop.ini", "icon\r")
_VERSION = 1  # of the decoding: a change makes caches stale


def list_classes(folder: Path) -> dict[str, list[Path]]:
    """Return the images of every class folder, both sorted by name.

    Images in folders inside a class folder belong to the class. A warning says which files do not
    end like an image and are left out, and which images lie in no class folder.

    Raises:
        DatasetNotFound: if there is no class folder.
    """
    folders = subfolders(folder)
    if not folders:
        hint = "; it holds images, but not in folders" if find_images(folder)[0] else ""
        raise DatasetNotFound(
            f"{folder} has no folder per class{hint}. Expected {folder.name or folder}/<class>/"
            f"<image>, one folder for each class."
        )
    found = {each.name: find_images(each) for each in folders}
    others = [path for _, others in found.values() for path in others]
    beside = sorted(p for p in folder.iterdir() if p.is_file() and not _is_of_a_system(p.name))
    loose = [path for path in beside if path.name.lower().endswith(SUFFIXES)]
    others += [path for path in beside if path not in loose]
    if others:
        warn_user(describe_others(folder, others))
    if loose:
        warn_user(
            f"left out: {counted(len(loose), 'image')} in {folder} outside of the class folders, "
            f"such as {loose[0].name}."
        )
    classes = {clean_name(name): images for name, (images, _) in found.items()}
    if len(classes) < len(found):
        names = ", ".join(map(repr, found))
        raise InvalidInput(f"{folder}: two folders have the same name ({names}). Rename one.")
    return dict(sorted(classes.items()))


def subfolders(folder: Path) -> list[Path]:
    """Return the folders in a folder, sorted by name, without hidden ones."""
    inside = (path for path in folder.iterdir() if path.is_dir())
    return sorted(path for path in inside if not _is_of_a_system(path.name))


def find_images(folder: Path) -> tuple[list[Path], list[Path]]:
    """Return the images in a folder and in those inside it, and its other files; both sorted.

    Hidden files and folders, and what an operating system leaves in a folder, are neither.
    """
    images: list[Path] = []
    others: list[Path] = []
    for parent, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not _is_of_a_system(name)]
        for name in names:
            if not _is_of_a_system(name):
                chosen = images if name.lower().endswith(SUFFIXES) else others
                chosen.append(Path(parent, name))
    return sorted(images, key=Path.as_posix), sorted(others, key=Path.as_posix)


def describe_others(folder: Path, others: Sequence[Path]) -> str:
    """Say which files are left out, as they do not end like an image.

    Example:
        >>> describe_others(Path("pets"), [Path("pets/a.heic"), Path("pets/b.heic")])
        'left out: 2 files in pets (2 x .heic); images end in .png, .jpg, .jpeg, .jfif, .bmp, ...'
    """
    kinds = Counter(path.suffix.lower() or path.name for path in others)
    shown = ", ".join(f"{count} x {kind}" for kind, count in kinds.most_common(_NAMED))
    return (
        f"left out: {counted(len(others), 'file')} in {folder} ({shown}); images end in "
        f"{', '.join(SUFFIXES)}."
    )


def _is_of_a_system(name: str) -> bool:
    return name.startswith(".") or name == "__MACOSX" or name.lower() in _OF_SYSTEMS


def decode(
    paths: Sequence[Path],
    folder: Path,
    image_size: tuple[int, int],
    color: Color,
    fit: Fit = "crop",
) -> tuple[np.ndarray, dict[int, str]]:
    """Decode images, in parallel, or read what was decoded before.

    Args:
        paths: the files.
        folder: where they all are; there is one cache file for it, size and color.
        image_size: height and width.
        color: `"rgb"` or `"gray"`.
        fit: as for `read_pixels`.

    Returns:
        `uint8` pixels of shape (images, height, width, channels), and the reasons why images
        cannot be read, by their index.

    Raises:
        InvalidInput: if the pixels do not fit into memory.
    """
    shape = (len(paths), *image_size, 1 if color == "gray" else 3)
    _check_memory(shape)
    fingerprint = _fingerprint(paths, folder, shape)
    where = f"{folder.resolve()} {shape[1:]}" + (f" {fit}" if fit != "crop" else "")
    cache = cache_folder()
    if cache is None:
        return _decode_now(paths, folder, color, shape, fit)
    cached = cache / "decoded" / f"{hashlib.sha256(where.encode()).hexdigest()[:16]}.npz"
    found = _read_cache(cached, fingerprint, shape)
    if found is None:
        found = _decode_now(paths, folder, color, shape, fit)
        if len(paths) >= _CACHE_FROM:
            _write_cache(cached, fingerprint, *found)
    return found


def warn_of_small_images(paths: Sequence[Path], image_size: tuple[int, int]) -> None:
    """Say so if most images are smaller than half of what they are brought to, in both directions.

    Some of them are looked at, and of these only the sizes.
    """
    from PIL import Image

    height, width = image_size
    small: list[str] = []
    chosen = paths[:: max(1, len(paths) // _LOOKED_AT)]
    for path in chosen:
        # What cannot be read is said where it is read.
        with contextlib.suppress(Exception), Image.open(path, formats=FORMATS) as image:
            if 2 * image.width < width and 2 * image.height < height:
                small.append(f"{path.name} with {image.width} x {image.height}")
    if 2 * len(small) > len(chosen):
        warn_user(
            f"most images have far fewer pixels than the {width} x {height} that they are enlarged "
            f"to, such as {small[0]}; a smaller image_size is learned faster."
        )


def warn_of_transparent_images(paths: Sequence[Path]) -> None:
    """Say so if images are put on white where they are transparent; some are looked at."""
    from PIL import Image

    for path in paths[:: max(1, len(paths) // _LOOKED_AT)]:
        is_found = False
        with contextlib.suppress(Exception), warnings.catch_warnings():
            warnings.simplefilter("error")  # of what is suspicious, which is said where it is read
            with Image.open(path, formats=FORMATS) as image:
                is_found = is_transparent(image)
        if is_found:
            warn_user(f"images that are transparent in places, such as {path}, are put on white.")
            return


def refuse(failures: Sequence[str], folder: Path, advice: str) -> None:
    """Raise the error for images that cannot be read."""
    raise DamagedFile(f"{_describe(failures, folder)} {advice}")


def report_skipped(failures: Sequence[str], folder: Path) -> None:
    """Warn about images that are left out."""
    warn_user(f"left out: {_describe(failures, folder)}")


def _describe(failures: Sequence[str], folder: Path) -> str:
    more = f"; and {len(failures) - _NAMED} more" if len(failures) > _NAMED else ""
    which = counted(len(failures), "image")
    return f"{which} in {folder} cannot be read: {'; '.join(failures[:_NAMED])}{more}."


def _decode_now(
    paths: Sequence[Path], folder: Path, color: Color, shape: tuple[int, ...], fit: Fit
) -> tuple[np.ndarray, dict[int, str]]:
    from tqdm import tqdm

    pixels = np.zeros(shape, "uint8")
    failures: dict[int, str] = {}

    def decode_chunk(start: int) -> int:
        chosen = paths[start : start + _CHUNK]
        for index, path in enumerate(chosen, start):
            try:
                pixels[index] = read_pixels(path, (shape[1], shape[2]), color, fit)
            except DamagedFile as error:
                failures[index] = str(error).removeprefix(f"{folder}{os.sep}")
        return len(chosen)

    # Silent unless it takes a while, and in a log.
    with (
        tqdm(total=len(paths), desc="decoding images", delay=2, disable=None) as bar,
        ThreadPoolExecutor(os.cpu_count()) as threads,
    ):
        for done in threads.map(decode_chunk, range(0, len(paths), _CHUNK)):
            bar.update(done)
    return pixels, dict(sorted(failures.items()))


def _check_memory(shape: tuple[int, ...]) -> None:
    needed = int(np.prod(shape, dtype=object))
    available = total_memory()
    if needed > available:
        raise InvalidInput(
            f"{counted(shape[0], 'image')} of {shape[1]} x {shape[2]} pixels "
            f"{agree(shape[0], 'takes', 'take')} {needed / 1e9:.1f} GB of memory; this machine has "
            f"{available / 1e9:.1f}. Pass a smaller image_size."
        )


def _fingerprint(paths: Sequence[Path], folder: Path, shape: tuple[int, ...]) -> str:
    import PIL

    digest = hashlib.sha256(f"{_VERSION} {PIL.__version__} {shape}".encode())
    for path in paths:
        try:
            state = path.stat()
            known = f"{state.st_size} {state.st_mtime_ns}"
        except OSError:  # a link to nowhere: decoding says so
            known = "unreadable"
        name = path.relative_to(folder).as_posix()
        digest.update(f"\0{name}\0{known}".encode(errors="surrogatepass"))
    return digest.hexdigest()


def _read_cache(
    path: Path, fingerprint: str, shape: tuple[int, ...]
) -> tuple[np.ndarray, dict[int, str]] | None:
    try:
        # A zip file: its checksums are checked.
        with open(path, "rb") as stream, np.load(stream, allow_pickle=False) as content:
            if str(content["fingerprint"]) != fingerprint:
                return None
            pixels = content["pixels"]
            failures = dict(
                zip(content["indices"].tolist(), content["reasons"].tolist(), strict=True)
            )
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None
    return (pixels, failures) if pixels.shape == shape and pixels.dtype == np.uint8 else None


def _write_cache(
    path: Path, fingerprint: str, pixels: np.ndarray, failures: dict[int, str]
) -> None:
    """Write the cache, if that is possible: a full or read-only disk is no error."""
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        with replacing_file(path) as part, open(part, "wb") as stream:
            np.savez(
                stream,
                fingerprint=np.array(fingerprint),
                pixels=pixels,
                indices=np.array(list(failures), "int64"),
                reasons=np.array(list(failures.values()), "str"),
            )
