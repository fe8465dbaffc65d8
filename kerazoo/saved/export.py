"""Exports for LiteRT, ONNX or TensorFlow, compared with Keras before they get their names."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from kerazoo._files import abandoned_parts, part_folder
from kerazoo.errors import KerazooError, unknown_name
from kerazoo.saved.card import Probe
from kerazoo.saved.litert import check_outputs, first_line, write_litert
from kerazoo.saved.reading import Location, load_with_card

if TYPE_CHECKING:
    import keras

_NEW = "new"  # an empty file in a scratch folder: nothing was there before
FORMATS = {"litert": ".tflite", "onnx": ".onnx", "saved_model": ""}


def export_model(
    name_or_path: Location,
    kind: Literal["litert", "onnx", "saved_model"],
    output: str | os.PathLike[str],
    *,
    force: bool = False,
    builder: Callable[..., keras.Model] | None = None,
) -> Path:
    """Write a saved model in a form that other programs run.

    Args:
        name_or_path: the directory, or the name of an installed model; or what `open_saved` gave.
        kind: `"litert"` (one `.tflite` file), `"onnx"` (one `.onnx` file; needs the extra
            `kerazoo[onnx]`) or `"saved_model"` (a directory for TensorFlow).
        output: where to write it.
        force: whether to replace an older export that is there already.
        builder: as for `load_model`.

    Returns:
        The path of what was written.

    Raises:
        UnknownName: if there is no such model or format.
        KerazooError: if the output exists and `force` is not set, or it is no export; a library is
            missing; or the export does not answer as Keras does. Nothing is left then.

    Example:
        >>> import kerazoo, tempfile
        >>> folder = Path(tempfile.mkdtemp())
        >>> saved = kerazoo.save_model(kerazoo.build_xor(), folder / "xor")
        >>> export_model(saved, "litert", folder / "xor.tflite").name
        'xor.tflite'
    """
    if kind not in FORMATS:
        raise unknown_name("format", kind, FORMATS)
    path = Path(output).absolute()
    _check_ending(path, kind)
    if not path.parent.is_dir():
        raise KerazooError(f"{path.parent} does not exist; make this folder, or choose another.")
    if os.path.lexists(path) and not force and not _is_ours(path):
        raise KerazooError(
            f"{path} exists already. Choose another name, or pass force=True (--force) to replace "
            "it."
        )
    if os.path.lexists(path) and not _is_export(path, kind):
        raise KerazooError(f"{path} is no {kind} export to replace; choose another path.")
    if kind == "onnx":
        _require_onnx()
    saved, model = load_with_card(name_or_path, builder=builder)
    _fold_constants(model)
    model = model if kind == "litert" else _in_use(model)
    write = {"litert": write_litert, "onnx": _write_onnx, "saved_model": _write_saved_model}[kind]
    is_new = not os.path.lexists(path)
    with part_folder(path) as scratch:
        if is_new:
            (scratch / _NEW).touch()
        staged = scratch / path.name
        write(model, staged, saved.card.probe)
        if path.is_dir():  # which nothing replaces in one step; it goes with the scratch folder
            path.rename(scratch / "older")
        os.replace(staged, path)
    return path


def _check_ending(path: Path, kind: str) -> None:
    """Refuse a file whose name says another format; a folder may have any name but those."""
    expected, found = FORMATS[kind], path.suffix.lower()
    if expected and found != expected:
        raise KerazooError(
            f"{path.name!r} does not end in {expected!r}, as {kind} files do. Choose such a name."
        )
    if not expected and found in FORMATS.values() and found:
        raise KerazooError(
            f"{path.name!r} is the name of a file, and a {kind} is a folder. Choose another name, "
            "or another format."
        )


def _is_ours(path: Path) -> bool:
    """Tell whether an export that was killed at its very end made this, where nothing was before.

    Its scratch folder is there still, and what it wrote is not in it any more.
    """
    return any(
        (scratch / _NEW).exists() and not (scratch / path.name).exists()
        for scratch in abandoned_parts(path)
    )


def _is_export(path: Path, kind: str) -> bool:
    return (path / "saved_model.pb").is_file() if kind == "saved_model" else path.is_file()


def _write_onnx(model: keras.Model, path: Path, probe: Probe) -> float:
    import onnx
    from onnx.reference import ReferenceEvaluator

    try:
        model.export(path, format="onnx", verbose=False)
        graph = onnx.load(path)
        onnx.checker.check_model(graph)
        names = [tensor.name for tensor in graph.graph.input]
        inputs = [array.decode() for array in probe.inputs]
        outputs = ReferenceEvaluator(graph).run(None, dict(zip(names, inputs, strict=True)))
    except Exception as error:  # onnx and its evaluator raise many types; all mean: not exportable
        raise KerazooError(
            f"ONNX cannot run it: {first_line(error)}. Choose another format."
        ) from error
    return check_outputs(outputs[0], probe, "ONNX")


def _write_saved_model(model: keras.Model, path: Path, probe: Probe) -> float:
    from kerazoo.runtimes.tensorflow import run_saved_model

    model.export(path, format="tf_saved_model", verbose=False)
    outputs = run_saved_model(path, [array.decode() for array in probe.inputs])
    return check_outputs(outputs, probe, "TensorFlow")


def _require_onnx() -> None:
    missing = [name for name in ("onnx", "tf2onnx") if importlib.util.find_spec(name) is None]
    if missing:
        raise KerazooError(
            f"not installed yet: {', '.join(missing)}. Get it: pip install onnx tf2onnx."
        )


def _in_use(model: keras.Model) -> keras.Model:
    """Return a network that answers as in use, whatever an export asks for.

    Keras' layers that change images at random do so unless they are told that nobody trains, and
    its exports for TensorFlow and ONNX do not tell them.
    """
    import keras

    if not getattr(model, "inputs", None):
        return model
    return keras.Model(model.input, model(model.input, training=False), name=model.name)


def _fold_constants(model: keras.Model) -> None:
    """Make means and variances part of the graph.

    Keras keeps them as tensors outside of it, which tf2onnx takes for further inputs.
    """
    import keras

    for layer in model.layers:
        if isinstance(layer, keras.layers.Normalization):
            layer.mean = keras.ops.convert_to_numpy(layer.mean)
            layer.variance = keras.ops.convert_to_numpy(layer.variance)
