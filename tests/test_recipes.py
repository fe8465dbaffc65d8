"""A recipe is plain data: it can be stored, hashed and compared."""

from __future__ import annotations

import dataclasses
import inspect
import json
import math
import re
from typing import Any, get_args

import pytest

import kerazoo
from kerazoo.errors import InvalidInput
from kerazoo.recipe import cosine_decay, for_training_on, with_learning_rate
from kerazoo.registry import VARIANTS, Variant
from kerazoo.tasks._baselines import list_baselines

RECIPES = [(name, variant) for name in kerazoo.list_models() for variant in VARIANTS]


@pytest.mark.parametrize(("name", "variant"), RECIPES)
def test_recipe_is_json(name: str, variant: str) -> None:
    recipe = kerazoo.load_recipe(name, variant)
    assert json.loads(json.dumps(recipe.as_dict())) == recipe.as_dict()


@pytest.mark.parametrize(("name", "variant"), RECIPES)
def test_recipe_can_be_carried_out(name: str, variant: str) -> None:
    recipe = kerazoo.load_recipe(name, variant)
    assert recipe.dataset in kerazoo.datasets.list_datasets()
    assert set(recipe.baselines) <= set(list_baselines())
    arguments = dict(recipe.builder_arguments)
    if "weights" in arguments:
        arguments["weights"] = None  # not downloaded here
    model = kerazoo.load_builder(name)(**arguments)
    kerazoo.compile_model(model, recipe)
    watched = recipe.monitor.removeprefix("val_")
    if recipe.patience is None and not recipe.restore_best_weights:
        return  # it chooses between finished trainings only: see test_models.py
    names = {
        metric if isinstance(metric, str) else metric["config"]["name"] for metric in recipe.metrics
    }
    # An agent reports after each epoch what it is judged by.
    measured = recipe.measures if recipe.task == "control" else ()
    assert watched in {"loss", *names, *measured}


@pytest.mark.parametrize("name", kerazoo.list_models())
def test_tuned_keeps_the_documented_network(name: str) -> None:
    documented, tuned = (kerazoo.load_recipe(name, variant) for variant in VARIANTS)
    assert documented.parameters == tuned.parameters
    assert documented.primary_metric == tuned.primary_metric
    assert documented.experiment == tuned.experiment


def test_a_schedule_follows_other_epochs_and_rows() -> None:
    recipe = dataclasses.replace(kerazoo.load_recipe("cnn"), epochs=10, batch_size=32)
    schedule = for_training_on(recipe, 3200).optimizer["config"]["learning_rate"]["config"]
    assert (schedule["warmup_steps"], schedule["decay_steps"]) == (100, 900)
    plain = kerazoo.load_recipe("cnn", "documented")
    assert for_training_on(plain, 3200) == plain


def test_hash_covers_what_decides_the_weights_and_nothing_else() -> None:
    recipe = kerazoo.load_recipe("boston", "documented")
    assert dataclasses.replace(recipe, epochs=26).hash() != recipe.hash()
    assert dataclasses.replace(recipe, builder_arguments={"features": 12}).hash() != recipe.hash()
    corrected = dataclasses.replace(recipe.documented, note="a corrected citation")
    assert dataclasses.replace(recipe, documented=corrected).hash() == recipe.hash()
    assert recipe.hash() == kerazoo.load_recipe("boston", "documented").hash()


# What no course document gives: a source that claims one for it would be untrue.
NOT_GIVEN = {
    "boston": "standardized inputs and target: own choice",
    "wine_binary": "epochs, batch size and share held out, which it does not give",
    "wine_multiclass": "limits of the three classes, removal of duplicates",
    "fashion_mnist": "batch size: own choice",
    "nyse_rnn": "optimizer, batch size, epochs and years: James et al.",
    "lstm": "optimizer, batch size, epochs and years: James et al.",
    "mnist_mlp": "optimizer, batch size, epochs and share held out: James et al.",
    "bag_of_words": "the linear layer on them, all of its training",
    "language_model": "network, text, and all of the training: own choice",
    "seq2seq": "network, data, and all of the training: own choice",
    "transformer": "one output in place of two, no biases in attention, none to",
    "masked_language_model": "network, data, and all else of the training: own choice",
    "cifar_cnn": "CIFAR-10 in place of CIFAR-100, initial weights and precision: own choice",
    "word2vec": "negative sampling: Mikolov et al., 2013",
    "autoencoder": "Foster, Generative deep learning",
    "policy_gradient": "network, optimizer, discount and all numbers: own choice",
    "actor_critic": "network, learning rate and epochs: own choice",
    "ppo": "one optimizer for both networks, and epochs: own choice",
    "dqn": "network, and all numbers of steps: own choice",
    "perceptron": "training, which they do not give: as for xor",
    "hitters": "optimizer and epochs: James et al.",
    "softmax_classifier": "optimizer, batch size, epochs and share held out: James et al.",
    "fcn": "own choice: layers, data and training",
    "yolo": "own choice: layers, data and training; loss: Redmon et al.",
    "resnet": "the decay of the rate, no augmentation: own choice",
    "densenet": "strides of the first convolution: own choice",
    "alexnet": "epochs (90 there), no augmentation: own choice",
    "lenet": "softmax, optimizer, batch size and share held out: own choice",
}
LINES = {"A": 805, "B": 3304, "C": 305, "D": 289, "E": 1505}  # of the course documents


@pytest.mark.parametrize(("name", "variant"), RECIPES)
def test_a_recipe_names_its_source(name: str, variant: str) -> None:
    source = kerazoo.load_recipe(name, variant).source
    assert source
    if variant == "tuned":
        assert source.startswith("own choice")
    for document, first, last in re.findall(r"document ([A-E]), lines? (\d+)(?:-(\d+))?", source):
        assert int(first) <= int(last or first) <= LINES[document]


@pytest.mark.parametrize(("name", "words"), NOT_GIVEN.items())
def test_no_document_is_claimed_for_what_it_does_not_give(name: str, words: str) -> None:
    assert words in kerazoo.load_recipe(name, "documented").source


@pytest.mark.parametrize(
    "name",
    ["cnn", "vgg_small", "vgg_transfer", "fcn", "yolo", "lstm", "vae", "gan", "vit", "inception"],
)
def test_what_no_source_trains_is_own_choice(name: str) -> None:
    assert kerazoo.load_recipe(name, "documented").source.startswith("own choice")


def test_no_figure_is_credited_to_a_document_that_does_not_contain_it() -> None:
    """They give R2 of nyse_rnn (A, line 440), and what two single units and mnist_cnn reach."""
    credited = {
        (name, reference.value)
        for name, variant in RECIPES
        for recipe in [kerazoo.load_recipe(name, variant)]
        for reference in (recipe.documented, recipe.baseline, recipe.best)
        if reference is not None and "course document" in reference.source
    }
    assert credited == {
        ("nyse_rnn", 0.42),
        ("lstm", 0.42),
        ("linear_regression", 0.000007**0.5),  # the root of the last cost (E, line 246)
        ("logistic_regression", 0.5),  # of its confusion matrix (D, line 136)
        ("mnist_cnn", 0.9836),
    }


def test_wines_are_documented_without_callbacks() -> None:
    for name in ("wine_binary", "wine_multiclass"):
        recipe = kerazoo.load_recipe(name, "documented")
        assert recipe.patience is None
        assert not recipe.restore_best_weights


def test_a_corrected_source_changes_no_hash() -> None:
    recipe = kerazoo.load_recipe("boston", "documented")
    assert dataclasses.replace(recipe, source="another").hash() == recipe.hash()


def test_another_learning_rate_is_the_highest_of_a_schedule() -> None:
    def rate_of(learning_rate: object) -> object:
        optimizer = {"class_name": "Adam", "config": {"learning_rate": learning_rate}}
        recipe = dataclasses.replace(kerazoo.load_recipe("boston"), optimizer=optimizer)
        changed = with_learning_rate(recipe, 0.5).optimizer["config"]["learning_rate"]
        assert recipe.optimizer == optimizer
        return changed

    assert rate_of(0.01) == 0.5
    size = {"rows": 100, "batch_size": 10, "epochs": 5}
    assert rate_of(cosine_decay(0.01, **size)) == cosine_decay(0.5, **size)
    risen = rate_of(cosine_decay(0.01, **size, warmup=0.1))
    assert risen == cosine_decay(0.5, **size, warmup=0.1)
    with pytest.raises(InvalidInput, match="PiecewiseConstantDecay, which has no first rate"):
        rate_of({"class_name": "PiecewiseConstantDecay", "config": {"values": [1, 2]}})


@pytest.mark.parametrize("rate", [0, -1.0, math.nan, math.inf, True, "0.1"])
def test_a_learning_rate_is_a_number_above_0(rate: object) -> None:
    with pytest.raises(InvalidInput, match="expected a number above 0"):
        with_learning_rate(kerazoo.load_recipe("boston"), rate)


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"seed": 2**32}, "seed is 4294967296; expected a whole number, 0 to 4294967295"),
        ({"seed": -1}, "seed is -1;"),
        ({"seed": 1.5}, r"seed is 1\.5;"),
        ({"epochs": 10**20}, "epochs is 10{20}; expected a whole number, 1 to 2147483647"),
        ({"batch_size": 0}, "batch_size is 0;"),
    ],
)
def test_numbers_that_no_training_takes(asked: dict[str, Any], message: str) -> None:
    with pytest.raises(kerazoo.InvalidInput, match=message):
        kerazoo.train("xor", **asked)


def test_a_type_checker_knows_the_recipes() -> None:
    assert get_args(Variant) == VARIANTS
    assert inspect.signature(kerazoo.train).parameters["variant"].annotation == "Variant"
