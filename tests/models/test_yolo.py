"""yolo: its loss beside a loop that is written out, and what its grid takes."""

from __future__ import annotations

import keras
import numpy as np
import pytest

import kerazoo
from kerazoo.models.detection._loss import YoloLoss

GRID, BOXES, CLASSES = 3, 2, 4


def slow_iou(one: np.ndarray, two: np.ndarray) -> float:
    sides = [
        max(min(a + w / 2, b + v / 2) - max(a - w / 2, b - v / 2), 0.0)
        for a, b, w, v in zip(one[:2], two[:2], one[2:], two[2:], strict=True)
    ]
    both = sides[0] * sides[1]
    return both / (one[2] * one[3] + two[2] * two[3] - both)


def slow_loss(objects: np.ndarray, said: np.ndarray) -> float:
    """The loss of one image, object by object and cell by cell."""
    loss, taken = 0.0, set()
    for kind, x, y, width, height in objects:
        if kind < 0:
            continue
        column, row = int(x * GRID), int(y * GRID)
        cell = said[row, column]
        boxes = cell[BOXES : 5 * BOXES].reshape(BOXES, 4)
        whole = [np.array([(column + b[0]) / GRID, (row + b[1]) / GRID, b[2], b[3]]) for b in boxes]
        shares = [slow_iou(np.array([x, y, width, height]), one) for one in whole]
        best = int(np.argmax(shares))
        taken.add((row, column, best))
        b = boxes[best]
        loss += 5 * ((b[0] - (x * GRID - column)) ** 2 + (b[1] - (y * GRID - row)) ** 2)
        loss += 5 * ((b[2] ** 0.5 - width**0.5) ** 2 + (b[3] ** 0.5 - height**0.5) ** 2)
        loss += (cell[best] - shares[best]) ** 2
        loss += sum((cell[5 * BOXES + n] - (n == kind)) ** 2 for n in range(CLASSES))
    for row in range(GRID):
        for column in range(GRID):
            for box in range(BOXES):
                if (row, column, box) not in taken:
                    loss += 0.5 * said[row, column, box] ** 2
    return loss


def scenes() -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(0)
    truth = random.uniform(0.1, 0.9, (5, 3, 5)).astype("float32")
    truth[..., 0] = random.integers(0, CLASSES, (5, 3))
    truth[0, 1:, 0] = truth[1, :, 0] = -1  # one object, none
    truth[2, :2, 1:3] = [[0.1, 0.2], [0.5, 0.5]]
    said = random.uniform(0.01, 1, (5, GRID, GRID, 5 * BOXES + CLASSES)).astype("float32")
    return truth, said


def test_the_loss_is_that_of_the_loop() -> None:
    truth, said = scenes()
    expected = [slow_loss(objects, cells) for objects, cells in zip(truth, said, strict=True)]
    found = YoloLoss(BOXES).call(keras.ops.array(truth), keras.ops.array(said))
    np.testing.assert_allclose(keras.ops.convert_to_numpy(found), expected, rtol=1e-5)
    mean = float(YoloLoss(BOXES)(truth, said))
    assert mean == pytest.approx(np.mean(expected), rel=1e-5)


def test_the_truth_costs_nothing_and_small_boxes_are_hurt_more() -> None:
    def cost(size: float, said: float) -> float:
        truth = np.array([[[0, 0.5, 0.5, size, size]]], "float32")
        cell = np.array([[[[1.0, 0.5, 0.5, said, said, 1.0]]]], "float32")
        confidence = min(size, said) ** 2 / max(size, said) ** 2
        cell[..., 0] = confidence  # as it should be
        return float(YoloLoss(boxes=1)(truth, cell))

    assert cost(0.3, 0.3) == pytest.approx(0, abs=1e-10)
    assert cost(0.1, 0.15) > 3 * cost(0.5, 0.55) > 0


def test_the_loss_is_kept_as_plain_data() -> None:
    recipe = kerazoo.load_recipe("yolo")
    model = kerazoo.compile_model(kerazoo.build_yolo(), recipe)
    assert isinstance(model.loss, YoloLoss)
    kept = keras.losses.serialize(YoloLoss(1, 2.0, 0.25))
    assert keras.losses.deserialize(kept).get_config() == YoloLoss(1, 2.0, 0.25).get_config()


def test_answers_are_shares() -> None:
    model = kerazoo.build_yolo((56, 56, 3), classes=2, boxes=1)
    x = np.random.default_rng(0).integers(0, 255, (2, 56, 56, 3)).astype("uint8")
    answer = model.predict(x, verbose=0)
    assert answer.shape == (2, 7, 7, 7)
    assert answer.min() >= 0
    assert answer.max() <= 1
    np.testing.assert_allclose(answer[..., 5:].sum(axis=-1), 1, atol=1e-5)


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ({"input_shape": (48, 48, 1)}, "these are too small"),
        ({"input_shape": (64, 64, 1)}, "takes images of 56 x 56 pixels"),
        ({"input_shape": (56, 56)}, "7 x 7 grid and 3 poolings"),
        ({"grid": 14}, "takes images of 112 x 112 pixels, and these are too small"),
    ],
)
def test_refuses(arguments: dict, reason: str) -> None:
    with pytest.raises(kerazoo.InvalidInput, match=reason):
        kerazoo.build_yolo(**arguments)
