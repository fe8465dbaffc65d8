"""What load_model gives back."""

from __future__ import annotations

import shutil

import keras
import numpy as np
import pytest

import kerazoo
from kerazoo.errors import KerazooError, UnknownName
from kerazoo.saved import load_card, load_model, locate_model, reading
from tests.conftest import run_python
from tests.saved_networks import forge


def test_the_same_answers(wine, boston, xor):
    for saved in (wine, boston, xor):
        rows = saved.splits.test.x
        np.testing.assert_array_equal(load_model(saved.path)(rows), saved.model(rows))


def test_it_goes_on_training_as_if_it_had_never_been_saved(wine, tmp_path):
    keras.utils.set_random_seed(0)
    again = load_model(wine.path, compile=True)
    for weight, before in zip(
        again.optimizer.variables, wine.model.optimizer.variables, strict=True
    ):
        np.testing.assert_array_equal(weight, before)
    data = wine.splits.train
    loss = again.fit(*data, shuffle=False, verbose=0).history["loss"]
    keras.utils.set_random_seed(0)  # dropout
    twin = load_model(wine.path, compile=True)
    assert twin.fit(*data, shuffle=False, verbose=0).history["loss"] == loss
    assert not load_model(wine.path).compiled


def test_a_recipe_that_has_changed_is_not_compiled_silently(copy):
    forge(copy, lambda plain: plain.update(recipe="0" * 64))
    load_model(copy)
    with pytest.raises(KerazooError, match="another recipe"):
        load_model(copy, compile=True)


def test_a_model_without_an_optimizer_is_not_continued(tmp_path):
    recipe = kerazoo.load_recipe("boston")
    path = kerazoo.save_model(
        kerazoo.build_boston(), tmp_path / "m", recipe=recipe, variant="tuned"
    )
    with pytest.raises(KerazooError, match="optimizer"):
        load_model(path, compile=True)


def test_another_activation_is_noticed(tmp_path):
    def build(activation):
        inputs = keras.Input((3,))
        return keras.Model(inputs, keras.layers.Dense(2, activation)(inputs), name="mine")

    path = kerazoo.save_model(build("relu"), tmp_path / "m")
    with pytest.raises(KerazooError, match="other layers"):
        load_model(path, builder=lambda: build("tanh"))
    forge(path, lambda plain: plain["versions"].update(keras="3.99.0"))
    with pytest.raises(KerazooError, match="does not answer as it did"):
        load_model(path, builder=lambda: build("tanh"))


def test_a_fresh_process_gives_the_same_answers_without_tensorflow(wine, tmp_path):
    np.save(tmp_path / "rows.npy", wine.splits.test.x)
    done = run_python(
        f"""
import sys, numpy as np, kerazoo
rows = np.load({str(tmp_path / "rows.npy")!r})
np.save({str(tmp_path / "answers.npy")!r}, kerazoo.load_predictor({str(wine.path)!r}).predict(rows))
kerazoo.saved.load_card({str(wine.path)!r})
print([name for name in ("tensorflow", "keras", "pandas", "sklearn") if name in sys.modules])
"""
    )
    assert done.stdout == "[]\n", done.stderr
    answers = np.load(tmp_path / "answers.npy")
    np.testing.assert_allclose(answers, wine.model(wine.splits.test.x), atol=1e-5)


def test_installed_models_are_found_by_name(wine, tmp_path, monkeypatch):
    monkeypatch.setattr(reading, "SHIPPED", (tmp_path / "nowhere", tmp_path))
    shutil.copytree(wine.path, tmp_path / "wine_multiclass")
    assert locate_model("wine_multiclass") == tmp_path / "wine_multiclass"
    assert load_card("wine_multiclass").name == "wine_multiclass"
    with pytest.raises(UnknownName, match="Did you mean 'wine_multiclass'"):
        locate_model("wine_multiclas")
    with pytest.raises(UnknownName, match="kerazoo train boston"):
        locate_model("boston")


def test_a_directory_without_a_card_is_refused(tmp_path):
    with pytest.raises(KerazooError, match=r"holds no card\.json"):
        load_card(tmp_path)
