"""open_saved and load_model: a directory becomes a card, or the network that was saved.

A model is located once and its card read once; what is read after that is verified against that
card, and nothing is verified that is not read. Each step says why not.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from kerazoo.errors import DamagedFile, KerazooError, UnknownName, unknown_name
from kerazoo.registry import declared_without_weights, list_models, load_builder, load_recipe
from kerazoo.saved.arguments import check_arguments, check_without_weights
from kerazoo.saved.card import CARD_FILE, MODEL_FILE, Card, scale_of
from kerazoo.saved.card_checks import is_name
from kerazoo.saved.card_text import LARGEST_CARD, read_card
from kerazoo.saved.storage import read_file, read_verified, watching
from kerazoo.saved.trust import SHIPPED

if TYPE_CHECKING:
    import keras

_REFUSED = (".h5", ".hdf5", ".keras", ".pkl", ".pickle", ".joblib", ".pt", ".tflite")
_PROBE_TOLERANCE = 1e-3

T = TypeVar("T")


@dataclass(frozen=True)
class Saved:
    """A saved model that was located, and whose card was read.

    Args:
        folder: its directory.
        card: what the card said then; somebody may replace the model after that.
    """

    folder: Path
    card: Card

    def read(self, file: str) -> bytes:
        """Return the content of one of its files, verified against the card.

        Raises:
            KerazooError: if the card names no such file.
            DamagedFile: if the file is not what the card says.
        """
        if file not in self.card.files:
            raise KerazooError(f"{self.folder} has no {file}; pass runtime='keras'.")
        return read_verified(self.folder / file, self.card.files[file])


Location = str | os.PathLike[str] | Saved
"""A saved model: its directory, the name of an installed one, or what `open_saved` gave."""


def open_saved(name_or_path: Location) -> Saved:
    """Locate a saved model and read its card, without importing Keras.

    Args:
        name_or_path: the directory, or the name of an installed model; what this function gave
            before is given back.

    Raises:
        UnknownName: if there is no such model.
        DamagedFile: if its card is not valid.

    Example:
        >>> import kerazoo, tempfile
        >>> path = kerazoo.save_model(kerazoo.build_xor(), tempfile.mkdtemp())
        >>> open_saved(path).card.name
        'xor'
    """
    if isinstance(name_or_path, Saved):
        return name_or_path
    return _read_card(locate_model(name_or_path))


def load_card(name_or_path: Location) -> Card:
    """Return the card of a saved model, without importing Keras.

    Args:
        name_or_path: as for `open_saved`.

    Raises:
        UnknownName: if there is no such model.
        DamagedFile: if its card is not valid.
    """
    return open_saved(name_or_path).card


def locate_model(name_or_path: str | os.PathLike[str]) -> Path:
    """Return the directory of a saved model.

    Args:
        name_or_path: a directory that holds a `card.json`, or the name of a model that was
            installed with kerazoo. A directory comes first.

    Raises:
        UnknownName: if there is neither.
        KerazooError: if it is a file, or a directory without a card.
    """
    path = Path(name_or_path)
    if os.path.exists(path / CARD_FILE):  # unlike Path.exists, False for a name that is too long
        return path
    name = os.fspath(name_or_path)
    for folder in SHIPPED if is_name(name) else ():
        if (folder / name / CARD_FILE).exists():
            return folder / name
    raise _not_there(path, name)


def verify(name_or_path: Location) -> Saved:
    """Check every file of a saved model against its card, also those that nothing would read.

    Args:
        name_or_path: as for `open_saved`.

    Returns:
        The model that was checked.

    Raises:
        UnknownName: if there is no such model.
        DamagedFile: if the card or any file is not what it should be.
    """

    def read_all(saved: Saved) -> None:
        for file in saved.card.files:
            saved.read(file)

    return read_consistently(name_or_path, read_all)[0]


def load_model(
    name_or_path: Location,
    *,
    compile: bool = False,
    builder: Callable[..., keras.Model] | None = None,
) -> keras.Model:
    """Load a trained network.

    The network is built by the package's own function, or by yours; the file gives nothing but
    numbers. Its size and hash, the network's layers, and its answer to a few known rows are
    checked.

    Args:
        name_or_path: the directory, or the name of an installed model; or what `open_saved` gave.
        compile: whether it comes with the optimizer, its state, the loss and the metrics of its
            recipe, ready to go on training.
        builder: the function that builds a network of your own; it is called with the saved
            builder arguments. For `compile=True` it returns a compiled model.

    Raises:
        UnknownName: if there is no such model.
        DamagedFile: if a file is not what it should be, or the network does not answer as it did.
        KerazooError: if it needs a `builder`, or cannot be compiled as it was.

    Example:
        >>> import kerazoo, tempfile
        >>> path = kerazoo.save_model(kerazoo.build_xor(), tempfile.mkdtemp())
        >>> load_model(path).name
        'xor'
    """
    return load_with_card(name_or_path, compile=compile, builder=builder)[1]


def load_with_card(
    name_or_path: Location,
    *,
    compile: bool = False,
    builder: Callable[..., keras.Model] | None = None,
) -> tuple[Saved, keras.Model]:
    """Load a network as `load_model` does, together with the card that belongs to it."""
    saved, content = read_consistently(name_or_path, lambda saved: saved.read(MODEL_FILE))
    return saved, _build_and_load(saved, content, compile, builder)


def read_consistently(name_or_path: Location, read: Callable[[Saved], T]) -> tuple[Saved, T]:
    """Read files of a saved model that belong together.

    A model that is being replaced at this very moment is read again: each attempt ends with one
    directory or the other.

    Args:
        name_or_path: as for `open_saved`.
        read: reads what is wanted, by `Saved.read`.

    Returns:
        The model that was read, which is not the one passed if that was replaced since it was
        opened, and what `read` made of it.

    Raises:
        KerazooError: what `read` raised, if the model has not been replaced meanwhile.
    """
    saved = open_saved(name_or_path)
    try:
        return saved, read(saved)
    except KerazooError:  # it is damaged, or another one than that whose card was read
        pass
    while True:
        with watching(saved.folder) as was_replaced:
            try:
                again = _read_card(saved.folder)
                return again, read(again)
            except KerazooError:
                if not was_replaced():
                    raise


def _read_card(folder: Path) -> Saved:
    path = folder / CARD_FILE
    return Saved(folder, read_card(read_file(path, LARGEST_CARD), str(path)))


def _not_there(path: Path, name: str) -> KerazooError:
    """Make the error for a saved model that is nowhere."""
    if os.path.isdir(path):
        return KerazooError(
            f"{path} holds no {CARD_FILE}; it is not a model saved by kerazoo. Pass the directory "
            "that kerazoo train or save_model wrote."
        )
    if os.path.exists(path) or path.suffix.lower() in _REFUSED:
        return KerazooError(
            f"{path} is not a directory. kerazoo loads the directories that save_model writes; a "
            "single .keras, .h5 or pickle file may run code of its author and is refused. Pass a "
            "directory, or load such a file with Keras itself."
        )
    if name in list_models():
        return UnknownName(
            f"no model {name!r} was installed, and there is no such directory. To make one: "
            f"kerazoo train {name} --out {name}"
        )
    cards = [card for folder in SHIPPED for card in folder.glob(f"*/{CARD_FILE}")]
    known = {*list_models(), *(card.parent.name for card in cards)}
    return unknown_name("saved model or directory", name, known)


def check_probe(card: Card, outputs: list[np.ndarray], source: str) -> None:
    """Check that a network gives the outputs for its probe that it gave when it was saved.

    Raises:
        DamagedFile: if it does not.
    """
    for output, recorded in zip(outputs, card.probe.outputs, strict=True):
        expected = recorded.decode()
        difference = _largest_difference(output, expected)
        if not difference <= _PROBE_TOLERANCE * scale_of(expected):
            import importlib.metadata

            now = {name: importlib.metadata.version(name) for name in ("keras", "ai-edge-litert")}
            then = {name: card.versions.get(name) for name in now}
            raise DamagedFile(
                f"{source} does not answer as it did when it was saved: off by {difference:.2g}. "
                f"It is damaged, or the libraries differ (then {then}, now {now}): save or "
                "download it again, or install those."
            )


def _largest_difference(output: np.ndarray, expected: np.ndarray) -> float:
    if output.shape != expected.shape:
        return float("inf")
    return float(np.abs(output.astype("float64") - expected.astype("float64")).max())


def _build_and_load(saved: Saved, content: bytes, compiled: bool, builder: Any) -> keras.Model:
    import keras

    from kerazoo.engine.normalization import widen_normalization
    from kerazoo.saved.architecture import architecture_hash
    from kerazoo.saved.weights import check_size, extract_weights, holds_optimizer, load_weights

    card, folder = saved.card, saved.folder
    _check_versions(card, folder, keras.__version__)
    builder = builder or _zoo_builder(card, folder)
    source, model_source = str(folder / CARD_FILE), str(folder / MODEL_FILE)
    check_arguments(card.builder_arguments, builder, source, card.about)
    without = declared_without_weights(builder)
    check_without_weights(card.builder_arguments, without, source)
    build = functools.partial(builder, **{**card.builder_arguments, **without})
    check_size(card, build, source)
    model = build()
    same_keras = card.versions.get("keras") == keras.__version__
    hashes = {architecture_hash(model, nested_names=names) for names in (False, True)}
    if same_keras and card.architecture not in hashes:
        raise DamagedFile(
            f"{source}: the builder makes other layers than those that were saved. Pass the "
            "builder it was saved with, or train it again with this version of kerazoo."
        )
    weights = extract_weights(content, model_source)
    if compiled:
        if not holds_optimizer(weights, model_source):
            raise KerazooError(
                f"{folder} was saved without the state of an optimizer; use compile=False and "
                "kerazoo.compile_model(model, ...) to train it further with a fresh one."
            )
        _compile(model, card, folder)
    load_weights(model, weights, model_source)
    widen_normalization(model)
    inputs = [array.decode() for array in card.probe.inputs]
    outputs = model(inputs if len(inputs) > 1 else inputs[0], training=False)
    outputs = outputs if isinstance(outputs, list | tuple) else [outputs]
    check_probe(card, [keras.ops.convert_to_numpy(output) for output in outputs], model_source)
    return model


def _check_versions(card: Card, folder: Path, keras_version: str) -> None:
    saved = card.versions.get("keras", "unknown")
    if saved.partition(".")[0] != keras_version.partition(".")[0]:
        raise KerazooError(
            f"{folder} was saved with Keras {saved}, this is Keras {keras_version}. Install "
            f"Keras {saved}, or train it again."
        )


def _zoo_builder(card: Card, folder: Path) -> Callable[..., keras.Model]:
    if card.name not in list_models():
        raise KerazooError(
            f"{folder} holds {card.name!r}, which is not one of kerazoo's networks. Set "
            "KERAZOO_MODELS to the folder of its file, or pass the function that builds it: "
            "load_model(path, builder=...), or load_predictor."
        )
    return load_builder(card.name)


def _compile(model: keras.Model, card: Card, folder: Path) -> None:
    """Compile a network as it was, its optimizer built so that its state can be loaded."""
    from kerazoo.compile import compile_model

    if not model.compiled:
        if card.name not in list_models() or card.variant is None:
            raise KerazooError(
                f"{folder} does not say how to compile {card.name!r}; use compile=False, or pass a "
                "builder that returns a compiled model."
            )
        recipe = load_recipe(card.name, card.variant)
        if recipe.hash() != card.recipe:
            raise KerazooError(
                f"{folder} was trained with another recipe than today's {card.variant!r} one; use "
                "compile=False and kerazoo.compile_model(model, ...) to go on with a recipe of "
                "your choice."
            )
        compile_model(model, recipe)
    if not model.optimizer.built:
        model.optimizer.build(model.trainable_variables)
