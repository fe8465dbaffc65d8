"""Columns of a table as they come, and many networks as one."""

from __future__ import annotations

import datetime
from pathlib import Path

import keras
import numpy as np
import pytest

import kerazoo
from kerazoo.models.tabular._columns import EncodeColumns
from kerazoo.models.tabular._members import MeanOfMembers, MemberDense, MemberOutputs

NAN = np.nan


def encode(layer: EncodeColumns, rows: list, training: bool = False) -> np.ndarray:
    return np.asarray(layer(np.array(rows, "float32"), training=training))


def test_a_number_a_gap_and_a_word() -> None:
    layer = EncodeColumns((0, 2))
    layer.adapt_to(np.array([[2, 0], [4, 1], [NAN, NAN]], "float32"))
    assert encode(layer, [[4, 1], [NAN, NAN], [2, 2]]).tolist() == [
        [1, 0, 0, 1, 0, 0],  # one spread above the middle; the second word
        [0, 1, 0, 0, 0, 1],  # the middle, and a mark; an empty cell
        [-1, 0, 0, 0, 1, 0],  # a word that is none of the two
    ]


def test_a_column_that_is_constant_or_empty_in_training_has_no_effect_later() -> None:
    layer = EncodeColumns((0, 0))
    layer.adapt_to(np.array([[7, NAN], [7, NAN]], "float32"))
    assert encode(layer, [[1e9, 5]])[:, :2].tolist() == [[0, 0]]


@pytest.mark.parametrize("unit", [1e-9, 1.0, 1e9])
def test_units_do_not_matter(unit: float) -> None:
    rows = np.random.default_rng(0).normal(3, 2, (50, 1)).astype("float32")
    plain, scaled = (EncodeColumns((0,)) for _ in range(2))
    plain.adapt_to(rows)
    scaled.adapt_to(rows * np.float32(unit))
    expected = encode(plain, rows)
    assert encode(scaled, rows * np.float32(unit)) == pytest.approx(expected, abs=1e-4)


def test_the_bins_of_a_number_are_filled_up_to_it() -> None:
    layer = EncodeColumns((0,), bins=4, units=4)
    layer.adapt_to(np.array([[0], [1], [2], [3], [4]], "float32"))
    layer.kernel.assign(np.eye(4, dtype="float32")[None])  # shows the code itself
    layer.bias.assign(np.zeros((1, 4), "float32"))
    assert encode(layer, [[2.5], [-9], [99], [NAN]])[:, 2:].tolist() == [
        [1, 1, 0.5, 0],
        [0, 0, 0, 0],
        [1, 1, 1, 1],
        [0, 0, 0, 0],
    ]


def test_a_date_tells_the_day_of_the_week_and_the_season() -> None:
    layer = EncodeColumns((-1,))
    days = [
        (datetime.date(*d) - datetime.date(1970, 1, 1)).days
        for d in ((2024, 2, 26), (2024, 3, 3), (1969, 12, 31), (2023, 2, 26))
    ]
    layer.adapt_to(np.array([[day] for day in days], "float32"))
    code = encode(layer, [[day] for day in days])
    sin, cos, *week = code[:, 2:].T
    assert np.argmax(week, axis=0).tolist() == [0, 6, 2, 6]  # Monday, Sunday, Wednesday, Sunday
    assert (sin**2 + cos**2) == pytest.approx(np.ones(4), abs=1e-5)
    assert (sin[0], cos[0]) == pytest.approx((sin[3], cos[3]), abs=0.02)  # a year later
    assert encode(layer, [[NAN]])[0, 2:].tolist() == [0] * 9


def test_some_cells_are_forgotten_in_training_only() -> None:
    layer = EncodeColumns((0, 3), forget=0.5)
    rows = np.column_stack([np.arange(1000.0), np.arange(1000) % 3]).astype("float32")
    layer.adapt_to(rows)
    trained = np.asarray(layer(rows, training=True))
    assert 0.4 < trained[:, 1].mean() < 0.6  # marked as missing
    assert 0.4 < trained[:, 2 + 3].mean() < 0.6  # taken for another word
    assert np.asarray(layer(rows))[:, 1].max() == 0


def test_a_shared_layer_is_a_layer_for_each_member() -> None:
    layer = MemberDense(3, members=2, spreads=True)
    x = np.random.default_rng(0).normal(size=(4, 5)).astype("float32")
    outputs = np.asarray(layer(x))
    kernel, r, s, b = (np.asarray(weight) for weight in layer.weights)
    assert set(np.unique(r)) == {-1.0, 1.0}
    for member in range(2):
        expected = (x * r[member]) @ kernel * s[member] + b[member]
        assert outputs[:, member] == pytest.approx(expected, abs=1e-5)


def test_each_member_has_outputs_of_its_own() -> None:
    layer = MemberOutputs(3)
    x = np.random.default_rng(0).normal(size=(4, 2, 5)).astype("float32")
    outputs = np.asarray(layer(x))
    kernel, bias = (np.asarray(weight) for weight in layer.weights)
    expected = np.einsum("rmi,mui->rmu", x, kernel) + bias
    assert outputs == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize("kind", ["number", "classes"])
def test_members_learn_from_their_own_mistakes(kind: str) -> None:
    generator = np.random.default_rng(0)
    x = generator.normal(size=(6, 4, 1 if kind == "number" else 3)).astype("float32")
    inputs = keras.Input(x.shape[1:])
    model = keras.Model(inputs, MeanOfMembers(kind)(inputs))
    if kind == "number":
        y = generator.normal(size=(6, 1)).astype("float32")
        loss, expected = "mean_squared_error", np.mean((x - y[:, None]) ** 2)
    else:
        y = np.array([0, 1, 2, 2, 1, 0])
        loss = "sparse_categorical_crossentropy"
        p = np.exp(x) / np.exp(x).sum(-1, keepdims=True)
        expected = -np.mean(np.log(p[np.arange(6), :, y]))
    model.compile("sgd", loss)
    answer = model(x, training=True)
    assert float(model.compute_loss(x, y, answer)) == pytest.approx(expected, rel=1e-5)
    assert (
        float(model.compute_loss(x, y, model(x))) < expected
    )  # the answer is better than its parts
    if kind == "classes":
        assert np.asarray(answer).sum(-1) == pytest.approx(np.ones(6), abs=1e-5)


@pytest.mark.parametrize("name", ["tabm", "wine_multiclass", "boston"])
def test_a_saved_network_takes_rows_as_they_come(name: str, tmp_path: Path) -> None:
    frame = table()
    target = "price" if name == "boston" else "color"
    with pytest.warns(UserWarning, match="is predicted"):
        run = kerazoo.train(name, data=frame, target=target, epochs=2, out=tmp_path / "run")
    predictor = kerazoo.load_predictor(tmp_path / "run")
    assert predictor.runtime == "litert"
    rows = run.splits.test.x
    expected = run.model.predict(rows, verbose=0)
    assert predictor.predict(rows).values == pytest.approx(expected, abs=2e-4)
    assert np.isfinite(predictor.predict(np.full_like(rows, NAN)).values).all()


def table(rows: int = 120) -> dict[str, list]:
    """Numbers, words, dates, gaps; two columns that can be predicted."""
    generator = np.random.default_rng(1)
    size = generator.normal(50, 10, rows).round(1)
    color = np.where(size + generator.normal(0, 5, rows) > 50, "red", "blue")
    size[::7] = NAN
    start = datetime.date(2024, 1, 1)
    return {
        "size": size.tolist(),
        "shop": [("north", "south", None)[n % 3] for n in range(rows)],
        "day": [
            str(start + datetime.timedelta(int(n) % 40)) for n in generator.integers(0, 99, rows)
        ],
        "color": color.tolist(),
        "price": (generator.normal(100, 20, rows) + 10 * (color == "red")).tolist(),
    }


def test_pieces_of_rows_tell_what_all_rows_tell() -> None:
    random = np.random.default_rng(0)
    rows = random.normal(3, [1, 5, 0.1, 9], (1000, 4)).astype("float32")
    rows[random.random(rows.shape) < 0.1] = np.nan
    rows[:, 2], rows[:400, 1], rows[:, 3] = 7, np.nan, np.nan
    whole, in_pieces = (EncodeColumns((0, 0, 0, -1), bins=5, units=2) for _ in range(2))
    whole.adapt_to(rows)
    in_pieces.adapt_to_pieces(lambda: iter(np.array_split(rows, 7)))
    assert in_pieces.is_adapted
    for name in ("center", "scale", "starts", "slopes"):
        known, found = (
            keras.ops.convert_to_numpy(getattr(one, name)) for one in (whole, in_pieces)
        )
        np.testing.assert_allclose(found, known, rtol=1e-6)
