"""What a training and its data look like at a prompt: a line, not all their numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import kerazoo
from kerazoo.experiments.run import Run


def test_a_data_set_is_shown_in_shapes() -> None:
    splits = kerazoo.load_dataset("boston")
    part = "Part(x=(303, 13) of float32, y=(303, 1) of float32)"
    assert repr(splits.train) == part
    assert repr(splits).startswith(f"Splits(train={part}, validation=Part(x=(101, 13)")
    assert repr(splits).endswith("about=Table)")
    assert repr(kerazoo.datasets.Part(np.zeros((2, 3), "uint8"))) == "Part(x=(2, 3) of uint8)"


def test_a_training_is_shown_in_what_came_out() -> None:
    recipe, splits = kerazoo.load_recipe("boston"), kerazoo.load_dataset("boston")
    model: Any = None
    history = {"loss": [1.0] * 3}
    run = Run("boston", "tuned", 4, recipe, splits, model, history, {}, {"loss": 0.25}, 1.26)
    shown = "<Run of 'boston', tuned recipe, seed 4: test loss 0.25; epochs 3, 1.3 s>"
    assert repr(run) == shown


def test_names_in_place_of_networks() -> None:
    assert str(kerazoo.layer_table("xor")) == str(kerazoo.layer_table(kerazoo.build_xor()))
    wrong: Any = "boston"
    with pytest.raises(kerazoo.KerazooError, match=r"pass what kerazoo.train\('boston'\) returns"):
        kerazoo.compare(wrong)
    wrong = ["boston"]
    with pytest.raises(kerazoo.KerazooError, match=r"run is \['boston'\]; pass what"):
        kerazoo.compare(wrong)
