"""What every network of the zoo must do; a new file is tested without being named here."""

from __future__ import annotations

import functools
import inspect
import math
import os
import re
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
from kerazoo.tasks._scores import score_predictions
from tests.small_data import IN_ANY_ORDER, WITHOUT_CHANCE, small, small_splits

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


built = functools.cache(build)  # for tests that change nothing


def train(name: str, *, epochs: int = 2, **options) -> Run:
    recipe = small(name, epochs=epochs)
    return kerazoo.train(name, recipe=recipe, splits=small_splits(recipe), **options)


def train_only(name: str, **options) -> Run:
    """Train without judging, which takes as long: a test judges what it asks for."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("kerazoo.experiments.judging.judge", lambda *arguments: {})
        return train(name, **options)


@pytest.fixture(scope="module")
def trained() -> Callable[[str], Run]:
    """A network that was trained once, for an epoch, for all quick tests that want one."""
    train_only(MODELS[-1], epochs=1)  # pays for what the first training of a process imports
    return functools.cache(lambda name: train_only(name, seed=3, epochs=1))


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Run]:
    """A network that was trained, judged on both parts and saved: three times as much work."""
    folder = tmp_path_factory.mktemp("saved")
    return functools.cache(lambda name: train(name, seed=3, out=folder / name))


def test_builder_has_a_short_documented_signature(name: str) -> None:
    builder = kerazoo.load_builder(name)
    parameters = inspect.signature(builder).parameters.values()
    assert len([one for one in parameters if one.name != "input_shape"]) <= 6
    assert all(parameter.default is not parameter.empty for parameter in parameters)
    for section in ("Args:", "Input shape:", "Output shape:", "Example:", "Reference:"):
        assert section in inspect.getdoc(builder)


@pytest.mark.parametrize("variant", VARIANTS)
def test_parameter_count_is_the_documented_one(name: str, variant: str) -> None:
    recipe = kerazoo.load_recipe(name, variant)
    trainable = sum(math.prod(weight.shape) for weight in built(name, variant).trainable_weights)
    assert trainable == recipe.parameters


def test_defaults_build_the_documented_network(name: str) -> None:
    default = kerazoo.load_builder(name)(**without_weights(name))
    # Keras numbers the operations by which layers tell where there is no word, in each process.
    one, other = (
        re.sub(r"\b(not_equal|logical_or)_\d+", r"\1", model.to_json())
        for model in (built(name, "documented"), default)
    )
    assert one == other


def test_uncompiled_named_layers_and_no_lambda(name: str) -> None:
    model = built(name, "tuned")
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
    if recipe.task == "control":
        kerazoo.fit_agent(model, splits.train, batch_size=recipe.batch_size)
    else:
        _fit_rows(model, recipe, splits)
    for weight, old in zip(model.trainable_weights, before, strict=True):
        assert not np.array_equal(weight, old), f"{weight.path} did not move"


def _fit_rows(model: keras.Model, recipe: kerazoo.Recipe, splits: kerazoo.Splits) -> None:
    part = tuple(None if array is None else array[:1000] for array in splits.train)
    # Words are read in order; for the others it does not matter.
    options = {"batch_size": recipe.batch_size, "shuffle": False, "verbose": 0}
    kerazoo.fit_model(model, part, epochs=1, **options)


@pytest.mark.thorough
def test_same_seed_same_result_other_seed_another(name: str, saved: Callable[[str], Run]) -> None:
    first, again, other = saved(name), train_only(name, seed=3), train_only(name, seed=4)
    last_digit = IN_ANY_ORDER.get(name, 0)
    for one, two in zip(first.model.get_weights(), again.model.get_weights(), strict=True):
        np.testing.assert_allclose(one, two, rtol=0, atol=last_digit)
    for measure, values in first.history.items():
        assert again.history[measure] == pytest.approx(values, rel=0, abs=last_digit)
    if name in WITHOUT_CHANCE:  # but the rows of the batch are added up in another order
        for measure, values in first.history.items():
            assert other.history[measure] == pytest.approx(values, rel=0, abs=1e-6)
    else:
        assert first.history != other.history
    judged = judge(again.model, again.splits.validation, again.recipe)
    assert judged == pytest.approx(first.validation_metrics, rel=0, abs=last_digit)
    assert first.recipe.primary_metric in first.metrics


def test_what_it_is_judged_and_chosen_by_is_measured(
    name: str, trained: Callable[[str], Run]
) -> None:
    run = trained(name)
    # Both parts are judged alike.
    measured = judge(run.model, run.splits.validation, run.recipe)
    assert run.recipe.primary_metric in measured
    assert run.recipe.monitor.removeprefix("val_") in measured


@pytest.mark.parametrize("name", kerazoo.list_models("tabular"))
def test_keras_and_scikit_learn_agree_on_the_scores(
    name: str, trained: Callable[[str], Run]
) -> None:
    run = trained(name)
    x, y = run.splits.test
    ours = judge(run.model, run.splits.test, run.recipe)
    theirs = score_predictions(run.splits, y, run.model.predict(x, verbose=0))
    both = ours.keys() & theirs.keys()
    assert both
    for metric in both:
        assert theirs[metric] == pytest.approx(ours[metric], rel=1e-4)


# What is shipped is loaded and served in the quick tests, too: see test_shipped.py.
@pytest.mark.thorough
def test_saved_models_predict_the_same_in_a_fresh_process(
    saved: Callable[[str], Run], tmp_path: Path
) -> None:
    runs = {name: saved(name) for name in MODELS}
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


@pytest.mark.thorough
def test_saved_model_predicts_the_same_through_litert(
    name: str, saved: Callable[[str], Run]
) -> None:
    run = saved(name)
    rows = run.splits.test.x[:50]
    predictor = kerazoo.load_predictor(run.path, runtime="litert")
    found = predictor.predict(rows).values
    half = isinstance(run.model, ServedInHalfPrecision) and run.model.served_in_half_precision
    expected = run.model.predict(rows, verbose=0)
    np.testing.assert_allclose(found, expected, rtol=1e-3 if half else 1e-4, atol=1e-5)
