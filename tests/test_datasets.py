"""Data sets: the documented splits, verified bytes, and where they come from."""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import http.server
import lzma
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from conftest import DATA_DIR

import kerazoo
from kerazoo.datasets import boston, list_datasets, load_dataset_module, sources, wine

DATASETS = list_datasets()


def load_or_skip(name: str) -> kerazoo.Splits:
    """Load a data set; not every machine has those that are not bundled."""
    try:
        for file in load_dataset_module(name).FILES:
            sources.find(file, DATA_DIR)
    except kerazoo.DatasetNotFound as error:
        pytest.skip(str(error))
    return kerazoo.load_dataset(name, data_dir=DATA_DIR)


@pytest.mark.parametrize("name", DATASETS)
def test_same_arguments_same_bytes(name: str) -> None:
    assert load_or_skip(name).hash() == load_or_skip(name).hash()


@pytest.mark.parametrize("name", DATASETS)
def test_parts_are_finite_and_described(name: str) -> None:
    splits = load_or_skip(name)
    assert load_dataset_module(name).__doc__
    for part in (splits.train, splits.validation, splits.test):
        assert len(part.x) == len(part.y) > 0
        assert np.isfinite(part.x).all()
        assert np.isfinite(part.y).all()
        assert not splits.feature_names or part.x.shape[1] == len(splits.feature_names)


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


def test_unknown_names_and_options() -> None:
    with pytest.raises(kerazoo.UnknownName, match="Did you mean 'boston'"):
        kerazoo.load_dataset("bosten")
    with pytest.raises(kerazoo.UnknownName, match="Did you mean 'deduplicate'"):
        kerazoo.load_dataset("wine", dedupe=True)
    with pytest.raises(kerazoo.UnknownName, match="unknown task 'both'"):
        kerazoo.load_dataset("wine", task="both")


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
        threading.Thread(target=running.serve_forever, daemon=True).start()
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
    with pytest.raises(kerazoo.DatasetNotFound, match="could not be fetched"):
        sources.read(wrong)
    assert not (tmp_path / "cache" / "other.csv").exists(), "a wrong file never gets the name"
