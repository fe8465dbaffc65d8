"""Tables answered on a cluster: one predictor in each worker, and a file that grows in order."""

from __future__ import annotations

import itertools
import re
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kerazoo.cluster import Lost, connected, spread
from kerazoo.errors import InvalidInput, KerazooError, WrongUsage
from kerazoo.experiments.spread.cutting import PIECE_BYTES, Piece, cut, extract
from kerazoo.experiments.spread.unfinished import Unfinished
from kerazoo.predict import Predictor, load_predictor
from kerazoo.saved.card import CARD_FILE
from kerazoo.saved.reading import Location, open_saved
from kerazoo.tasks import Request, load_task

FORMATS = ("csv", "jsonl")
_AHEAD = 2  # pieces for each processor: the next one waits where the last one is answered
_NUMBER = re.compile(r"-?\d[\d.,e+-]*")

Say = Callable[[str], object]


@dataclass(frozen=True)
class Question:
    """What is asked of each row.

    Args:
        task: the network's.
        format: `"csv"` or `"jsonl"`.
        options: of the task.
        batch_size: rows computed at once; chosen by default.
    """

    task: str
    format: Any
    options: Mapping[str, Any]
    batch_size: int | None = None


# === What runs in a worker ===


def prepare(shared: tuple[Predictor, Question]) -> tuple[Predictor, Question]:
    """Return the predictor of this worker; it came with its network, not with a path."""
    return shared


def work(
    prepared: tuple[Predictor, Question], piece: Piece
) -> tuple[bytes, bytes, tuple[str, ...]]:
    """Answer a piece; return the line of names, the answers, and what a person should know."""
    predictor, question = prepared
    notes: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        path = str(extract(piece, predictor.card, folder))
        request = Request(
            [path],
            format=question.format,
            options=question.options,
            batch_size=question.batch_size,
            say=notes.append,
        )
        try:
            found = load_task(question.task).answer(predictor, request)  # type: ignore[arg-type]
            texts = [text.encode() for text in found]
        except InvalidInput as error:
            raise type(error)(str(error).replace(path, piece.name)) from None
    names = texts.pop(0) if question.format == "csv" else b""
    return names, b"".join(texts), tuple(note.replace(path, piece.name) for note in notes)


# === What runs here ===


def answer_spread(
    model: Location,
    question: Question,
    inputs: Sequence[str],
    out: Path,
    ray: str,
    *,
    force: bool = False,
    say: Say = lambda message: None,
    report: Callable[[float], object] = lambda share: None,
    piece_bytes: int = PIECE_BYTES,
) -> None:
    """Answer the rows of tables on a cluster, and write the answers in the order of the rows.

    Args:
        model: a saved network.
        question: what is asked.
        inputs: CSV and Parquet files that all machines see under these names.
        out: the file to write. It appears when it is whole; called again after a kill, this goes on
            after the last piece that was written.
        ray: the address of the cluster, as for `kerazoo.cluster.connected`.
        force: whether answers to something else, which are unfinished, are given up.
        say: told what a person should know, once.
        report: told the share that is done.
        piece_bytes: of a piece, about.

    Raises:
        WrongUsage: if the format, or an option, is about all rows.
        InvalidInput: if a file cannot be cut, or a row is not what the network takes.
        KerazooError: if no cluster answers, or `out` is being written by another process.
    """
    if question.format not in FORMATS:
        raise WrongUsage(f"--ray takes --format {' or '.join(FORMATS)}, not {question.format}.")
    if "plot" in question.options:
        raise WrongUsage("--plot draws all rows in one place: leave out --ray.")
    saved = open_saved(model)
    predictor = load_predictor(saved, "litert")
    pieces = list(cut(inputs, piece_bytes))
    card = (saved.folder / CARD_FILE).read_bytes()
    asked = _identity(card, question, pieces)
    with connected(ray) as cluster, Unfinished(out, asked, force=force) as unfinished:
        answered = spread(
            cluster,
            sys.modules[__name__],
            (predictor, question),
            itertools.islice(pieces, unfinished.pieces, None),
            in_order=True,
            each=_AHEAD,
        )
        said: set[str] = set()
        for piece, found in answered:
            if isinstance(found, Lost):
                raise KerazooError(f"{piece.name}: {found}")
            names, answers, notes = found
            unfinished.add(answers if unfinished.pieces else names + answers)
            for note in notes:
                kind = _NUMBER.sub("", note)  # the same of other rows is no news
                if kind not in said:
                    said.add(kind)
                    say(note)
            report(unfinished.pieces / len(pieces))
        unfinished.finish()


def _identity(card: bytes, question: Question, pieces: Sequence[Piece]) -> list[Any]:
    import hashlib

    options = {name: str(value) for name, value in sorted(question.options.items())}
    files = {piece.path: piece.state for piece in pieces}
    where = [(piece.path, piece.start, piece.end) for piece in pieces]
    return [
        hashlib.sha256(card).hexdigest(),
        [question.task, question.format, options, question.batch_size],
        files,
        hashlib.sha256(repr(where).encode()).hexdigest(),
    ]
