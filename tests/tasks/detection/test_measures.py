"""Boxes: average precision beside cases worked by hand, and boxes from the cells of a grid."""

from __future__ import annotations

import numpy as np
import pytest

from kerazoo.datasets import load_dataset_module
from kerazoo.tasks.detection.measures import (
    average_precision,
    boxes_to_judge,
    find_boxes,
    iou,
    keep_surest,
    score_boxes,
    score_cells,
)
from kerazoo.tasks.detection.simple_methods import score_box_baseline

NOTHING = [-1, 0, 0, 0, 0]
LEFT, RIGHT = [0.25, 0.5, 0.4, 0.4], [0.75, 0.5, 0.4, 0.4]


def test_iou_worked_by_hand() -> None:
    one = np.array([0.5, 0.5, 0.2, 0.2])
    others = np.array([one, [0.6, 0.5, 0.2, 0.2], [0.6, 0.6, 0.2, 0.2], [0.8, 0.5, 0.2, 0.2]])
    # The same; half of each; a quarter of each; apart.
    assert iou(one, others) == pytest.approx([1, 0.02 / 0.06, 0.01 / 0.07, 0])


def test_average_precision_worked_by_hand() -> None:
    """Right, wrong, right, right, wrong, of five: the envelope lifts 2/3 to 3/4."""
    sure = np.array([0.9, 0.8, 0.7, 0.6, 0.5])
    right = np.array([True, False, True, True, False])
    assert average_precision(sure, right, 5) == pytest.approx((1 + 3 / 4 + 3 / 4) / 5)
    shuffled = np.array([3, 0, 4, 2, 1])
    assert average_precision(sure[shuffled], right[shuffled], 5) == pytest.approx(0.5)
    assert average_precision(np.zeros(0), np.zeros(0, bool), 5) == 0


def test_a_second_box_for_an_object_is_wrong() -> None:
    truth = np.array([[[0, *LEFT], [0, *RIGHT]]])
    once = np.array([[0, 0.9, *LEFT], [0, 0.7, *RIGHT]])
    assert score_boxes(truth, [once], 1) == {"mean_average_precision": 1.0}
    twice = np.array([[0, 0.9, *LEFT], [0, 0.8, *LEFT], [0, 0.7, *RIGHT]])
    found = score_boxes(truth, [twice], 1)["mean_average_precision"]
    assert found == pytest.approx((1 + 2 / 3) / 2)


def test_the_mean_is_over_classes_that_occur() -> None:
    """Class 0 is found, class 1 is missed, class 2 is found in vain and occurs nowhere."""
    truth = np.array([[[0, *LEFT], [1, *RIGHT]], [NOTHING, NOTHING]])
    found = [np.array([[0, 0.9, *LEFT], [2, 0.9, *RIGHT]]), np.zeros((0, 6))]
    assert score_boxes(truth, found, 3)["mean_average_precision"] == pytest.approx(1 / 2)
    of_other_class = [np.array([[1, 0.9, *LEFT]]), np.zeros((0, 6))]
    assert score_boxes(truth, of_other_class, 3)["mean_average_precision"] == 0


@pytest.mark.parametrize(("width", "right"), [(0.21, True), (0.19, False)])
def test_half_of_the_union_is_the_limit(width: float, right: bool) -> None:
    truth = np.array([[[0, 0.5, 0.5, 0.4, 0.4]]])
    found = [np.array([[0, 0.9, 0.5, 0.5, width, 0.4]])]
    assert score_boxes(truth, found, 1)["mean_average_precision"] == right


def test_of_boxes_that_overlap_the_surest_is_kept() -> None:
    boxes = np.array([[0, 0.6, *RIGHT], [1, 0.8, *LEFT], [0, 0.9, 0.27, 0.5, 0.4, 0.4]])
    assert keep_surest(boxes)[:, 1].tolist() == [0.9, 0.6]


def test_a_box_that_may_be_two_classes_is_judged_as_both() -> None:
    values = np.zeros((1, 7, 7, 1 * 5 + 2), "float32")
    values[0, 3, 3] = 0.9, 0.5, 0.5, 0.4, 0.4, 0.6, 0.4
    values[0, 3, 4] = 0.8, 0.1, 0.5, 0.4, 0.4, 0.1, 0.9  # overlaps with it
    (boxes,) = boxes_to_judge(values, classes=2)
    assert boxes[:, :2].round(2).tolist() == [[0, 0.54], [1, 0.72]]
    (answered,) = find_boxes(values, classes=2)
    assert answered[:, 0].tolist() == [1]
    truth = np.array([[[0, 0.5, 0.5, 0.4, 0.4]]])
    assert score_cells(truth, values, 2) == {"mean_average_precision": 1.0}


def test_the_grid_that_says_the_truth_finds_it() -> None:
    splits = load_dataset_module("composed_scenes").tiny(target="boxes")
    truth, classes, grid = splits.test.y, len(splits.class_names), 7
    values = np.zeros((len(truth), grid, grid, 2 * 5 + classes))
    for row, objects in enumerate(truth):
        for kind, x, y, width, height in objects[objects[:, 0] >= 0]:
            column, line = int(x * grid), int(y * grid)
            cell = values[row, line, column]
            cell[1], cell[10 + int(kind)] = 0.9, 1.0  # the second box
            cell[6:10] = x * grid - column, y * grid - line, width, height
    assert score_cells(truth, values, classes) == {"mean_average_precision": 1.0}
    found = find_boxes(values, classes)
    assert sum(map(len, found)) == (truth[..., 0] >= 0).sum()
    values[..., 1] *= 0.1
    assert sum(map(len, find_boxes(values, classes, confidence=0.3))) == 0


def test_what_hangs_together_is_better_than_chance() -> None:
    splits = load_dataset_module("composed_scenes").tiny(target="boxes", ground="plain")
    of_ten_classes = score_box_baseline(splits)["mean_average_precision"]
    # Where all are of one class, what counts is the boxes alone.
    parts = (splits.train, splits.validation, splits.test)
    for part in parts:
        part.y[..., 0] = np.minimum(part.y[..., 0], 0)
    of_one_class = score_box_baseline(splits)["mean_average_precision"]
    assert 0.05 < of_ten_classes < 0.6 < of_one_class < 1
