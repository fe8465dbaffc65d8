"""LiteRT files made to do harm, with cards that vouch for them, end in one line."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

import kerazoo
from kerazoo.errors import DamagedFile
from kerazoo.predict import load_predictor
from kerazoo.saved import trust
from tests.saved import litert_edits
from tests.saved_networks import forge_file

EDITS = 100

# Prints a line per edit, so that whoever crashes tells at which.
FUZZ = """
import random, sys
from pathlib import Path
import numpy as np
from kerazoo.errors import KerazooError
from kerazoo.predict import load_predictor
from tests.saved.litert_edits import edit
from tests.saved_networks import forge_file

folder, seed, edits = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
whole = (folder / "model.tflite").read_bytes()
chance = random.Random(seed)
for number in range(edits):
    forge_file(folder, "model.tflite", edit(whole, chance))
    try:
        predictor = load_predictor(folder)
        rows = predictor.card.probe.inputs[0].decode()
        predictor.predict(np.concatenate([rows] * 5))
    except KerazooError as error:
        assert "\\n" not in str(error)
    print(number, flush=True)
"""


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of its own: nothing is known yet."""
    monkeypatch.setattr(trust, "user_cache", lambda: tmp_path / "cache")
    return tmp_path / "cache" / "litert-files.txt"


def test_a_file_of_somebody_else_is_tried_once(copy, cache, monkeypatch) -> None:
    tried: list[int] = []
    monkeypatch.setattr("kerazoo.runtimes.trial.try_network", lambda *_: tried.append(1))
    for _ in range(3):
        load_predictor(copy)
    assert tried == [1]
    content = (copy / "model.tflite").read_bytes()
    forge_file(copy, "model.tflite", content + bytes(4))
    load_predictor(copy)
    assert tried == [1, 1]
    assert len(cache.read_text().split()) == 2


def test_what_the_user_saved_is_known(copy, cache, tmp_path, wine, monkeypatch) -> None:
    monkeypatch.setattr(
        "kerazoo.runtimes.trial.try_network", lambda *_: pytest.fail("it was tried")
    )
    model = kerazoo.build_xor()
    load_predictor(kerazoo.save_model(model, tmp_path / "mine"))


def test_nothing_is_noted_without_a_cache(copy, monkeypatch) -> None:
    monkeypatch.setattr(trust, "user_cache", lambda: None)
    tried: list[int] = []
    monkeypatch.setattr("kerazoo.runtimes.trial.try_network", lambda *_: tried.append(1))
    for _ in range(2):
        load_predictor(copy)
    assert tried == [1, 1]


def test_old_hashes_are_forgotten(cache, monkeypatch) -> None:
    monkeypatch.setattr(trust, "_MOST", 4)
    for number in range(5):
        trust.remember(bytes([number]))
    assert len(cache.read_text().split()) == 3


def test_a_crash_a_loop_and_a_huge_tensor_are_refused(copy, cache) -> None:
    whole = (copy / "model.tflite").read_bytes()
    model = litert_edits.read(whole)
    model.subgraphs[0].tensors[0].shapeSignature = [67_000_000, 12]
    model.subgraphs[0].tensors[0].shape = [67_000_000, 12]
    hostile = {
        "holds WHILE, which no export has": litert_edits.endless(whole),
        "rows at once|would fill the memory|too much memory": litert_edits.write(model),
    }
    for message, content in hostile.items():
        forge_file(copy, "model.tflite", content)
        started = time.monotonic()
        with pytest.raises(DamagedFile, match=message):
            load_predictor(copy)
        assert time.monotonic() - started < 60


@pytest.mark.thorough
@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("name", ["wine_multiclass", "lstm"])
def test_no_edit_crashes_or_hangs(name: str, seed: int, tmp_path: Path, root: Path) -> None:
    folder = tmp_path / name
    folder.mkdir()
    for file in (root / "saved_models" / name).iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    done = subprocess.run(
        [sys.executable, "-c", FUZZ, folder, str(seed), str(EDITS)],
        capture_output=True,
        text=True,
        cwd=root,
        timeout=900,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.split() == [str(number) for number in range(EDITS)]


def test_edits_are_what_they_claim(copy) -> None:
    whole = (copy / "model.tflite").read_bytes()
    assert litert_edits.read(litert_edits.write(litert_edits.read(whole))).version == 3
    edited = {litert_edits.edit(whole, random.Random(seed)) for seed in range(20)}
    assert len(edited) > 15
