"""What a page is shown: a picture that means what it says, and JSON without NaN."""

from __future__ import annotations

import base64
import json
import warnings
from pathlib import Path

import numpy as np
import pytest

from kerazoo.errors import UnknownName
from kerazoo.playground.arithmetic import Layer
from kerazoo.playground.data import load_data
from kerazoo.playground.frames import GRID, Curve, describe_run, make_frame, plan_picture
from kerazoo.playground.settings import Settings


def one_layer(weights: list[list[float]]) -> list[Layer]:
    kernel = np.array(weights, "float32")
    return [Layer(kernel, np.zeros(kernel.shape[1], "float32"))]


def test_the_picture_is_the_right_way_up() -> None:
    data = load_data("circles")
    picture = plan_picture(data, ("x1", "x2"))
    frame = make_frame(one_layer([[0.0], [50.0]]), Settings(), data, picture, 0, Curve())
    values = base64.b64decode(frame.content["picture"]["values"])
    grid = np.frombuffer(values, "uint8").reshape(GRID, GRID)
    assert (grid[0] == 255).all()  # the top row, where x2 is large
    assert (grid[-1] == 0).all()


def test_axes_are_chosen_by_what_they_tell_or_by_name() -> None:
    data = load_data("boston")
    chosen = [column.name for column in plan_picture(data, ()).axes]
    assert chosen == ["RM", "LSTAT"]  # rooms, and percent of lower status
    picture = plan_picture(data, ("TAX", "AGE"))
    assert [column.name for column in picture.axes] == ["TAX", "AGE"]
    rooms = data.inputs.index("RM")
    assert np.ptp(picture.inputs[:, rooms]) == 0  # every other column has its median
    with pytest.raises(UnknownName, match=r"unknown column of numbers 'RAM'\. Did you mean 'RM'"):
        plan_picture(data, ("RAM",))


def test_dates_and_words_are_no_axes_and_are_written_as_such(tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    rows = (f"2024-01-{n % 28 + 1:02d},{'rb'[n % 3 == 0]},{n % 9},{n}" for n in range(90))
    path.write_text("day,color,size,price\n" + "\n".join(rows))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        data = load_data(path, target="price")
    described = describe_run(1, Settings(), data, plan_picture(data, ()))
    assert described["numbers"] == ["size"]
    (day, color) = described["others"]
    assert day["typical"].startswith("2024-01-")
    assert color == {"name": "color", "typical": "r"}
    with pytest.raises(UnknownName, match="unknown column of numbers 'day'"):
        plan_picture(data, ("day",))


def test_one_column_makes_a_curve() -> None:
    data = load_data("curve")
    picture = plan_picture(data, ())
    frame = make_frame(one_layer([[2.0]]), Settings(), data, picture, 0, Curve())
    (line,) = frame.content["picture"]["lines"]
    (low, high), (column,) = picture.ranges[0], data.columns
    ends = [2 * (end - column.center) / column.spread for end in (low, high)]
    assert [line[0], line[-1]] == pytest.approx(
        [end * data.spread + data.center for end in ends], rel=1e-3
    )


def test_a_frame_says_which_test_rows_were_answered_how() -> None:
    data = load_data("boston")
    picture = plan_picture(data, ())
    layers = one_layer([[0.0]] * 13)  # always answers the mean
    content = make_frame(layers, Settings(), data, picture, 0, Curve()).content
    described = describe_run(1, Settings(), data, picture)
    assert content["score"][1] == pytest.approx(described["baseline"], rel=1e-3)
    assert content["predicted"]["given"][0] == pytest.approx(data.center, rel=1e-3)
    assert content["loss"][0] == pytest.approx(1, rel=1e-3)
    json.dumps([content, described], allow_nan=False)


def test_weights_beyond_all_bounds_are_said_and_still_json() -> None:
    data = load_data("circles")
    layers = one_layer([[float("nan")], [float("inf")]])
    curve = Curve()
    frame = make_frame(layers, Settings(), data, plan_picture(data, ()), 7, curve)
    assert not frame.is_finite
    assert frame.content["loss"] == [None, None]
    assert curve.epochs == []
    json.dumps(frame.content, allow_nan=False)


def test_a_long_curve_keeps_its_first_and_its_newest_epoch() -> None:
    curve = Curve(most=50)
    for epoch in range(10_001):
        curve.add(epoch, epoch, 2 * epoch)
    assert len(curve.epochs) <= 51
    assert (curve.epochs[0], curve.epochs[-1]) == (0, 10_000)
    assert curve.train == curve.epochs
    assert curve.test == [2 * one for one in curve.epochs]
