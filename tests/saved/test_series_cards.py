"""The card of a forecaster: what it says about windows and residuals is checked too."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import kerazoo
from kerazoo.errors import DamagedFile
from kerazoo.saved import load_card
from kerazoo.saved.array import Array
from tests.saved_networks import forge

CHANGES = {
    "another lag": lambda p: p["about"].update(lag=6),
    "another horizon": lambda p: p["about"].update(horizon=2),
    "a target that is no column": lambda p: p["about"].update(target="price"),
    "the same column twice": lambda p: p["about"].update(columns=["DJ_return", "DJ_return"] * 2),
    "a day that is none": lambda p: p["about"].update(weekdays=[0, 1, 2, 3, 7]),
    "days out of order": lambda p: p["about"].update(weekdays=[1, 0, 2, 3, 4]),
    "an unknown way to fill": lambda p: p["about"].update(missing="backward"),
    "no lag": lambda p: p["about"].pop("lag"),
    "an unknown field": lambda p: p["about"].update(code="os.system"),
    "residuals of another shape": lambda p: p["residuals"].update(shape=[1, 1]),
    "residuals that are not finite": lambda p: p.update(
        residuals={"shape": [1, 1], "dtype": "float32", "base64": Array.of([[1e39]]).base64}
    ),
    "residuals of steps that are not predicted": lambda p: p["residuals"].update(
        shape=[p["residuals"]["shape"][0] // 2, 2]
    ),
}


@pytest.fixture(scope="module")
def forecaster(tmp_path_factory: pytest.TempPathFactory) -> Path:
    splits = kerazoo.load_dataset("nyse", weekday=True)
    model = kerazoo.build_lstm((5, 8), units=(2,))
    arguments = {"input_shape": (5, 8), "units": (2,)}
    path = tmp_path_factory.mktemp("forecaster") / "m"
    return kerazoo.save_model(model, path, splits=splits, builder_arguments=arguments)


def test_the_card_says_how_windows_are_cut(forecaster: Path) -> None:
    card = load_card(forecaster)
    assert card.about == kerazoo.load_dataset("nyse", weekday=True).about
    assert card.residuals is not None
    assert card.columns == ()


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_hostile_card_is_refused(forecaster: Path, tmp_path: Path, change) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(forecaster, copy)
    forge(copy, change)
    with pytest.raises(DamagedFile, match=r"card\.json"):
        load_card(copy)
