"""Why a saved network answers as it does."""

from __future__ import annotations

import shutil
import warnings
from pathlib import Path

import keras
import numpy as np
import pytest

import kerazoo
from kerazoo.errors import InvalidInput, KerazooError
from kerazoo.predict import load_predictor
from tests.saved_networks import Saved, forge


@pytest.fixture(scope="module")
def straight(boston: Saved, tmp_path_factory: pytest.TempPathFactory) -> Saved:
    """A network that is a weighted sum of its columns."""
    inputs = keras.Input((13,), name="measurements")
    model = keras.Model(inputs, keras.layers.Dense(1, name="price")(inputs), name="straight")
    path = tmp_path_factory.mktemp("straight") / "straight"
    kerazoo.save_model(model, path, splits=boston.splits)
    return Saved(model, path, boston.splits)


def test_of_a_linear_network_it_is_the_weight_times_the_distance_from_the_mean(straight):
    predictor = load_predictor(straight.path)
    x = straight.splits.test.x[:3]
    why = predictor.explain(x)
    weights = np.asarray(straight.model.layers[-1].kernel)
    mean = predictor.card.profile.sample.decode().mean(axis=0, dtype="float64")
    wanted = (x - mean)[:, :, np.newaxis] * weights
    np.testing.assert_allclose(why.values, wanted, rtol=1e-4, atol=1e-3)
    assert why.standard_error is None
    assert (why.columns, why.outputs) == (straight.splits.feature_names, ("MEDV",))


def test_the_values_of_a_row_add_up_to_its_answer(wine, cases, xor):
    for saved in (wine, cases, xor):
        predictor, x = load_predictor(saved.path), saved.splits.test.x[:2]
        why, answer = predictor.explain(x), predictor.predict(x)
        shown = answer.values if answer.probabilities is None else answer.probabilities
        np.testing.assert_allclose(why.baseline + why.values.sum(axis=1), shown, atol=1e-4)
        assert why.outputs == (predictor.card.class_names or (saved.splits.target_name,))
        frame = why.to_frame()
        sums = frame.sum(axis=1)
        np.testing.assert_allclose(sums, why.answers.max(axis=1), atol=1e-4)


def test_rows_may_be_named_as_for_predict_and_wrong_ones_are_refused(wine):
    predictor, names = load_predictor(wine.path), wine.splits.feature_names
    row = dict(zip(names, wine.splits.test.x[0].tolist(), strict=True))
    named = predictor.explain({**row, "color": "white"}).values
    np.testing.assert_array_equal(named, predictor.explain({**row, "color": 1}).values)
    with pytest.raises(InvalidInput, match="alcohol"):
        predictor.explain({name: value for name, value in row.items() if name != "alcohol"})


def test_cells_are_shown_as_words_dates_and_empty(cases):
    predictor = load_predictor(cases.path)
    row = {"size": None, "count": 3, "color": "red", "flag": True, "zip": "00042"}
    with pytest.warns(UserWarning, match="pink"):
        why = predictor.explain(
            [{**row, "day": "2021-02-03"}, {**row, "color": "pink", "day": None}]
        )
    shown = [
        dict(zip(why.columns, [why.cell(r, c) for c in range(6)], strict=True)) for r in (0, 1)
    ]
    assert shown[0]["size"] == "empty"
    assert shown[0]["color"] == "red"
    assert shown[0]["day"] == "2021-02-03"
    assert shown[1]["color"] == "another word"


def test_beyond_13_columns_there_is_an_error_and_more_orders_make_it_smaller(tmp_path):
    random = np.random.default_rng(0)
    table = {f"c{n}": random.normal(size=60) for n in range(15)}
    table["y"] = sum(table.values()) ** 2
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of what each column is
        splits = kerazoo.load_dataset("table_csv", path=table, target="y")
    inputs = keras.Input((15,))
    hidden = keras.layers.Dense(8, "relu")(inputs)
    model = keras.Model(inputs, keras.layers.Dense(1)(hidden), name="wide")
    predictor = load_predictor(kerazoo.save_model(model, tmp_path / "wide", splits=splits))
    x = splits.test.x[:1]
    few, many = (predictor.explain(x, pairs=pairs) for pairs in (40, 1280))
    answer = predictor.predict(x).values
    np.testing.assert_allclose(many.baseline + many.values.sum(axis=1), answer, atol=1e-3)
    assert 0 < many.standard_error.max() < few.standard_error.max() / 2
    assert np.abs(few.values - many.values).max() < 6 * few.standard_error.max()
    again = predictor.explain(x, pairs=40, seed=0)
    np.testing.assert_array_equal(again.values, few.values)


def test_without_training_rows_it_says_how_to_add_them(wine, tmp_path):
    copy = Path(shutil.copytree(wine.path, tmp_path / "copy"))
    forge(copy, lambda plain: (plain.pop("profile"), plain.pop("typical")))
    with pytest.raises(KerazooError, match="kerazoo calibrate MODEL"):
        load_predictor(copy).explain(wine.splits.test.x[:1])
    with pytest.raises(KerazooError, match="cannot be explained"):
        load_predictor("matrix_factorization").explain([["1", "1"]])


def test_a_card_whose_training_rows_hold_impossible_codes_is_refused(wine, tmp_path):
    copy = Path(shutil.copytree(wine.path, tmp_path / "copy"))
    sample = load_predictor(wine.path).card.profile.sample.decode()
    sample[0, -1] = 10**6
    from kerazoo.saved.array import Array

    array = Array.of(sample)
    plain = {"shape": list(array.shape), "dtype": array.dtype, "base64": array.base64}
    forge(copy, lambda card: card["profile"].update(sample=plain))
    with pytest.raises(InvalidInput, match=r"card\.json"):
        load_predictor(copy).explain(wine.splits.test.x[:1])


def test_windows_of_a_series_are_shared_out_to_their_values():
    predictor = load_predictor("nyse_rnn")
    windows = predictor.card.probe.inputs[0].decode()[:2]
    why = predictor.explain(windows, pairs=8)
    answer = predictor.predict(windows).values
    np.testing.assert_allclose(why.baseline + why.values.sum(axis=1), answer, atol=1e-4)
    lag, features = windows.shape[1:]
    assert len(set(why.columns)) == lag * features
    assert why.columns[-1].endswith("1 row before")
