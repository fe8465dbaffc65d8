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

from kerazoo.errors import DamagedFile
from kerazoo.saved.card import MODEL_FILE, Card

if TYPE_CHECKING:
    import h5py
    import keras

_WEIGHTS = "model.weights.h5"
_MEMBERS = {"config.json", "metadata.json", _WEIGHTS}
_MOST_OBJECTS = 100_000
_DEEPEST = 50


def check_size(card: Card, builder: Callable[..., keras.Model], source: str) -> None:
    """Check that a network's weights would fit in its file, before memory is taken for them.

    Raises:
        DamagedFile: if the builder arguments call for more numbers than the card says, or the card
            for more than its file can hold.
    """
    import keras

    with keras.StatelessScope(initialize_variables=False):  # shapes only
        try:
            model = builder(**card.builder_arguments)
        except Exception as error:  # whatever a builder makes of a stranger's arguments
            raise DamagedFile(
                f"{source}: the network cannot be built: {str(error).rstrip('.')}. Save or "
                "download the model again."
            ) from error
        parameters = sum(math.prod(weight.shape) for weight in model.weights)
    # Two bytes are the least that a number takes in a file that is not compressed.
    if parameters != card.parameters or 2 * parameters > card.files[MODEL_FILE].size:
        raise DamagedFile(
            f"{source}: its builder arguments make {parameters} parameters, expected "
            f"{card.parameters} in a file of {card.files[MODEL_FILE].size} bytes. Save or "
            "download the model again."
        )


def load_weights(model: keras.Model, content: bytes, source: str) -> None:
    """Give a built network, and its built optimizer if it has one, the numbers of a `.keras` file.

    `config.json` in it, which names classes, is never read.

    Args:
        model: the network.
        content: the file, whose hash has been verified.
        source: its path, for messages.

    Raises:
        DamagedFile: if it is not a zip of what Keras writes, holds more than the network needs, or
            other shapes.
    """
    weights = _extract(content, source)
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
            raise DamagedFile(
                f"{source} does not fit the network: {first.rstrip('.')}. Save or download the "
                "model again."
            ) from error


def holds_optimizer(content: bytes, source: str) -> bool:
    """Tell whether a `.keras` file, whose hash has been verified, keeps an optimizer's state.

    Raises:
        DamagedFile: if it is not a zip of what Keras writes.
    """
    import h5py

    try:
        with h5py.File(io.BytesIO(_extract(content, source)), "r") as file:
            return "optimizer" in file
    except OSError as error:
        raise DamagedFile(
            f"{source} does not hold whole weights: {str(error).rstrip('.')}. Save or download "
            "the model again."
        ) from error


def _extract(content: bytes, source: str) -> bytes:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = {member.filename: member for member in archive.infolist()}
            if members.keys() != _MEMBERS or len(archive.infolist()) != len(_MEMBERS):
                raise DamagedFile(
                    f"{source} holds {sorted(members)[:5]}, expected {_MEMBERS}. Save or download "
                    "the model again."
                )
            # Keras stores without compressing; what would unpack to more is a bomb.
            if members[_WEIGHTS].file_size > len(content):
                raise DamagedFile(
                    f"{source} would unpack to more than its own size, as no model does. Save or "
                    "download the model again."
                )
            return archive.read(members[_WEIGHTS])
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError) as error:
        raise DamagedFile(
            f"{source} is not a whole .keras file: {str(error).rstrip('.')}. Save or download the "
            "model again."
        ) from error


def _check_hdf5(path: Path, source: str, largest: int) -> None:
    import h5py

    try:
        with h5py.File(path, "r") as file:
            total = 0
            for number, dataset in enumerate(_datasets(file, source)):
                total += dataset.size * dataset.dtype.itemsize
                if total > largest or number > _MOST_OBJECTS:
                    raise DamagedFile(
                        f"{source} declares more numbers than it holds. Save or download the "
                        "model again."
                    )
    except (OSError, RuntimeError, KeyError, ValueError) as error:
        if isinstance(error, DamagedFile):
            raise
        raise DamagedFile(
            f"{source} does not hold whole weights: {str(error).rstrip('.')}. Save or download "
            "the model again."
        ) from error


def _datasets(group: h5py.Group, source: str, depth: int = 0) -> Iterator[Any]:
    """Go through the datasets of a file, refusing whatever leads out of it or is not a number."""
    import h5py

    if depth > _DEEPEST:
        raise DamagedFile(
            f"{source} is nested too deeply for weights. Save or download the model again."
        )
    for name in group:
        link = group.get(name, getlink=True)
        if not isinstance(link, h5py.HardLink):
            raise DamagedFile(
                f"{source} holds the link {name!r}; weights hold none. Save or download the model "
                "again."
            )
        item = group[name]
        if isinstance(item, h5py.Group):
            yield from _datasets(item, source, depth + 1)
        elif item.external or item.is_virtual or item.dtype.kind not in "fiub":
            raise DamagedFile(
                f"{source}: {name!r} is not an array of numbers, as all weights are. Save or "
                "download the model again."
            )
        else:
            yield item
