"""Files that are written whole or not at all."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from kerazoo.errors import KerazooError


@contextlib.contextmanager
def replacing_file(path: Path) -> Iterator[Path]:
    """Give the name of an empty file that takes the place of `path` at the end, or vanishes.

    Raises:
        OSError: if there cannot be such a file, before anything else is done.
    """
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        part.touch()
        yield part
        os.replace(part, path)
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)


def make_folder(folder: str | os.PathLike[str]) -> Path:
    """Make a folder, if it does not exist, and check that files can be written there.

    Raises:
        KerazooError: if they cannot.
    """
    path = Path(folder)
    try:
        path.mkdir(parents=True, exist_ok=True)
        probe = path / f".{os.getpid()}.part"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise KerazooError(
            f"pictures cannot be written to {path}: {error.strerror}. Choose another folder."
        ) from error
    return path


def check_new_file(path: Path, suffixes: Sequence[str], option: str) -> None:
    """Check the name of a file that is to be written, before anything is computed for it.

    Args:
        path: what was passed.
        suffixes: endings that it may have.
        option: what it was passed as, such as `"--plot"`.

    Raises:
        KerazooError: if it ends otherwise, is a folder, or its folder does not exist.

    Example:
        >>> check_new_file(Path("a.jpg"), (".png",), "--plot")
        Traceback (most recent call last):
        kerazoo.errors.KerazooError: --plot a.jpg: expected a name that ends in .png, in a folder...
    """
    if path.suffix.lower() in suffixes and path.absolute().parent.is_dir() and not path.is_dir():
        return
    raise KerazooError(
        f"{option} {path}: expected a name that ends in {' or '.join(suffixes)}, in a folder that "
        "exists."
    )
