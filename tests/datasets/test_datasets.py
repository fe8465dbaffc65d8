"""Data sets: the documented splits, verified bytes, and where they come from."""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import http.server
import inspect
import lzma
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import kerazoo
from kerazoo.datasets import (
    boston,
    fashion_mnist,
    list_datasets,
    load_dataset_module,
    locate_dataset,
    sources,
    wine,
)
from tests.conftest import DATA_DIR

# Loaders of a user's own files, which take a path, have tests of their own.
DATASETS = [
    name
    for name in list_datasets()
    if "path" not in inspect.signature(load_dataset_module(name).load).parameters
]

_SLOW = ("cifar", "imdb")  # read from tens of thousands of files
QUICK_DATASETS = [
    pytest.param(name, marks=pytest.mark.thorough) if name.startswith(_SLOW) else name
    for name in DATASETS
]


def load_or_skip(name: str) -> kerazoo.Splits:
    """Load a data set; not every machine has those that are not bundled."""
    try:
        locate_dataset(name, DATA_DIR)
    except kerazoo.DatasetNotFound as error:
        pytest.skip(str(error))
    return kerazoo.load_dataset(name, data_dir=DATA_DIR)


loaded = functools.cache(load_or_skip)


@pytest.mark.thorough
@pytest.mark.parametrize("name", DATASETS)
def test_same_arguments_same_bytes(name: str) -> None:
    assert load_or_skip(name).hash() == loaded(name).hash()


@pytest.mark.parametrize("name", QUICK_DATASETS)
def test_parts_are_finite_and_described(name: str) -> None:
    splits = loaded(name)
    assert load_dataset_module(name).__doc__
    for part in (splits.train, splits.validation, splits.test):
        assert len(part.x) > 0
        assert np.isfinite(part.x).all()
        if part.y is not None:  # running text has no targets
            assert len(part.x) == len(part.y)
            assert np.isfinite(part.y).all()
        assert not splits.feature_names or part.x.shape[-1] == len(splits.feature_names)


def test_boston_is_the_split_of_keras() -> None:
    """The first targets and the first measurement of `keras.datasets.boston_housing`."""
    splits = kerazoo.load_dataset("boston")
    train = np.concatenate([splits.train.y, splits.validation.y]).ravel()
    assert train[:4].tolist() == pytest.approx([15.2, 42.3, 50.0, 21.1])
    assert splits.test.y.ravel()[:4].tolist() == pytest.approx([7.2, 18.8, 19.0, 27.0])
    assert (len(train), len(splits.test.y)) == (404, 102)
    assert splits.train.x[0, 0] == pytest.approx(1.23247)


def test_wine_counts_and_duplicates() -> None:
    with_twins = kerazoo.load_dataset("wine", deduplicate=False)
    without = kerazoo.load_dataset("wine", deduplicate=True)
    total = [sum(len(p.x) for p in (s.train, s.validation, s.test)) for s in (with_twins, without)]
    assert total == [6497, 6497 - 1177]
    rows = np.concatenate(
        [np.column_stack([p.x, p.y]) for p in (without.train, without.validation, without.test)]
    )
    assert len(np.unique(rows, axis=0)) >= 0.999 * len(rows)


@pytest.mark.parametrize("task", wine.TASKS)
def test_wine_split_is_stratified(task: str) -> None:
    splits = kerazoo.load_dataset("wine", task=task)
    fitted = np.concatenate([splits.train.y, splits.validation.y])
    for label in range(len(splits.class_names)):
        assert (fitted == label).mean() == pytest.approx((splits.test.y == label).mean(), abs=0.002)


def test_one_hot_targets_hold_the_same_labels() -> None:
    indices = kerazoo.load_dataset("wine", one_hot=False).test.y
    assert (kerazoo.load_dataset("wine", one_hot=True).test.y.argmax(axis=1) == indices).all()


@pytest.mark.thorough
def test_mini_is_cut_evenly_and_by_the_shipped_script(root: Path, tmp_path: Path) -> None:
    mini = kerazoo.load_dataset("fashion_mnist_mini", validation_fraction=0.5)
    fitted = np.concatenate([mini.train.y, mini.validation.y])
    assert np.bincount(fitted).tolist() == [600] * 10
    assert np.bincount(mini.test.y).tolist() == [100] * 10
    files = [sources.find(file) for file in load_dataset_module("fashion_mnist_mini").FILES]
    assert sum(file.stat().st_size for file in files) < 3_000_000

    full = loaded("fashion_mnist")
    script = root / "tools" / "cut_fashion_mnist_mini.py"
    options = ["--out", str(tmp_path), *(["--data-dir", DATA_DIR] if DATA_DIR else [])]
    subprocess.run([sys.executable, str(script), *options], check=True, capture_output=True)
    for file in files:
        assert lzma.decompress((tmp_path / file.name).read_bytes()) == lzma.decompress(
            file.read_bytes()
        )
    # In the authors' order: each image is found after the one before it.
    rows = {row.tobytes(): place for place, row in reversed(list(enumerate(full.test.x)))}
    places = [rows[row.tobytes()] for row in mini.test.x]
    assert places == sorted(places)


@pytest.mark.thorough
def test_cifar10_of_real_images() -> None:
    splits = loaded("cifar10")
    sizes = [len(part.x) for part in (splits.train, splits.validation, splits.test)]
    assert sizes == [37_500, 12_500, 10_000]
    assert np.bincount(splits.train.y).tolist() == [3750] * 10
    options = {"classes": ("cat", "dog"), "train_size": 2000}
    pets = kerazoo.load_dataset("cifar10", data_dir=DATA_DIR, **options)
    sizes = [len(part.x) for part in (pets.train, pets.validation, pets.test)]
    assert sizes == [1500, 500, 2000]
    assert (pets.test.x[::2] == splits.test.x[splits.test.y == 3]).all(), "cats, then and now"


def test_the_license_of_bundled_images_is_bundled() -> None:
    text = (sources.BUNDLED / "fashion-mnist-mini-LICENSE.txt").read_text()
    assert "MIT License" in text
    assert "Zalando" in text


def test_offline_a_missing_data_set_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "cache_folder", lambda: tmp_path)
    files = tuple(
        dataclasses.replace(file, system_folders=(), url=None) for file in fashion_mnist.FILES
    )
    nowhere = dataclasses.replace(fashion_mnist.IMAGES, files=files)
    monkeypatch.setattr(fashion_mnist, "load", nowhere.load)
    monkeypatch.setenv("TFDS_DATA_DIR", str(tmp_path))
    with pytest.raises(kerazoo.DatasetNotFound, match="apt-get install dataset-fashion-mnist"):
        kerazoo.load_dataset("fashion_mnist")


def test_unknown_names_and_options() -> None:
    with pytest.raises(kerazoo.UnknownName, match="Did you mean 'boston'"):
        kerazoo.load_dataset("bosten")
    with pytest.raises(kerazoo.UnknownName, match="Did you mean 'deduplicate'"):
        kerazoo.load_dataset("wine", dedupe=True)
    with pytest.raises(kerazoo.UnknownName, match="unknown task 'both'"):
        kerazoo.load_dataset("wine", task="both")


@pytest.mark.parametrize("fraction", [0, 1, -0.5, 1.5, 0.999, float("nan")])
def test_a_share_that_leaves_nothing_is_refused(fraction: float) -> None:
    with pytest.raises(kerazoo.InvalidInput, match=r"validation_fraction is .* such as 0.25"):
        kerazoo.load_dataset("boston", validation_fraction=fraction)


def test_the_users_folder_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = boston.FILES[0]
    content = sources.read(file)
    (tmp_path / file.name).write_bytes(content)
    assert sources.find(file, tmp_path) == tmp_path / file.name
    assert sources.find(file) == sources.BUNDLED / f"{file.name}.xz"
    monkeypatch.setenv("KERAZOO_DATA_DIR", str(tmp_path))
    assert sources.find(file) == tmp_path / file.name
    same = kerazoo.load_dataset("boston", data_dir=tmp_path)
    assert same.hash() == kerazoo.load_dataset("boston").hash()


def test_places_are_searched_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "cache_folder", lambda: tmp_path / "cache")
    places = [tmp_path / place for place in ("user/numbers", "user", "system", "cache/numbers")]
    for place in places:
        place.mkdir(parents=True, exist_ok=True)
        (place / "a.csv").write_bytes(b"1")
    file = sources.DataFile(
        "a.csv", "", "a test", subfolders=("numbers",), system_folders=(tmp_path / "system",)
    )
    for place in places:
        assert sources.find(file, tmp_path / "user") == place / "a.csv"
        (place / "a.csv").unlink()


def test_a_damaged_file_is_refused(tmp_path: Path) -> None:
    file = boston.FILES[0]
    content = bytearray(sources.read(file))
    content[1000] ^= 1
    (tmp_path / file.name).write_bytes(content)
    with pytest.raises(kerazoo.DamagedFile, match=r"SHA-256 .* expected"):
        kerazoo.load_dataset("boston", data_dir=tmp_path)
    packed = (sources.BUNDLED / f"{file.name}.xz").read_bytes()
    (tmp_path / file.name).unlink()
    (tmp_path / f"{file.name}.xz").write_bytes(packed[: len(packed) // 2])
    with pytest.raises(kerazoo.DamagedFile, match="cannot be read"):
        kerazoo.load_dataset("boston", data_dir=tmp_path)


def test_a_missing_folder_is_said() -> None:
    with pytest.raises(kerazoo.KerazooError, match="'/nowhere' is not a folder"):
        kerazoo.load_dataset("boston", data_dir="/nowhere")


def test_not_found_names_every_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "cache_folder", lambda: tmp_path / "cache")
    file = sources.DataFile(
        "absent.csv",
        "0" * 64,
        "nobody",
        system_folders=(tmp_path / "system",),
        how_to_get="ask a friend",
    )
    with pytest.raises(kerazoo.DatasetNotFound) as caught:
        sources.read(file, tmp_path)
    for part in (str(tmp_path), "files", "system", "cache", "ask a friend"):
        assert part in str(caught.value)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """A real HTTP server on this machine, with the folder that it serves."""
    folder = tmp_path / "served"
    folder.mkdir()
    handler = functools.partial(_Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as running:
        threading.Thread(target=running.serve_forever, args=(0.02,), daemon=True).start()
        yield folder, f"http://127.0.0.1:{running.server_address[1]}"
        running.shutdown()


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *arguments: object) -> None:
        pass


def test_download_with_a_pinned_hash(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, server: tuple[Path, str]
) -> None:
    folder, address = server
    monkeypatch.setattr(sources, "cache_folder", lambda: tmp_path / "cache")
    content = b"a,b\n1,2\n"
    packed = lzma.compress(content)
    (folder / "table.csv.xz").write_bytes(packed)
    file = sources.DataFile(
        "table.csv",
        hashlib.sha256(content).hexdigest(),
        "this test",
        url=f"{address}/table.csv.xz",
        url_hash=f"sha256:{hashlib.sha256(packed).hexdigest()}",
    )
    assert sources.fetch(file).parent == tmp_path / "cache"
    assert sources.read(file) == content
    (folder / "table.csv.xz").unlink()
    assert sources.read(file) == content, "the second time it comes from the cache"

    (folder / "other.csv").write_bytes(b"something else")
    wrong = dataclasses.replace(file, name="other.csv", url=f"{address}/other.csv")
    with pytest.raises(kerazoo.DamagedFile, match="not the file that was expected"):
        sources.read(wrong)
    assert not (tmp_path / "cache" / "other.csv").exists(), "a wrong file never gets the name"
