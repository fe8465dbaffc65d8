"""Which networks are estimators, and what is refused."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.base import is_classifier

import kerazoo
from kerazoo import Classifier, Regressor
from kerazoo.errors import KerazooError
from kerazoo.recipe import cosine_decay
from kerazoo.sklearn import estimator
from kerazoo.sklearn.network import _hold_out
from tests.sklearn.by_hand import Rows, assert_same_weights, trained_by_hand


def test_an_estimator_is_chosen_by_the_recipe() -> None:
    kinds = {name: type(estimator(name)) for name in kerazoo.list_models("tabular")}
    of_numbers = {name for name, kind in kinds.items() if kind is Regressor}
    assert of_numbers == {"boston", "hitters", "linear_regression"}
    assert set(kinds.values()) == {Classifier, Regressor}
    assert is_classifier(estimator("xor", "documented"))
    parameters = estimator("boston", "documented", epochs=2, batch_size=8, seed=5).get_params()
    assert {name: value for name, value in parameters.items() if value is not None} == {
        "network": "boston",
        "variant": "documented",
        "epochs": 2,
        "batch_size": 8,
        "random_state": 5,
        "verbose": 0,
    }


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (Classifier("bostn"), "Did you mean 'boston'"),
        (Classifier("boston"), r"network for numbers; use kerazoo.Regressor\('boston'\)"),
        (Regressor("xor"), r"network for classes; use kerazoo.Classifier\('xor'\)"),
        (Classifier("cnn"), "asked about images; scikit-learn takes only networks on tables"),
        (Classifier(variant="tune"), "unknown variant 'tune'. Did you mean 'tuned'"),
        (Classifier("xor"), "'xor' takes 2 columns; X has 12"),
        (Classifier("wine_binary"), "has 2 classes; y has 3. Only binary classification"),
        (Classifier(builder_arguments={"classes": 4}), "has 4 classes; y has 3"),
        (Classifier(epochs=0), "epochs is 0; expected a whole number"),
        (Classifier(batch_size=2.5), "batch_size is 2.5; expected a whole number"),
        (Classifier(learning_rate=-1), "learning_rate is -1; expected a number above 0"),
        (Classifier(input_noise=0.1), "unknown argument of build_wine_multiclass 'input_noise'"),
        (Classifier(builder_arguments={"drop": 1}), "'drop'. Did you mean 'dropout'"),
        (Classifier(hidden_units=5), "build_wine_multiclass cannot use .* not iterable"),
        (Classifier(random_state=-1), "Seed must be between 0 and"),
    ],
)
def test_what_does_not_fit_is_refused(model: Any, message: str, wine_data: Rows) -> None:
    x, words = wine_data
    y = words if isinstance(model, Classifier) else np.arange(len(x))
    with pytest.raises(ValueError, match=message) as caught:
        model.fit(x, y)
    assert "\n" not in str(caught.value)
    assert not hasattr(model, "model_")


def test_rows_that_teach_nothing_are_refused(wine_data: Rows) -> None:
    x, _ = wine_data
    with pytest.raises(KerazooError, match="one class, 'bad'"):
        Classifier().fit(x, ["bad"] * len(x))
    with pytest.raises(KerazooError, match="1 sample of a weight above 0; pass at least 2"):
        Regressor().fit(x, np.arange(len(x)), np.arange(len(x)) == 5)


OWN = """
import dataclasses
from kerazoo.models.tabular.wine_binary import DOCUMENTED as WINE

def build_{name}(features: int = 12):
    import keras
    inputs = keras.Input((features,), name="measurements")
    x = keras.layers.Dense(4, "tanh", name="hidden")(inputs)
    return keras.Model(inputs, {outputs}, name="{name}")

DOCUMENTED = TUNED = dataclasses.replace(
    WINE, epochs=2, loss="sparse_categorical_crossentropy", patience=1
)
"""
SOFTMAX = 'keras.layers.Dense(2, "softmax", name="kind")(x)'


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Write the file of a network of one's own."""

    def write(name: str, outputs: str = SOFTMAX, *, more: str = "") -> None:
        (tmp_path / f"{name}.py").write_text(OWN.format(name=name, outputs=outputs) + more)

    monkeypatch.setenv("KERAZOO_MODELS", str(tmp_path))
    return write


def test_a_network_of_ones_own_is_trained_as_its_recipe_says(
    own: Callable[..., None], wine_data: Rows
) -> None:
    own("sweetness")
    x, y = wine_data[0], (wine_data[1] == "good").astype(int)
    kept, held_out = _hold_out(y, 3, stratified=True)
    assert abs(y[held_out].mean() - y.mean()) < 0.01
    # The loss takes the number of a class.
    expected = trained_by_hand(
        "sweetness", (x[kept], y[kept, None]), (x[held_out], y[held_out, None])
    )
    fitted = estimator("sweetness", seed=3).fit(x, np.where(y, "yes", "no"))
    assert_same_weights(fitted.model_, expected)
    again = pickle.loads(pickle.dumps(fitted))
    np.testing.assert_array_equal(again.predict_proba(x), fitted.predict_proba(x))


def test_a_warm_up_keeps_its_share_of_the_training(
    own: Callable[..., None], wine_data: Rows
) -> None:
    rate = cosine_decay(0.01, rows=1000, batch_size=32, epochs=50, warmup=0.1)
    optimizer = {"class_name": "Adam", "config": {"learning_rate": rate}}
    own("warmed", more=f"TUNED = dataclasses.replace(TUNED, optimizer={optimizer}, patience=None)")
    x, y = wine_data[0], wine_data[1] == "good"
    fitted = Classifier("warmed", epochs=3, batch_size=20, learning_rate=0.02).fit(x, y)
    expected = cosine_decay(0.02, rows=300, batch_size=20, epochs=3, warmup=0.1)
    assert fitted.recipe_.optimizer["config"]["learning_rate"] == expected


def test_networks_that_scikit_learn_cannot_train_are_refused(
    own: Callable[..., None], wine_data: Rows
) -> None:
    own("staged", more="def fit(trainer, model, splits): ...")
    own("forked", f"[{SOFTMAX}, keras.layers.Dense(1, name='other')(x)]")
    for name, message in (("staged", "use kerazoo.train"), ("forked", "several arrays")):
        with pytest.raises(KerazooError, match=message):
            Classifier(name).fit(*wine_data)


def test_masked_rows_and_rows_in_another_order_are_refused(boston_data: Rows) -> None:
    x, y = boston_data
    with pytest.raises(kerazoo.InvalidInput, match="X is a masked array"):
        Regressor("boston", epochs=1).fit(np.ma.masked_greater(x, 300), y)
    shuffled = pd.DataFrame(x).sample(frac=1, random_state=0)
    with pytest.raises(kerazoo.InvalidInput, match="the same index in another order"):
        Regressor("boston", epochs=1).fit(shuffled, pd.Series(y))
