"""kerazoo: the networks of a deep-learning course as trained, reproducible Keras 3 models.

`help(kerazoo.fit_model)` and so on say more. The public names, by what they are for:

- networks: `build_<name>` for each of `list_models()`; `list_families`, `load_builder`,
  `layer_table`, `size_table`, `count_operations`
- recipes: `load_recipe`, `Recipe`, `Reference`
- data: `load_dataset`, `load_table`, `list_datasets`, `first_available`, `Splits`, `read_corpus`,
  `parquet_to_arrays`
- training: `train` does all that a recipe says; `compile_model`, `fit_model`, `evaluate_model` and
  `adapt_normalization` are its steps, `fit_agent` is that of an agent; `EarlyStopping`,
  `KeepFinite`, `ModelCheckpoint`, `ProgressLine`, `clear_program_cache`, `many_trainings`
- better settings: `search`, `Search`; `find_rate`, `RateCurve`
- results: `compare`, `score_baseline`, `Table`, and figures in `kerazoo.plots`
- saved models: `save_model`, `load_model`, `load_predictor`
- series: `forecast`, `Forecast`, `backtest`, `Backtest`
- new images: `sample`, `sample_batches`, `interpolate`, `latent_grid`, `encode`, `concept_vector`,
  `add_concept`; `transfer_style`, `Stylized`
- words: `fit_word_vectors`, `load_word_vectors`, `write_word_vectors`, `WordVectors`
- language: `load_language_model`, `LanguageModel`; `load_translator`, `Translator`, `attention_of`
- ratings: `load_recommender`, `Recommender`
- errors: `KerazooError`, and of it `InvalidInput`, `UnknownName`, `DamagedFile`, `DatasetNotFound`
- TensorFlow's log: `quiet_tensorflow`
- answers to the exercises of the lessons: `kerazoo.lessons.check`
- scikit-learn: `Classifier`, `Regressor`, `kerazoo.sklearn.estimator`

What the package has to say is a `UserWarning` that points to your code; it prints only what
`verbose` asks for. Names are resolved when they are first used, so that `import kerazoo` imports
neither Keras nor TensorFlow, pandas or scikit-learn. (`metrics` and `text` have moved, and say so.)
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
    "load_table": "datasets.table_csv",
    "parquet_to_arrays": "datasets.reading.shards",
    "EarlyStopping": "engine.callbacks",
    "KeepFinite": "engine.callbacks",
    "ModelCheckpoint": "engine.callbacks",
    "adapt_normalization": "engine.normalization",
    "clear_program_cache": "engine.program_cache",
    "many_trainings": "engine.choose",
    "compile_model": "compile",
    "evaluate_model": "engine.evaluate",
    "fit_agent": "engine.control.fit",
    "fit_model": "engine.fit",
    "train": "experiments.run",
    "Search": "report.search",
    "search": "experiments.search",
    "RateCurve": "report.rate",
    "find_rate": "experiments.rate",
    "Backtest": "report.backtest",
    "backtest": "experiments.backtest",
    "ProgressLine": "engine.progress",
    "score_baseline": "tasks._baselines",
    "Table": "report.table",
    "compare": "report.comparison",
    "quiet_tensorflow": "runtimes.tensorflow",
    "layer_table": "report.layer_table",
    "size_table": "report.size_table",
    "count_operations": "report.operations",
    "load_model": "saved",
    "save_model": "saved",
    "load_predictor": "predict",
    "Classifier": "sklearn.estimators",
    "Regressor": "sklearn.estimators",
    "Forecast": "tasks.series.continuation",
    "forecast": "tasks.series.forecast",
    "transfer_style": "tasks.generation.style",
    "Stylized": "tasks.generation.style",
    "add_concept": "tasks.generation.concepts",
    "concept_vector": "tasks.generation.concepts",
    "encode": "tasks.generation.sample",
    "interpolate": "tasks.generation.sample",
    "latent_grid": "tasks.generation.sample",
    "sample": "tasks.generation.sample",
    "sample_batches": "tasks.generation.sample",
    "WordVectors": "tasks.words.vectors",
    "read_corpus": "datasets.reading.corpus",
    "fit_word_vectors": "engine.words.fit",
    "load_word_vectors": "tasks.words.formats",
    "write_word_vectors": "tasks.words.formats",
    "LanguageModel": "tasks.language.model",
    "load_language_model": "tasks.language.model",
    "Translator": "tasks.translation.model",
    "load_translator": "tasks.translation.model",
    "attention_of": "tasks.translation.attention",
    "Recommender": "tasks.ranking.recommender",
    "load_recommender": "tasks.ranking.recommender",
}

_SUBMODULES = ("lessons", "metrics", "plots", "text")  # metrics and text have moved, and say so


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
