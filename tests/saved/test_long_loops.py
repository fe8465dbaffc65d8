"""Recurrent layers that read hundreds of steps: LiteRT runs their loop, it is not unrolled."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
import pytest

import kerazoo
from kerazoo.saved.card import LITERT_FILE

STEPS = 300


@pytest.mark.parametrize(
    ("cell", "bidirectional", "mask"), [("lstm", True, True), ("gru", False, False)]
)
@pytest.mark.thorough
def test_a_long_loop_is_small_and_exact(
    tmp_path: Path, cell: str, bidirectional: bool, mask: bool
) -> None:
    keras.utils.set_random_seed(0)
    options = {"vocabulary_size": 20, "cell": cell, "bidirectional": bidirectional, "mask": mask}
    model = kerazoo.build_imdb_lstm((STEPS,), **options)
    arguments = {"input_shape": [STEPS], **options}
    path = kerazoo.save_model(model, tmp_path / "model", builder_arguments=arguments)
    assert (path / LITERT_FILE).stat().st_size < 150_000
    rows = np.random.default_rng(0).integers(0, 23, (5, STEPS)).astype("int32")
    rows[1, :290] = 0
    rows[2] = 0
    answers = kerazoo.load_predictor(path, "litert").predict(rows).values
    np.testing.assert_allclose(answers, model.predict(rows, verbose=0), atol=1e-6)
    # What hid the loop of Keras in the export is gone again.
    assert not any("inner_loop" in vars(layer) for layer in model._flatten_layers())
