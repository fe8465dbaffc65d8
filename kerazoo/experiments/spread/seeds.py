"""One network from many seeds, each on a processor of a cluster.

A worker trains and judges; this process keeps what came out in `OUT.seeds`, two files for each
seed, and loads the best network in the end. Whoever dies, the same training goes on with the seeds
that are missing.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, cast

from kerazoo._files import make_folder, write_whole
from kerazoo._wording import counted
from kerazoo.cluster import Lost, connected, spread
from kerazoo.datasets import Splits, load_dataset
from kerazoo.engine.choose import many_trainings
from kerazoo.engine.normalization import widen_normalization
from kerazoo.errors import KerazooError, WrongUsage
from kerazoo.experiments.record import best_run
from kerazoo.experiments.run import Run, build, train
from kerazoo.experiments.tracking import set_history_aside
from kerazoo.recipe import Recipe
from kerazoo.registry import Variant, load_module
from kerazoo.saved.card import MODEL_FILE
from kerazoo.saved.storage import HISTORY_FILE
from kerazoo.saved.weights import extract_weights, load_weights
from kerazoo.tasks import Chosen

if TYPE_CHECKING:
    import keras

_ENDING = ".keras"
Report = Callable[[int], object]


@dataclass(frozen=True)
class Trainings:
    """What all seeds share.

    Args:
        name: the network.
        variant: the recipe's name.
        recipe: how it is trained.
        splits: the data; the recipe's by default.
        options: of its task.
    """

    name: str
    variant: Variant
    recipe: Recipe
    splits: Splits | None = None
    options: Chosen | None = None


@dataclass(frozen=True)
class Reached:
    """What one seed has come to, but for the network.

    Args:
        seed: the seed.
        history: values per epoch.
        validation_metrics: on the validation part.
        metrics: on the test part.
        seconds: wall time of the training, on its machine.
        kept: the epoch whose weights the network has.
        lines: of `history.jsonl`.
        fingerprint: of recipe and data.
        model: SHA-256 of the `.keras` file.
    """

    seed: int
    history: dict[str, list[float]]
    validation_metrics: dict[str, float]
    metrics: dict[str, float]
    seconds: float
    kept: int | None
    lines: str
    fingerprint: str
    model: str


# === What runs in a worker ===


def prepare(shared: tuple[Trainings, str, int]) -> tuple[Trainings, str, int]:
    """Return what all seeds of a training share."""
    return shared


def work(prepared: tuple[Trainings, str, int], seed: int) -> tuple[Reached, bytes]:
    """Train one seed; return what it has come to, and the `.keras` file."""
    asked, fingerprint, seeds = prepared
    with tempfile.TemporaryDirectory() as folder:
        with many_trainings(seeds):
            run = train(
                asked.name,
                variant=asked.variant,
                seed=seed,
                recipe=asked.recipe,
                splits=asked.splits,
                options=asked.options,
                log_dir=folder,
            )
        history = Path(folder, HISTORY_FILE)
        lines = history.read_text(encoding="utf-8") if history.exists() else ""
        path = Path(folder, MODEL_FILE)
        run.model.save(path)
        content = path.read_bytes()
    reached = Reached(
        seed=seed,
        history=run.history,
        validation_metrics=run.validation_metrics,
        metrics=run.metrics,
        seconds=run.seconds,
        kept=run.kept,
        lines=lines,
        fingerprint=fingerprint,
        model=hashlib.sha256(content).hexdigest(),
    )
    return reached, content


# === What runs here ===


def seeds_folder(out: Path) -> Path:
    """Return where finished seeds are kept until all are: beside what will be saved.

    Example:
        >>> seeds_folder(Path("runs/xor")).as_posix()
        'runs/xor.seeds'
    """
    named = out if out.name not in ("", "..") else out.resolve()
    return named.with_name(named.name + ".seeds")


def train_spread(
    asked: Trainings, seeds: Sequence[int], out: Path, ray: str, report: Report = lambda seed: None
) -> tuple[list[Run], Run]:
    """Train seeds on a cluster, but for those that an earlier call with this `out` has finished.

    Args:
        asked: what they share.
        seeds: which.
        out: where the best network will be saved; finished seeds are kept beside it until then.
        ray: the address of the cluster, as for `kerazoo.cluster.connected`.
        report: told which seed has ended.

    Returns:
        A run for each seed, in the order of the seeds, and the best one on validation. That one
        alone has a network: the others' `model` is `None`.

    Raises:
        WrongUsage: if the network is trained in stages of its own.
        KerazooError: if no cluster answers, a training fails, or what is kept beside `out` is of
            another training. All seeds that have ended are kept.
    """
    if hasattr(load_module(asked.name), "fit"):
        raise WrongUsage(
            f"{asked.name} is trained in stages of its own, whose network no other process can go "
            "on with: leave out --ray."
        )
    if asked.splits is None:  # found here, and sent: a machine may lack its files
        recipe = asked.recipe
        asked = replace(asked, splits=load_dataset(recipe.dataset, **recipe.dataset_arguments))
    fingerprint = _fingerprint(asked)
    folder = seeds_folder(out)
    found = {one.seed: one for one in _kept(folder, fingerprint)}
    missing = [seed for seed in seeds if seed not in found]
    lost: list[str] = []
    if missing:
        with connected(ray) as cluster:
            make_folder(folder)
            shared = asked, fingerprint, len(seeds)
            for seed, result in spread(cluster, sys.modules[__name__], shared, missing):
                if isinstance(result, Lost):
                    lost.append(f"seed {seed}: {result}")
                    continue
                reached, content = result
                _keep(folder, reached, content)
                found[seed] = reached
                report(seed)
    if lost:
        raise KerazooError(
            f"{counted(len(lost), 'seed')} without a network, the first one {lost[0]} There "
            f"are {counted(len(found), 'seed')} kept in {folder}: run the same command to go on."
        )
    return _runs(asked, [found[seed] for seed in seeds], folder)


def _fingerprint(asked: Trainings) -> str:
    assert asked.splits is not None
    words = f"{asked.name} {asked.recipe.hash()} {asked.splits.hash()}"
    return hashlib.sha256(words.encode()).hexdigest()


def _keep(folder: Path, reached: Reached, content: bytes) -> None:
    """Write what one seed has come to: the network first, so that whatever is told of is there."""
    write_whole(folder / f"{reached.seed}{_ENDING}", content)
    write_whole(folder / f"{reached.seed}.json", json.dumps(asdict(reached)))


def _kept(folder: Path, fingerprint: str) -> Iterator[Reached]:
    """Give what is kept of an earlier call; a seed whose files are not whole is trained again.

    Raises:
        KerazooError: if it is of another training.
    """
    for path in sorted(folder.glob("*.json")) if folder.is_dir() else ():
        try:
            reached = Reached(**json.loads(path.read_text(encoding="utf-8")))
            content = path.with_suffix(_ENDING).read_bytes()
        except (OSError, ValueError, TypeError):
            continue
        if reached.fingerprint != fingerprint:
            raise KerazooError(
                f"{folder} holds seeds of another training: other data, or another recipe. Run "
                "that one again, remove the folder, or choose another --out."
            )
        if hashlib.sha256(content).hexdigest() == reached.model:
            yield reached


def _runs(asked: Trainings, found: Sequence[Reached], folder: Path) -> tuple[list[Run], Run]:
    assert asked.splits is not None
    runs = [
        Run(
            name=asked.name,
            variant=asked.variant,
            seed=one.seed,
            recipe=asked.recipe,
            splits=asked.splits,
            model=cast("keras.Model", None),  # only the chosen one is worth the time
            history=one.history,
            validation_metrics=one.validation_metrics,
            metrics=one.metrics,
            seconds=one.seconds,
            kept=one.kept,
        )
        for one in found
    ]
    best = best_run(runs)
    path = folder / f"{best.seed}{_ENDING}"
    return runs, replace(best, model=_load(asked, best.seed, path.read_bytes(), str(path)))


def _load(asked: Trainings, seed: int, content: bytes, source: str) -> keras.Model:
    """Return the network of a seed as its training left it, optimizer included."""
    model = build(asked.name, asked.recipe, seed)
    if not model.optimizer.built:
        model.optimizer.build(model.trainable_variables)
    load_weights(model, extract_weights(content, source), source)
    widen_normalization(model)
    return model


def finish(out: Path, runs: Sequence[Run]) -> None:
    """Put the lines of all seeds into the history of what is saved, and forget what was kept.

    Args:
        out: where the best network is saved.
        runs: from `train_spread`.
    """
    folder = seeds_folder(out)
    set_history_aside(out)
    kept = [json.loads((folder / f"{run.seed}.json").read_text("utf-8")) for run in runs]
    write_whole(out / HISTORY_FILE, "".join(one["lines"] for one in kept))
    shutil.rmtree(folder, ignore_errors=True)
