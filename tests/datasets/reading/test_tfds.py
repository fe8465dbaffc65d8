"""TensorFlow Datasets as a source: prepared for real from the original files, offline."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest

import kerazoo
from kerazoo.datasets import fashion_mnist, sources
from kerazoo.datasets.reading import tfds as _tfds
from tests.conftest import DATA_DIR

pytestmark = pytest.mark.thorough


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever TensorFlow Datasets downloads, it downloads with `requests`."""

    def refuse(*arguments: object, **options: object) -> None:
        raise AssertionError("the network was used")

    requests = pytest.importorskip("requests")
    monkeypatch.setattr(requests.Session, "send", refuse)


def original_files() -> Path:
    """Return a folder of the four compressed files."""
    pytest.importorskip("tensorflow_datasets", reason="pip install 'kerazoo[tfds]'")
    pytest.importorskip("importlib_resources", reason="pip install 'kerazoo[tfds]'")
    try:
        paths = [sources.find(file, DATA_DIR) for file in fashion_mnist.FILES]
    except kerazoo.DatasetNotFound as error:
        pytest.skip(str(error))
    if any(path.suffix != ".gz" for path in paths):
        pytest.skip(f"{paths[0].parent} does not hold the compressed files")
    return paths[0].parent


def test_prepared_without_a_network_it_holds_the_same_arrays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, no_network: None
) -> None:
    folder = original_files()
    expected = kerazoo.load_dataset("fashion_mnist", data_dir=folder, source="files").hash()
    prepared = kerazoo.load_dataset(
        "fashion_mnist", source="tfds", data_dir=tmp_path / "tfds", manual_dir=folder
    )
    assert prepared.hash() == expected

    # Where the files are missing, what is prepared is found by itself.
    nowhere = tuple(dataclasses.replace(file, system_folders=()) for file in fashion_mnist.FILES)
    elsewhere = dataclasses.replace(fashion_mnist.IMAGES, files=nowhere)
    monkeypatch.setattr(fashion_mnist, "load", elsewhere.load)
    monkeypatch.setattr(sources, "cache_folder", lambda: tmp_path / "cache")
    monkeypatch.setenv("TFDS_DATA_DIR", str(tmp_path / "tfds"))
    assert kerazoo.load_dataset("fashion_mnist").hash() == expected

    (record,) = (tmp_path / "tfds").glob("fashion_mnist/*/*-train.tfrecord*")
    content = record.read_bytes()
    record.write_bytes(content[: len(content) // 2])
    with pytest.raises(kerazoo.DamagedFile, match="Delete that folder and prepare it again"):
        kerazoo.load_dataset("fashion_mnist", source="tfds", data_dir=tmp_path / "tfds")


def test_unprepared_it_says_how(tmp_path: Path, no_network: None) -> None:
    with pytest.raises(kerazoo.DatasetNotFound, match=r"has not prepared mnist in .* manual_dir="):
        kerazoo.load_dataset("mnist", source="tfds", data_dir=tmp_path)


def test_an_incomplete_manual_dir_is_refused(tmp_path: Path, no_network: None) -> None:
    pytest.importorskip("tensorflow_datasets", reason="pip install 'kerazoo[tfds]'")
    (tmp_path / "train-images-idx3-ubyte.gz").write_bytes(b"")
    with pytest.raises(kerazoo.DatasetNotFound, match=r"lacks t10k-images-idx3-ubyte.gz, t10k"):
        kerazoo.load_dataset(
            "fashion_mnist", source="tfds", data_dir=tmp_path / "tfds", manual_dir=tmp_path
        )


def test_without_tensorflow_datasets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "tensorflow_datasets", None)
    (tmp_path / "mnist" / "3.0.1").mkdir(parents=True)
    (tmp_path / "mnist" / "3.0.1" / "dataset_info.json").write_text("{}")
    with pytest.raises(kerazoo.KerazooError, match="pip install tensorflow-datasets"):
        kerazoo.load_dataset("mnist", source="tfds", data_dir=tmp_path)


def test_the_newest_version_is_taken(tmp_path: Path) -> None:
    for version in ("3.0.1", "10.0.0", "9.9.9", "incomplete.1_11.0.0"):
        (tmp_path / "mnist" / version).mkdir(parents=True)
        (tmp_path / "mnist" / version / "dataset_info.json").write_text("{}")
    found = _tfds._prepared("mnist", tmp_path)
    assert found is not None
    assert found.name == "10.0.0"


@pytest.mark.parametrize("name", ["fashion_mnist", "mnist", "cifar10", "cifar100"])
def test_other_images_than_the_authors_are_refused(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As of a version that stores its images in another order."""
    size = (32, 32, 3) if name.startswith("cifar") else (28, 28, 1)
    arrays = []
    for rows in (50, 10):
        arrays += [np.zeros((rows, *size), "uint8"), np.zeros(rows, "int32")]
    monkeypatch.setattr(_tfds, "load_arrays", lambda *arguments: tuple(arrays))
    with pytest.raises(kerazoo.DamagedFile, match="not the authors'"):
        kerazoo.load_dataset(name, source="tfds")
