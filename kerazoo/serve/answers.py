"""A question becomes an answer, with the readers and the words of `kerazoo predict`."""

from __future__ import annotations

import contextlib
import io
import json
import math
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from kerazoo._wording import counted
from kerazoo.datasets.about import Boxes, Masks
from kerazoo.errors import InvalidInput, KerazooError
from kerazoo.predict import Prediction
from kerazoo.predict.certainty import checked_coverage, with_coverage
from kerazoo.predict.images import read_image
from kerazoo.predict.output import records_of
from kerazoo.predict.rows import RangeCheck, check_array, to_array
from kerazoo.predict.typicality import typicality
from kerazoo.saved.calibration import PLAIN
from kerazoo.serve.limits import Limits
from kerazoo.serve.models import Model
from kerazoo.serve.problems import Problem, problem_of, shortened, spelled_here
from kerazoo.serve.questions import Question, read_question
from kerazoo.serve.scenes import records_of_scenes

PREDICT, EXPLAIN = "predict", "explain"
_TOGETHER = ("table", "ratings", "array", "texts")
_MOST_NOTES = 20
# Reading images and forecasting change for a moment what warnings do, in the whole process.
_warnings = threading.Lock()


@dataclass(frozen=True)
class Asked:
    """A request whose body has arrived.

    Args:
        name: of the model.
        verb: `"predict"` or `"explain"`.
        body: of the request.
        content_type: what its headers say of it.
        query: of its address.
        deadline: when it has to be answered, by `time.monotonic`.
    """

    name: str
    verb: str
    body: bytes
    content_type: str
    query: str
    deadline: float


@dataclass(frozen=True)
class Answer:
    """What is sent back.

    Args:
        body: JSON.
        rows: how many were answered.
        together: how many were computed at once, with those of other requests.
    """

    body: bytes
    rows: int
    together: int


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
    good = [one for one in read if not isinstance(one, Problem)]
    answers = iter(_predict_each(good, model))
    return [one if isinstance(one, Problem) else next(answers) for one in read]


def answer_alone(asked: Asked, model: Model, limits: Limits) -> Answer | Problem:
    """Answer one request, of any size and kind."""
    return _or_problem(partial(_answer_alone, asked, model, limits))


@dataclass(frozen=True)
class _Rows:
    """A question, and its rows as the network takes them."""

    question: Question
    rows: np.ndarray
    notes: list[str]


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
    notes: list[str] = []
    if question.input == "images":
        rows = _read_images(asked, question, model, limits, notes.append)
    else:
        rows = to_array(question.value, model.card, note=notes.append)
    _check_output(rows, model, limits)
    RangeCheck(model.ranges, "input", notes.append)(rows)
    return _Rows(question, rows, notes)


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
        _check_time(asked)
        with _warnings, _smaller_than(limits.pixels):
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
    if "coverage" in options:
        prediction = with_coverage(
            prediction, card, options["coverage"], options.get("sets", PLAIN)
        )
    if options.get("distance"):
        prediction = replace(prediction, typicality=typicality(one.rows, card))
    if isinstance(card.about, Masks | Boxes):
        records = records_of_scenes(prediction.values, card)
    else:
        records = records_of(prediction, card)
    return _pack(records, model, one.notes, together)


def _pack(records: list[dict[str, Any]], model: Model, notes: list[str], together: int) -> Answer:
    found = {
        "model": model.card.name,
        "version": model.version,
        "predictions": records,
        "notes": [shortened(spelled_here(note)) for note in notes[:_MOST_NOTES]],
    }
    text = json.dumps(found, ensure_ascii=False, allow_nan=False)
    return Answer(text.encode("utf-8", "replace"), len(records), together)


def _answer_alone(asked: Asked, model: Model, limits: Limits) -> Answer:
    if model.kind == "series":
        return _forecast(asked, model, limits)
    if model.kind == "language":
        return _continue_texts(asked, model, limits)
    one = _read(asked, model, limits)
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
    records: list[dict[str, Any]] = []
    for number in range(len(one.rows)):
        _check_time(asked)
        row = slice(number, number + 1)
        why = model.predictor.explain_array(one.rows[row])
        part = replace(prediction, values=prediction.values[row], why=why)
        records += records_of(part, model.card)
    return _pack(records, model, one.notes, len(records))


def took_too_long() -> Problem:
    """Return the problem of a request whose time is over."""
    return Problem(
        "took-too-long",
        "the answer takes longer than the server allows. Send fewer rows, or ask later.",
    )


def _check_time(asked: Asked) -> None:
    """Give up a request whose time is over: nobody waits for its answer any more."""
    if time.monotonic() > asked.deadline:
        raise took_too_long()


def _forecast(asked: Asked, model: Model, limits: Limits) -> Answer:
    from kerazoo.tasks import Request
    from kerazoo.tasks.series.answer import forecast_records

    question = read_question(asked.body, asked.content_type, asked.query, model, limits)
    table = question.value
    if question.input == "records":
        names = list(dict.fromkeys(name for row in table for name in row))
        table = {name: [row.get(name) for row in table] for name in names}
    if not table or not len(question):
        raise InvalidInput("the series has no rows; send its history, the latest row last.")
    if len({len(cells) for cells in table.values()}) != 1:
        raise InvalidInput("the columns differ in length; expected a cell for each row in each.")
    options = {**question.options, "explain": asked.verb == EXPLAIN}
    if "quantiles" in options:
        options["quantiles"] = ",".join(map(str, options["quantiles"]))
    notes: list[str] = []
    request = Request((), format="json", options=options, say=notes.append)
    with _warnings:
        records = forecast_records(model.predictor, table, request)
    return _pack(records, model, notes, len(records))


def _continue_texts(asked: Asked, model: Model, limits: Limits) -> Answer:
    from kerazoo.tasks.language.answer import record_of_text

    if asked.verb == EXPLAIN:
        raise KerazooError(f"{model.card.name!r} cannot be explained; ask it to predict.")
    question = read_question(asked.body, asked.content_type, asked.query, model, limits)
    if not question.value:
        raise InvalidInput("there is no text in the request; send one at least.")
    records = []
    for number, text in enumerate(question.value, start=1):
        _check_time(asked)
        where = f"input: row {number}"
        records.append(record_of_text(model.language, text.strip(), where, question.options))
    return _pack(records, model, [], len(records))
