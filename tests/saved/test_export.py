"""Exports answer as Keras does, or are not there."""

from __future__ import annotations

import importlib.util

import keras
import numpy as np
import pytest

import kerazoo
from kerazoo.errors import KerazooError
from kerazoo.predict import load_predictor
from kerazoo.runtimes.litert import LitertNetwork
from kerazoo.runtimes.tensorflow import run_saved_model
from kerazoo.saved import litert
from kerazoo.saved.export import export_model
from tests.processes import run_forked

pytestmark = pytest.mark.thorough


def test_litert_and_saved_model(wine, tmp_path):
    import tensorflow as tf

    rows = wine.splits.test.x
    expected = np.asarray(wine.model(rows))
    path = export_model(wine.path, "litert", tmp_path / "wine.tflite")
    np.testing.assert_allclose(LitertNetwork(path.read_bytes(), "")(rows), expected, atol=1e-5)
    path = export_model(wine.path, "saved_model", tmp_path / "wine")
    loaded = tf.saved_model.load(str(path))
    np.testing.assert_allclose(loaded.serve(tf.constant(rows)), expected, atol=1e-5)
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["wine", "wine.tflite"]


@pytest.mark.skipif(importlib.util.find_spec("tf2onnx") is None, reason="needs kerazoo[onnx]")
def test_onnx_takes_raw_input_and_nothing_else(wine, tmp_path):
    import onnx

    path = export_model(wine.path, "onnx", tmp_path / "wine.onnx")
    assert len(onnx.load(path).graph.input) == 1


@pytest.mark.skipif(importlib.util.find_spec("tf2onnx") is not None, reason="it is there")
def test_onnx_says_what_is_missing(wine, tmp_path):
    done = run_forked("export", wine.path, "--format", "onnx", "--out", tmp_path / "wine.onnx")
    assert done.returncode == 1
    assert "pip install onnx tf2onnx" in done.stderr


def test_other_answers_leave_no_file(wine, tmp_path, monkeypatch):
    monkeypatch.setattr(litert, "_TOLERANCE", -1.0)
    for kind, name in (("litert", "w.tflite"), ("saved_model", "w")):
        with pytest.raises(KerazooError, match="off by"):
            export_model(wine.path, kind, tmp_path / name)
    assert not any(tmp_path.iterdir())


def test_wrong_requests_are_refused(wine, tmp_path):
    (tmp_path / "there.tflite").write_text("mine")
    for kind, name, reason in (
        ("pickle", "w.pkl", "Known: litert, onnx, saved_model"),
        ("litert", "w.onnx", "does not end in '.tflite'"),
        ("saved_model", "w.onnx", "is the name of a file, and a saved_model is a folder"),
        ("litert", "there.tflite", "exists"),
        ("litert", "no/folder/w.tflite", "folder does not"),
    ):
        with pytest.raises(KerazooError, match=reason):
            export_model(wine.path, kind, tmp_path / name)
    assert (tmp_path / "there.tflite").read_text() == "mine"


def test_what_is_random_in_training_is_left_out(tmp_path):
    inputs = keras.Input((6, 6, 1))
    x = keras.layers.RandomTranslation(0.4, 0.4)(inputs)
    model = keras.Model(inputs, keras.layers.Dense(2)(keras.layers.Flatten()(x)), name="moved")
    saved = kerazoo.save_model(model, tmp_path / "m")
    path = export_model(saved, "saved_model", tmp_path / "served", builder=lambda: model)
    images = np.random.default_rng(0).normal(size=(3, 6, 6, 1)).astype("float32")
    answers = run_saved_model(path, [images])
    np.testing.assert_allclose(answers, model(images, training=False), atol=1e-5)


def test_a_folder_may_have_a_dot_in_its_name(wine, tmp_path):
    path = export_model(wine.path, "saved_model", tmp_path / "wine-1.0")
    assert (path / "saved_model.pb").is_file()


@pytest.mark.parametrize("bidirectional", [False, True])
def test_recurrent_networks_are_unrolled_for_litert(tmp_path, bidirectional):
    inputs = keras.Input((5, 3))
    layer = keras.layers.LSTM(4)
    x = (keras.layers.Bidirectional(layer) if bidirectional else layer)(inputs)
    model = keras.Model(inputs, keras.layers.Dense(1)(x), name="recurrent")
    path = kerazoo.save_model(model, tmp_path / "m")
    predictor = load_predictor(path)
    assert predictor.runtime == "litert"
    rows = np.random.default_rng(0).normal(size=(7, 5, 3)).astype("float32")
    np.testing.assert_allclose(predictor.predict(rows), model(rows), atol=1e-5)


def test_what_litert_cannot_run_is_served_by_keras_and_that_is_said(tmp_path):
    inputs = keras.Input((None, 3))
    model = keras.Model(inputs, keras.layers.LSTM(4)(inputs), name="of_any_length")
    with pytest.warns(UserWarning, match="served through Keras"):
        path = kerazoo.save_model(model, tmp_path / "m")
    with pytest.raises(KerazooError, match=r"no model\.tflite"):
        load_predictor(path, "litert")
    with pytest.raises(KerazooError, match="builder="):
        load_predictor(path)

    def build():
        inputs = keras.Input((None, 3))
        return keras.Model(inputs, keras.layers.LSTM(4)(inputs))

    predictor = load_predictor(path, builder=build)
    for length in (2, 9):
        rows = np.ones((3, length, 3), "float32")
        np.testing.assert_allclose(predictor.predict(rows), model(rows), atol=1e-6)
