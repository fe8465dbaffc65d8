"""The authors' archives of CIFAR-10 and CIFAR-100, read in memory: nothing is unpacked.

No pickle is trusted, either.

Reference: https://www.cs.toronto.edu/~kriz/cifar.html gives the MD5 of the archives; TensorFlow
Datasets and Keras pin the SHA-256 of the same files, and torchvision for Ruby those of the batches.
"""

from __future__ import annotations

import hashlib
import io
import os
import pickle
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, TypedDict

import numpy as np

from kerazoo._wording import counted
from kerazoo.datasets.reading.idx import keras_cache
from kerazoo.datasets.sources import DataFile, read
from kerazoo.errors import DamagedFile

Arrays = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]
"""Training images, training labels, test images, test labels."""

_ADDRESS = "https://www.cs.toronto.edu/~kriz"
_ORIGIN = "Alex Krizhevsky, University of Toronto"
_PIXELS = 3 * 32 * 32


@dataclass(frozen=True)
class Layout:
    """How the authors have packed one of their two data sets.

    Args:
        batches: SHA-256 of each batch in the binary archive; the last one is the test set.
        rows: images in each batch.
        label_bytes: labels before the pixels of an image; the last one is its class.
        pickled_labels: what the labels are called in the Python archive.
        binary: the binary archive, which is the one that is downloaded.
        python: the Python archive.
        of_keras: the Python archive under the name that Keras gives it.
        before: the label of the wider class that stands before each class, if there is one.
    """

    batches: Mapping[str, str]
    rows: Mapping[str, int]
    label_bytes: int
    pickled_labels: bytes
    binary: DataFile
    python: DataFile
    of_keras: DataFile
    before: tuple[int, ...] = ()

    @property
    def archives(self) -> tuple[DataFile, DataFile, DataFile]:
        """The files that hold all of it, the one that is wanted most first."""
        return self.binary, self.python, self.of_keras


class Archives(TypedDict):
    """The three archives of a `Layout`, by their names in it."""

    binary: DataFile
    python: DataFile
    of_keras: DataFile


def archives(name: str, *, binary: str, binary_md5: str, python: str, keras_name: str) -> Archives:
    """Return the three archives of a `Layout`.

    Args:
        name: `"cifar10"` or `"cifar100"`.
        binary: SHA-256 of the binary archive.
        binary_md5: its MD5, which the authors publish.
        python: SHA-256 of the Python archive.
        keras_name: the name of the folder that Keras unpacks it into.
    """
    long = name.replace("cifar", "cifar-")
    folders = (name, long)
    return {
        "binary": DataFile(
            name=f"{long}-binary.tar.gz",
            sha256=binary,
            origin=_ORIGIN,
            subfolders=folders,
            url=f"{_ADDRESS}/{long}-binary.tar.gz",
            url_hash=f"md5:{binary_md5}",
            how_to_get=f"kerazoo data fetch {name}, or pass a data_dir that holds train/<class> "
            "and test/<class>, folders of images",
        ),
        "python": DataFile(f"{long}-python.tar.gz", python, _ORIGIN, folders),
        "of_keras": DataFile(
            name=f"{keras_name}_archive",
            sha256=python,
            origin=_ORIGIN,
            system_folders=(keras_cache(""),),
        ),
    }


def read_archive(layout: Layout, file: DataFile, data_dir: str | os.PathLike[str] | None) -> Arrays:
    """Read one of the archives of a layout.

    Raises:
        DatasetNotFound: if it is nowhere and cannot be downloaded.
        DamagedFile: if it is not the authors' archive.
    """
    content = read(file, data_dir)
    binary = file is layout.binary
    parse = _parse_binary if binary else _parse_pickle
    members = {f"{name}.bin" if binary else name: name for name in layout.batches}
    batches = {}
    try:
        with tarfile.open(fileobj=io.BytesIO(content), mode="r:gz") as archive:
            for member in archive:
                name = members.get(member.name.rsplit("/", 1)[-1])
                stream = archive.extractfile(member) if name else None
                if name is not None and stream is not None:
                    batches[name] = parse(layout, name, stream.read(), member.name)
    except (tarfile.TarError, EOFError, OSError) as error:
        raise DamagedFile(
            f"{file.name} is not a whole archive: {str(error).rstrip('.')}. Delete it and get it "
            "again."
        ) from error
    missing = [name for name in layout.batches if name not in batches]
    if missing:
        raise DamagedFile(f"{file.name} does not hold {', '.join(missing)}; get it again.")
    return _join(layout, batches)


def check_arrays(layout: Layout, arrays: Arrays) -> None:
    """Check that arrays are the authors' images in their order, whatever they were read from.

    Raises:
        DamagedFile: if they are not.
    """
    x, y, x_test, y_test = arrays
    *training, test = layout.batches
    starts = np.cumsum([layout.rows[name] for name in training])[:-1]
    pieces = [*zip(np.split(x, starts), np.split(y, starts), strict=True), (x_test, y_test)]
    for name, (pixels, labels) in zip([*training, test], pieces, strict=True):
        planes = pixels.transpose(0, 3, 1, 2).reshape(len(pixels), _PIXELS)
        wider = [np.array(layout.before, "uint8")[labels]] if layout.before else []
        content = np.column_stack([*wider, labels.astype("uint8"), planes]).tobytes()
        if hashlib.sha256(content).hexdigest() != layout.batches[name]:
            raise DamagedFile(f"the images are not the authors' {name}; prepare them again.")


def _join(layout: Layout, batches: Mapping[str, tuple[np.ndarray, np.ndarray]]) -> Arrays:
    *training, test = (batches[name] for name in layout.batches)
    pixels, labels = (np.concatenate(arrays) for arrays in zip(*training, strict=True))
    return _upright(pixels), labels, _upright(test[0]), test[1]


def _upright(planes: np.ndarray) -> np.ndarray:
    # (images, 3072), all red values first -> (images, 32, 32, 3)
    return np.ascontiguousarray(planes.reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1))


def _parse_binary(
    layout: Layout, batch: str, content: bytes, name: str
) -> tuple[np.ndarray, np.ndarray]:
    row = layout.label_bytes + _PIXELS
    expected = layout.rows[batch] * row
    if len(content) != expected:
        raise DamagedFile(
            f"{name} holds {counted(len(content), 'byte')}, expected {expected}; it is truncated "
            "or damaged. Delete it and get it again."
        )
    table = np.frombuffer(content, np.uint8).reshape(-1, row)
    return table[:, layout.label_bytes :], table[:, layout.label_bytes - 1].astype("int32")


def _parse_pickle(
    layout: Layout, batch: str, content: bytes, name: str
) -> tuple[np.ndarray, np.ndarray]:
    shape = (layout.rows[batch], _PIXELS)
    try:
        found = _ArraysOnly(io.BytesIO(content), encoding="bytes").load()
        pixels, labels = found[b"data"], np.asarray(found[layout.pickled_labels], "int32")
        if pixels.shape != shape or pixels.dtype != np.uint8 or len(labels) != shape[0]:
            raise ValueError(f"its images have the shape {pixels.shape}")
    except Exception as error:  # a damaged pickle raises nearly anything
        raise DamagedFile(
            f"{name} is not a batch of CIFAR: {str(error).rstrip('.')}. Delete the archive and "
            "get it again."
        ) from error
    return pixels, labels


class _ArraysOnly(pickle.Unpickler):
    """An unpickler that builds NumPy arrays of numbers and no other object."""

    _ALLOWED: ClassVar[dict[str, Any]] = {
        "numpy.core.multiarray._reconstruct": np.empty(0).__reduce__()[0],
        "numpy.ndarray": np.ndarray,
        "numpy.dtype": np.dtype,
    }

    def find_class(self, module: str, name: str) -> Any:
        if f"{module}.{name}" not in self._ALLOWED:
            raise pickle.UnpicklingError(f"it asks for {module}.{name}, which is not allowed")
        return self._ALLOWED[f"{module}.{name}"]
