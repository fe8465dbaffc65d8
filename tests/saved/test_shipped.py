"""Every network of the zoo comes trained, and is served without TensorFlow."""

from __future__ import annotations

import numpy as np
import pytest

import kerazoo
from kerazoo.datasets.about import Images, Series, Table, Texts
from kerazoo.predict import load_predictor
from kerazoo.saved import load_card
from kerazoo.tasks._scores import score_predictions

VALIDATED_ON_TRAINING_ROWS = {
    *("hitters", "linear_regression", "logistic_regression", "perceptron", "xor"),
}
CALIBRATED_ONCE_TRAINED_ANEW = {"cifar_cnn"}


@pytest.mark.parametrize("name", kerazoo.list_models())
def test_a_trained_network_is_installed_and_served_by_litert(name):
    card = load_card(name)
    recipe = kerazoo.load_recipe(name, card.variant)
    assert card.name == name
    assert card.recipe == recipe.hash(), "trained by another recipe than today's: record it again"
    assert load_predictor(name).runtime == "litert"
    assert kerazoo.load_model(name).name
    if card.parameters < 100_000:
        kerazoo.load_model(name, compile=True)
    else:  # shipped without the optimizer's state, which would be twice as large
        with pytest.raises(kerazoo.KerazooError, match="without the state of an optimizer"):
            kerazoo.load_model(name, compile=True)


@pytest.mark.parametrize("name", kerazoo.list_models("tabular"))
def test_it_reaches_the_figures_of_its_card(name):
    card = load_card(name)
    recipe = kerazoo.load_recipe(name, card.variant)
    splits = kerazoo.load_dataset(recipe.dataset, **recipe.dataset_arguments)
    assert splits.hash() == card.data
    x, y = splits.test
    scores = score_predictions(splits, np.asarray(y), load_predictor(name).predict(x).values)
    saved = card.metrics[str(card.seed)]
    for metric in scores.keys() & saved.keys():
        assert scores[metric] == pytest.approx(saved[metric], rel=1e-3)


@pytest.mark.parametrize("name", sorted({*kerazoo.list_models()} - VALIDATED_ON_TRAINING_ROWS))
def test_its_card_says_how_far_usual_rows_are_wherever_that_can_be_measured(name):
    card = load_card(name)
    if name in CALIBRATED_ONCE_TRAINED_ANEW and card.calibration is None:
        pytest.skip("its card is of before calibration; training it anew adds both")
    is_measured = {
        "rows": isinstance(card.about, Table),
        "images": isinstance(card.about, Images),
        "texts": isinstance(card.about, Texts),
        "series": isinstance(card.about, Series),
    }
    assert (card.typical is not None) == is_measured.get(card.task, False)
