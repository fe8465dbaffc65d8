"""What a task answers in its own way: forecasts, next words, recommendations, odd rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from kerazoo.errors import InvalidInput, KerazooError
from kerazoo.predict import Prediction
from kerazoo.serve.csv_bodies import WARNINGS, as_file, refuse_many_lines
from kerazoo.serve.limits import Limits
from kerazoo.serve.models import Model
from kerazoo.serve.questions import Question, read_question
from kerazoo.serve.replies import EXPLAIN, Answer, Asked, check_time, pack_records, wants_csv

_TOP = 10


def forecast(asked: Asked, model: Model, limits: Limits) -> Answer:
    """Answer a request for the rows after the end of a series."""
    from kerazoo.tasks import Request
    from kerazoo.tasks.series.answer import forecast_records

    question = read_question(asked.body, asked.content_type, asked.query, model, limits)
    options = {**question.options, "explain": asked.verb == EXPLAIN}
    if "quantiles" in options:
        options["quantiles"] = ",".join(map(str, options["quantiles"]))
    notes: list[str] = []
    kind: Any = "csv" if wants_csv(asked.accept) else "json"
    if question.input == "csv":
        refuse_many_lines(question.value, limits)
        with as_file(question.value, notes.append) as (path, say), WARNINGS:
            request = Request((path,), format=kind, options=options, say=say)
            records = forecast_records(model.predictor, path, request)
    else:
        request = Request((), format=kind, options=options, say=notes.append)
        with WARNINGS:
            records = forecast_records(model.predictor, _history(question), request)
    return pack_records(records, asked, model, notes)


def _history(question: Question) -> dict[str, list[Any]]:
    table = question.value
    if question.input == "records":
        names = list(dict.fromkeys(name for row in table for name in row))
        table = {name: [row.get(name) for row in table] for name in names}
    if not table or not len(question):
        raise InvalidInput("the series has no rows; send its history, the latest row last.")
    if len({len(cells) for cells in table.values()}) != 1:
        raise InvalidInput("the columns differ in length; expected a cell for each row in each.")
    return dict(table)


def continue_texts(asked: Asked, model: Model, limits: Limits) -> Answer:
    """Answer a request for the words after some texts."""
    from kerazoo.tasks.language.answer import record_of_text

    if asked.verb == EXPLAIN:
        raise KerazooError(f"{model.card.name!r} cannot be explained; ask it to predict.")
    question = read_question(asked.body, asked.content_type, asked.query, model, limits)
    if not question.value:
        raise InvalidInput("there is no text in the request; send one at least.")
    records = []
    for number, text in enumerate(question.value, start=1):
        check_time(asked)
        where = f"input: row {number}"
        records.append(record_of_text(model.language, text.strip(), where, question.options))
    return pack_records(records, asked, model)


def recommend(asked: Asked, question: Question, model: Model) -> Answer:
    """Answer a request for what a user will like, or for who will like an item."""
    from kerazoo.tasks.ranking.answer import recommendations

    if asked.verb == EXPLAIN:
        raise KerazooError(f"{model.card.name!r} cannot be explained; ask it to predict.")
    user, item = question.value.get("user"), question.value.get("item")
    rated = question.options.get("rated")
    if rated is not None and user is not None and item is not None:
        raise InvalidInput("'rated' says what is left out of a list; leave out 'user' or 'item'.")
    notes: list[str] = []
    found = recommendations(
        model.recommender,
        user,
        item,
        top=question.options.get("top", _TOP),
        say=notes.append,
        rated=rated,
    )
    return pack_records(found, asked, model, notes)


def check_anomalies(model: Model) -> None:
    """Refuse to look for odd rows with a network that cannot tell them.

    Raises:
        KerazooError: if it draws nothing again, or its card has no threshold.
    """
    from kerazoo.tasks.generation.anomalies import threshold_of

    threshold_of(model.predictor)


def pack_anomalies(
    rows: np.ndarray,
    prediction: Prediction,
    asked: Asked,
    model: Model,
    notes: Sequence[str],
) -> Answer:
    """Answer how far rows are from what the network makes of them, and which are odd."""
    from kerazoo.saved.anomalies import reconstruction_errors
    from kerazoo.tasks.generation.anomalies import judge, threshold_of

    values = prediction.values
    errors = values[:, 0] if model.card.columns else reconstruction_errors(rows, values)
    threshold, kind = threshold_of(model.predictor), "csv" if wants_csv(asked.accept) else "json"
    records = [
        {"row": number, **judge(error, threshold, kind)}
        for number, error in enumerate(errors.tolist(), start=1)
    ]
    return pack_records(records, asked, model, notes)
