"""load_model: a directory becomes the network that was saved, or an error that says why not."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from kerazoo.errors import DamagedFile, KerazooError, UnknownName, unknown_name
from kerazoo.registry import list_models, load_builder, load_recipe
from kerazoo.saved.arguments import check_arguments
from kerazoo.saved.card import CARD_FILE, MODEL_FILE, Card
from kerazoo.saved.card_text import LARGEST_CARD, read_card
from kerazoo.saved.storage import read_file, read_verified, watching

if TYPE_CHECKING:
    import keras

_PACKAGE = Path(__file__).parent.parent
_SHIPPED = (_PACKAGE / "saved_models", _PACKAGE.parent / "saved_models")
_REFUSED = (".h5", ".hdf5", ".keras", ".pkl", ".pickle", ".joblib", ".pt", ".tflite")
_PROBE_TOLERANCE = 1e-3


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
    shipped = {
        card.parent.name: card.parent
        for folder in _SHIPPED
        for card in folder.glob(f"*/{CARD_FILE}")
    }
    if name in shipped:
        return shipped[name]
    if os.path.isdir(path):
        raise KerazooError(
            f"{path} holds no {CARD_FILE}; it is not a model saved by kerazoo. Pass the directory "
            "that kerazoo train or save_model wrote."
        )
    if os.path.exists(path) or path.suffix.lower() in _REFUSED:
        raise KerazooError(
            f"{path} is not a directory. kerazoo loads the directories that save_model writes; a "
            "single .keras, .h5 or pickle file may run code of its author and is refused. Pass "
            "a directory, or load such a file with Keras itself."
        )
    if name in list_models():
        raise UnknownName(
            f"no model {name!r} was installed, and there is no such directory. To make one: "
            f"kerazoo train {name} --out {name}"
        )
    raise unknown_name("saved model or directory", name, sorted({*shipped, *list_models()}))


def load_card(name_or_path: str | os.PathLike[str]) -> Card:
    """Return the card of a saved model, without importing Keras.

    Args:
        name_or_path: the directory, or the name of an installed model.

    Raises:
        UnknownName: if there is no such model.
        DamagedFile: if its card is not valid.
    """
    path = locate_model(name_or_path) / CARD_FILE
    return read_card(read_file(path, LARGEST_CARD), str(path))


def load_model(
    name_or_path: str | os.PathLike[str],
    *,
    compile: bool = False,
    builder: Callable[..., keras.Model] | None = None,
) -> keras.Model:
    """Load a trained network.

    The network is built by the package's own function, or by yours; the file gives nothing but
    numbers. Its size and hash, the network's layers, and its answer to a few known rows are
    checked.

    Args:
        name_or_path: the directory, or the name of an installed model.
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
    folder = locate_model(name_or_path)
    card, content = read_consistently(folder, MODEL_FILE)
    return _build_and_load(card, content, folder, compile, builder)


def read_consistently(folder: Path, file: str) -> tuple[Card, bytes]:
    """Return the card and the content of a file that belong together, when all files are whole.

    A model that is being replaced at this very moment is read again: each attempt ends with one
    directory or the other.

    Raises:
        DamagedFile: if the card or any file is not what it should be.
    """
    while True:
        with watching(folder) as was_replaced:
            try:
                return _read(folder, file)
            except KerazooError:
                if not was_replaced():
                    raise


def _read(folder: Path, file: str) -> tuple[Card, bytes]:
    card = load_card(folder)
    if file not in card.files:
        raise KerazooError(f"{folder} has no {file}; pass runtime='keras'.")
    content = read_verified(folder / file, card.files[file])
    for other in card.files.keys() - {file}:
        read_verified(folder / other, card.files[other])
    return card, content


def check_probe(card: Card, answers: list[np.ndarray], source: str) -> None:
    """Check that a network answers its probe as it did when it was saved.

    Raises:
        DamagedFile: if it does not.
    """
    for answer, recorded in zip(answers, card.probe.outputs, strict=True):
        expected = recorded.decode()
        difference = _largest_difference(answer, expected)
        if not difference <= _PROBE_TOLERANCE * max(1.0, float(np.abs(expected).max())):
            import importlib.metadata

            now = {name: importlib.metadata.version(name) for name in ("keras", "ai-edge-litert")}
            then = {name: card.versions.get(name) for name in now}
            raise DamagedFile(
                f"{source} does not answer as it did when it was saved: off by {difference:.2g}. "
                f"It is damaged, or the libraries differ (then {then}, now {now}): save or "
                "download it again, or install those."
            )


def _largest_difference(answer: np.ndarray, expected: np.ndarray) -> float:
    if answer.shape != expected.shape:
        return float("inf")
    return float(np.abs(answer.astype("float64") - expected.astype("float64")).max())


def _build_and_load(
    card: Card, content: bytes, folder: Path, compiled: bool, builder: Any
) -> keras.Model:
    import keras

    from kerazoo.saved.architecture import architecture_hash
    from kerazoo.saved.weights import check_size, holds_optimizer, load_weights

    _check_versions(card, folder, keras.__version__)
    builder = builder or _zoo_builder(card, folder)
    source = str(folder / CARD_FILE)
    check_arguments(card.builder_arguments, builder, source)
    check_size(card, builder, source)
    model = builder(**card.builder_arguments)
    same_keras = card.versions.get("keras") == keras.__version__
    if same_keras and architecture_hash(model) != card.architecture:
        raise DamagedFile(
            f"{source}: the builder makes other layers than those that were saved. Pass the "
            "builder it was saved with, or train it again with this version of kerazoo."
        )
    if compiled:
        if not holds_optimizer(content, str(folder / MODEL_FILE)):
            raise KerazooError(
                f"{folder} was saved without the state of an optimizer; use compile=False and "
                "kerazoo.compile_model(model, ...) to train it further with a fresh one."
            )
        _compile(model, card, folder)
    load_weights(model, content, str(folder / MODEL_FILE))
    inputs = [array.decode() for array in card.probe.inputs]
    answers = model(inputs if len(inputs) > 1 else inputs[0], training=False)
    answers = answers if isinstance(answers, list | tuple) else [answers]
    check_probe(card, [keras.ops.convert_to_numpy(a) for a in answers], str(folder / MODEL_FILE))
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
            f"{folder} holds {card.name!r}, which is not one of kerazoo's networks. Pass the "
            "function that builds it: load_model(path, builder=...)."
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
