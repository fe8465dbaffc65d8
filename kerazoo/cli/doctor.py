"""`kerazoo doctor`: versions and devices."""

from __future__ import annotations

import importlib.metadata
import os
import sys

from kerazoo._machine import quiet_libraries
from kerazoo.runtimes import tensorflow, xla_cache


def doctor() -> None:
    """Print versions and devices, and what a GPU still needs."""
    with quiet_libraries():
        import keras

        gpus = tensorflow.list_gpus()
    names = ("kerazoo", "keras", "tensorflow", "numpy", "ai-edge-litert", "scikit-learn")
    print(f"python            {sys.version.split()[0]}")
    for name in names:
        print(f"{name:18}{importlib.metadata.version(name)}")
    print(f"keras backend     {keras.backend.backend()}")
    print(f"CPU cores         {os.cpu_count()}")
    print(f"XLA cache         {xla_cache.describe()}")
    print(f"GPU               {', '.join(gpus) or 'none that TensorFlow can use'}")
    if not gpus:
        print(_gpu_advice(tensorflow.has_cuda()))


def _gpu_advice(built_with_cuda: bool) -> str:
    import ctypes.util

    if ctypes.util.find_library("cuda") is None:
        return "                  no NVIDIA driver (libcuda); without a GPU nothing is missing"
    if not built_with_cuda:
        return "                  this TensorFlow has no CUDA: pip install 'tensorflow[and-cuda]'"
    missing = [
        library
        for library in ("cudart", "cudnn", "cublas", "cufft", "cusolver", "cusparse")
        if ctypes.util.find_library(library) is None
    ]
    return f"                  not found: {', '.join(missing)}: pip install 'tensorflow[and-cuda]'"
