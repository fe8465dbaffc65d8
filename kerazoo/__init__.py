"""kerazoo: the networks of a deep-learning course as trained, reproducible Keras 3 models.

Names are resolved when they are first used, so that `import kerazoo` imports neither Keras nor
TensorFlow, pandas or scikit-learn.
"""

from __future__ import annotations

import importlib
from typing import Any

__version__ = "0.1.0"

_PUBLIC = {
    "DamagedFile": "errors",
    "DatasetNotFound": "errors",
    "InvalidInput": "errors",
    "KerazooError": "errors",
    "UnknownName": "errors",
    "Recipe": "recipe",
    "Reference": "recipe",
    "list_families": "registry",
    "list_models": "registry",
    "load_builder": "registry",
    "load_recipe": "registry",
    "Splits": "datasets",
    "list_datasets": "datasets",
    "load_dataset": "datasets",
    "first_available": "datasets",
    "EarlyStopping": "training.callbacks",
    "KeepFinite": "training.callbacks",
    "ModelCheckpoint": "training.callbacks",
    "adapt_normalization": "training.normalization",
    "compile_model": "training.compile",
    "evaluate_model": "training.evaluate",
    "fit_model": "training.fit",
    "train": "training.run",
    "ProgressLine": "training.progress",
    "score_baseline": "training.baselines",
    "Table": "table",
    "compare": "comparison",
    "quiet_tensorflow": "quiet",
    "layer_table": "parameters",
    "load_model": "artifacts",
    "save_model": "artifacts",
    "load_predictor": "predictor",
    "Forecast": "forecasting",
    "forecast": "forecasting",
    "encode": "generation",
    "interpolate": "generation",
    "latent_grid": "generation",
    "sample": "generation",
    "sample_batches": "generation",
    "WordVectors": "word_vectors",
    "fit_word_vectors": "training.word_vectors",
    "load_word_vectors": "word_vectors",
    "write_word_vectors": "word_formats",
}

_SUBMODULES = ("metrics", "plots")


def __getattr__(name: str) -> Any:
    if name in _SUBMODULES:
        return importlib.import_module(f"kerazoo.{name}")
    if name in _PUBLIC:
        return getattr(importlib.import_module(f"kerazoo.{_PUBLIC[name]}"), name)
    if name.startswith("build_"):
        registry = importlib.import_module("kerazoo.registry")
        if name.removeprefix("build_") in registry.list_models():
            return registry.load_builder(name.removeprefix("build_"))
    raise AttributeError(f"module 'kerazoo' has no attribute {name!r}")


def __dir__() -> list[str]:
    registry = importlib.import_module("kerazoo.registry")
    builders = [f"build_{name}" for name in registry.list_models()]
    return sorted([*globals(), *_PUBLIC, *_SUBMODULES, *builders])
