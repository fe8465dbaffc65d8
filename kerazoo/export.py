"""Exports for LiteRT, ONNX or TensorFlow, compared with Keras before they get their names."""

from __future__ import annotations

import importlib.util
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from kerazoo.artifacts import load_card, load_model
from kerazoo.artifacts.card import Probe
from kerazoo.errors import KerazooError, unknown_name

if TYPE_CHECKING:
    import keras

FORMATS = {"litert": ".tflite", "onnx": ".onnx", "saved_model": ""}
_TOLERANCE = 1e-4
_HALF_PRECISION_TOLERANCE = 1e-3


class LitertFailure(KerazooError):
    """A network that LiteRT cannot run, or not with the same answers."""


def export_model(
    name_or_path: str | os.PathLike[str],
    kind: Literal["litert", "onnx", "saved_model"],
    output: str | os.PathLike[str],
    *,
    builder: Callable[..., keras.Model] | None = None,
) -> Path:
    """Write a saved model in a form that other programs run.

    Args:
        name_or_path: the directory, or the name of an installed model.
        kind: `"litert"` (one `.tflite` file), `"onnx"` (one `.onnx` file; needs the extra
            `kerazoo[onnx]`) or `"saved_model"` (a directory for TensorFlow).
        output: where to write it; what is there already is not overwritten.
        builder: as for `load_model`.

    Returns:
        The path of what was written.

    Raises:
        UnknownName: if there is no such model or format.
        KerazooError: if the output exists, a library is missing, or the export does not answer as
            Keras does; nothing is left then.

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
    if path.suffix != FORMATS[kind]:
        raise KerazooError(
            f"{path.name!r} does not end in {FORMATS[kind]!r}, as {kind} files do. Choose such a "
            "name."
        )
    if path.exists() or not path.parent.is_dir():
        raise KerazooError(f"{path} exists already, or its folder does not; choose another path.")
    if kind == "onnx":
        _require_onnx()
    probe = load_card(name_or_path).probe
    model = load_model(name_or_path, builder=builder)
    _fold_constants(model)
    write = {"litert": write_litert, "onnx": _write_onnx, "saved_model": _write_saved_model}[kind]
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".exporting-") as scratch:
        staged = Path(scratch) / path.name
        write(model, staged, probe)
        shutil.move(staged, path)
    return path


def write_litert(model: keras.Model, path: Path, probe: Probe) -> float:
    """Export for LiteRT, and compare its answers with those of Keras.

    Recurrent layers would become loops of TensorFlow operations that LiteRT does not have: the
    loops are unrolled.

    Args:
        model: a built network.
        path: the file to write, ending in `.tflite`.
        probe: rows, and what Keras makes of them.

    Returns:
        The largest difference, relative to the largest answer if that is above 1.

    Raises:
        LitertFailure: if it cannot be exported or gives other answers; no file is left.
    """
    if len(model.inputs) != 1 or len(model.outputs) != 1:
        raise LitertFailure("only a network of one input and one output is exported for LiteRT.")
    return _try_litert(_unroll(model) or model, path, probe)


def _try_litert(model: keras.Model, path: Path, probe: Probe) -> float:
    from kerazoo.predictor.litert import LitertNetwork

    try:
        half = getattr(model, "served_in_half_precision", False)
        model.export(path, format="litert", verbose=False, **(_half_precision() if half else {}))
        network = LitertNetwork(path.read_bytes(), path.name)
        return _check(network(probe.inputs[0].decode()), probe, "LiteRT", half)
    except Exception as error:
        path.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise
        raise LitertFailure(f"LiteRT cannot run it: {_first_line(error)}") from error


def _half_precision() -> dict[str, Any]:
    """Return the converter's options for weights of 16 bits, half the size of the file."""
    import tensorflow as tf

    return {
        "optimizations": [tf.lite.Optimize.DEFAULT],
        "target_spec": {"supported_types": [tf.float16]},
    }


def _unroll(model: keras.Model) -> keras.Model | None:
    """Return a copy whose recurrent layers have no loop; `None` if there are none, or no length."""
    import keras

    recurrent = [layer for layer in model.layers if isinstance(layer, keras.layers.RNN)]
    wrapped = [layer for layer in model.layers if isinstance(layer, keras.layers.Bidirectional)]
    if not recurrent + wrapped or None in model.inputs[0].shape[1:]:
        return None
    copy = keras.models.clone_model(model, clone_function=_clone_unrolled)
    copy.set_weights(model.get_weights())
    for layer in copy.layers:
        if isinstance(layer, keras.layers.Normalization):
            layer.finalize_state()  # computes what it uses from the weights, which are new
    return copy


def _clone_unrolled(layer: keras.layers.Layer) -> keras.layers.Layer:
    import keras

    config = layer.get_config()
    if isinstance(layer, keras.layers.RNN):
        config["unroll"] = True
    if isinstance(layer, keras.layers.Bidirectional):
        for direction in ("layer", "backward_layer"):
            if config.get(direction):
                config[direction]["config"]["unroll"] = True
    return type(layer).from_config(config)


def _write_onnx(model: keras.Model, path: Path, probe: Probe) -> float:
    import onnx
    from onnx.reference import ReferenceEvaluator

    try:
        model.export(path, format="onnx", verbose=False)
        graph = onnx.load(path)
        onnx.checker.check_model(graph)
        names = [tensor.name for tensor in graph.graph.input]
        inputs = [array.decode() for array in probe.inputs]
        answers = ReferenceEvaluator(graph).run(None, dict(zip(names, inputs, strict=True)))
    except Exception as error:  # two libraries of many exceptions; each means the same
        raise KerazooError(
            f"ONNX cannot run it: {_first_line(error)}. Choose another format."
        ) from error
    return _check(answers[0], probe, "ONNX")


def _write_saved_model(model: keras.Model, path: Path, probe: Probe) -> float:
    import tensorflow as tf

    model.export(path, format="tf_saved_model", verbose=False)
    inputs = [tf.constant(array.decode()) for array in probe.inputs]
    loaded = tf.saved_model.load(str(path))  # its variables live as long as this
    served = loaded.serve(inputs if len(inputs) > 1 else inputs[0])
    first = served[0] if isinstance(served, list | tuple) else served
    return _check(first.numpy(), probe, "TensorFlow")


def _require_onnx() -> None:
    missing = [name for name in ("onnx", "tf2onnx") if importlib.util.find_spec(name) is None]
    if missing:
        raise KerazooError(f"{' and '.join(missing)} is missing: pip install 'kerazoo[onnx]'.")


def _fold_constants(model: keras.Model) -> None:
    """Make means and variances part of the graph.

    Keras keeps them as tensors outside of it, which tf2onnx takes for further inputs.
    """
    import keras

    for layer in model.layers:
        if isinstance(layer, keras.layers.Normalization):
            layer.mean = keras.ops.convert_to_numpy(layer.mean)
            layer.variance = keras.ops.convert_to_numpy(layer.variance)


def _check(answers: Any, probe: Probe, runtime: str, half: bool = False) -> float:
    """Return the difference from Keras' answers, if it is one of rounding."""
    expected = probe.outputs[0].decode()
    if answers.shape != expected.shape:
        raise KerazooError(
            f"{runtime} answers in shape {answers.shape}, Keras {expected.shape}; nothing was "
            "written. Choose another format."
        )
    scale = max(1.0, float(np.abs(expected).max()))
    difference = float(np.abs(answers.astype("float64") - expected).max()) / scale
    if not difference <= (_HALF_PRECISION_TOLERANCE if half else _TOLERANCE):
        raise KerazooError(
            f"{runtime}'s answers are off by {difference:.2g} from Keras'; nothing was written. "
            "Choose another format."
        )
    return difference


def _first_line(error: BaseException) -> str:
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__
