"""Masks and objects over HTTP: what `kerazoo predict` finds in the same image."""

from __future__ import annotations

import base64
import io
import json
import time

import numpy as np
import pytest
from PIL import Image

import kerazoo
from kerazoo.datasets import load_dataset_module
from kerazoo.serve.answers import Answer, Asked, answer_alone
from kerazoo.serve.limits import Limits
from kerazoo.serve.models import read_model
from kerazoo.tasks.detection.answer import CONFIDENCE
from kerazoo.tasks.detection.measures import find_boxes
from kerazoo.tasks.segmentation.measures import find_masks


@pytest.fixture(scope="module")
def images() -> np.ndarray:
    return load_dataset_module("composed_scenes").tiny().test.x[:5]


def answers(name: str, body: dict) -> list[dict]:
    content = json.dumps(body).encode()
    asked = Asked(name, "predict", content, "application/json", "", time.monotonic() + 60)
    found = answer_alone(asked, read_model(name), Limits(rows=100, seconds=60))
    assert isinstance(found, Answer), found
    return json.loads(found.body)["predictions"]


def test_masks_are_those_of_predict(images: np.ndarray) -> None:
    found = answers("fcn", {"rows": images.tolist()})
    expected = find_masks(kerazoo.load_predictor("fcn").predict(images).values)
    np.testing.assert_array_equal([one["mask"] for one in found], expected)
    for one, mask in zip(found, expected, strict=True):
        assert one["classes"][0] == "background"
        assert sum(one["shares"].values()) == pytest.approx(1, abs=0.001)
        assert one["shares"]["background"] == pytest.approx((mask == 0).mean(), abs=1e-4)


def test_objects_are_those_of_predict_and_lie_in_the_image(images: np.ndarray) -> None:
    files = []
    for image in images:
        file = io.BytesIO()
        Image.fromarray(image[..., 0]).save(file, "PNG")
        files.append(base64.b64encode(file.getvalue()).decode())
    found = answers("yolo", {"images": files})
    predictor = kerazoo.load_predictor("yolo")
    names = predictor.card.about.class_names
    expected = find_boxes(predictor.predict(images).values, len(names), CONFIDENCE)
    assert [len(one["objects"]) for one in found] == [len(boxes) for boxes in expected]
    assert sum(map(len, expected)) > 5
    for one, boxes in zip(found, expected, strict=True):
        for said, box in zip(one["objects"], boxes, strict=True):
            assert said["label"] == names[int(box[0])]
            assert said["confidence"] == pytest.approx(box[1], abs=1e-4)
            assert 0 <= said["left"] < said["right"] <= 1
            assert 0 <= said["top"] < said["bottom"] <= 1
            assert said["right"] - said["left"] <= box[4] + 1e-3


def test_an_image_without_an_object_has_none() -> None:
    (found,) = answers("yolo", {"rows": np.full((1, 56, 56, 1), 60).tolist()})
    assert found == {"objects": []}
