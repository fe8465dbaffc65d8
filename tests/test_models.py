"""What every network of the zoo must do; a new file is tested without being named here."""

from __future__ import annotations

import dataclasses
import inspect
import math
import os
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest

import kerazoo
from kerazoo.registry import VARIANTS

MODELS = kerazoo.list_models()
RELOAD = """
import sys, numpy as np, kerazoo
for name in sys.argv[1:]:
    model = kerazoo.load_model("./" + name)
    np.save(name + ".predictions.npy", model.predict(np.load(name + ".npy"), verbose=0))
"""


@pytest.fixture(scope="module", params=MODELS)
def name(request: pytest.FixtureRequest) -> str:
    return request.param


def build(name: str, variant: str = "tuned") -> keras.Model:
    return kerazoo.load_builder(name)(**kerazoo.load_recipe(name, variant).builder_arguments)


def short(name: str, variant: str = "tuned", epochs: int = 2) -> kerazoo.Recipe:
    return dataclasses.replace(kerazoo.load_recipe(name, variant), epochs=epochs)


def test_builder_has_a_short_documented_signature(name: str) -> None:
    builder = kerazoo.load_builder(name)
    parameters = inspect.signature(builder).parameters.values()
    assert len(parameters) <= 6
    assert all(parameter.default is not parameter.empty for parameter in parameters)
    for section in ("Args:", "Input shape:", "Output shape:", "Example:", "Reference:"):
        assert section in inspect.getdoc(builder)


@pytest.mark.parametrize("variant", VARIANTS)
def test_parameter_count_is_the_documented_one(name: str, variant: str) -> None:
    recipe = kerazoo.load_recipe(name, variant)
    trainable = sum(math.prod(weight.shape) for weight in build(name, variant).trainable_weights)
    assert trainable == recipe.parameters


def test_defaults_build_the_documented_network(name: str) -> None:
    assert build(name, "documented").to_json() == kerazoo.load_builder(name)().to_json()


def test_uncompiled_named_layers_and_no_lambda(name: str) -> None:
    model = build(name)
    assert not model.compiled
    assert model.name == name
    assert not any(isinstance(layer, keras.layers.Lambda) for layer in model.layers)
    # Keras numbers the names that it makes up, so that they differ from build to build.
    assert [layer.name for layer in model.layers] == [layer.name for layer in build(name).layers]


@pytest.mark.parametrize("variant", VARIANTS)
def test_every_trainable_weight_moves(name: str, variant: str) -> None:
    keras.utils.set_random_seed(1)
    recipe = short(name, variant)
    splits = kerazoo.load_dataset(recipe.dataset, **recipe.dataset_arguments)
    model = build(name, variant)
    kerazoo.compile_model(model, recipe)
    before = [keras.ops.convert_to_numpy(weight) for weight in model.trainable_weights]
    rows = slice(0, 1000)
    part = (splits.train.x[rows], splits.train.y[rows])
    kerazoo.fit_model(model, part, epochs=2, batch_size=recipe.batch_size, verbose=0)
    for weight, old in zip(model.trainable_weights, before, strict=True):
        assert not np.array_equal(weight, old), f"{weight.path} did not move"


def test_same_seed_same_result_other_seed_another(name: str) -> None:
    recipe = short(name)
    first, again, other = (kerazoo.train(name, seed=s, recipe=recipe) for s in (3, 3, 4))
    for one, two in zip(first.model.get_weights(), again.model.get_weights(), strict=True):
        np.testing.assert_array_equal(one, two)
    assert first.history == again.history
    assert first.metrics == again.metrics
    assert first.history != other.history


def test_saved_models_predict_the_same_in_a_fresh_process(tmp_path: Path) -> None:
    runs = {name: kerazoo.train(name, recipe=short(name), out=tmp_path / name) for name in MODELS}
    for name, run in runs.items():
        np.save(tmp_path / f"{name}.npy", run.splits.test.x[:50])
    environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"}
    # One process for all: importing TensorFlow takes longer than everything else here.
    subprocess.run(
        [sys.executable, "-c", RELOAD, *MODELS], check=True, env=environment, cwd=tmp_path
    )
    for name, run in runs.items():
        expected = run.model.predict(run.splits.test.x[:50], verbose=0)
        found = np.load(tmp_path / f"{name}.predictions.npy")
        np.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-6)


def test_saved_model_predicts_the_same_through_litert(name: str, tmp_path: Path) -> None:
    run = kerazoo.train(name, recipe=short(name), out=tmp_path / "model")
    rows = run.splits.test.x[:50]
    predictor = kerazoo.load_predictor(tmp_path / "model", runtime="litert")
    outputs = predictor.predict(rows)
    found = outputs.values
    np.testing.assert_allclose(found, run.model.predict(rows, verbose=0), rtol=1e-4, atol=1e-5)
