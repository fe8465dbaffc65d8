"""Networks that reconstruct learn from a table of the user's own, to find odd rows in others."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from kerazoo.datasets import Splits, load_dataset
from kerazoo.datasets.about import Table
from kerazoo.errors import WrongUsage
from kerazoo.recipe import Recipe, for_training_on
from kerazoo.registry import VARIANTS, check_builder_takes, load_builder, load_recipe
from kerazoo.tasks import Chosen, Option
from kerazoo.tasks.rows import TRAIN_OPTIONS as OF_ROWS

LISTS = ("drop", "categorical", "numeric", "date")
TRAIN_OPTIONS: Mapping[str, Option] = {name: OF_ROWS[name] for name in LISTS}
PRINCIPAL_COMPONENTS = "principal_components"
_NEEDED_OF_IMAGES = ("image_size", "color", "fit", "skip_damaged", "unconditional", "snapshots")
_MOST_LATENT = 16
_STEPS_PER_EPOCH, _BATCHES = 16, (16, 256)
_EPOCHS, _PATIENCE = 200, 20


def own_data(name: str, recipe: Recipe, path: Any, options: Chosen) -> tuple[Recipe, Splits]:
    """Return a recipe that trains a network on the rows of a table, and these, split.

    Args:
        name: a network that reconstructs, and can be built for columns: `"autoencoder"`.
        recipe: how it is trained; its epochs and its batch size are kept if they are not the
            network's usual ones.
        path: a CSV or Parquet file, or a table that another library holds.
        options: those of `TRAIN_OPTIONS`, and `latent_dim`.

    Raises:
        WrongUsage: if an option is about images.
        InvalidInput: if the file is no table that can be learned from.
    """
    check_builder_takes(name, "columns")
    for option in _NEEDED_OF_IMAGES:
        if option in options:
            raise WrongUsage(f"--{option.replace('_', '-')} is for images: leave it out.")
    source = str(path) if isinstance(path, Path) else path
    arguments: dict[str, Any] = {"path": source}
    for option in LISTS:
        listed = options.get(option, ())
        several = listed.split(",") if isinstance(listed, str) else listed
        if several:
            arguments[option] = [one.strip() for one in several if one.strip()]
    splits = load_dataset("unlabeled_table", **arguments)
    about = splits.about
    assert isinstance(about, Table)
    title = source if isinstance(source, str) else "a table in memory"
    count = len(splits.feature_names)
    latent_dim = options.get("latent_dim", max(1, min(_MOST_LATENT, count // 2)))
    adapted = dataclasses.replace(
        recipe,
        dataset_arguments={**arguments, "path": title},
        builder_arguments={"latent_dim": latent_dim, "columns": list(about.codes)},
        experiment=Path(title).name,
    )
    return recipe_for(name, adapted, splits), splits


def recipe_for(name: str, recipe: Recipe, splits: Splits) -> Recipe:
    """Return a recipe that trains a network on the rows of a table; how it is built is kept.

    Args:
        name: as for `own_data`.
        recipe: as for `own_data`.
        splits: the rows, from `load_dataset("unlabeled_table", ...)`.
    """
    usual = [load_recipe(name, variant) for variant in VARIANTS]
    rows = len(splits.train.x)
    batch_size, epochs = recipe.batch_size, recipe.epochs
    if batch_size in {one.batch_size for one in usual}:
        fitting = 2 ** round(np.log2(max(1, rows / _STEPS_PER_EPOCH)))
        batch_size = int(np.clip(fitting, *_BATCHES))
    if epochs in {one.epochs for one in usual}:
        epochs = _EPOCHS
    adapted = dataclasses.replace(
        judged_by_errors(recipe), batch_size=batch_size, epochs=epochs, patience=_PATIENCE
    )
    return for_training_on(adapted, rows)


def judged_by_errors(recipe: Recipe) -> Recipe:
    """Return a recipe of images as one of rows, which are judged by their errors alone."""
    return dataclasses.replace(
        recipe,
        dataset="unlabeled_table",
        loss=None,
        metrics=(),
        measures=(),
        documented=None,
        baseline=None,
        best=None,
        baselines=(PRINCIPAL_COMPONENTS,),
        primary_metric="loss",
        primary_mode="min",
        monitor="val_loss",
        restore_best_weights=True,
        experiments={},
    )


def score_components(name: str, recipe: Recipe, splits: Splits) -> dict[str, float]:
    """Return the errors of as many principal components, of what the network reconstructs."""
    import keras
    from sklearn.decomposition import PCA

    from kerazoo.engine.normalization import adapt_normalization

    model = load_builder(name)(**recipe.builder_arguments)
    adapt_normalization(model, splits.train.x)
    encode = keras.Model(model.input, model.get_layer("encode").output)
    known = np.concatenate([splits.train.x, splits.validation.x])
    features = encode.predict(known, batch_size=1024, verbose=0)
    of_test = encode.predict(splits.test.x, batch_size=1024, verbose=0)
    components = model.get_layer("latent").output.shape[-1]
    fitted = PCA(min(components, *features.shape), random_state=0).fit(features)
    reconstructed = fitted.inverse_transform(fitted.transform(of_test))
    squares = np.square(of_test - reconstructed).sum(axis=1)
    return {"loss": float(squares.mean() / len(splits.feature_names))}
