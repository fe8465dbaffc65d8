"""Word vectors on the command line: `train word2vec --text FILE`, `predict word2vec king queen`."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kerazoo.errors import InvalidInput, KerazooError
from kerazoo.recipe import Recipe

if TYPE_CHECKING:
    from kerazoo.datasets import Splits
    from kerazoo.tasks.words.vectors import WordVectors

_TERM = re.compile(r"\s*([+-]?)\s*([^\s+]+)")


def choose_text(
    recipe: Recipe, path: Path | None, options: Mapping[str, Any]
) -> tuple[Recipe, Splits] | None:
    """Return the recipe that fits a user's text, and the text as numbers; `None` without a text.

    Args:
        recipe: of the network.
        path: a text file, an archive or a folder.
        options: `min_count`, and builder arguments; `None` for what was not said.

    Raises:
        KerazooError: if options, text and network do not go together.
        InvalidInput: if it is no text, or too short.
    """
    said = {key: value for key, value in options.items() if value is not None}
    if path is None:
        if said:
            option = next(iter(said)).replace("_", "-")
            raise KerazooError(f"--{option} is for word vectors of your own text: add --text FILE.")
        return None
    if recipe.dataset != "imdb_reviews":
        raise KerazooError(
            "--text is for networks that learn from running text; use it with word2vec."
        )
    from kerazoo.datasets import load_dataset
    from kerazoo.models.text.word2vec import ARCHITECTURES

    min_count = said.pop("min_count", 5)
    splits = load_dataset("text_corpus", path=path, min_count=min_count)
    arguments = {**recipe.builder_arguments, **said, "vocabulary_size": len(splits.words)}
    rate = ARCHITECTURES.get(arguments.get("architecture", "skipgram"), 0.0)  # or refused later
    return replace(
        recipe,
        optimizer={"class_name": "SGD", "config": {"learning_rate": rate}},
        dataset="text_corpus",
        dataset_arguments={"path": str(path), "min_count": min_count},
        builder_arguments=arguments,
        parameters=2 * len(splits.words) * arguments.get("dimension", 100),
        protocol=path.name,
        documented=None,
        baseline=None,
    ), splits


def has_words(model: str) -> bool:
    """Tell whether a saved model or a file is one of word vectors."""
    from kerazoo.saved.card import WORDS_FILE
    from kerazoo.saved.reading import locate_model
    from kerazoo.tasks.words.formats import is_vector_file

    return is_vector_file(model) or (locate_model(model) / WORDS_FILE).is_file()


def answer_words(model: str, queries: Sequence[str], topn: int, kind: str) -> str:
    """Return the words nearest to each word, or to each sum of words, as text.

    Args:
        model: a saved model or a file of word vectors.
        queries: words, or sums such as `"king - man + woman"`.
        topn: words per query.
        kind: `"table"`, `"csv"`, `"json"` or `"jsonl"`.

    Raises:
        UnknownName: if a word has no vector; near spellings are suggested.
        InvalidInput: if a query is no word and no sum of words.
    """
    from kerazoo.tasks.words.formats import load_word_vectors

    vectors = load_word_vectors(model)
    records = [
        {"query": query, "word": word, "similarity": round(similarity, 4)}
        for query in queries
        for word, similarity in _ask(vectors, query, topn)
    ]
    if kind == "json":
        return json.dumps(records, indent=1, ensure_ascii=False) + "\n"
    if kind == "jsonl":
        return "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)
    if kind == "csv":
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerows([["query", "word", "similarity"], *(r.values() for r in records)])
        return text.getvalue()
    lines: list[str] = []
    for at, record in enumerate(records):
        if at % topn == 0 or records[at - 1]["query"] != record["query"]:
            lines += ([""] if lines else []) + [str(record["query"])]
        lines.append(f"  {record['word']:24}{record['similarity']:.3f}")
    return "\n".join(lines) + "\n"


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
