"""Networks trained for a moment and saved once, and ways to forge what was saved."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import shutil
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import pytest

import kerazoo
from kerazoo.datasets import Splits
from kerazoo.saved import card_text
from tests.tables import make_table


@dataclasses.dataclass(frozen=True)
class Saved:
    """A network, the directory it was saved to, and what it was trained on."""

    model: keras.Model
    path: Path
    splits: Splits


def train_and_save(name: str, path: Path) -> Saved:
    recipe = kerazoo.load_recipe(name)
    splits = kerazoo.load_dataset(recipe.dataset, **recipe.dataset_arguments)
    keras.utils.set_random_seed(0)
    model = kerazoo.load_builder(name)(**recipe.builder_arguments)
    kerazoo.adapt_normalization(model, *splits.train)
    kerazoo.compile_model(model, recipe)
    model.fit(*splits.train, epochs=2, verbose=0)
    metrics = kerazoo.evaluate_model(model, splits.test)
    kerazoo.save_model(
        model,
        path,
        name=name,
        splits=splits,
        recipe=recipe,
        variant="tuned",
        builder_arguments=recipe.builder_arguments,
        metrics={0: metrics},
        seed=0,
    )
    return Saved(model, path, splits)


@pytest.fixture(scope="session")
def wine(tmp_path_factory: pytest.TempPathFactory) -> Saved:
    """A classifier with a column of words."""
    return train_and_save("wine_multiclass", tmp_path_factory.mktemp("wine") / "wine_multiclass")


@pytest.fixture(scope="session")
def boston(tmp_path_factory: pytest.TempPathFactory) -> Saved:
    """A regression."""
    return train_and_save("boston", tmp_path_factory.mktemp("boston") / "boston")


@pytest.fixture(scope="session")
def xor(tmp_path_factory: pytest.TempPathFactory) -> Saved:
    """A classifier that gives one probability."""
    return train_and_save("xor", tmp_path_factory.mktemp("xor") / "xor")


@pytest.fixture(scope="session")
def cases(tmp_path_factory: pytest.TempPathFactory) -> Saved:
    """A network for a table of numbers, words and dates, with empty cells."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of what each column is
        splits = kerazoo.load_dataset("table_csv", path=make_table(), target="price")
    arguments = {
        "columns": list(splits.about.codes),
        "classes": 1,
        "members": 2,
        "hidden_units": [8],
    }
    keras.utils.set_random_seed(0)
    model = kerazoo.build_tabm(**arguments)
    kerazoo.adapt_normalization(model, *splits.train)
    path = tmp_path_factory.mktemp("cases") / "tabm"
    kerazoo.save_model(model, path, splits=splits, builder_arguments=arguments)
    return Saved(model, path, splits)


@pytest.fixture
def copy(wine: Saved, tmp_path: Path) -> Path:
    """A copy of the wine network's directory, to be damaged."""
    return Path(shutil.copytree(wine.path, tmp_path / "copy"))


def forge(folder: Path, change: Callable[[dict[str, Any]], object]) -> None:
    """Change a card and give it a valid checksum, as a hostile author would."""
    path = folder / "card.json"
    plain = json.loads(path.read_bytes())
    change(plain)
    plain.pop("sha256", None)
    checksum = hashlib.sha256(card_text._text(plain)).hexdigest()
    path.write_bytes(card_text._text({"sha256": checksum, **plain}))


def forge_file(folder: Path, name: str, content: bytes) -> None:
    """Replace a file, and let the card vouch for it."""
    (folder / name).write_bytes(content)
    entry = {"size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    forge(folder, lambda plain: plain["files"].update({name: entry}))
