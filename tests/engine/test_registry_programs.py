"""Every network of the zoo trains the same with a program of its own, a shared and a kept one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

import kerazoo
from kerazoo.engine import graph_files, program_cache
from kerazoo.engine.tracer import Tracer
from kerazoo.registry import without_weights
from tests.small_data import IN_ANY_ORDER, small_splits

pytestmark = pytest.mark.thorough

ROWS = 40


@pytest.mark.parametrize("name", kerazoo.list_models())
def test_the_same_however_its_program_is_had(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recipe = kerazoo.load_recipe(name)
    if recipe.task in ("words", "control"):
        pytest.skip("word vectors and agents have programs of their own")
    splits = small_splits(recipe)
    arguments = {**recipe.builder_arguments, **without_weights(name)}
    rows, validation = (
        tuple(None if array is None else array[:ROWS] for array in part)
        for part in (splits.train, splits.validation)
    )

    def train(seed: int) -> tuple[dict[str, list[float]], list[np.ndarray]]:
        keras.utils.set_random_seed(seed)
        model = kerazoo.compile_model(kerazoo.load_builder(name)(**arguments), recipe)
        kerazoo.adapt_normalization(model, *splits.train)
        options: dict[str, Any] = {"batch_size": 16, "verbose": 0, "jit_compile": False}
        history = kerazoo.fit_model(model, rows, validation, epochs=2, **options).history
        return history, [*model.get_weights(), *(v.numpy() for v in model.optimizer.variables)]

    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv(graph_files.SWITCH, "0")
    program_cache.clear_program_cache()
    expected = train(6)
    assert len(program_cache._graphs) == 1

    monkeypatch.setenv(graph_files.SWITCH, "1")
    program_cache.clear_program_cache()
    train(5)  # which leaves its graph here, and in the cache folder
    last_digit = IN_ANY_ORDER.get(name, 0)
    with monkeypatch.context() as patch:
        patch.setattr(Tracer, "trace", lambda self: pytest.fail(f"{name} is traced"))
        assert_same(train(6), expected, last_digit)
        program_cache.clear_program_cache()
        assert_same(train(6), expected, last_digit)
    program_cache.clear_program_cache()


def assert_same(found: tuple[Any, Any], expected: tuple[Any, Any], last_digit: float) -> None:
    for measure, values in expected[0].items():
        assert found[0][measure] == pytest.approx(values, rel=0, abs=last_digit), measure
    for one, other in zip(found[1], expected[1], strict=True):
        np.testing.assert_allclose(one, other, rtol=0, atol=last_digit)
