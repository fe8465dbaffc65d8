"""TensorFlow Datasets as a source: what it has prepared, and preparing it without a network.

It stores images in an order of its own. They are put back into the authors' order here, and
checked against the authors' hashes, so that arrays do not depend on where they came from.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from kerazoo.errors import DamagedFile, DatasetNotFound, InvalidInput, KerazooError, unknown_name

Arrays = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]
SOURCES = ("auto", "files", "tfds")


def check_source(source: str, manual_dir: str | os.PathLike[str] | None) -> None:
    """Refuse options that make no sense.

    Raises:
        UnknownName: if there is no such source.
        InvalidInput: if `manual_dir` is passed for another source than TensorFlow Datasets.
    """
    if source not in SOURCES:
        raise unknown_name("source", source, SOURCES)
    if manual_dir is not None and source != "tfds":
        raise InvalidInput(
            f"manual_dir is for source='tfds', not {source!r}; pass data_dir to read the original "
            "files themselves."
        )


def is_available(name: str) -> bool:
    """Return whether TensorFlow Datasets has prepared a data set; it is not imported for that."""
    return _prepared(name, None) is not None and find_spec("tensorflow_datasets") is not None


def load_arrays(
    name: str,
    data_dir: str | os.PathLike[str] | None = None,
    manual_dir: str | os.PathLike[str] | None = None,
) -> Arrays:
    """Load what is prepared, in the authors' order; nothing is ever downloaded.

    Args:
        name: the data set's name there, such as `"fashion_mnist"`.
        data_dir: the folder of prepared data; by default `TFDS_DATA_DIR`, then
            `~/tensorflow_datasets`.
        manual_dir: a folder of the original compressed files, from which the data set is prepared
            if it is not yet.

    Returns:
        Training images, training labels, test images and test labels.

    Raises:
        DatasetNotFound: if it is not prepared, and `manual_dir` is not given or lacks a file.
        DamagedFile: if TensorFlow Datasets cannot read it.
        KerazooError: if TensorFlow Datasets is not installed.
    """
    folder = _prepared(name, data_dir)
    if folder is None and manual_dir is None:
        raise DatasetNotFound(
            f"TensorFlow Datasets has not prepared {name} in {_root(data_dir)}. Pass manual_dir=, "
            "a folder of the original compressed files, to prepare it without a network; or run "
            f'python -c "import tensorflow_datasets as t; t.builder({name!r})'
            '.download_and_prepare()".'
        )
    tfds = _import_tfds()
    if folder is None:
        _prepare(tfds, name, _root(data_dir), Path(manual_dir or ""))
        folder = _prepared(name, data_dir)
    try:
        builder = tfds.builder_from_directory(folder)
        # One file after another, so that images come in the order they were written in.
        read_config = tfds.ReadConfig(interleave_cycle_length=1)
        parts = {
            split: tfds.as_numpy(
                builder.as_dataset(split=split, batch_size=-1, read_config=read_config)
            )
            for split in ("train", "test")
        }
    except Exception as error:  # TensorFlow has many kinds of error for a damaged file
        raise DamagedFile(
            f"TensorFlow Datasets cannot read {folder}: {error}. Delete that folder and prepare it "
            "again."
        ) from error
    arrays = []
    for split, part in parts.items():
        order = np.argsort(_authors_indices(split, len(part["label"])))
        arrays += [part["image"][order], part["label"][order].astype("int32")]
    return arrays[0], arrays[1], arrays[2], arrays[3]


def _authors_indices(split: str, count: int) -> list[int]:
    """Return the index of each stored image in the authors' files.

    TensorFlow Datasets sorts by a hash of the number, salted with the name of the part.
    """
    from tensorflow_datasets.core.hashing import Hasher

    return sorted(range(count), key=Hasher(split).hash_key)


def _prepare(tfds: Any, name: str, data_dir: Path, manual_dir: Path) -> None:
    """Have TensorFlow Datasets prepare a data set from files that are here."""
    builder = tfds.builder(name, data_dir=data_dir)
    names = [info.filename for info in builder.url_infos.values()]
    missing = [each for each in names if not (manual_dir / each).is_file()]
    if missing:  # it would go and download them
        raise DatasetNotFound(
            f"manual_dir {str(manual_dir)!r} lacks {', '.join(missing)}; to prepare {name} takes "
            f"{', '.join(names)}."
        )
    config = tfds.download.DownloadConfig(manual_dir=manual_dir, try_download_gcs=False)
    # It prints that it is "downloading" to where results go.
    with _own_compression_allowed(builder, manual_dir), redirect_stdout(sys.stderr):
        builder.download_and_prepare(
            download_dir=data_dir / "downloads" / name, download_config=config
        )


@contextmanager
def _own_compression_allowed(builder: Any, manual_dir: Path) -> Iterator[None]:
    """Accept files with the authors' content that somebody else compressed, as Debian did.

    TensorFlow Datasets pins the compressed bytes. The content is checked here, after loading.
    """
    from tensorflow_datasets.core.download.checksums import compute_url_info

    pinned = dict(builder.url_infos)
    try:
        for url, info in pinned.items():
            builder.url_infos[url] = compute_url_info(manual_dir / info.filename)
        yield
    finally:
        builder.url_infos.update(pinned)


def _import_tfds() -> Any:
    try:
        import importlib_resources  # noqa: F401  # which it needs and does not ask for
        import tensorflow_datasets as tfds
    except ImportError as error:
        raise KerazooError(
            "source='tfds' needs TensorFlow Datasets: pip install tensorflow-datasets "
            "importlib_resources."
        ) from error
    tfds.display_progress_bar(False)
    return tfds


def _prepared(name: str, data_dir: str | os.PathLike[str] | None) -> Path | None:
    """Return the folder of the newest prepared version."""
    found = list((_root(data_dir) / name).glob("*.*.*/dataset_info.json"))
    versions = {
        tuple(map(int, path.parent.name.split("."))): path.parent
        for path in found
        if path.parent.name.replace(".", "").isdigit()
    }
    return versions[max(versions)] if versions else None


def _root(data_dir: str | os.PathLike[str] | None) -> Path:
    # Path.home() would raise an error for a user without one.
    default = os.environ.get("TFDS_DATA_DIR", os.path.join("~", "tensorflow_datasets"))
    return Path(os.path.expanduser(data_dir if data_dir is not None else default))
