"""A question becomes an answer, with the readers and the words of `kerazoo predict`."""

from __future__ import annotations

import contextlib
import io
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import numpy as np

from kerazoo._wording import counted
from kerazoo.datasets.about import Boxes, Masks
from kerazoo.errors import InvalidInput
from kerazoo.predict import Prediction
from kerazoo.predict.certainty import checked_coverage, with_coverage
from kerazoo.predict.images import read_image
from kerazoo.predict.ranges import RangeCheck
from kerazoo.predict.rows import check_array, to_array
from kerazoo.predict.tables import Carried
from kerazoo.predict.typicality import typicality
from kerazoo.saved.calibration import PLAIN
from kerazoo.serve.csv_bodies import WARNINGS, read_csv_rows
from kerazoo.serve.limits import Limits
from kerazoo.serve.models import Model
from kerazoo.serve.of_tasks import (
    check_anomalies,
    continue_texts,
    forecast,
    pack_anomalies,
    recommend,
)
from kerazoo.serve.problems import Problem, problem_of
from kerazoo.serve.questions import RECOMMEND, Question, read_question
from kerazoo.serve.replies import (
    EXPLAIN,
    PREDICT,
    Answer,
    Asked,
    check_time,
    pack_predictions,
    pack_records,
    wants_csv,
)
from kerazoo.serve.scenes import records_of_scenes

__all__ = ["EXPLAIN", "PREDICT", "Answer", "Asked"]

_TOGETHER = ("table", "ratings", "array", "texts")


def is_small(asked: Asked, model: Model, limits: Limits) -> bool:
    """Tell whether a request is answered together with others that wait."""
    return (
        asked.verb == PREDICT and model.kind in _TOGETHER and len(asked.body) <= limits.small_bytes
    )


def answer_together(
    requests: Sequence[Asked], model: Model, limits: Limits
) -> list[Answer | Problem]:
    """Answer small requests, whose rows are computed at once.

    Args:
        requests: of one model.
        model: which.
        limits: what each may take.
    """
    if model.kind not in _TOGETHER:  # it was replaced by another kind while they waited
        return [answer_alone(one, model, limits) for one in requests]
    read = [_or_problem(partial(_read, one, model, limits)) for one in requests]
    read = [_or_problem(partial(_recommend, one, model)) for one in read]
    answers = iter(_predict_each([one for one in read if isinstance(one, _Rows)], model))
    return [next(answers) if isinstance(one, _Rows) else one for one in read]


def answer_alone(asked: Asked, model: Model, limits: Limits) -> Answer | Problem:
    """Answer one request, of any size and kind."""
    return _or_problem(partial(_answer_alone, asked, model, limits))


@dataclass(frozen=True)
class _Rows:
    """A question, its rows as the network takes them, and what goes along with the answers."""

    asked: Asked
    question: Question
    rows: np.ndarray
    notes: list[str]
    carried: Carried = field(default_factory=dict)


def _recommend(one: Any, model: Model) -> Any:
    """Answer a request for a recommendation; all others are given back."""
    if isinstance(one, _Rows) and one.question.input == RECOMMEND:
        return recommend(one.asked, one.question, model)
    return one


def _or_problem(work: Callable[[], Any]) -> Any:
    try:
        return work()
    except Exception as error:
        problem = problem_of(error)
        if problem.kind == "mistake":
            import traceback

            problem.__cause__ = error
            traceback.print_exception(error)
        return problem


def _read(asked: Asked, model: Model, limits: Limits) -> _Rows:
    question = read_question(asked.body, asked.content_type, asked.query, model, limits)
    if "coverage" in question.options:
        options = question.options
        checked_coverage(model.card, options["coverage"], options.get("sets", PLAIN))
    elif "sets" in question.options:
        raise InvalidInput("'sets' says how sets of a 'coverage' are made; add 'coverage'.")
    if question.options.get("anomaly"):
        check_anomalies(model)
    notes: list[str] = []
    if question.input == RECOMMEND:
        return _Rows(asked, question, np.empty((0, 2)), notes)
    carried: Carried = {}
    if question.input == "csv":
        rows, carried = read_csv_rows(question.value, model, limits, notes.append)
    elif question.input == "images":
        rows = _read_images(asked, question, model, limits, notes.append)
    else:
        rows = to_array(question.value, model.card, note=notes.append)
    _check_output(rows, model, limits)
    RangeCheck(model.ranges, "input", notes.append)(rows)
    return _Rows(asked, question, rows, notes, carried)


def _check_output(rows: np.ndarray, model: Model, limits: Limits) -> None:
    numbers = math.prod(length or 1 for length in model.card.outputs[0].shape)
    if len(rows) * numbers > limits.cells:
        raise Problem(
            "too-large",
            f"the answer to {counted(len(rows), 'row')} has {counted(numbers, 'number')} for each; "
            f"send {counted(limits.cells // numbers, 'row')} at most.",
        )


@contextlib.contextmanager
def _smaller_than(pixels: int) -> Iterator[None]:
    """Let larger images be refused before they are decoded."""
    from PIL import Image

    before, Image.MAX_IMAGE_PIXELS = Image.MAX_IMAGE_PIXELS, pixels
    try:
        yield
    finally:
        Image.MAX_IMAGE_PIXELS = before


def _read_images(
    asked: Asked,
    question: Question,
    model: Model,
    limits: Limits,
    note: Callable[[str], object],
) -> np.ndarray:
    fit = question.options.get("fit")
    if not question.value:
        raise InvalidInput("there is no image in the request; send one at least.")
    pixels = []
    for number, content in enumerate(question.value, start=1):
        check_time(asked)
        with WARNINGS, _smaller_than(limits.pixels):
            name = f"image {number}"
            pixels.append(read_image(io.BytesIO(content), model.card, fit, note, name))
    return check_array(np.stack(pixels), model.card, "input")


def _predict_each(read: Sequence[_Rows], model: Model) -> Iterator[Answer | Problem]:
    """Answer several questions with one call of the network, or one by one if that fails."""
    if not read:
        return
    together = sum(len(one.rows) for one in read)
    try:
        rows = read[0].rows if len(read) == 1 else np.concatenate([one.rows for one in read])
        whole = model.predictor.predict_array(rows)
    except (InvalidInput, ValueError):  # of one of them, or rows of another length
        for one in read:
            yield _or_problem(partial(_predict_one, one, model))
        return
    start = 0
    for one in read:
        end = start + len(one.rows)
        part = replace(whole, values=whole.values[start:end])
        yield _or_problem(partial(_describe, one, part, model, together))
        start = end


def _predict_one(one: _Rows, model: Model) -> Answer:
    return _describe(one, model.predictor.predict_array(one.rows), model, len(one.rows))


def _describe(one: _Rows, prediction: Prediction, model: Model, together: int) -> Answer:
    options, card = one.question.options, model.card
    if options.get("anomaly"):
        return pack_anomalies(one.rows, prediction, one.asked, model, one.notes)
    if "coverage" in options:
        prediction = with_coverage(
            prediction, card, options["coverage"], options.get("sets", PLAIN)
        )
    if options.get("distance"):
        prediction = replace(prediction, typicality=typicality(one.rows, card))
    if isinstance(card.about, Masks | Boxes):
        if wants_csv(one.asked.accept):
            raise InvalidInput("what is in an image is no table: ask for application/json.")
        records = records_of_scenes(prediction.values, card)
        return pack_records(records, one.asked, model, one.notes)
    found = [(prediction, one.carried)]
    return pack_predictions(found, one.asked, model, notes=one.notes, together=together)


def _answer_alone(asked: Asked, model: Model, limits: Limits) -> Answer:
    if model.kind == "series":
        return forecast(asked, model, limits)
    if model.kind == "language":
        return continue_texts(asked, model, limits)
    one = _read(asked, model, limits)
    one = _recommend(one, model)
    if isinstance(one, Answer):
        return one
    if asked.verb == PREDICT:
        return _predict_one(one, model)
    return _explain(asked, one, model, limits)


def _explain(asked: Asked, one: _Rows, model: Model, limits: Limits) -> Answer:
    """Explain row by row: each takes long enough to look at the clock after it."""
    if len(one.rows) > limits.explained:
        raise Problem(
            "too-large",
            f"the request asks why of {counted(len(one.rows), 'row')}; the server takes "
            f"{limits.explained} at once. Send several requests.",
        )
    prediction = model.predictor.predict_array(one.rows)
    found: list[tuple[Prediction, Carried]] = []
    for number in range(len(one.rows)):
        check_time(asked)
        row = slice(number, number + 1)
        why = model.predictor.explain_array(one.rows[row])
        part = replace(prediction, values=prediction.values[row], why=why)
        found.append((part, {name: cells[row] for name, cells in one.carried.items()}))
    return pack_predictions(found, asked, model, notes=one.notes, together=len(found))
