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
from kerazoo.saved import load_card, load_model, verify

pytestmark = pytest.mark.thorough

# Who reads which file; what is not read need not be whole.
READERS = (
    ("card.json", load_predictor),
    ("card.json", load_model),
    ("model.keras", load_model),
    ("model.tflite", load_predictor),
)
FILES = sorted({file for file, _ in READERS})


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
    reader=st.sampled_from(READERS),
    damage=st.sampled_from((flip, flip, cut, extend, insert, drop)),
    where=st.integers(0, 2**20),
    mask=st.integers(1, 255),
)
@settings(
    max_examples=2500,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_any_damage_to_any_file_is_refused(folder, reader, damage, where, mask):
    file, load = reader
    path = folder / file
    whole = path.read_bytes()
    path.write_bytes(damage(whole, where, mask))
    try:
        for refuses in (load, verify):
            with pytest.raises(KerazooError, match=file):
                refuses(folder)
    finally:
        path.write_bytes(whole)


def test_the_whole_model_is_still_believed(folder, wine):
    assert len(load_predictor(folder).predict(wine.splits.test.x)) == len(wine.splits.test.x)
    assert verify(folder).card == load_card(folder)


@pytest.mark.parametrize(("file", "load"), READERS)
def test_a_missing_or_empty_file_is_refused(copy, file, load):
    (copy / file).write_bytes(b"")
    for refuses in (load, verify):
        with pytest.raises(KerazooError, match=file):
            refuses(copy)
    (copy / file).unlink()
    for refuses in (load, verify):
        with pytest.raises(KerazooError, match="copy"):
            refuses(copy)


def test_what_does_not_run_is_not_read(copy, wine):
    (copy / "model.keras").write_bytes(b"damaged")
    assert load_predictor(copy).runtime == "litert"
    shutil.copy(wine.path / "model.keras", copy)
    (copy / "model.tflite").unlink()
    assert load_model(copy).name == "wine_multiclass"
    with pytest.raises(KerazooError, match=r"model\.tflite"):
        verify(copy)
