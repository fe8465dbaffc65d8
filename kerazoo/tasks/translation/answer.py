"""`kerazoo predict` for a network that writes: what each text becomes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kerazoo._wording import counted
from kerazoo.errors import InvalidInput
from kerazoo.predict import load_predictor
from kerazoo.predict.output import format_records
from kerazoo.predict.texts import open_texts
from kerazoo.saved.reading import Location
from kerazoo.tasks import Request
from kerazoo.tasks.translation.model import Translation, translator_of

_REASONS = 3


def answer(model: Location, request: Request) -> Iterator[str]:
    """Answer each text with what it becomes, and how sure that is.

    Args:
        model: a saved model.
        request: files, folders or `"-"`, a text a line; the option `skip_bad_rows`.

    Raises:
        InvalidInput: if a text is empty, too long or of unknown characters alone, or there is none.
    """
    predictor = load_predictor(model, request.runtime)
    translator = translator_of(predictor)
    skip = bool(request.options.get("skip_bad_rows"))
    records: list[dict[str, Any]] = []
    reasons: list[str] = []
    for source in request.inputs:
        found, _, name = open_texts(source, predictor.card, request.say)
        texts = [text.strip() for text in found]
        if not texts:
            raise InvalidInput(f"{name} holds no text; expected one at least, such as a line.")
        problems = [
            translator.encode.why_not(text, f"{name}: row {row}")
            for row, text in enumerate(texts, start=1)
        ]
        wrong = [problem for problem in problems if problem]
        if wrong and not skip:
            raise InvalidInput(wrong[0])
        reasons += wrong
        good = [text for text, problem in zip(texts, problems, strict=True) if not problem]
        answers = iter(translator.translate_checked(good))
        for text, problem in zip(texts, problems, strict=True):
            records.append(_record(Translation(text, "", 0.0) if problem else next(answers)))
    if reasons:
        if len(reasons) == len(records):
            raise InvalidInput(f"no row can be answered. The first: {reasons[0]}")
        request.say(f"{counted(len(reasons), 'row')} without an answer:")
        for reason in reasons[:_REASONS]:
            request.say(f"  {reason}")
    yield format_records(records, request.format)


def _record(one: Translation) -> dict[str, Any]:
    return {
        "text": one.text,
        "written": one.written,
        "probability": round(one.probability, 4),
        "unknown": "".join(one.unknown),
    }
