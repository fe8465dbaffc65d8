"""Recommendations and odd rows over HTTP: the answers of `kerazoo predict`."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import numpy as np
import pytest

from kerazoo.serve.answers import Answer, answer_alone, answer_together
from kerazoo.serve.models import Model, read_model
from kerazoo.serve.problems import Problem
from tests.serve.asking import LIMITS, answer, asked, in_csv, problem


@pytest.fixture(scope="module")
def ratings() -> Model:
    return read_model("matrix_factorization")


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"user": 7, "top": 3}, ("--user", "7", "--top", "3")),
        ({"item": "50"}, ("--item", "50")),
        ({"user": "7", "item": "50"}, ("--user", "7", "--item", "50")),
        ({"user": "nobody", "top": 2}, ("--user", "nobody", "--top", "2")),
    ],
)
def test_who_will_like_what_is_answered_as_predict_does(
    ratings: Model, cli, body: Any, words: tuple[str, ...]
) -> None:
    status, printed, said = cli("predict", "matrix_factorization", *words, "--format", "json")
    assert status == 0, said
    found = answer(ratings, body)
    assert found["predictions"] == json.loads(printed)
    assert all(note in said for note in found["notes"])
    as_csv = in_csv(ratings, body).body.decode()
    assert len(as_csv.splitlines()) == 1 + len(found["predictions"])


def test_what_is_rated_already_is_left_out(ratings: Model) -> None:
    every = answer(ratings, {"user": "7", "rated": []})
    best = [one["item"] for one in every["predictions"]]
    left = answer(ratings, {"user": "7", "rated": best[:4], "top": 6})
    assert [one["item"] for one in left["predictions"]] == best[4:]
    assert left["notes"] == []  # what is rated was said
    new = answer(ratings, {"user": "nobody", "top": 2})["predictions"]
    rated = [new[0]["item"]]
    without = answer(ratings, {"user": "nobody", "top": 1, "rated": rated})
    assert without["predictions"] == new[1:]


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ({"user": None}, "'user' is null"),
        ({"user": True}, "'user' is true"),
        ({"user": " "}, "'user' is the text ' '"),
        ({"item": "no such film"}, "unknown item 'no such film'"),
        ({"user": "7", "top": 0}, "'top' is 0; expected 1 to 1000"),
        ({"user": "7", "rated": "50"}, "'rated' is the text '50'"),
        ({"user": "7", "rated": [None]}, "'rated' is a list of something else"),
        ({"user": "7", "item": "50", "rated": []}, "leave out 'user' or 'item'"),
        ({"user": "7", "rows": []}, "unknown field 'rows'"),
        ({"user": "7", "coverage": 0.9}, "unknown field 'coverage'"),
    ],
)
def test_questions_that_are_wrong_are_refused(ratings: Model, body: Any, says: str) -> None:
    found = problem(ratings, body)
    assert found.status == 422
    assert says in found.detail


def test_recommendations_and_pairs_may_wait_together(ratings: Model) -> None:
    bodies = [{"rows": [["7", "50"]]}, {"user": "7", "rated": [], "top": 2}, {"user": ""}]
    together = answer_together([asked(one) for one in bodies], ratings, LIMITS)
    alone = [answer_alone(asked(one), ratings, LIMITS) for one in bodies]
    assert [str(one) for one in together] == [str(one) for one in alone]
    assert [type(one) for one in together] == [Answer, Answer, Problem]


def test_recommendations_are_not_explained(ratings: Model) -> None:
    assert "cannot be explained" in problem(ratings, {"user": "7"}, verb="explain").detail


def test_odd_images_are_told_by_their_reconstruction() -> None:
    model = read_model("autoencoder")
    images = np.zeros((2, *model.card.inputs[0].shape), "uint8")
    images[1] = np.random.default_rng(0).integers(0, 256, images[1].shape)
    body = {"rows": images.tolist(), "anomaly": True}
    assert "has no threshold of anomalies" in problem(model, body).detail
    model.predictor.card = dataclasses.replace(model.card, anomaly_threshold=0.02)
    found = answer(model, body)["predictions"]
    assert [(one["row"], one["anomaly"]) for one in found] == [(1, False), (2, True)]
    drawn = model.predictor.predict(images).values
    errors = np.square(images / 255 - drawn).mean(axis=(1, 2, 3))
    np.testing.assert_allclose([one["reconstruction_error"] for one in found], errors, rtol=1e-4)
    lines = in_csv(model, body).body.decode().splitlines()
    assert [line.split(",")[-1] for line in lines] == ["anomaly", "no", "yes"]


def test_networks_that_draw_nothing_again_tell_no_odd_rows() -> None:
    body = {"rows": [[0.0] * 13], "anomaly": True}
    assert "draws no image again" in problem(read_model("boston"), body).detail
