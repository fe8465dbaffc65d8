"""`kerazoo predict` for a language model: how probable each text is, and how it may go on."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from kerazoo.errors import InvalidInput
from kerazoo.predict import load_predictor
from kerazoo.predict.output import format_records
from kerazoo.predict.texts import open_texts
from kerazoo.saved.reading import Location
from kerazoo.tasks import Chosen, Request
from kerazoo.tasks.language.model import LanguageModel, language_of

_WORDS, _TOPN = 20, 5


def answer(model: Location, request: Request) -> Iterator[str]:
    """Answer each text with its probability, the likeliest next words, and a way to go on.

    Args:
        model: a saved model.
        request: files, folders or `"-"`, a text a line; the options `words`, `topn`,
            `temperature` and `seed`.

    Raises:
        InvalidInput: if a text has no words, or there is none.
    """
    predictor = load_predictor(model, request.runtime)
    language = language_of(predictor)
    records: list[dict[str, Any]] = []
    for source in request.inputs:
        texts, _, name = open_texts(source, predictor.card, request.say)
        before = len(records)
        for row, text in enumerate(texts, start=1):
            where = f"{name}: row {row}"
            records.append(record_of_text(language, text.strip(), where, request.options))
        if len(records) == before:
            raise InvalidInput(f"{name} holds no text; expected one at least, such as a line.")
    if request.format == "table":
        yield "\n".join("\n".join(_lines(record)) + "\n" for record in records)
    elif request.format == "csv":
        yield format_records([{**one, "next_words": _listed(one)} for one in records], "csv")
    else:
        yield format_records(records, request.format)


def record_of_text(
    language: LanguageModel, text: str, where: str, options: Chosen
) -> dict[str, Any]:
    """Return how probable a text is, what may come next, and a way to go on.

    Args:
        language: answers.
        text: what is asked.
        where: it stands, for messages.
        options: as for `answer`.

    Raises:
        InvalidInput: if it has no words, or an option is out of range.
    """
    try:
        score = language.score(text)
    except InvalidInput as error:
        raise InvalidInput(f"{where} has no words; expected a text. Leave it out.") from error
    likely = language.next_words(text, options.get("topn", _TOPN))
    record: dict[str, Any] = {
        "text": text,
        "words": score.words,
        "unknown": score.unknown,
        "log10_probability": round(score.log_probability / math.log(10), 4),
        "perplexity": round(score.perplexity, 2),
        "next_words": {word: round(chance, 4) for word, chance in likely},
    }
    words = options.get("words", _WORDS)
    if words:
        how = {"seed": options.get("seed", 0), "temperature": options.get("temperature", 1.0)}
        record["continued"] = language.write(text, words, **how)
    return record


def _listed(record: dict[str, Any]) -> str:
    return "; ".join(f"{word} {chance}" for word, chance in record["next_words"].items())


def _lines(record: dict[str, Any]) -> Iterator[str]:
    yield record["text"]
    yield (
        f"  perplexity {record['perplexity']}, log10 probability {record['log10_probability']}, "
        f"of words: {record['words']}, of them unknown: {record['unknown']}"
    )
    yield f"  next: {_listed(record)}"
    if "continued" in record:
        yield f"  {record['continued']}"
