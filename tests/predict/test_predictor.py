"""Rows in, answers out."""

from __future__ import annotations

import copy
import pickle
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import keras
import numpy as np
import pandas as pd
import pytest

import kerazoo
from kerazoo.datasets.about import Images
from kerazoo.errors import InvalidInput, KerazooError
from kerazoo.predict import Prediction, load_predictor


@pytest.fixture(scope="module", params=["litert", "keras"])
def predictor(request, wine):
    return load_predictor(wine.path, request.param)


@pytest.fixture(scope="module")
def expected(wine) -> np.ndarray:
    return np.asarray(wine.model(wine.splits.test.x))


class ArrowTable:
    """What a Table of pyarrow has."""

    def __init__(self, frame: pd.DataFrame) -> None:
        self._frame = frame
        self.column_names = list(frame)
        self.columns = [frame[name].to_numpy() for name in frame]

    def __getitem__(self, key: str) -> np.ndarray:
        if not isinstance(key, str):
            raise TypeError("Index must either be string or integer")
        return self._frame[key].to_numpy()

    def to_pandas(self) -> pd.DataFrame:
        return self._frame


class LazyFrame:
    """What a LazyFrame of polars has."""

    def __init__(self, frame: pd.DataFrame) -> None:
        self._frame = frame

    @property
    def columns(self) -> list[str]:
        raise AssertionError("polars warns that this takes long")

    def collect(self) -> pd.DataFrame:
        return self._frame


def test_every_form_of_rows_gives_the_same_answer(predictor, wine, expected):
    x = wine.splits.test.x[:20]
    names = list(wine.splits.feature_names)
    table = pd.DataFrame(x, columns=names)
    shuffled = table[names[::-1]].assign(quality=5)
    words = table.assign(color=["red" if code == 0 else "white" for code in table["color"]])
    forms = {
        "array": x,
        "float64": x.astype("float64"),
        "not contiguous": np.asfortranarray(x),
        "lists": x.tolist(),
        "tuple": tuple(map(tuple, x)),
        "frame": table,
        "other order and the target": shuffled,
        "words": words,
        "category": words.astype({"color": "category"}),
        "table of pyarrow": ArrowTable(words),
        "lazy frame": LazyFrame(words),
        "dict": {name: table[name].tolist() for name in names[::-1]},
        "records": words.to_dict("records"),
        "lists with words": words.to_numpy().tolist(),
        "texts": x.astype(str),
    }
    for form, rows in forms.items():
        answer = predictor.predict(rows)
        np.testing.assert_allclose(answer.values, expected[:20], atol=1e-5, err_msg=form)


def test_one_row_needs_no_brackets(predictor, wine, expected):
    row = wine.splits.test.x[0]
    record = dict(zip(wine.splits.feature_names, row.tolist(), strict=True))
    for rows in (row, row.tolist(), record):
        np.testing.assert_allclose(predictor.predict(rows).values, expected[:1], atol=1e-5)


def test_answers_as_a_frame(wine, xor, boston):
    answer = load_predictor(wine.path).predict(wine.splits.test.x[:3])
    frame = answer.to_frame()
    assert list(frame) == ["label", *(f"probability_{n}" for n in wine.splits.class_names)]
    assert frame["label"].tolist() == answer.labels.tolist()
    np.testing.assert_array_equal(frame.iloc[:, 1:].to_numpy(), answer.values)
    both = load_predictor(xor.path).predict([[0, 1], [1, 1]])
    np.testing.assert_array_equal(both.to_frame().iloc[:, 1:].to_numpy(), both.probabilities)
    prices = load_predictor(boston.path).predict(boston.splits.test.x[:3])
    pd.testing.assert_frame_equal(
        prices.to_frame(), pd.DataFrame(prices.values, columns=["prediction"])
    )
    assert list(Prediction(np.zeros((2, 3))).to_frame()) == [f"prediction_{n}" for n in range(3)]


def test_labels_and_probabilities(predictor, wine, expected, xor, boston):
    answer = predictor.predict(wine.splits.test.x)
    names = np.array(wine.splits.class_names)
    assert answer.labels.tolist() == names[expected.argmax(axis=1)].tolist()
    np.testing.assert_allclose(answer.probabilities.sum(axis=1), 1, atol=1e-5)
    np.testing.assert_array_equal(np.asarray(answer), answer.values)
    assert len(answer) == len(expected)
    one = load_predictor(xor.path).predict([[0, 1], [1, 1]])
    assert one.probabilities.shape == (2, 2)
    assert one.labels.tolist() == [str(int(p > 0.5)) for p in one.values[:, 0]]
    price = load_predictor(boston.path).predict(boston.splits.test.x)
    assert price.labels is None
    assert price.probabilities is None


@pytest.mark.parametrize("batch_size", [1, 7, 638, 639, 10_000, None])
def test_batches_of_any_size_give_the_same_answer(predictor, wine, expected, batch_size):
    answer = predictor.predict(wine.splits.test.x, batch_size=batch_size)
    np.testing.assert_allclose(answer.values, expected, atol=1e-5)


def test_eight_threads_get_the_answers_of_one(predictor, wine, expected):
    x = wine.splits.test.x

    def answer(start: int) -> bool:
        sizes = [1, 3, 50, 200, 1]
        return all(
            np.allclose(
                predictor.predict(x[start : start + n]), expected[start : start + n], atol=1e-5
            )
            for n in sizes * 10
        )

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(answer, range(0, 400, 10)))


WRONG = {
    "too few columns": (np.ones((2, 11)), r"shape \(2, 11\).*\(rows, 12\)"),
    "a million columns": (np.ones((1, 10**6)), r"\(1, 1000000\)"),
    "no rows": (np.ones((0, 12)), "no rows"),
    "nothing": ([], "shape"),
    "None": (None, "expected"),
    "a path to nothing": ("wine", "no file 'wine'"),
    "an answer that is not finite": (np.full((2, 12), [3e38] * 11 + [1]), "finite answer to row 1"),
    "NaN": (np.full((3, 12), np.nan), "row 1, column 'fixed_acidity' is 'nan'"),
    "infinity": (np.full((3, 12), np.inf), "row 1, column 'fixed_acidity' is 'inf'"),
    "too large for float32": (np.full((1, 12), 1e300), "row 1"),
    "complex": (np.ones((1, 12), complex), "complex"),
    "dates": (np.zeros((1, 12), "datetime64[s]"), "datetime64"),
    "ragged": ([[1.0] * 12, [1.0] * 11], "one length"),
    "texts": ([["x"] * 12], "row 1, column 'fixed_acidity' is 'x'"),
    "objects": (np.array([[object()] * 12]), "row 1"),
    "a code that is none": (np.full((2, 12), 2.0), "column 'color' is '2.0'; expected 'red'"),
    "half a code": (np.full((2, 12), 0.5), "column 'color' is '0.5'"),
    "a dict of one column": ({"pH": [3.0]}, "the columns 'fixed_acidity'.*and 6 more are missing"),
    "a dict of a million": (dict.fromkeys(map(str, range(10**6)), 0.0), "missing"),
    "a batch size of 0": (np.ones((1, 12)), "batch_size"),
}


@pytest.mark.parametrize(("rows", "reason"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_said(wine, rows, reason):
    batch_size = 0 if reason == "batch_size" else None
    with pytest.raises(InvalidInput, match=reason) as caught:
        load_predictor(wine.path).predict(rows, batch_size)
    assert len(str(caught.value)) < 600


def test_wrong_tables_are_refused(wine):
    predictor = load_predictor(wine.path)
    table = pd.DataFrame(wine.splits.test.x, columns=list(wine.splits.feature_names))
    for wrong, reason in (
        (table.rename(columns={"pH": "ph"}), "'pH' is missing. Is 'ph' meant"),
        (table.drop(columns="alcohol"), "the column 'alcohol' is missing"),
        (
            table.drop(columns=["pH", "alcohol"]),
            "the columns 'pH' and 'alcohol' are missing",
        ),
        (table.assign(pH=None), "row 1, column 'pH' is"),
        (table.assign(color="rose"), "row 1, column 'color' is 'rose'; expected 'red'"),
        (pd.concat([table, table[["pH"]]], axis=1), "same name"),
        (table.iloc[:0], "no rows"),
        ({"pH": [[1]], **{n: 1 for n in table.columns if n != "pH"}}, "one value per row"),
        ([{"pH": 1}, {}], "same columns"),
    ):
        with pytest.raises(InvalidInput, match=reason):
            predictor.predict(wrong)


@pytest.mark.parametrize("runtime", ["litert", "keras"])
def test_a_predictor_can_be_copied_and_sent_to_another_process(wine, runtime):
    predictor = load_predictor(wine.path, runtime)
    x = wine.splits.test.x[:5]
    expected = predictor.predict(x).values
    for other in (copy.deepcopy(predictor), pickle.loads(pickle.dumps(predictor))):
        np.testing.assert_allclose(other.predict(x).values, expected, atol=1e-6)


def test_a_pool_of_processes_shares_the_work(wine):
    predictor = load_predictor(wine.path)
    x = wine.splits.test.x[:6]
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        halves = list(pool.map(predictor.predict, [x[:3], x[3:]]))
    whole = predictor.predict(x)
    assert np.array_equal(np.concatenate([half.values for half in halves]), whole.values)
    assert [*halves[0].labels, *halves[1].labels] == whole.labels.tolist()


def test_a_runtime_that_does_not_exist_is_refused(wine):
    with pytest.raises(KerazooError, match="litert"):
        load_predictor(wine.path, "onnx")


def test_images_have_a_range(tmp_path):
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (10, 8, 8), dtype="uint8")
    part = kerazoo.datasets.Part(images, np.zeros(10, int))
    splits = kerazoo.Splits(part, part, part, Images(("a", "b")))
    inputs = keras.Input((8, 8))
    x = keras.layers.Rescaling(1 / 255)(keras.layers.Flatten()(inputs))
    model = keras.Model(inputs, keras.layers.Dense(2, "softmax")(x), name="digits")
    predictor = load_predictor(kerazoo.save_model(model, tmp_path / "m", splits=splits))
    assert predictor.predict(images).labels.shape == (10,)
    for wrong in (-1, 256):
        with pytest.raises(InvalidInput, match="from 0 to 255"):
            predictor.predict(np.full((1, 8, 8), wrong))


def test_whole_numbers_stay_whole(tmp_path):
    inputs = keras.Input((4,), dtype="int32")
    x = keras.layers.Flatten()(keras.layers.Embedding(5, 3)(inputs))
    model = keras.Model(inputs, keras.layers.Dense(1)(x), name="words")
    predictor = load_predictor(kerazoo.save_model(model, tmp_path / "m"))
    rows = np.array([[0, 1, 2, 3]])
    np.testing.assert_allclose(predictor.predict(rows.astype(float)), model(rows), atol=1e-6)
    with pytest.raises(InvalidInput, match="whole number"):
        predictor.predict([[0.5, 1, 2, 3]])
    with pytest.raises(InvalidInput, match="whole number"):
        predictor.predict([[2**40, 1, 2, 3]])


def test_two_numbers_side_by_side_are_no_distribution(tmp_path: Path) -> None:
    inputs = keras.Input((4,), name="row")
    outputs = keras.layers.Reshape((3, 2))(keras.layers.Dense(6)(inputs))
    model = keras.Model(inputs, outputs, name="pairs")
    kerazoo.save_model(model, tmp_path / "pairs")
    frame = load_predictor(tmp_path / "pairs").predict(np.ones((2, 4), "float32")).to_frame()
    assert list(frame) == [f"prediction_{n}" for n in range(6)]
