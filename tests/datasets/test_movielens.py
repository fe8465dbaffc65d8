"""MovieLens 100K: the official folds where they are on this machine, and what is said elsewhere."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np
import pytest

import kerazoo
from kerazoo.datasets import movielens_100k
from kerazoo.errors import DamagedFile, DatasetNotFound, InvalidInput
from tests.conftest import DATA_DIR


def folder() -> Path:
    """The data set, if somebody has put it where KERAZOO_DATA_DIR says."""
    try:
        (found,) = movielens_100k.locate(DATA_DIR)
    except DatasetNotFound as error:
        pytest.skip(str(error))
    if not found.is_dir():
        pytest.skip(f"{found} is packed; these tests copy single files of a folder")
    return found


def test_the_folds_share_out_all_ratings() -> None:
    folder()
    tested = []
    for fold in movielens_100k.FOLDS:
        splits = kerazoo.load_dataset("movielens_100k", data_dir=DATA_DIR, fold=fold)
        assert [len(p.x) for p in (splits.train, splits.validation, splits.test)] == [
            72_000,
            8_000,
            20_000,
        ]
        tested.append(np.concatenate([splits.test.x, splits.test.y], axis=1))
    rows = np.concatenate(tested)
    assert len(np.unique(rows[:, :2], axis=0)) == 100_000
    assert rows[:, 2].mean() == pytest.approx(3.52986)
    assert splits.about.users[6] == "7"


def test_titles_are_read_as_their_authors_wrote_them_or_as_utf_8(tmp_path: Path) -> None:
    source = folder()
    titles = movielens_100k.item_titles(DATA_DIR)
    assert titles["1"] == "Toy Story (1995)"
    assert len(titles) == 1682
    content = "1|Misérables, Les (1995)|x\n"
    (tmp_path / "u1.base").write_bytes((source / "u1.base").read_bytes())
    for encoding in ("latin-1", "utf-8", "utf-8-sig"):
        (tmp_path / "u.item").write_text(content, encoding=encoding)
        assert movielens_100k.item_titles(tmp_path) == {"1": "Misérables, Les (1995)"}


def test_an_archive_will_do_and_changed_ratings_will_not(tmp_path: Path) -> None:
    source = folder()
    packed = tmp_path / "packed"
    packed.mkdir()
    with zipfile.ZipFile(packed / "ml-100k.zip", "w") as archive:
        for name in ("u1.base", "u1.test"):
            archive.write(source / name, f"ml-100k/{name}")
    here = kerazoo.load_dataset("movielens_100k", data_dir=packed)
    assert here.hash() == kerazoo.load_dataset("movielens_100k", data_dir=DATA_DIR).hash()
    with pytest.raises(DamagedFile, match="not the whole archive"):
        kerazoo.load_dataset("movielens_100k", data_dir=packed, fold=2)
    content = (source / "u1.base").read_text()
    for changed in (content.replace("1\t1\t5", "1\t1\t4", 1), content + "1 2\n", "no numbers"):
        (tmp_path / "u1.base").write_text(changed)
        (tmp_path / "u1.test").write_bytes((source / "u1.test").read_bytes())
        with pytest.raises(DamagedFile):
            kerazoo.load_dataset("movielens_100k", data_dir=tmp_path)


def test_where_it_is_not_the_error_says_where_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kerazoo.datasets.movielens_100k.cache_folder", lambda: tmp_path)
    monkeypatch.setattr("kerazoo.datasets.sources.cache_folder", lambda: tmp_path)
    with pytest.raises(DatasetNotFound, match=r"ml-100k\.zip is in none of: .*grouplens\.org"):
        movielens_100k.locate(tmp_path)
    assert movielens_100k.item_titles(tmp_path) == {}

    def download(url: str, target: Path, known_hash: str) -> None:
        assert url.startswith("https://files.grouplens.org/")
        assert known_hash == "md5:0e33842e24a9c977be4e0107933c0723"
        raise DatasetNotFound("no network; get it elsewhere.")

    monkeypatch.setattr("kerazoo.datasets.sources.download", download)
    with pytest.raises(DatasetNotFound, match="no network"):
        kerazoo.load_dataset("movielens_100k", data_dir=tmp_path)


@pytest.mark.parametrize("options", [{"fold": 6}, {"validation_fraction": 1.0}])
def test_options_that_cannot_be(options: dict) -> None:
    with pytest.raises(InvalidInput):
        movielens_100k.tiny(**options) if "fold" not in options else movielens_100k.load(**options)
