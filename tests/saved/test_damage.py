"""Damaged files are refused before any prediction: thousands of ways to damage them."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kerazoo.errors import KerazooError
from kerazoo.predict import load_predictor

FILES = ("card.json", "model.keras", "model.tflite")


def flip(content: bytes, where: int, mask: int) -> bytes:
    where %= len(content)
    return content[:where] + bytes([content[where] ^ mask]) + content[where + 1 :]


def cut(content: bytes, where: int, mask: int) -> bytes:
    return content[: where % len(content)]


def extend(content: bytes, where: int, mask: int) -> bytes:
    return content + bytes([mask]) * (1 + where % 100)


def insert(content: bytes, where: int, mask: int) -> bytes:
    where %= len(content)
    return content[:where] + bytes([mask]) + content[where:]


def drop(content: bytes, where: int, mask: int) -> bytes:
    where %= len(content)
    return content[:where] + content[where + 1 :]


@pytest.fixture(scope="module")
def folder(wine) -> Path:
    with tempfile.TemporaryDirectory() as scratch:
        yield Path(shutil.copytree(wine.path, Path(scratch) / "damaged"))


@given(
    file=st.sampled_from(FILES),
    damage=st.sampled_from((flip, flip, cut, extend, insert, drop)),
    where=st.integers(0, 2**20),
    mask=st.integers(1, 255),
)
@settings(
    max_examples=2500,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_any_damage_to_any_file_is_refused(folder, file, damage, where, mask):
    path = folder / file
    whole = path.read_bytes()
    path.write_bytes(damage(whole, where, mask))
    try:
        with pytest.raises(KerazooError, match=file):
            load_predictor(folder)
    finally:
        path.write_bytes(whole)


def test_the_whole_model_is_still_believed(folder, wine):
    assert len(load_predictor(folder).predict(wine.splits.test.x)) == len(wine.splits.test.x)


@pytest.mark.parametrize("file", FILES)
def test_a_missing_or_empty_file_is_refused(copy, file):
    (copy / file).write_bytes(b"")
    with pytest.raises(KerazooError, match=file):
        load_predictor(copy)
    (copy / file).unlink()
    with pytest.raises(KerazooError, match="copy"):
        load_predictor(copy)
