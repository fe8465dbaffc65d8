"""compile_model, evaluate_model, normalization, and whole runs."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import keras
import numpy as np
import pytest

import kerazoo
from kerazoo.datasets import Part, load_dataset_module
from kerazoo.errors import InvalidInput
from kerazoo.experiments import record as recording
from kerazoo.recipe import for_training_on
from kerazoo.tasks._baselines import list_baselines, score_baseline
from kerazoo.tasks.control.policies import POLICIES
from kerazoo.tasks.generation import quality as sample_quality
from kerazoo.tasks.language.counts import ORDERS
from kerazoo.tasks.ranking.neighbors import BASELINES as RATING_BASELINES
from kerazoo.tasks.segmentation.simple_methods import BASELINES as MASK_BASELINES


def short(name: str, epochs: int = 3, variant: str = "tuned") -> kerazoo.Recipe:
    return dataclasses.replace(kerazoo.load_recipe(name, variant), epochs=epochs)


def test_scaling_is_learnt_from_the_training_part_alone() -> None:
    splits = kerazoo.load_dataset("boston")
    model = kerazoo.build_boston()
    kerazoo.adapt_normalization(model, *splits.train)
    layer = model.get_layer("standardize")
    np.testing.assert_allclose(np.ravel(layer.mean), splits.train.x.mean(axis=0), rtol=1e-4)
    price = model.get_layer("price")
    np.testing.assert_allclose(np.ravel(price.mean), splits.train.y.mean(), rtol=1e-5)


def test_fit_model_adapts_what_nobody_adapted_and_leaves_the_rest() -> None:
    splits = kerazoo.load_dataset("boston")
    model = kerazoo.compile_model(kerazoo.build_boston(), "boston")
    kerazoo.fit_model(model, splits.train, epochs=1, verbose=0)
    adapted = np.array(model.get_layer("standardize").mean)
    kerazoo.fit_model(model, splits.test, epochs=1, verbose=0)
    np.testing.assert_array_equal(model.get_layer("standardize").mean, adapted)


def test_epochs_and_batch_size_are_those_asked_for() -> None:
    recipe = dataclasses.replace(kerazoo.load_recipe("wine_binary"), epochs=2, batch_size=500)
    splits = kerazoo.load_dataset(recipe.dataset, **recipe.dataset_arguments)
    rows = len(splits.train.x)
    run = kerazoo.train("wine_binary", splits=splits, epochs=np.int64(2), batch_size=500)
    assert run.recipe == for_training_on(recipe, rows)
    assert len(run.history["loss"]) == 2
    schedule = run.model.optimizer.get_config()["learning_rate"]["config"]
    assert schedule["decay_steps"] == 2 * -(-rows // 500)
    for wrong in ({"epochs": 0}, {"batch_size": 2.5}, {"epochs": True}, {"epochs": "3"}):
        name, value = next(iter(wrong.items()))
        with pytest.raises(InvalidInput, match=f"{name} is {value!r}; expected a whole number"):
            kerazoo.train("wine_binary", splits=splits, **wrong)


def test_predictions_come_out_in_thousands_of_dollars() -> None:
    run = kerazoo.train("boston", recipe=short("boston", epochs=20))
    prices = run.model.predict(run.splits.test.x, verbose=0)
    assert 15 < prices.mean() < 30


def test_compile_model_takes_your_own_choices() -> None:
    model = kerazoo.compile_model(kerazoo.build_boston(), "boston", optimizer="sgd", loss="mae")
    assert isinstance(model.optimizer, keras.optimizers.SGD)
    assert model.loss == "mae"


def test_compile_twice_from_one_recipe_gives_two_optimizers() -> None:
    one, two = (kerazoo.compile_model(kerazoo.build_boston(), "boston") for _ in range(2))
    assert one.optimizer is not two.optimizer


def test_evaluate_refuses_what_it_cannot_judge() -> None:
    splits = kerazoo.load_dataset("boston")
    with pytest.raises(kerazoo.KerazooError, match=r"not compiled; call kerazoo\.compile_model"):
        kerazoo.evaluate_model(kerazoo.build_boston(), splits.test)
    model = kerazoo.compile_model(kerazoo.build_boston(), "boston")
    with pytest.raises(kerazoo.KerazooError, match="no rows to evaluate"):
        kerazoo.evaluate_model(model, (splits.test.x[:0], splits.test.y[:0]))


def test_test_set_is_not_looked_at_while_training() -> None:
    """Other test rows must change the test metrics and nothing else."""
    splits = kerazoo.load_dataset("boston")
    other = dataclasses.replace(splits, test=type(splits.test)(splits.test.x, splits.test.y[::-1]))
    one, two = (kerazoo.train("boston", recipe=short("boston"), splits=s) for s in (splits, other))
    assert one.history == two.history
    assert one.validation_metrics == two.validation_metrics
    assert one.metrics != two.metrics


class InterruptAfter(keras.callbacks.Callback):
    """Press Ctrl-C at the end of an epoch."""

    def __init__(self, epoch: int) -> None:
        super().__init__()
        self.epoch = epoch

    def on_epoch_end(self, epoch, logs=None):
        if epoch == self.epoch:
            raise KeyboardInterrupt


def test_interrupted_training_is_saved_with_its_best_weights(tmp_path: Path) -> None:
    run = kerazoo.train("boston", out=tmp_path / "model", callbacks=[InterruptAfter(4)])
    assert run.interrupted
    assert run.metrics == {}, "an unfinished training is not judged on the test set"
    assert len(run.history["loss"]) == 4, "Keras writes history after the other callbacks"
    saved = kerazoo.load_model(tmp_path / "model")
    for one, two in zip(saved.get_weights(), run.model.get_weights(), strict=True):
        np.testing.assert_array_equal(one, two)


def test_out_is_checked_before_training(tmp_path: Path) -> None:
    kerazoo.train("xor", recipe=short("xor"), out=tmp_path / "model")
    before = sorted(path.stat().st_mtime_ns for path in (tmp_path / "model").iterdir())
    with pytest.raises(kerazoo.KerazooError, match="xor"):
        kerazoo.train("boston", out=tmp_path / "model", callbacks=[InterruptAfter(0)])
    assert sorted(path.stat().st_mtime_ns for path in (tmp_path / "model").iterdir()) == before
    (tmp_path / "file").write_text("precious")
    with pytest.raises(kerazoo.KerazooError, match="file"):
        kerazoo.train("boston", out=tmp_path / "file")
    assert (tmp_path / "file").read_text() == "precious"


def test_resume_needs_out() -> None:
    with pytest.raises(kerazoo.KerazooError, match="resume=True needs out="):
        kerazoo.train("xor", resume=True)


_SLOW = (
    "kernel_ridge",
    "logistic_regression_of_patches",
    "logistic_regression_on_thumbnails",
)


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=pytest.mark.thorough) if name in _SLOW else name
        for name in list_baselines()
    ],
)
def test_baselines_run(name: str) -> None:
    data = {"kernel_ridge": "boston", "lasso": "boston", "least_squares": "boston"}
    data |= {"autoregression": "nyse", "last_value": "nyse", "climate_mean": "seattle_weather"}
    data |= dict.fromkeys(POLICIES, "cart_pole")
    of_images = name in ("principal_components", *sample_quality.BASELINES)
    if of_images or name.endswith("thumbnails"):
        splits = kerazoo.load_dataset("fashion_mnist_mini", labels=not of_images)
    elif name.endswith("_words"):
        splits = load_dataset_module("imdb_sentiment").tiny()
    elif name in ORDERS:
        splits = load_dataset_module("imdb_next_words").tiny()
    elif name in RATING_BASELINES:
        splits = load_dataset_module("ratings_csv").tiny()
    elif name in MASK_BASELINES:
        splits = load_dataset_module("composed_scenes").tiny()
    elif name in ("date_rules", "nearest_text"):
        splits = load_dataset_module("written_dates").tiny()
    else:
        splits = kerazoo.load_dataset(data.get(name, "wine"))
    few = Part(*(None if array is None else array[:300] for array in splits.train))
    few = dataclasses.replace(splits, train=few)
    scores = score_baseline(name, few, components=2 if of_images else None)
    assert all(np.isfinite(value) for value in scores.values())


def test_least_squares_reproduces_the_published_figure() -> None:
    scores = score_baseline("least_squares", kerazoo.load_dataset("boston"))
    assert scores["mean_absolute_error"] == pytest.approx(3.464, abs=0.001)


@pytest.mark.thorough
def test_record_writes_results_and_the_seed_best_on_validation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    no_more = {"cross_validation_folds": 0, "baselines": (), "experiments": {}}
    recipes = {
        "documented": dataclasses.replace(short("boston", 1, "documented"), **no_more),
        "tuned": dataclasses.replace(
            short("boston", 3, "tuned"),
            cross_validation_folds=3,
            baselines=("least_squares",),
            experiments={"fewer rows": {"dataset_arguments": {"validation_fraction": 0.5}}},
        ),
    }
    monkeypatch.setattr(recording, "load_recipe", lambda name, variant: recipes[variant])
    written = recording.record(
        "boston",
        seeds=2,
        results=tmp_path / "results",
        saved_models=tmp_path / "saved_models",
        report=lambda line: None,
    )
    assert json.loads((tmp_path / "results" / "boston.json").read_text()) == written
    judged = written["variants"]["tuned"]["judged_on"][recipes["tuned"].experiment]
    values = [judged["seeds"][seed]["test"]["mean_absolute_error"] for seed in "01"]
    assert judged["summary"]["mean_absolute_error"]["mean"] == pytest.approx(
        np.mean(values), abs=1e-5
    )
    spread = judged["summary"]["mean_absolute_error"]["spread"]
    assert spread == pytest.approx(np.std(values, ddof=1), abs=1e-5)
    losses = [judged["seeds"][seed]["validation"]["loss"] for seed in "01"]
    card = json.loads((tmp_path / "saved_models" / "boston" / "card.json").read_text())
    assert card["seed"] == int(np.argmin(losses))
    other = written["variants"]["tuned"]["judged_on"]["fewer rows"]["summary"]
    assert card["experiments"] == {
        "fewer rows": {metric: value["mean"] for metric, value in other.items()}
    }
    kerazoo.load_model(tmp_path / "saved_models" / "boston")
    assert written["variants"]["tuned"]["cross_validation"]["folds"] == 3
    assert written["baselines"][recipes["tuned"].experiment]["least_squares"]


def test_cross_validation_tests_every_row_once() -> None:
    splits = kerazoo.load_dataset("boston")
    folds = list(recording.cross_validation(splits, 10))
    tested = np.concatenate([fold.test.x for fold in folds])
    everything = np.concatenate([splits.train.x, splits.validation.x, splits.test.x])
    assert sorted(map(tuple, tested)) == sorted(map(tuple, everything))
    for fold in folds:
        assert len(fold.train.x) + len(fold.validation.x) + len(fold.test.x) == 506


def test_xor_is_solved_by_default() -> None:
    assert kerazoo.train("xor").metrics["solved"] == 1.0
    assert kerazoo.train("xor", variant="documented").metrics["solved"] == 1.0


def test_data_that_is_no_splits_is_refused() -> None:
    with pytest.raises(kerazoo.KerazooError, match=r"splits is a ndarray; pass a kerazoo\.Splits"):
        kerazoo.train("xor", splits=np.zeros((4, 2)))
