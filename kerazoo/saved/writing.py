"""save_model: a trained network becomes a directory that can be served."""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import importlib.metadata
import math
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from kerazoo._files import write_whole
from kerazoo._notes import warn_user
from kerazoo._wording import LONGEST_NAME, is_printable
from kerazoo.datasets.about import About, Texts, Words
from kerazoo.datasets.splits import Splits
from kerazoo.errors import DamagedFile, KerazooError
from kerazoo.recipe import Recipe
from kerazoo.registry import list_models, load_builder, without_weights
from kerazoo.saved.anomalies import anomaly_threshold
from kerazoo.saved.architecture import (
    architecture_hash,
    count_parameters,
    describe_inputs,
    describe_outputs,
    served_parts,
)
from kerazoo.saved.arguments import check_arguments
from kerazoo.saved.array import Array
from kerazoo.saved.calibration import Calibration
from kerazoo.saved.card import (
    CARD_FILE,
    FORMAT,
    LITERT_FILE,
    MODEL_FILE,
    USUAL_TASKS,
    WORDS_FILE,
    Card,
    File,
    Probe,
    ServedPart,
    Tensor,
    kind_of,
    part_file,
)
from kerazoo.saved.card_checks import is_name
from kerazoo.saved.card_text import write_card
from kerazoo.saved.profile import Profile, profile_of_splits, ranges_of
from kerazoo.saved.reading import load_card
from kerazoo.saved.readme import readme_to_keep, write_readme
from kerazoo.saved.storage import README_FILE, check_writable, replacing
from kerazoo.saved.typical import Typical, typical_of_splits
from kerazoo.saved.validating import calibration_of_model, residuals_of

if TYPE_CHECKING:
    import keras

_PROBE_ROWS = 8
_PROBE_BYTES = 2**17
_LIBRARIES = ("kerazoo", "keras", "tensorflow", "numpy", "ai-edge-litert")


def save_model(
    model: keras.Model,
    path: str | os.PathLike[str],
    *,
    name: str | None = None,
    splits: Splits | None = None,
    recipe: Recipe | None = None,
    variant: str | None = None,
    builder_arguments: Mapping[str, Any] | None = None,
    metrics: Mapping[Any, Mapping[str, float]] | None = None,
    seed: int | None = None,
    overwrite: bool = True,
    include_optimizer: bool = True,
    started_from: Card | None = None,
) -> Path:
    """Save a trained network with a card, so that it can be loaded, served and trusted.

    Args:
        model: any built functional or sequential Keras model that takes raw input.
        path: the directory to make, or one that holds an older model of the same name.
        name: the network in the zoo, or a name of your own; `model.name` by default. A network of
            your own is loaded with `load_model(path, builder=...)`, and served by
            `load_predictor(path)` without.
        splits: what it was trained on: gives the names of columns and classes, and rows to probe.
        recipe: how it was trained.
        variant: the recipe's name, `"documented"` or `"tuned"`.
        builder_arguments: how it was built, if not by the builder's defaults.
        metrics: test metrics by seed.
        seed: what its training started from.
        overwrite: whether an older model of the same name may be replaced.
        include_optimizer: whether the optimizer's state is kept, for a training that goes on; it
            takes up to twice as much room as the weights.
        started_from: the card of the saved network that its training went on from, if any.

    Returns:
        The directory.

    Raises:
        KerazooError: if the directory cannot be written or holds something else, or the network is
            not what its name and arguments build; whatever was there is as it was.

    Example:
        >>> import kerazoo, tempfile
        >>> folder = tempfile.mkdtemp()
        >>> save_model(kerazoo.build_xor(), folder, name="xor") == Path(folder).resolve()
        True
        >>> kerazoo.load_predictor(folder).predict([[0, 1]]).values.shape
        (1, 1)
    """
    from kerazoo.saved.litert import LitertFailure, write_litert

    name = model.name if name is None else name
    arguments = _arguments_to_keep(name, builder_arguments or {})
    about = None if splits is None else splits.about
    _check_identity(model, name, arguments, about)
    folder = check_writable(path, name, overwrite=overwrite)
    probe = _probe(model, splits)
    with replacing(folder) as staged:
        kept = model if include_optimizer else _uncompiled(model, name, arguments)
        kept.save(staged / MODEL_FILE)
        try:
            difference = write_litert(model, staged / LITERT_FILE, probe)
        except LitertFailure as error:
            difference = None
            warn_user(f"{name!r} is served through Keras: {error}")
        parts = _write_parts(model, splits, staged)
        if isinstance(about, Words | Texts):
            text = "".join(f"{word}\n" for word in about.words)
            (staged / WORDS_FILE).write_bytes(text.encode())
        card = Card(
            format=FORMAT,
            name=name,
            task=_task_of(recipe, about),
            variant=variant,
            seed=seed,
            builder_arguments=arguments,
            architecture=architecture_hash(model),
            parameters=count_parameters(model),
            recipe=None if recipe is None else recipe.hash(),
            data=None if splits is None else splits.hash(),
            inputs=describe_inputs(model),
            outputs=describe_outputs(model),
            about=_without_words(about),
            ranges=ranges_of(splits),
            valid_range=_valid_range(splits),
            metrics=_finite(metrics or {}),
            versions={library: _version(library) for library in _LIBRARIES},
            litert_difference=difference,
            files={file.name: _describe_file(file) for file in sorted(staged.iterdir())},
            probe=probe,
            residuals=residuals_of(model, splits),
            parts=parts or None,
            dataset=None if recipe is None else recipe.dataset,
            source=None if recipe is None else _source_of(recipe),
            anomaly_threshold=anomaly_threshold(model, splits),
            origins=None
            if started_from is None
            else (*(started_from.origins or ()), started_from.as_origin),
            calibration=calibration_of_model(model, splits, staged / LITERT_FILE),
            profile=profile_of_splits(splits, model.inputs[0].dtype),
            typical=typical_of_splits(splits, model.inputs[0].dtype),
        )
        (staged / CARD_FILE).write_bytes(write_card(card))
        (staged / README_FILE).write_text(readme_to_keep(folder, card), encoding="utf-8")
    return folder


def add_to_card(
    folder: Path,
    experiments: Mapping[str, Mapping[str, float]] | None = None,
    *,
    calibration: Calibration | None = None,
    profile: Profile | None = None,
    typical: Typical | None = None,
) -> None:
    """Say more in the card of a saved model, whose other files stay as they are.

    Args:
        folder: the saved model.
        experiments: mean test metrics of its recipe's other experiments.
        calibration: what validation rows say of how sure its answers are.
        profile: what the training rows of a table looked like.
        typical: how far validation rows are from training rows.
    """
    said: dict[str, Any] = {"experiments": experiments, "calibration": calibration}
    said |= {"profile": profile, "typical": typical}
    new = {name: value for name, value in said.items() if value is not None}
    card = dataclasses.replace(load_card(folder), **new)
    write_whole(folder / CARD_FILE, write_card(card))
    with contextlib.suppress(DamagedFile):  # a README that nobody can read is left alone
        write_readme(folder, card)


def _uncompiled(model: keras.Model, name: str, arguments: Mapping[str, Any]) -> keras.Model:
    import keras

    if name in list_models():
        copy = load_builder(name)(**arguments)
    else:
        copy = keras.Model.from_config(model.get_config())
    copy.set_weights(model.get_weights())
    return copy


def _write_parts(model: keras.Model, splits: Splits | None, staged: Path) -> dict[str, ServedPart]:
    """Write a LiteRT file for each model inside a network that is served on its own."""
    from kerazoo.saved.litert import write_litert

    parts = {}
    for name, part in served_parts(model).items():
        takes_images = splits is not None and part.input_shape == model.input_shape
        probe = _probe(part, splits if takes_images else None)
        parts[name] = ServedPart(
            inputs=describe_inputs(part),
            outputs=describe_outputs(part),
            litert_difference=write_litert(part, staged / part_file(name), probe),
            probe=probe,
        )
    return parts


def _source_of(recipe: Recipe) -> str | None:
    """Return the path of the user's data that a recipe names, if it is one and can be kept."""
    arguments = recipe.dataset_arguments
    source = arguments.get("test", arguments.get("path"))
    if not isinstance(source, str) or not os.path.exists(source):
        return None
    return source if is_printable(source) and len(source) <= LONGEST_NAME else None


def _check_identity(
    model: keras.Model, name: str, arguments: Mapping[str, Any], about: About | None
) -> None:
    """Refuse now what `load_model` would refuse later."""
    if not is_name(name):
        raise KerazooError(
            f"a model cannot be named {name!r}; use up to 100 letters, digits, '.', '-' and '_'."
        )
    if not model.built or not getattr(model, "inputs", None):
        raise KerazooError(
            f"{name!r} has no inputs yet; only a functional or a built sequential model is saved."
        )
    texts = [tensor.name for tensor in (*model.inputs, *model.outputs) if tensor.dtype == "string"]
    if texts:
        raise KerazooError(
            f"{name!r} takes or gives text ({', '.join(texts)}); only networks of numbers are "
            "saved. Save the part after the text layer, or use model.save of Keras."
        )
    if name not in list_models():
        return
    builder = load_builder(name)
    check_arguments(arguments, builder, name, about)
    if architecture_hash(builder(**arguments)) != architecture_hash(model):
        raise KerazooError(
            f"the model is not what build_{name}({_signature(arguments)}) builds. Pass the "
            "builder_arguments it was built with, or another name for a network of your own."
        )


def _arguments_to_keep(name: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out how weights started: once they are loaded it has no effect."""
    without = without_weights(name) if name in list_models() else {}
    arguments = {**arguments, **{key: without[key] for key in arguments.keys() & without}}
    kept = {key: value for key, value in arguments.items() if not key.endswith("_initializer")}
    return {key: list(value) if isinstance(value, tuple) else value for key, value in kept.items()}


def _signature(arguments: Mapping[str, Any]) -> str:
    return ", ".join(f"{key}={value!r}" for key, value in arguments.items())


def _probe(model: keras.Model, splits: Splits | None) -> Probe:
    """Choose rows that are far apart, and record what the network makes of them."""
    specs = describe_inputs(model)
    if splits is not None and len(specs) == 1:
        candidates = np.asarray(splits.train.x)
        rows = _probe_rows(specs[0])
        chosen = np.unique(np.linspace(0, len(candidates) - 1, rows).astype(int))
        inputs = [candidates[chosen].astype(specs[0].dtype)]
    else:
        inputs = [_random_inputs(spec) for spec in specs]
    outputs = model(inputs if len(inputs) > 1 else inputs[0], training=False)
    outputs = outputs if isinstance(outputs, list | tuple) else [outputs]
    arrays = [np.asarray(_numpy(output)) for output in outputs]
    if not all(np.isfinite(array).all() for array in arrays):
        raise KerazooError(
            f"{model.name!r} answers NaN or infinity on its own training rows; it is not saved. "
            "Train it with a lower learning rate."
        )
    return Probe(tuple(map(Array.of, inputs)), tuple(map(Array.of, arrays)))


def _probe_rows(spec: Tensor) -> int:
    size = math.prod(length or 1 for length in spec.shape) * np.dtype(spec.dtype).itemsize
    return int(np.clip(_PROBE_BYTES // max(size, 1), 1, _PROBE_ROWS))


def _random_inputs(spec: Tensor) -> np.ndarray:
    shape = (_probe_rows(spec), *(length or 1 for length in spec.shape))
    # 0 and 1 are the only integers that every embedding knows.
    return np.random.default_rng(0).uniform(0, 2, shape).astype(spec.dtype)


def _numpy(tensor: Any) -> np.ndarray:
    import keras

    return keras.ops.convert_to_numpy(tensor)


def _without_words(about: About | None) -> About | None:
    """Return what the card says of the data; words have a file of their own."""
    return dataclasses.replace(about, words=()) if isinstance(about, Words | Texts) else about


def _task_of(recipe: Recipe | None, about: About | None) -> str | None:
    if recipe is not None:
        return recipe.task
    return None if about is None else USUAL_TASKS[kind_of(about)]


def _valid_range(splits: Splits | None) -> tuple[float, float] | None:
    return (0.0, 255.0) if splits is not None and splits.train.x.dtype == np.uint8 else None


def _finite(metrics: Mapping[Any, Mapping[str, float]]) -> dict[str, dict[str, float | None]]:
    return {
        str(seed): {key: float(v) if math.isfinite(v) else None for key, v in values.items()}
        for seed, values in metrics.items()
    }


def _version(library: str) -> str:
    try:
        return importlib.metadata.version(library)
    except importlib.metadata.PackageNotFoundError:
        return "not installed"


def _describe_file(path: Path) -> File:
    content = path.read_bytes()
    return File(len(content), hashlib.sha256(content).hexdigest())
