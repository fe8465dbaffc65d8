"""Trainings with kept programs, in processes of their own: the same numbers, whatever happens."""

from __future__ import annotations

import io
import os
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import h5py
import pytest

from kerazoo.runtimes import xla_cache
from tests.conftest import run_fresh_kerazoo, run_python

pytestmark = pytest.mark.thorough


@pytest.fixture(autouse=True)
def cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A cache folder of its own."""
    monkeypatch.delenv("TF_XLA_FLAGS", raising=False)
    monkeypatch.delenv(xla_cache.SWITCH, raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "a cache"))
    return tmp_path / "a cache" / "kerazoo" / "xla"


def kept(cache: Path) -> list[Path]:
    return sorted(cache.glob("*/*.pb.*"))


def train(folder: Path, name: str = "warm") -> list[bytes]:
    """Train with XLA in a process of its own, and return every weight."""
    out = folder / name
    options = ("--variant", "documented", "--quiet", "--out", out)
    done = run_fresh_kerazoo("train", "xor", *options)
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    with h5py.File(
        io.BytesIO(zipfile.ZipFile(out / "model.keras").read("model.weights.h5"))
    ) as file:
        weights: list[bytes] = []
        file.visititems(
            lambda _, one: weights.append(one[()].tobytes()) if hasattr(one, "dtype") else None
        )
    assert len(weights) > 4
    return weights


def test_kept_programs_give_the_same_numbers_to_the_last_bit(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cold = train(tmp_path, "cold")
    (program,) = kept(cache)
    assert train(tmp_path) == cold
    assert kept(cache) == [program]
    whole = program.read_bytes()
    for damaged in (whole[:-1000], os.urandom(len(whole))):
        program.write_bytes(damaged)
        assert train(tmp_path) == cold
        (program,) = kept(cache)  # compiled anew
        assert xla_cache._hash(program) == program.suffix[1:]
    monkeypatch.setenv("KERAZOO_XLA_CACHE", "0")
    assert train(tmp_path) == cold


def test_a_disk_that_is_full_in_the_end_ends_no_training() -> None:
    code = """
import os, resource
from kerazoo.runtimes.xla_cache import keeping_programs
with keeping_programs(print):
    assert os.environ["TF_XLA_FLAGS"]
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, -1))
    import keras, kerazoo
    splits = kerazoo.load_dataset("xor")
    losses = []
    for jit_compile in (True, False):
        keras.utils.set_random_seed(0)
        model = kerazoo.compile_model(kerazoo.build_xor(), "xor")
        history = kerazoo.fit_model(
            model, splits.train, epochs=3, seed=0, verbose=0, jit_compile=jit_compile
        )
        losses.append(history.history["loss"])
    print(losses[0] == losses[1], len(losses[0]))
"""
    done = run_python(code)
    assert done.stdout == "True 3\n", done.stderr
    assert "File too large" in done.stderr


def test_two_processes_train_at_once(cache: Path, tmp_path: Path) -> None:
    with ThreadPoolExecutor() as pool:
        one, two = pool.map(lambda name: train(tmp_path, name), ("one", "two"))
    assert one == two
    assert kept(cache) != []
    assert train(tmp_path) == one


@pytest.mark.parametrize(
    ("before", "programs"), [("", 1), ("tensorflow.config.list_physical_devices()", 0)]
)
def test_tensorflow_may_be_there_but_must_not_have_started(
    cache: Path, before: str, programs: int
) -> None:
    code = f"""
import tensorflow
{before}
from kerazoo.runtimes.xla_cache import keeping_programs
with keeping_programs(print):
    tensorflow.function(lambda x: x * 2, jit_compile=True)(tensorflow.ones(3))
"""
    done = run_python(code)
    assert done.returncode == 0, done.stderr
    assert len(kept(cache)) == programs
