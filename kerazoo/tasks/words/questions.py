"""`kerazoo predict` for word vectors: the words nearest to a word, or to a sum of words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from kerazoo._machine import warnings_as_lines
from kerazoo.errors import InvalidInput
from kerazoo.predict.output import format_records
from kerazoo.saved.reading import Location
from kerazoo.tasks import Request
from kerazoo.tasks.words.vectors import WordVectors

_TERM = re.compile(r"\s*([+-]?)\s*([^\s+]+)")
_TOPN = 10


def answer(model: Location, request: Request) -> Iterator[str]:
    """Answer with the words nearest to each word, or to each sum of words.

    Args:
        model: a saved model or a file of word vectors.
        request: words, or sums such as `"king - man + woman"`; the option `topn`.

    Raises:
        UnknownName: if a word has no vector; near spellings are suggested.
        InvalidInput: if a query is no word and no sum of words.
    """
    from kerazoo.tasks.words.formats import load_word_vectors

    with warnings_as_lines(request.say):
        vectors = load_word_vectors(model)
    topn = request.options.get("topn", _TOPN)
    records = [
        {"query": query, "word": word, "similarity": round(similarity, 4)}
        for query in request.inputs
        for word, similarity in _ask(vectors, query, topn)
    ]
    if request.format == "table":
        yield "\n".join(_lines(records, topn)) + "\n"
    else:
        yield format_records(records, request.format)


def _lines(records: Sequence[dict[str, Any]], topn: int) -> Iterator[str]:
    """Yield each query on a line of its own, and below it its words."""
    for index, record in enumerate(records):
        if index % topn == 0 or records[index - 1]["query"] != record["query"]:
            yield from [""] if index else []
            yield str(record["query"])
        yield f"  {record['word']:24}{record['similarity']:.3f}"


def _ask(vectors: WordVectors, query: str, topn: int) -> list[tuple[str, float]]:
    positive, negative = parse_sum(query)
    return vectors.most_similar(positive, negative, topn)


def parse_sum(query: str) -> tuple[list[str], list[str]]:
    """Return the words that are added and those that are subtracted.

    Raises:
        InvalidInput: if the query is no sum of words.

    Example:
        >>> parse_sum("king - man + woman")
        (['king', 'woman'], ['man'])
    """
    added: list[str] = []
    subtracted: list[str] = []
    end = 0
    for number, term in enumerate(_TERM.finditer(query)):
        sign, word = term.groups()
        if term.start() != end or (number and not sign) or word == "-":
            break
        (subtracted if sign == "-" else added).append(word)
        end = term.end()
    if not added + subtracted or query[end:].strip():
        raise InvalidInput(
            f"{query!r} is no word and no sum of words; expected such as 'king' or "
            "'king - man + woman'."
        )
    return added, subtracted
