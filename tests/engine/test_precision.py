"""Mixed precision: inner layers compute in 16 bits, everything else stays float32."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest

from kerazoo.engine import precision
from kerazoo.engine.fit import fit_model
from tests.engine import small_networks as networks


@pytest.mark.parametrize("policy", ["mixed_bfloat16", "mixed_float16"])
def test_mixed_training_leaves_a_float32_model(policy: Any) -> None:
    x, y = networks.images()
    full, mixed = networks.convolutional(), networks.convolutional()
    expected = fit_model(full, (x, y), (x, y), epochs=3, verbose=0)
    history = fit_model(mixed, (x, y), (x, y), epochs=3, verbose=0, precision=policy)
    assert history.history["loss"] != expected.history["loss"]
    np.testing.assert_allclose(history.history["loss"], expected.history["loss"], rtol=0.05)
    assert {weight.dtype for weight in mixed.weights} <= {"float32", "int32", "uint32", "int64"}
    assert {layer.dtype_policy.name for layer in mixed.layers} == {"float32"}
    assert isinstance(mixed.optimizer, keras.optimizers.Adam)
    assert mixed.predict(x, verbose=0).dtype == np.float32


def test_which_layers_are_mixed() -> None:
    model = networks.convolutional()
    with precision.computing_in(model, "mixed_bfloat16"):
        policies = {type(layer).__name__: layer.compute_dtype for layer in model.layers}
    assert policies["Conv2D"] == policies["MaxPooling2D"] == "bfloat16"
    assert policies["Dense"] == "float32"


def test_policies_are_put_back_after_an_error() -> None:
    model = networks.convolutional()
    optimizer = model.optimizer
    with pytest.raises(KeyboardInterrupt), precision.computing_in(model, "mixed_float16"):
        raise KeyboardInterrupt
    assert model.layers[2].compute_dtype == "float32"
    assert model.optimizer is optimizer


@pytest.mark.parametrize("has_units", [True, False])
def test_auto(monkeypatch: pytest.MonkeyPatch, has_units: bool) -> None:
    monkeypatch.setattr(precision, "_has_bfloat16_units", lambda: has_units)
    expected = "mixed_bfloat16" if has_units else "float32"
    assert precision.choose_precision(networks.convolutional(), "auto") == expected
    assert precision.choose_precision(networks.dense(), "auto") == "float32"
    assert precision.choose_precision(networks.recurrent(), "auto") == "float32"
