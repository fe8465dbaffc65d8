"""Graphs of earlier processes: the same numbers without tracing, or none that can be believed."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

import kerazoo
from kerazoo.engine import graph_files
from kerazoo.engine.graph_files import as_text, describe
from kerazoo.engine.program_cache import clear_program_cache
from kerazoo.engine.tracer import Tracer
from kerazoo.errors import KerazooError
from kerazoo.registry import without_weights
from tests.small_data import IN_ANY_ORDER, small_splits

X = np.random.default_rng(0).normal(size=(40, 3)).astype("float32")
Y = X.sum(axis=1, keepdims=True)


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of graphs: empty, and the user's alone."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv(graph_files.SWITCH, raising=False)
    tmp_path.chmod(0o700)
    clear_program_cache()
    return tmp_path / "cache" / "kerazoo" / "graphs"


def kept(cache: Path) -> list[Path]:
    return [path for path in cache.glob("*/*") if path.is_file()]


def dense(**options: Any) -> keras.Model:
    keras.utils.set_random_seed(3)
    layers = [keras.layers.Dense(4, "relu"), keras.layers.Dropout(0.2), keras.layers.Dense(1)]
    model = keras.Sequential([keras.Input((3,)), *layers])
    model.compile(**{"optimizer": "adam", "loss": "mse", "metrics": ["mae"], **options})
    return model


def train(model: keras.Model, **options: Any) -> dict[str, list[float]]:
    options = {"epochs": 3, "batch_size": 16, "verbose": 0, **options}
    return kerazoo.fit_model(model, (X, Y), (X, Y), **options).history


def in_a_new_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forget what this process knows, and refuse to trace."""
    clear_program_cache()

    def refuse(self: Tracer) -> None:
        raise AssertionError("it is traced")

    monkeypatch.setattr(Tracer, "trace", refuse)


@pytest.mark.parametrize(
    ("optimizer", "jit_compile"), [("adam", False), ("adam", True), ("sgd", False)]
)
def test_a_kept_graph_gives_the_same_numbers(
    cache: Path, monkeypatch: pytest.MonkeyPatch, optimizer: str, jit_compile: bool
) -> None:
    monkeypatch.setenv(graph_files.SWITCH, "0")
    traced = dense(optimizer=optimizer)
    expected = train(traced, jit_compile=jit_compile)
    assert not kept(cache)
    monkeypatch.delenv(graph_files.SWITCH)
    clear_program_cache()
    assert train(dense(optimizer=optimizer), jit_compile=jit_compile) == expected
    assert kept(cache)
    in_a_new_process(monkeypatch)
    model = dense(optimizer=optimizer)
    assert train(model, jit_compile=jit_compile) == expected
    assert all(map(np.array_equal, model.get_weights(), traced.get_weights()))
    model.optimizer.learning_rate = 0.5  # still a variable of the model
    assert train(model, jit_compile=jit_compile)["loss"] != expected["loss"]


@pytest.mark.thorough
@pytest.mark.parametrize("name", kerazoo.list_models())
def test_every_network_trains_the_same_from_a_kept_graph(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    recipe = kerazoo.load_recipe(name)
    if recipe.task in ("words", "control"):
        pytest.skip("word vectors and agents have programs of their own")
    splits = small_splits(recipe)
    arguments = {**recipe.builder_arguments, **without_weights(name)}
    rows, validation = (
        tuple(None if array is None else array[:40] for array in part)
        for part in (splits.train, splits.validation)
    )

    def history() -> dict[str, list[float]]:
        keras.utils.set_random_seed(5)
        model = kerazoo.compile_model(kerazoo.load_builder(name)(**arguments), recipe)
        kerazoo.adapt_normalization(model, *splits.train)
        return kerazoo.fit_model(
            model, rows, validation, epochs=2, batch_size=16, verbose=0
        ).history

    expected = history()
    clear_program_cache()
    monkeypatch.setattr(Tracer, "trace", lambda self: pytest.fail(f"{name} is traced"))
    last_digit = 1e-6 if name in IN_ANY_ORDER else 0
    for measure, values in history().items():
        assert values == pytest.approx(expected[measure], rel=0, abs=last_digit)


CODE = """
import keras, numpy as np, sys, kerazoo
from kerazoo.engine.tracer import Tracer
trace = Tracer.trace
Tracer.trace = lambda self: print("traced") or trace(self)
keras.utils.set_random_seed(1)
model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
model.compile("adam", "mse")
x = np.arange(30, dtype="float32").reshape(10, 3) / 30
print(kerazoo.fit_model(model, (x, x[:, :1]), epochs=4, verbose=0).history["loss"])
"""


@pytest.mark.thorough
def test_the_next_process_does_not_trace(tmp_path: Path) -> None:
    def run() -> str:
        return subprocess.run(
            [sys.executable, "-c", CODE], stdout=subprocess.PIPE, text=True, check=True
        ).stdout

    traced, losses = run().splitlines()
    assert traced == "traced"
    assert run().splitlines() == [losses]


class Mine(keras.layers.Layer):
    """A layer of the user's own."""

    def call(self, x: Any) -> Any:
        """Double."""
        return 2 * x


@pytest.mark.parametrize(
    "options",
    [
        {"loss": lambda y, p: keras.ops.mean((y - p) ** 2)},
        {"metrics": [lambda y, p: keras.ops.mean(p)]},
        {"layer": Mine()},
        {"layer": keras.layers.Activation(lambda x: x)},
    ],
    ids=["loss", "metric", "layer", "activation"],
)
def test_code_of_the_user_is_not_kept(cache: Path, options: dict[str, Any]) -> None:
    layer = options.pop("layer", keras.layers.Dense(2))
    model = keras.Sequential([keras.Input((3,)), layer, keras.layers.Dense(1)])
    model.compile(**{"optimizer": "sgd", "loss": "mse", **options})
    train(model, epochs=1)
    assert not kept(cache)


def test_a_changed_function_of_a_library_is_not_kept(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    as_text(keras.activations.relu)
    monkeypatch.setattr(sys.modules[keras.activations.relu.__module__], "relu", abs)
    with pytest.raises(graph_files._NotKept, match="of nobody's library"):
        as_text(keras.activations.relu)


def test_another_structure_has_another_file(cache: Path) -> None:
    train(dense(), epochs=1)
    train(dense(loss="mae"), epochs=1)
    train(dense(), epochs=1, batch_size=8)
    train(dense(optimizer=keras.optimizers.Adam(0.5)), epochs=1)  # a number that is a variable
    assert len(kept(cache)) == 3


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-9])


def replace_by_pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def replace_by_link(path: Path) -> None:
    other = path.parent.parent.parent / "other"
    path.rename(other)
    path.symlink_to(other)


def give_away(path: Path) -> None:
    os.chown(path, 12345, -1)


@pytest.mark.parametrize(
    "damage",
    [
        cut,
        replace_by_pipe,
        replace_by_link,
        pytest.param(
            give_away,
            marks=pytest.mark.skipif(os.getuid() != 0, reason="only root gives files away"),
        ),
    ],
)
def test_a_file_that_is_not_ours_or_damaged_is_not_believed(
    cache: Path, damage: Callable[[Path], None]
) -> None:
    expected = train(dense())
    (path,) = kept(cache)
    damage(path)
    clear_program_cache()
    assert train(dense()) == expected
    (path,) = kept(cache)
    assert path.stat().st_uid == os.getuid()
    assert stat.S_ISREG(path.lstat().st_mode)


def test_a_folder_of_others_is_not_believed(cache: Path) -> None:
    cache.mkdir(parents=True)
    cache.chmod(0o770)
    train(dense(), epochs=1)
    assert not kept(cache)
    assert "is not yours alone" in describe()


def test_a_folder_that_cannot_be_written(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache.parent.parent.mkdir()
    cache.parent.write_text("a file")
    assert np.isfinite(train(dense())["loss"]).all()
    monkeypatch.setattr(graph_files, "user_cache", lambda: None)
    train(dense())
    assert "set XDG_CACHE_HOME" in describe()


def test_the_switch(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(graph_files.SWITCH, "0")
    train(dense(), epochs=1)
    assert not kept(cache)
    assert describe() == "off: KERAZOO_GRAPH_CACHE is 0"
    monkeypatch.setenv(graph_files.SWITCH, "off")
    clear_program_cache()
    with pytest.raises(KerazooError, match=r"'off'; expected 0 \(off\) or 1 \(on\)"):
        train(dense(), epochs=1)


def test_graphs_of_other_versions_lie_elsewhere(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    train(dense(), epochs=1)
    monkeypatch.setattr(graph_files, "_libraries", lambda: "0" * 16)
    clear_program_cache()
    train(dense(), epochs=1)
    assert len({path.parent for path in kept(cache)}) == 2


def test_the_oldest_are_removed(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    train(dense(), epochs=1)
    (first,) = kept(cache)
    os.utime(first, (0, 0))
    monkeypatch.setattr(graph_files, "MOST_BYTES", first.stat().st_size + 10)
    train(dense(loss="mae"), epochs=1)
    (second,) = kept(cache)
    assert second != first
    assert describe().startswith("on: 1 graph, ")


def test_a_kept_graph_is_refused_by_another_shape(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The variables of a model must be those that the graph was traced with."""
    train(dense(), epochs=1)
    clear_program_cache()
    monkeypatch.setattr("kerazoo.engine.program.signature_of", lambda variables: ())
    assert np.isfinite(train(dense(), epochs=1)["loss"]).all()
