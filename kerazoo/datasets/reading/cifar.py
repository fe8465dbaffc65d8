"""The authors' archives of CIFAR-10, read in memory: nothing is unpacked, and no pickle is trusted.

Reference: the hashes are MD5 `c32a1d4ab5d03f1284b67883e8d87530` (binary) and
`c58f30108f718f92721af3b95e74349a` (Python) on https://www.cs.toronto.edu/~kriz/cifar.html, and the
SHA-256 that TensorFlow Datasets and Keras pin for the same two files.
"""

from __future__ import annotations

import hashlib
import io
import os
import pickle
import tarfile
from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np

from kerazoo._wording import counted
from kerazoo.datasets.reading.idx import keras_cache
from kerazoo.datasets.sources import DataFile, read
from kerazoo.errors import DamagedFile

Arrays = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]
"""Training images, training labels, test images, test labels."""

_ADDRESS = "https://www.cs.toronto.edu/~kriz"
_ORIGIN = "Alex Krizhevsky, University of Toronto"
_SUBFOLDERS = ("cifar10", "cifar-10")
_PYTHON_SHA256 = "6d958be074577803d12ecdefd02955f39262c83c16fe9348329d7fe0b5c001ce"

BINARY = DataFile(
    name="cifar-10-binary.tar.gz",
    sha256="c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd",
    origin=_ORIGIN,
    subfolders=_SUBFOLDERS,
    url=f"{_ADDRESS}/cifar-10-binary.tar.gz",
    url_hash="md5:c32a1d4ab5d03f1284b67883e8d87530",
    how_to_get="kerazoo data fetch cifar10, or pass a data_dir that holds train/<class> and "
    "test/<class>, folders of images",
)
PYTHON = DataFile(
    name="cifar-10-python.tar.gz",
    sha256=_PYTHON_SHA256,
    origin=_ORIGIN,
    subfolders=_SUBFOLDERS,
)
# The Python archive under the name that Keras gives it.
OF_KERAS = DataFile(
    name="cifar-10-batches-py-target_archive",
    sha256=_PYTHON_SHA256,
    origin=_ORIGIN,
    system_folders=(keras_cache(""),),
)
ARCHIVES = (BINARY, PYTHON, OF_KERAS)

# SHA-256 of the batches in the binary archive, as torchvision for Ruby pins them.
_BATCHES = {
    "data_batch_1": "cee916563c9f80d84e3cc88e17fdc0941787f1244f00a67874d45b261883ada5",
    "data_batch_2": "a591ca11fa1708a91ee40f54b3da4784ccd871ecf2137de63f51ada8b3fa57ed",
    "data_batch_3": "bbe8596564c0f86427f876058170b84dac6670ddf06d79402899d93ceea26f67",
    "data_batch_4": "014e562d6e23c72197cc727519169a60359f5eccd8945ad5a09d710285ff4e48",
    "data_batch_5": "755304fc0b379caeae8c14f0dac912fbc7d6cd469eb67a1029a08a39453a9add",
    "test_batch": "8e2eb146ae340b09e24670f29cabc6326dba54da8789dab6768acf480273f65b",
}
_ROWS = 10_000
_PIXELS = 3 * 32 * 32


def read_archive(file: DataFile, data_dir: str | os.PathLike[str] | None) -> Arrays:
    """Read one of `ARCHIVES`.

    Raises:
        DatasetNotFound: if it is nowhere and cannot be downloaded.
        DamagedFile: if it is not the authors' archive.
    """
    content = read(file, data_dir)
    binary = file is BINARY
    members = {f"{name}.bin" if binary else name: name for name in _BATCHES}
    batches = {}
    try:
        with tarfile.open(fileobj=io.BytesIO(content), mode="r:gz") as archive:
            for member in archive:
                name = members.get(member.name.rsplit("/", 1)[-1])
                stream = archive.extractfile(member) if name else None
                if name is not None and stream is not None:
                    parse = _parse_binary if binary else _parse_pickle
                    batches[name] = parse(stream.read(), member.name)
    except (tarfile.TarError, EOFError, OSError) as error:
        raise DamagedFile(
            f"{file.name} is not a whole archive: {str(error).rstrip('.')}. Delete it and get it "
            "again."
        ) from error
    missing = [name for name in _BATCHES if name not in batches]
    if missing:
        raise DamagedFile(f"{file.name} does not hold {', '.join(missing)}; get it again.")
    return _join(batches)


def check_arrays(arrays: Arrays) -> None:
    """Check that arrays are the authors' images in their order, whatever they were read from.

    Raises:
        DamagedFile: if they are not.
    """
    x, y, x_test, y_test = arrays
    names = list(_BATCHES)
    pieces = [(x[at : at + _ROWS], y[at : at + _ROWS]) for at in range(0, len(x), _ROWS)]
    for name, (pixels, labels) in zip(names, [*pieces, (x_test, y_test)], strict=True):
        planes = pixels.transpose(0, 3, 1, 2).reshape(len(pixels), _PIXELS)
        content = np.column_stack([labels.astype("uint8"), planes]).tobytes()
        if hashlib.sha256(content).hexdigest() != _BATCHES[name]:
            raise DamagedFile(f"the images are not the authors' {name}; prepare them again.")


def _join(batches: Mapping[str, tuple[np.ndarray, np.ndarray]]) -> Arrays:
    *training, test = (batches[name] for name in _BATCHES)
    pixels, labels = (np.concatenate(arrays) for arrays in zip(*training, strict=True))
    return _upright(pixels), labels, _upright(test[0]), test[1]


def _upright(planes: np.ndarray) -> np.ndarray:
    # (images, 3072), all red values first -> (images, 32, 32, 3)
    return np.ascontiguousarray(planes.reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1))


def _parse_binary(content: bytes, name: str) -> tuple[np.ndarray, np.ndarray]:
    if len(content) != _ROWS * (1 + _PIXELS):
        raise DamagedFile(
            f"{name} holds {counted(len(content), 'byte')}, expected {_ROWS * (1 + _PIXELS)}; it "
            "is truncated or damaged. Delete it and get it again."
        )
    table = np.frombuffer(content, np.uint8).reshape(_ROWS, 1 + _PIXELS)
    return table[:, 1:], table[:, 0].astype("int32")


def _parse_pickle(content: bytes, name: str) -> tuple[np.ndarray, np.ndarray]:
    try:
        batch = _ArraysOnly(io.BytesIO(content), encoding="bytes").load()
        pixels, labels = batch[b"data"], np.asarray(batch[b"labels"], "int32")
        if pixels.shape != (_ROWS, _PIXELS) or pixels.dtype != np.uint8 or len(labels) != _ROWS:
            raise ValueError(f"its images have the shape {pixels.shape}")
    except Exception as error:  # a damaged pickle raises nearly anything
        raise DamagedFile(
            f"{name} is not a batch of CIFAR-10: {str(error).rstrip('.')}. Delete the archive and "
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
