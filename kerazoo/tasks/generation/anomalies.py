"""Odd images and rows: those that a network trained on others cannot draw again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kerazoo.errors import KerazooError
from kerazoo.predict import Predictor, load_predictor
from kerazoo.predict.output import format_records
from kerazoo.predict.sources import read_source
from kerazoo.saved.anomalies import reconstruction_errors
from kerazoo.saved.reading import Location
from kerazoo.tasks import Request


def answer_anomalies(model: Location, request: Request) -> Iterator[str]:
    """Say of each image or row how far its reconstruction is from it, and whether that is odd.

    Odd is what is above the threshold in the network's card: 99 of 100 validation rows were not.

    Raises:
        KerazooError: if the network draws no image again, or its card has no threshold.
    """
    predictor = load_predictor(model, request.runtime)
    threshold = threshold_of(predictor)
    if predictor.card.columns:
        yield format_records(_judge_rows(predictor, request, threshold), request.format)
        return
    records: list[dict[str, Any]] = []
    for source in request.inputs:
        with request.watch(source) as report:
            for batch in read_source(
                source, predictor.card, report, request.say, fit=request.options.get("fit")
            ):
                first = len(records) + 1
                drawn = predictor.predict_array(batch.rows, request.batch_size, first).values
                errors = reconstruction_errors(batch.rows, drawn).tolist()
                files = batch.carried.get("file", ())
                for number, error in enumerate(errors):
                    named = {"file": files[number]} if files else {"row": first + number}
                    records.append(named | judge(error, threshold, request.format))
    yield format_records(records, request.format)


def _judge_rows(predictor: Predictor, request: Request, threshold: float) -> list[dict[str, Any]]:
    """Judge the rows of tables, whose errors are what the network answers."""
    keep = [one.strip() for one in request.options.get("keep", "").split(",") if one.strip()]
    records: list[dict[str, Any]] = []
    for source in request.inputs:
        with request.watch(source) as report:
            for answer, carried in predictor.predict_source(
                source, request.batch_size, report=report, note=request.say, keep=keep
            ):
                for index, error in enumerate(answer.values[:, 0].tolist()):
                    named: dict[str, Any] = {name: one[index] for name, one in carried.items()}
                    named = named or {"row": len(records) + 1}
                    records.append(named | judge(error, threshold, request.format))
    return records


def threshold_of(predictor: Predictor) -> float:
    """Return the error from which on an image or row is odd.

    Raises:
        KerazooError: if the network draws no image again, or its card has no threshold.
    """
    card = predictor.card
    if card.anomaly_threshold is None and card.inputs[0].shape != card.outputs[0].shape:
        raise KerazooError(
            f"{card.name} draws no image again, so that it cannot tell odd ones. Use a network "
            "that reconstructs, such as an autoencoder."
        )
    if card.anomaly_threshold is None:
        raise KerazooError(
            f"the saved {card.name} has no threshold of anomalies: it is older than these, or was "
            "saved without its data. Train it again."
        )
    return card.anomaly_threshold


def judge(error: float, threshold: float, kind: str) -> dict[str, Any]:
    """Return what is said of one image or row.

    Args:
        error: of its reconstruction.
        threshold: from where on that is odd.
        kind: the format of the answer.
    """
    odd: bool | str = error > threshold
    if kind not in ("json", "jsonl"):
        odd = "yes" if odd else "no"
    short, limit = (float(f"{value:.7g}") for value in (error, threshold))
    return {"reconstruction_error": short, "threshold": limit, "anomaly": odd}
