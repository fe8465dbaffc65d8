"""MovieLens 100K: 100,000 ratings, 1 to 5, that 943 people gave 1,682 films in 1997 and 1998.

GroupLens allows research, asks to be cited, and forbids to hand the data on: nothing of it comes
with this package or with a saved model. It is read from where you have it, or downloaded from
GroupLens. The five official folds `u1` to `u5` share out all ratings: each is tested once. In the
first two, half of the people and a quarter of them have no rating in the test part.

Reference: Harper and Konstan, "The MovieLens datasets: history and context", ACM Transactions on
Interactive Intelligent Systems 5, 2015.
"""

from __future__ import annotations

import hashlib
import io
import os
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from kerazoo._wording import counted
from kerazoo.datasets.about import Ratings
from kerazoo.datasets.reading.ratings import hold_out, split_of
from kerazoo.datasets.sources import DataFile, cache_folder, fetch, find, user_folder
from kerazoo.datasets.splits import Splits
from kerazoo.errors import DamagedFile, DatasetNotFound, InvalidInput

FOLDS = (1, 2, 3, 4, 5)
_SUBFOLDERS = ("ml-100k", "movielens_100k", "")
ARCHIVE = DataFile(
    name="ml-100k.zip",
    sha256="50d2a982c66986937beb9ffb3aa76efe955bf3d5c6b761f4e3a7cd717c6a3229",
    origin="GroupLens Research, University of Minnesota; research use, not to be redistributed",
    subfolders=("ml-100k", "movielens_100k"),
    url="https://files.grouplens.org/datasets/movielens/ml-100k.zip",
    url_hash="md5:0e33842e24a9c977be4e0107933c0723",
    how_to_get="download https://files.grouplens.org/datasets/movielens/ml-100k.zip into a folder, "
    "and pass that as data_dir (--data-dir) or set KERAZOO_DATA_DIR",
)
FILES = (ARCHIVE,)
_USERS, _ITEMS = 943, 1682
# Of the ratings by user and film, as three columns of int32: all, and the test part of each fold.
_ALL = "79ad05663c1993f612231b6e0d94bbe019a1d24560058c71c8abadb98c764f0b"
_TESTED = {
    1: "88a9b3d261c90f1eb8576a2e43623bdbf74843665857338364bb22c731c28d50",
    2: "6ff44ee2213dce049984ae515f7b6c254cc559098f5e721cf8a5e39bf5d7f239",
    3: "8ddc3995480a0bc82d28d7332dbbb348fb25d26cad2c749377357ca11d6a7af0",
    4: "ce4e76ed9c66fa2548fba7fda623cc2b70e4d40d0cdc57ab22a7f9ad83b95482",
    5: "5de78d0548ed63bb6ace19aab3dc17705265c739ee1118ef56ced59651ba1102",
}
_TINY_ROWS, _TINY_HELD_OUT = 2048, 256

Read = Callable[[str], bytes]


def locate(data_dir: str | os.PathLike[str] | None = None) -> list[Path]:
    """Return the folder or the archive that would be read, without any network.

    Raises:
        DatasetNotFound: if it is nowhere.
    """
    folder = _find_folder(data_dir)
    return [folder if folder is not None else find(ARCHIVE, data_dir)]


def load(
    data_dir: str | os.PathLike[str] | None = None,
    fold: int = 1,
    validation_fraction: float = 0.1,
) -> Splits:
    """Load one of the official folds: 80,000 ratings to learn from and 20,000 to be tested by.

    Args:
        data_dir: a folder that holds `ml-100k/` or `ml-100k.zip`, or is the former.
        fold: which ratings are the test part, 1 to 5.
        validation_fraction: share of the 80,000, random ones, that is held out for validation.

    Raises:
        DatasetNotFound: if it is nowhere and cannot be downloaded.
        DamagedFile: if the ratings are not the official ones.
        InvalidInput: if there is no such fold, or the share leaves nothing to learn from.
    """
    if fold not in FOLDS:
        raise InvalidInput(f"fold is {fold!r}; expected 1, 2, 3, 4 or 5.")
    read, source = _open(data_dir)
    known = _parse(read(f"u{fold}.base"), f"{source}: u{fold}.base")
    tested = _parse(read(f"u{fold}.test"), f"{source}: u{fold}.test")
    if (_content(np.concatenate([known, tested])), _content(tested)) != (_ALL, _TESTED[fold]):
        raise DamagedFile(
            f"{source} does not hold the official ratings of fold {fold}. To get them: "
            f"{ARCHIVE.how_to_get}."
        )
    return _split(known, tested, validation_fraction)


def folds(validation_fraction: float = 0.1, fold: int = 1) -> Iterator[Splits]:
    """Yield all five folds, for a cross-validation.

    Args:
        validation_fraction: as for `load`.
        fold: not looked at.
    """
    for number in FOLDS:
        yield load(fold=number, validation_fraction=validation_fraction)


def tiny(fold: int = 1, validation_fraction: float = 0.1) -> Splits:
    """Return made-up ratings of as many users and items, without a download.

    Two tastes decide them: what a user likes is what other users of that taste like.

    Args:
        fold: decides which ones are tested.
        validation_fraction: as for `load`.

    Example:
        >>> tiny().about.scale, len(tiny().test.x)
        ((1.0, 5.0), 256)
    """
    random = np.random.default_rng(0)
    pairs = random.choice(_USERS * _ITEMS, _TINY_ROWS + _TINY_HELD_OUT, replace=False)
    users, items = pairs // _ITEMS, pairs % _ITEMS
    tastes, kinds = random.normal(size=(_USERS, 2)), random.normal(size=(_ITEMS, 2))
    liked = 3.5 + (tastes[users] * kinds[items]).sum(axis=1)
    rows = np.stack([users + 1, items + 1, np.clip(np.rint(liked), 1, 5)], axis=1).astype("int32")
    rows = np.roll(rows, fold * _TINY_HELD_OUT, axis=0)
    return _split(rows[:_TINY_ROWS], rows[_TINY_ROWS:], validation_fraction)


def item_titles(data_dir: str | os.PathLike[str] | None = None) -> dict[str, str]:
    """Return the title of each film by its number; none if the data is not on this machine.

    The official list is in Latin-1; a copy that somebody has saved as UTF-8 is read as that.
    """
    try:
        locate(data_dir)
        read, source = _open(data_dir)
        content = read("u.item")
    except DatasetNotFound:
        return {}
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("latin-1")
    lines = [line.split("|") for line in text.splitlines() if line.strip()]
    if not all(len(line) > 1 for line in lines):
        raise DamagedFile(f"{source}: u.item has a line without a title. Get it again.")
    return {number.strip(): title.strip() for number, title, *_ in lines}


def sample(rows: int) -> list[list[str]]:
    """Return a header and some pairs of the test part of the first fold, for `kerazoo predict`.

    Args:
        rows: how many pairs.
    """
    splits = load()
    return [[*splits.about.feature_names], *splits.test.x[:rows].astype(str).tolist()]


def _split(known: np.ndarray, tested: np.ndarray, validation_fraction: float) -> Splits:
    kept, held_out = hold_out(len(known), (validation_fraction,), seed=0)
    if not (0 < validation_fraction < 1 and len(kept) and len(held_out)):
        raise InvalidInput(
            f"validation_fraction is {validation_fraction}; expected a share above 0 and below 1, "
            "such as 0.1."
        )
    users, items = (tuple(map(str, range(1, count + 1))) for count in (_USERS, _ITEMS))
    about = Ratings(users, items, scale=(1.0, 5.0))
    return split_of([known[kept], known[held_out], tested], about)


def _open(data_dir: str | os.PathLike[str] | None) -> tuple[Read, str]:
    """Return what reads a file of the data set by its name, and where they are."""
    folder = _find_folder(data_dir)
    if folder is not None:
        return lambda name: _read_file(folder / name), str(folder)
    path = fetch(ARCHIVE, data_dir)
    return lambda name: _read_member(path, name), str(path)


def _find_folder(data_dir: str | os.PathLike[str] | None) -> Path | None:
    bases = [base for base in (user_folder(data_dir), cache_folder()) if base is not None]
    folders = [base / name for base in bases for name in _SUBFOLDERS]
    return next((folder for folder in folders if (folder / "u1.base").is_file()), None)


def _read_file(path: Path) -> bytes:
    if not path.is_file():
        raise DatasetNotFound(f"{path} is missing. To get it: {ARCHIVE.how_to_get}.")
    return path.read_bytes()


def _read_member(path: Path, name: str) -> bytes:
    try:
        with zipfile.ZipFile(path) as archive:
            return archive.read(f"ml-100k/{name}")
    except (zipfile.BadZipFile, KeyError, OSError, EOFError) as error:
        raise DamagedFile(
            f"{path} is not the whole archive of MovieLens 100K: {error}. Delete it and get it "
            "again."
        ) from error


def _parse(content: bytes, source: str) -> np.ndarray:
    """Return user, film, rating and time of each line, `(rows, 4)`."""
    try:
        rows = np.loadtxt(io.BytesIO(content), "int64", comments=None, ndmin=2)
    except ValueError as error:
        raise DamagedFile(f"{source} is not a list of ratings: {error}. Get it again.") from error
    if rows.shape[1:] != (4,):
        found = counted(rows.shape[1], "cell")
        raise DamagedFile(f"{source} has lines of {found}, not 4. Get it again.")
    return rows


def _content(rows: np.ndarray) -> str:
    """Return the hash of who rated what how: not of spaces, times, or the order of the lines."""
    ordered = rows[np.lexsort((rows[:, 1], rows[:, 0]))][:, :3]
    return hashlib.sha256(ordered.astype("<i4").tobytes()).hexdigest()
