"""Masks: measures beside cases worked by hand, and baselines that come in the order they should."""

from __future__ import annotations

import numpy as np
import pytest

import kerazoo
from kerazoo.datasets import load_dataset_module
from kerazoo.tasks.segmentation.measures import count_pixels, iou_of_classes, score_masks
from kerazoo.tasks.segmentation.simple_methods import BASELINES, score_mask_baseline

# 3 classes; the background is found 5 of 6 times, class 1 is 2 of 3, class 2 is missed.
TRUTH = np.array([[[0, 0, 0, 0, 0], [0, 1, 1, 1, 2]]])
FOUND = np.array([[[0, 0, 0, 0, 0], [1, 1, 1, 0, 0]]])


def test_iou_worked_by_hand() -> None:
    counts = count_pixels(TRUTH, FOUND, 3)
    assert counts.tolist() == [[5, 1, 0], [1, 2, 0], [1, 0, 0]]
    assert iou_of_classes(counts) == pytest.approx([5 / 8, 2 / 4, 0])
    scores = score_masks(TRUTH, FOUND, 3)
    assert scores["mean_iou"] == pytest.approx((5 / 8 + 2 / 4 + 0) / 3)
    assert scores["pixel_accuracy"] == pytest.approx(7 / 10)


def test_a_class_that_is_nowhere_does_not_count_and_one_found_in_vain_does() -> None:
    assert score_masks(TRUTH, TRUTH, 9)["mean_iou"] == 1.0
    invented = np.where(FOUND == 1, 7, FOUND)
    assert np.isnan(iou_of_classes(count_pixels(TRUTH, invented, 9))).sum() == 5
    expected = (5 / 8 + 0 + 0 + 0) / 4
    assert score_masks(TRUTH, invented, 9)["mean_iou"] == pytest.approx(expected)


def test_pixels_that_count_for_nothing_do_not() -> None:
    truth = np.where(FOUND != TRUTH, 255, TRUTH)
    assert score_masks(truth, FOUND, 3) == {"mean_iou": 1.0, "pixel_accuracy": 1.0}


@pytest.mark.thorough
def test_baselines_are_better_the_more_they_look() -> None:
    splits = load_dataset_module("composed_scenes").tiny()
    scores = {name: score_mask_baseline(name, splits)["mean_iou"] for name in BASELINES}
    assert scores["most_frequent_class"] < 1 / 10  # the background of eleven classes, at most
    assert scores["components_and_neighbors"] > 2 * scores["most_frequent_class"]
    other = kerazoo.load_dataset("xor")
    with pytest.raises(kerazoo.InvalidInput, match="needs images with masks"):
        score_mask_baseline("most_frequent_class", other)
