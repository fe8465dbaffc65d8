"""Predictions as text: a table for people; CSV, JSON and JSON lines for programs."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from kerazoo.predict.prediction import Prediction
from kerazoo.predict.tables import Carried
from kerazoo.saved.card import Card

FORMATS = ("table", "csv", "json", "jsonl")
_BETWEEN = "|"  # the classes of a set


def format_predictions(
    batches: Iterable[tuple[Prediction, Carried]], card: Card, kind: str
) -> Iterator[str]:
    """Turn predictions into text, piece by piece.

    Args:
        batches: predictions, each with the columns that go along: files or cells, if any.
        card: what was predicted.
        kind: one of `FORMATS`.

    Yields:
        Pieces of text that end where a line ends.
    """
    write = {"table": _tables, "csv": _csv, "json": _json, "jsonl": _json_lines}[kind]
    yield from write(batches, card)


def format_records(records: Sequence[Mapping[str, Any]], kind: str) -> str:
    """Turn a few records with the same keys into text.

    Args:
        records: values by name, in the order in which they are shown.
        kind: one of `FORMATS`.

    Example:
        >>> print(format_records([{"step": 1, "sold": 2.5}], "csv"), end="")
        step,sold
        1,2.5
    """
    if kind == "json":
        return json.dumps(list(records), indent=1, ensure_ascii=False) + "\n"
    if kind == "jsonl":
        return "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)
    names = list(records[0])
    if kind == "csv":
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows([names, *(r.values() for r in records)])
        return text.getvalue()
    cells = [names, *([_shown(value) for value in record.values()] for record in records)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines = (zip(line, widths, strict=True) for line in cells)
    return "".join("  ".join(cell.rjust(w) for cell, w in line) + "\n" for line in lines)


def records_of(prediction: Prediction, card: Card) -> list[dict[str, Any]]:
    """Return what JSON holds of each answer.

    Args:
        prediction: the answers.
        card: what was predicted.

    Example:
        >>> import kerazoo
        >>> predictor = kerazoo.load_predictor("boston")
        >>> answers = predictor.predict(kerazoo.load_dataset("boston").test.x[:1])
        >>> list(records_of(answers, predictor.card)[0])
        ['MEDV']
    """
    target = card.target_name or "prediction"
    labels, shares = prediction.labels, prediction.probabilities
    if labels is None or shares is None:
        single = prediction.values.shape[1:] == (1,)
        outputs = prediction.values[:, 0] if single else prediction.values
        records: list[dict[str, Any]] = [{target: _short(output)} for output in outputs.tolist()]
        for record, ends in zip(records, _intervals(prediction), strict=False):
            record |= {"lower": _short(ends[0]), "upper": _short(ends[1])}
        return _with_reasons(records, prediction)
    answers = _labels(prediction)
    records = [
        {target: label, "probabilities": dict(zip(card.class_names, _short(share), strict=True))}
        for label, share in zip(answers, shares.tolist(), strict=True)
    ]
    for record, label, classes in zip(records, answers, prediction.sets or (), strict=False):
        record["set"] = None if label is None else list(classes)
    return _with_reasons(records, prediction)


def _tables(batches: Iterable[tuple[Prediction, Carried]], card: Card) -> Iterator[str]:
    row, template = 0, ""
    for prediction, carried in batches:
        names, fields = _fields(prediction, carried, card, shown=True)
        cells = [[_shown(value) for value in values] for values in fields]
        if not template:
            widths = [
                max(len(name), 8, *map(len, shown), *_label_widths(number, carried, card))
                for number, (name, shown) in enumerate(zip(names, cells, strict=True))
            ]
            template = "{:>6}  " + "  ".join(f"{{:>{width}}}" for width in widths) + "\n"
            yield template.format("row", *names)
        yield "".join(
            template.format(number, *line)
            for number, line in enumerate(zip(*cells, strict=True), start=row + 1)
        )
        row += len(prediction)


def _label_widths(number: int, carried: Carried, card: Card) -> list[int]:
    return [len(label) for label in card.class_names] if number == len(carried) else []


def _shown(value: Any) -> str:
    if isinstance(value, float):
        return "" if math.isnan(value) else f"{value:.4g}"
    return str(value)


def _csv(batches: Iterable[tuple[Prediction, Carried]], card: Card) -> Iterator[str]:
    template = ""
    for prediction, carried in batches:
        names, fields = _fields(prediction, carried, card)
        if not template:
            template = ",".join("%s" if isinstance(f[0], str) else "%.7g" for f in fields) + "\n"
            yield _quoted(names) + "\n"
        fields = [_quote_all(field) if isinstance(field[0], str) else field for field in fields]
        lines = "".join([template % line for line in zip(*fields, strict=True)])
        if np.isnan(prediction.values).any():
            lines = "".join(",".join(map(_cell, line)) + "\n" for line in zip(*fields, strict=True))
        yield lines


def _cell(value: Any) -> str:
    if isinstance(value, str):
        return value
    return "" if math.isnan(value) else f"{value:.7g}"


def _quote_all(texts: Sequence[str]) -> list[str]:
    quoted = {text: _quoted([text]) for text in set(texts)}
    return [quoted[text] for text in texts]


def _quoted(texts: Sequence[str]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow(texts)
    return line.getvalue()


def _json(batches: Iterable[tuple[Prediction, Carried]], card: Card) -> Iterator[str]:
    before = "[\n"
    for lines in _json_lines(batches, card):
        yield before + lines.rstrip("\n").replace("\n", ",\n")
        before = ",\n"
    yield "\n]\n"


def _json_lines(batches: Iterable[tuple[Prediction, Carried]], card: Card) -> Iterator[str]:
    for prediction, carried in batches:
        records = records_of(prediction, card)
        if carried:
            names = _names(carried, card)
            cells = zip(*carried.values(), strict=True)
            records = [
                {**dict(zip(names, row, strict=True)), **record}
                for row, record in zip(cells, records, strict=True)
            ]
        yield "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)


def _with_reasons(records: list[dict[str, Any]], prediction: Prediction) -> list[dict[str, Any]]:
    reasons = [{}] * len(records) if prediction.why is None else prediction.why.records()
    found = [{**record, **reason} for record, reason in zip(records, reasons, strict=True)]
    if prediction.typicality is not None:
        for record, *both in zip(found, *prediction.typicality.columns(), strict=True):
            record |= {"distance": _short(both[0]), "farther": _short(both[1])}
    return found


def _intervals(prediction: Prediction) -> list[list[float]]:
    return [] if prediction.interval is None else prediction.interval.tolist()


def _labels(prediction: Prediction, none: str | None = None) -> list[str | None]:
    """Return the name of each row's class, and something else where there is no answer."""
    assert prediction.labels is not None
    missing = np.isnan(prediction.values).any(axis=1).tolist()
    labels = prediction.labels.tolist()
    return [none if lacks else label for label, lacks in zip(labels, missing, strict=True)]


def _short(value: Any) -> Any:
    """Drop the digits that a float32 does not have and its double shows."""
    if isinstance(value, list):
        return [_short(item) for item in value]
    return None if math.isnan(value) else float(f"{value:.7g}")


def _names(carried: Carried, card: Card) -> list[str]:
    """Return the names of what goes along; beside an answer, the truth needs another one."""
    return [f"given_{name}" if name == card.target_name else name for name in carried]


def _fields(
    prediction: Prediction, carried: Carried, card: Card, *, shown: bool = False
) -> tuple[list[str], list[list[Any]]]:
    """Return the columns of the answer: their names, and their cells; `shown` to people."""
    names, fields = _answer_fields(prediction, carried, card)
    if prediction.typicality is not None:
        names += ["distance", "farther"]
        fields += [one.tolist() for one in prediction.typicality.columns()]
    if prediction.why is not None:
        why = prediction.why
        more, cells = (["why"], [why.in_short()]) if shown else why.fields()
        names, fields = names + more, fields + cells
    return names, fields


def _answer_fields(
    prediction: Prediction, carried: Carried, card: Card
) -> tuple[list[str], list[list[Any]]]:
    names = _names(carried, card)
    fields: list[list[Any]] = [list(cells) for cells in carried.values()]
    target = card.target_name or "prediction"
    labels, shares = prediction.labels, prediction.probabilities
    if labels is None or shares is None:
        flat = prediction.values.reshape(len(prediction), -1)
        single = flat.shape[1] == 1
        names += [target] if single else [f"{target}_{n}" for n in range(flat.shape[1])]
        fields += flat.T.tolist()
        if prediction.interval is not None:
            names += ["lower", "upper"]
            fields += prediction.interval.T.tolist()
        return names, fields
    names += [target, *(f"probability_{label}" for label in card.class_names)]
    fields = [*fields, _labels(prediction, ""), *shares.T.tolist()]
    if prediction.sets is not None:
        names.append("set")
        fields.append([_BETWEEN.join(classes) for classes in prediction.sets])
    return names, fields
