"""CIFAR-100 from archives of the authors' form; the real ones are 160 MB and are not here."""

from __future__ import annotations

import dataclasses
import hashlib
from pathlib import Path

import numpy as np
import pytest

import kerazoo
from kerazoo.datasets import cifar100, sources
from tests.datasets.test_cifar10 import pack

ROWS = {"train": 200, "test": 100}
FIRST_KINDS = [4, 1, 14, 8, 0, 6, 7, 7, 18, 3]  # of apple, aquarium fish, baby, bear, beaver, ...


@pytest.fixture
def batches(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> dict[str, np.ndarray]:
    """Put a small archive into a folder, in which each row is kind, class, and 3,072 pixels."""
    random = np.random.default_rng(0)
    rows = {}
    for name, count in ROWS.items():
        label = random.permutation(np.tile(np.arange(100), count // 100))
        pixels = random.integers(0, 256, (count, 3072))
        rows[name] = np.column_stack([np.array(cifar100.LAYOUT.before)[label], label, pixels])
    content = pack(
        {f"cifar-100-binary/{n}.bin": r.astype("uint8").tobytes() for n, r in rows.items()}
    )
    file = dataclasses.replace(
        cifar100.LAYOUT.binary, sha256=hashlib.sha256(content).hexdigest(), url=None
    )
    (tmp_path / file.name).write_bytes(content)
    layout = dataclasses.replace(cifar100.LAYOUT, rows=ROWS, binary=file)
    monkeypatch.setattr(cifar100, "load", dataclasses.replace(cifar100.IMAGES, layout=layout).load)
    monkeypatch.setattr(sources, "cache_folder", lambda: tmp_path / "cache")
    return rows


def test_five_classes_of_each_of_twenty_kinds_in_the_order_of_the_authors() -> None:
    assert len(cifar100.CLASS_NAMES) == 100
    assert cifar100.CLASS_NAMES[:3] == ("apple", "aquarium_fish", "baby")
    assert cifar100.CLASS_NAMES[-1] == "worm"
    assert list(cifar100.SUPERCLASSES) == sorted(cifar100.SUPERCLASSES)
    assert np.bincount(cifar100.LAYOUT.before).tolist() == [5] * 20
    assert list(cifar100.LAYOUT.before[:10]) == FIRST_KINDS


def test_the_second_label_is_the_class(batches: dict[str, np.ndarray], tmp_path: Path) -> None:
    splits = kerazoo.load_dataset("cifar100", data_dir=tmp_path)
    assert [len(part.x) for part in (splits.train, splits.validation, splits.test)] == [
        150,
        50,
        100,
    ]
    assert splits.class_names == cifar100.CLASS_NAMES
    assert splits.test.y.tolist() == list(range(100))
    row = batches["test"][batches["test"][:, 1] == 7][0]
    assert (splits.test.x[7].transpose(2, 0, 1).ravel() == row[2:]).all()


def test_some_classes(batches: dict[str, np.ndarray], tmp_path: Path) -> None:
    splits = kerazoo.load_dataset("cifar100", data_dir=tmp_path, classes=["wolf", "bee"])
    assert splits.class_names == ("wolf", "bee")
    assert len(splits.test.x) == 2
    with pytest.raises(kerazoo.UnknownName, match="Did you mean 'beetle'"):
        kerazoo.load_dataset("cifar100", data_dir=tmp_path, classes=["betle", "bee"])


def test_an_archive_with_another_hash_is_refused(tmp_path: Path) -> None:
    (tmp_path / cifar100.LAYOUT.binary.name).write_bytes(pack({"train.bin": b""}))
    with pytest.raises(kerazoo.DamagedFile, match="expected 58a81ae192c23a4b"):
        kerazoo.load_dataset("cifar100", data_dir=tmp_path)


def test_the_sample_has_a_hundred_classes() -> None:
    sample = cifar100.tiny()
    assert len(sample.class_names) == 100
    assert len(np.unique(sample.train.y)) == 100
