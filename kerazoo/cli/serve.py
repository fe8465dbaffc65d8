"""The commands that use a saved model: predict, evaluate, export."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from kerazoo._machine import quiet_libraries
from kerazoo.cli import console
from kerazoo.cli.words import answer_words, has_words
from kerazoo.errors import KerazooError, unknown_name

if TYPE_CHECKING:
    import numpy as np

    from kerazoo.datasets import Splits
    from kerazoo.predict import Prediction, Predictor
    from kerazoo.saved import Card

_FORMATS = ("table", "csv", "json", "jsonl")
_SUFFIXES = {".csv": "csv", ".json": "json", ".jsonl": "jsonl", ".txt": "table"}
_TOLERANCE = 1e-3
_REDRAW_SECONDS = 0.2

T = TypeVar("T")
Model = Annotated[str, typer.Argument(help="An installed model, or the directory of a saved one.")]
Runtime = Annotated[str, typer.Option(help="auto, litert or keras.")]


def register(app: typer.Typer) -> None:
    """Add this module's commands."""
    app.command()(predict)
    app.command()(evaluate)
    app.command()(export)


def predict(
    model: Model,
    inputs: Annotated[
        list[str],
        typer.Argument(
            metavar="INPUT...", help="CSV, .npy, PNG or JPEG files, folders of images, or -."
        ),
    ],
    kind: Annotated[
        str | None, typer.Option("--format", help="table, csv, json or jsonl.", show_default=False)
    ] = None,
    output: Annotated[
        Path | None, typer.Option(help="A file to write instead of standard output.")
    ] = None,
    batch_size: Annotated[
        int | None, typer.Option(min=1, help="Rows computed at once; chosen by default.")
    ] = None,
    runtime: Runtime = "auto",
    steps: Annotated[
        int | None, typer.Option(min=1, help="Rows to forecast after the end of a series.")
    ] = None,
    coverage: Annotated[
        float | None,
        typer.Option(help="Share of paths that the interval of a forecast holds; 0.9 by default."),
    ] = None,
    plot: Annotated[Path | None, typer.Option(help="A picture of a forecast to draw.")] = None,
    topn: Annotated[int, typer.Option(min=1, help="Words to answer with, per word or sum.")] = 10,
) -> None:
    """Predict raw input with a saved model: columns are matched by name.

    A network that forecasts a series takes one CSV file and goes on from its end. Word vectors take
    words, or sums such as "king - man + woman".
    """
    kind = _choose_format(kind, output)
    if has_words(model):
        answer = _quietly(lambda: answer_words(model, inputs, topn, kind))
        with _writing(output) as write:
            write(answer)
        return
    predictor = _load(model, runtime)
    if predictor.card.series is not None or steps is not None or plot is not None or coverage:
        from kerazoo.cli.forecast import forecast_file, format_forecast

        chosen = 0.9 if coverage is None else coverage
        result = _quietly(lambda: forecast_file(predictor, inputs, steps, chosen, plot))
        with _writing(output) as write:
            write(format_forecast(result, kind))
        return
    from kerazoo.predict.output import format_predictions

    with _writing(output) as write:
        batches = _predictions(predictor, inputs, batch_size)
        for text in format_predictions(batches, predictor.card, kind):
            write(text)


def evaluate(
    model: Model,
    runtime: Runtime = "auto",
    plot: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Where to write figures as PNG files.")
    ] = None,
) -> None:
    """Check a saved model against its test set: does it still do what its card says?"""
    predictor = _load(model, runtime)
    import numpy as np

    from kerazoo.datasets import load_dataset
    from kerazoo.registry import list_models, load_recipe
    from kerazoo.tasks.scores import score_predictions

    card = predictor.card
    if card.name not in list_models():
        raise KerazooError(
            f"{card.name!r} is not one of kerazoo's networks: no test set is known. Judge it in "
            "Python: kerazoo.evaluate_model(model, (x, y))."
        )
    recipe = load_recipe(card.name, card.variant or "tuned")
    splits = load_dataset(recipe.dataset, **recipe.dataset_arguments)
    x, y = splits.test
    predictions = predictor.predict(x).values
    scores = score_predictions(splits, np.asarray(y), predictions)
    same_data = splits.hash() == card.data
    _print_scores(card, scores)
    if plot is not None:
        _plot(splits, predictions, plot)
    if not same_data:
        console.say("note: it was trained on other data than this test set belongs to.")
    elif _differing(card, scores):
        raise KerazooError(
            f"{model} does not reach the figures of its card. Get it again; if that does not "
            "help, kerazoo doctor tells whether your libraries differ from those of its card."
        )


def export(
    model: Model,
    output: Annotated[Path, typer.Option(help="The file, or for saved_model the folder, to make.")],
    kind: Annotated[str, typer.Option("--format", help="onnx, saved_model or litert.")],
) -> None:
    """Write a saved model in a form that other programs run, once its answers are the same."""

    def write() -> Path:
        from kerazoo.saved.export import export_model

        return export_model(model, kind, output)  # type: ignore[arg-type]

    print(f"wrote {_quietly(write)}")


def _load(model: str, runtime: str) -> Predictor:
    def load() -> Predictor:
        from kerazoo.predict import load_predictor

        return load_predictor(model, runtime)  # type: ignore[arg-type]

    return _quietly(load)


def _quietly(call: Callable[[], T]) -> T:
    """Call without what libraries say on the way, which is no part of our own errors either."""
    with quiet_libraries():
        try:
            return call()
        except KerazooError as error:
            failure = error
    raise failure


def _choose_format(kind: str | None, output: Path | None) -> str:
    if kind is None and output is not None:
        return _SUFFIXES.get(output.suffix.lower(), "csv")
    if kind is None:
        return "table" if sys.stdout.isatty() else "csv"
    if kind not in _FORMATS:
        raise unknown_name("format", kind, _FORMATS)
    return kind


def _predictions(
    predictor: Predictor, inputs: list[str], batch_size: int | None
) -> Iterator[tuple[Prediction, tuple[str, ...]]]:
    from kerazoo.predict.sources import read_source

    for source in inputs:
        with _ProgressBar(source) as bar:
            row = 1
            for batch in read_source(source, predictor.card, bar.show, console.say):
                yield predictor.predict_array(batch.rows, batch_size, row), batch.files
                row += len(batch.rows)


class _ProgressBar:
    """A bar on a terminal, for inputs that take longer than a moment."""

    def __init__(self, name: str) -> None:
        self._name = Path(name).name[:30]
        self._started = self._drawn = time.monotonic()
        self._visible = False

    def __enter__(self) -> _ProgressBar:
        return self

    def __exit__(self, *exception: object) -> None:
        if self._visible:
            print("\r\x1b[2K", end="", file=sys.stderr, flush=True)

    def show(self, share: float) -> None:
        now = time.monotonic()
        if now - self._drawn < _REDRAW_SECONDS or not sys.stderr.isatty():
            return
        self._drawn, self._visible = now, True
        left = (now - self._started) * (1 - share) / max(share, 1e-6)
        filled = "#" * round(30 * share)
        line = f"\r\x1b[2K{self._name} [{filled:30}] {share:4.0%}, {left:.0f} s left"
        print(line, end="", file=sys.stderr, flush=True)


@contextlib.contextmanager
def _writing(output: Path | None) -> Iterator[Callable[[str], object]]:
    """Give what writes the answers: to standard output, or to a file that appears when whole."""
    if output is None:
        yield sys.stdout.write
        sys.stdout.flush()
        return
    if output.is_dir():
        raise KerazooError(f"--output {output} is a directory; give the name of a file.")
    part = output.with_name(f".{output.name}.{os.getpid()}.part")
    try:
        with open(part, "x", encoding="utf-8", newline="") as file:
            yield file.write
        os.replace(part, output)
    finally:
        part.unlink(missing_ok=True)


def _plot(splits: Splits, predictions: np.ndarray, folder: Path) -> None:
    from kerazoo.plots import figures_of_predictions, save_figures

    for path in save_figures(folder, figures_of_predictions(splits, predictions)):
        console.say(f"wrote {path}")


def _print_scores(card: Card, scores: dict[str, float]) -> None:
    saved = card.metrics.get(str(card.seed), {})
    print(f"{card.name}, {card.variant or 'no'} recipe, seed {card.seed}")
    print(f"{'metric':28}{'saved':>12}{'now':>12}")
    for name, value in scores.items():
        before = saved.get(name)
        print(f"{name:28}{'-' if before is None else f'{before:.5g}':>12}{value:12.5g}")


def _differing(card: Card, scores: dict[str, float]) -> list[str]:
    """Return the metrics that are not what they were, but for rounding."""
    saved = card.metrics.get(str(card.seed), {})
    return [
        name
        for name, value in scores.items()
        if (before := saved.get(name)) is not None
        and abs(value - before) > _TOLERANCE * max(1.0, abs(before))
    ]
