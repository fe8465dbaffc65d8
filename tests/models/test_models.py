"""What every network of the zoo must do; a new file is tested without being named here."""

from __future__ import annotations

import functools
import inspect
import math
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np
import pytest

import kerazoo
from kerazoo._protocols import ServedInHalfPrecision
from kerazoo.experiments.judging import judge
from kerazoo.experiments.run import Run
from kerazoo.registry import VARIANTS, without_weights
from tests.small_data import small, small_splits

MODELS = kerazoo.list_models()
RELOAD = """
import pathlib, sys, numpy as np, kerazoo
for path in sys.argv[1:]:
    model = kerazoo.load_model(path)
    name = pathlib.Path(path).name
    np.save(name + ".predictions.npy", model.predict(np.load(name + ".npy"), verbose=0))
"""


@pytest.fixture(scope="module", params=MODELS)
def name(request: pytest.FixtureRequest) -> str:
    return request.param


def build(name: str, variant: str = "tuned") -> keras.Model:
    """Build a network of a recipe, from random numbers, so that nothing is downloaded."""
    arguments = kerazoo.load_recipe(name, variant).builder_arguments
    return kerazoo.load_builder(name)(**{**arguments, **without_weights(name)})


def train(name: str, **options) -> Run:
    recipe = small(name)
    return kerazoo.train(name, recipe=recipe, splits=small_splits(recipe), **options)


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Run]:
    """A network that was trained and saved once, for all tests that want one."""
    folder = tmp_path_factory.mktemp("trained")
    return functools.cache(lambda name: train(name, seed=3, out=folder / name))


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
    default = kerazoo.load_builder(name)(**without_weights(name))
    assert build(name, "documented").to_json() == default.to_json()


def test_uncompiled_named_layers_and_no_lambda(name: str) -> None:
    model = build(name)
    assert not model.compiled
    assert model.name == name
    assert not any(isinstance(layer, keras.layers.Lambda) for layer in model.layers)
    # Keras numbers the names that it makes up, so that they differ from build to build.
    assert [layer.name for layer in model.layers] == [layer.name for layer in build(name).layers]


def test_every_trainable_weight_moves(name: str, trained: Callable[[str], Run]) -> None:
    run = trained(name)
    keras.utils.set_random_seed(run.seed)
    start = kerazoo.load_builder(name)(**run.recipe.builder_arguments)
    for old, new in zip(start.trainable_weights, run.model.trainable_weights, strict=True):
        assert not np.array_equal(old, new), f"{new.path} did not move"


@pytest.mark.thorough
def test_every_trainable_weight_moves_in_the_course_recipe(name: str) -> None:
    keras.utils.set_random_seed(1)
    recipe = small(name, "documented")
    splits = small_splits(recipe)
    model = build(name, "documented")
    kerazoo.compile_model(model, recipe)
    before = [keras.ops.convert_to_numpy(weight) for weight in model.trainable_weights]
    part = tuple(None if array is None else array[:1000] for array in splits.train)
    # Words are read in order; for the others it does not matter.
    options = {"batch_size": recipe.batch_size, "shuffle": False, "verbose": 0}
    kerazoo.fit_model(model, part, epochs=1, **options)
    for weight, old in zip(model.trainable_weights, before, strict=True):
        assert not np.array_equal(weight, old), f"{weight.path} did not move"


@pytest.mark.thorough
def test_same_seed_same_result_other_seed_another(
    name: str, trained: Callable[[str], Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = trained(name)
    # Judging takes as long as training.
    monkeypatch.setattr("kerazoo.experiments.judging.judge", lambda *arguments: {})
    again, other = train(name, seed=3), train(name, seed=4)
    for one, two in zip(first.model.get_weights(), again.model.get_weights(), strict=True):
        np.testing.assert_array_equal(one, two)
    assert first.history == again.history
    assert first.history != other.history
    assert judge(again.model, again.splits.validation, again.recipe) == first.validation_metrics


def test_what_it_is_judged_and_chosen_by_is_measured(
    name: str, trained: Callable[[str], Run]
) -> None:
    run = trained(name)
    assert run.recipe.primary_metric in run.metrics
    assert run.recipe.monitor.removeprefix("val_") in run.validation_metrics


def test_saved_models_predict_the_same_in_a_fresh_process(
    trained: Callable[[str], Run], tmp_path: Path
) -> None:
    runs = {name: trained(name) for name in MODELS}
    for name, run in runs.items():
        np.save(tmp_path / f"{name}.npy", run.splits.test.x[:50])
    environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"}
    paths = [str(run.path) for run in runs.values()]
    # One process for all: importing TensorFlow takes longer than everything else here.
    subprocess.run(
        [sys.executable, "-c", RELOAD, *paths], check=True, env=environment, cwd=tmp_path
    )
    for name, run in runs.items():
        expected = run.model.predict(run.splits.test.x[:50], verbose=0)
        found = np.load(tmp_path / f"{name}.predictions.npy")
        np.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-6)


def test_saved_model_predicts_the_same_through_litert(
    name: str, trained: Callable[[str], Run]
) -> None:
    run = trained(name)
    rows = run.splits.test.x[:50]
    predictor = kerazoo.load_predictor(run.path, runtime="litert")
    found = predictor.predict(rows).values
    half = isinstance(run.model, ServedInHalfPrecision) and run.model.served_in_half_precision
    expected = run.model.predict(rows, verbose=0)
    np.testing.assert_allclose(found, expected, rtol=1e-3 if half else 1e-4, atol=1e-5)
