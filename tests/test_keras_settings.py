"""A user's `keras.json` changes no network of the zoo, and loses no training."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import keras
import numpy as np
import pytest

import kerazoo
from kerazoo.errors import KerazooError
from tests.conftest import run_fresh_kerazoo


@pytest.fixture(params=[("float64", "channels_last"), ("float16", "channels_first")])
def settings(request: pytest.FixtureRequest) -> Iterator[tuple[str, str]]:
    before = keras.config.floatx(), keras.config.image_data_format()
    keras.config.set_floatx(request.param[0])
    keras.config.set_image_data_format(request.param[1])
    yield request.param
    keras.config.set_floatx(before[0])
    keras.config.set_image_data_format(before[1])


@pytest.mark.parametrize("name", ["boston", "cnn", "lstm", "vae"])
def test_networks_of_the_zoo_are_as_documented(name: str, settings: tuple[str, str]) -> None:
    model = kerazoo.load_builder(name)()
    assert {weight.dtype for weight in model.trainable_weights} == {"float32"}
    layers = [layer for layer in model.layers if hasattr(layer, "data_format")]
    assert {layer.data_format for layer in layers} <= {"channels_last"}
    assert (keras.config.floatx(), keras.config.image_data_format()) == settings


def test_shipped_networks_load(settings: tuple[str, str]) -> None:
    model = kerazoo.load_model("xor")
    answers = model.predict(np.array([[0, 0], [0, 1]], "float32"), verbose=0)
    assert (answers > 0.5).ravel().tolist() == [False, True]


@pytest.mark.filterwarnings("ignore:'mine' is served through Keras")
def test_a_network_of_ones_own_in_float64_is_saved(tmp_path: Path) -> None:
    inputs = keras.Input((3,), dtype="float64")
    outputs = keras.layers.Dense(2, dtype="float64")(inputs)
    model = keras.Model(inputs, outputs, name="mine")
    path = kerazoo.save_model(model, tmp_path / "m")
    rows = np.random.default_rng(0).normal(size=(4, 3))
    loaded = kerazoo.load_model(path, builder=lambda: keras.Model.from_config(model.get_config()))
    np.testing.assert_array_equal(loaded.predict(rows, verbose=0), model.predict(rows, verbose=0))


def test_an_unknown_backend_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KERAS_BACKEND", "tensorflw")
    done = run_fresh_kerazoo("list")
    assert done.returncode == 1
    assert done.stderr.startswith("error: KERAS_BACKEND is 'tensorflw'; expected one of tensorflow")


def test_another_backend_is_refused_before_anything_is_trained(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keras.config, "backend", lambda: "torch")
    with pytest.raises(KerazooError, match="Set KERAS_BACKEND=tensorflow"):
        kerazoo.train("xor", out=tmp_path / "m")
    assert not (tmp_path / "m").exists()


def test_a_network_is_loaded_with_another_backend() -> None:
    pytest.importorskip("jax", reason="jax is not installed, and Keras' NumPy backend imports it")
    code = "import kerazoo, numpy; print(kerazoo.load_model('xor')(numpy.ones((1, 2))).shape)"
    environment = {**os.environ, "KERAS_BACKEND": "numpy"}
    run = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False
    )
    assert (run.returncode, run.stdout) == (0, "(1, 1)\n"), run.stderr[-2000:]
