"""Weights from a `.keras` file: only numbers are looked at, and not too many of them."""

from __future__ import annotations

import io
import math
import tempfile
import warnings
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kerazoo._wording import counted
from kerazoo.errors import DamagedFile, damaged
from kerazoo.saved.card import MODEL_FILE, Card

if TYPE_CHECKING:
    import h5py
    import keras

_WEIGHTS = "model.weights.h5"
_MEMBERS = {"config.json", "metadata.json", _WEIGHTS}
_MOST_OBJECTS = 100_000
_DEEPEST = 50


def check_size(card: Card, build: Callable[[], keras.Model], source: str) -> None:
    """Check that a network's weights would fit in its file, before memory is taken for them.

    Raises:
        DamagedFile: if the builder arguments call for more numbers than the card says, or the card
            for more than its file can hold.
    """
    from kerazoo.engine.keras_internals import shapes_only

    with shapes_only():
        try:
            model = build()
        except Exception as error:  # arguments come from the file: anything may be raised
            raise damaged(source, f"describes no network that can be built: {error}") from error
        parameters = sum(math.prod(weight.shape) for weight in model.weights)
    size = card.files[MODEL_FILE].size
    # Two bytes are the least that a number takes in a file that is not compressed.
    if parameters != card.parameters or 2 * parameters > size:
        raise damaged(
            source,
            f"has builder arguments that make {counted(parameters, 'parameter')}, expected "
            f"{card.parameters:,} in a file of {counted(size, 'byte')}",
        )


def extract_weights(content: bytes, source: str) -> bytes:
    """Return the HDF5 file of weights in a `.keras` file, whose hash has been verified.

    `config.json` beside it, which names classes, is never read.

    Args:
        content: the `.keras` file.
        source: its path, for messages.

    Raises:
        DamagedFile: if it is not a zip of what Keras writes.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = {member.filename: member for member in archive.infolist()}
            if members.keys() != _MEMBERS or len(archive.infolist()) != len(_MEMBERS):
                raise damaged(source, f"holds {sorted(members)[:5]}, expected {_MEMBERS}")
            # Keras stores without compressing; what would unpack to more is a bomb.
            if members[_WEIGHTS].file_size > len(content):
                raise damaged(source, "would unpack to more than its own size, as no model does")
            return archive.read(members[_WEIGHTS])
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError) as error:
        raise damaged(source, f"is not a whole .keras file: {error}") from error


def load_weights(model: keras.Model, weights: bytes, source: str) -> None:
    """Give a built network, and its built optimizer if it has one, the numbers of a file.

    Args:
        model: the network.
        weights: what `extract_weights` gives.
        source: the path of the `.keras` file, for messages.

    Raises:
        DamagedFile: if it holds anything but numbers, more than the network needs, or other shapes.
    """
    # Keras reads weights from a path that ends like this, and from nothing else.
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / _WEIGHTS
        path.write_bytes(weights)
        _check_hdf5(path, source, largest=2 * len(weights))
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error", UserWarning)  # Keras' word for weights left out
                model.load_weights(path)
        except (ValueError, TypeError, KeyError, OSError, RuntimeError, UserWarning) as error:
            first = str(error).strip().splitlines()[0] if str(error).strip() else "no reason given"
            raise damaged(source, f"does not fit the network: {first}") from error


def holds_optimizer(weights: bytes, source: str) -> bool:
    """Tell whether weights come with an optimizer's state.

    Raises:
        DamagedFile: if they are no HDF5 file.
    """
    import h5py

    try:
        with h5py.File(io.BytesIO(weights), "r") as file:
            return "optimizer" in file
    except OSError as error:
        raise damaged(source, f"does not hold whole weights: {error}") from error


def _check_hdf5(path: Path, source: str, largest: int) -> None:
    import h5py

    try:
        with h5py.File(path, "r") as file:
            total = 0
            for number, dataset in enumerate(_datasets(file, source)):
                total += dataset.size * dataset.dtype.itemsize
                if total > largest or number > _MOST_OBJECTS:
                    raise damaged(source, "declares more numbers than it holds")
    except DamagedFile:
        raise
    except (OSError, RuntimeError, KeyError, ValueError) as error:
        raise damaged(source, f"does not hold whole weights: {error}") from error


def _datasets(group: h5py.Group, source: str, depth: int = 0) -> Iterator[Any]:
    """Go through the datasets of a file, refusing whatever leads out of it or is not a number."""
    import h5py

    if depth > _DEEPEST:
        raise damaged(source, "is nested too deeply for weights")
    for name in group:
        link = group.get(name, getlink=True)
        if not isinstance(link, h5py.HardLink):
            raise damaged(source, f"holds the link {name!r}; weights hold none")
        item = group[name]
        if isinstance(item, h5py.Group):
            yield from _datasets(item, source, depth + 1)
        elif item.external or item.is_virtual or item.dtype.kind not in "fiub":
            raise damaged(source, f"holds {name!r}, which is no array of numbers")
        else:
            yield item
