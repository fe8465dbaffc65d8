"""`kerazoo doctor`: versions and devices."""

from __future__ import annotations

import importlib.metadata
import os
import sys

from kerazoo._machine import quiet_libraries
from kerazoo._wording import agree
from kerazoo.cli._console import wrap_named
from kerazoo.errors import KerazooError
from kerazoo.runtimes import tensorflow, xla_cache

_NAME_WIDTH = 18
_LIBRARIES = ("kerazoo", "keras", "tensorflow", "numpy", "ai-edge-litert", "scikit-learn")


def doctor() -> None:
    """Print versions and devices, and what is missing: libraries, or what a GPU still needs."""
    _print_row("python", sys.version.split()[0])
    missing = []
    for name in _LIBRARIES:
        try:
            _print_row(name, importlib.metadata.version(name))
        except importlib.metadata.PackageNotFoundError:
            missing.append(name)
    if missing:
        raise KerazooError(
            f"{', '.join(missing)} {agree(len(missing), 'is', 'are')} not installed. Install "
            "kerazoo again, with all that it needs: pip install ."
        )
    with quiet_libraries():
        import keras

        from kerazoo.engine import graph_files

        gpus = tensorflow.list_gpus()
    _print_row("keras backend", keras.backend.backend())
    _print_row("CPU cores", str(os.cpu_count()))
    _print_row("graph cache", graph_files.describe())
    _print_row("XLA cache", xla_cache.describe())
    _print_row("GPU", ", ".join(gpus) or "none that TensorFlow can use")
    if not gpus:
        _print_row("", _gpu_advice(tensorflow.has_cuda()))


def _print_row(name: str, value: str) -> None:
    print(wrap_named(name, value, _NAME_WIDTH))


def _gpu_advice(built_with_cuda: bool) -> str:
    import ctypes.util

    if ctypes.util.find_library("cuda") is None:
        return "no NVIDIA driver (libcuda); without a GPU nothing is missing"
    if not built_with_cuda:
        return "this TensorFlow has no CUDA: pip install 'tensorflow[and-cuda]'"
    missing = [
        library
        for library in ("cudart", "cudnn", "cublas", "cufft", "cusolver", "cusparse")
        if ctypes.util.find_library(library) is None
    ]
    return f"not found: {', '.join(missing)}: pip install 'tensorflow[and-cuda]'"
