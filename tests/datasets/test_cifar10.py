"""CIFAR-10 from images and from archives; small stand-ins in the originals' formats."""

from __future__ import annotations

import dataclasses
import hashlib
import io
import json
import tarfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import kerazoo
from kerazoo.datasets import cifar10, locate_dataset, sources
from kerazoo.datasets.reading import folders as _folders

ROWS = 20
NAMES = [f"data_batch_{number}" for number in range(1, 6)] + ["test_batch"]


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (sources, _folders):
        monkeypatch.setattr(module, "cache_folder", lambda: tmp_path / "cache")


def make_batches() -> dict[str, tuple[np.ndarray, np.ndarray]]:
    random = np.random.RandomState(0)
    labels = np.tile(np.arange(10), ROWS // 10)
    return {
        name: (random.randint(0, 256, (ROWS, 3072), dtype="uint8"), random.permutation(labels))
        for name in NAMES
    }


def make_images(folder: Path, images: int = 4) -> Path:
    random = np.random.RandomState(1)
    for part in ("train", "test"):
        for name in cifar10.CLASS_NAMES:
            (folder / part / name).mkdir(parents=True)
            for number in range(images):
                pixels = random.randint(0, 256, (32, 32, 3), dtype="uint8")
                Image.fromarray(pixels).save(folder / part / name / f"{number:04}.png")
    return folder


def pack(members: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:gz") as archive:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return stream.getvalue()


def python2_pickle(pixels: np.ndarray, labels: np.ndarray) -> bytes:
    """Return the bytes that NumPy on Python 2 wrote: protocol 2, byte strings, the old names."""

    def text(value: bytes) -> bytes:
        return b"T" + len(value).to_bytes(4, "little") + value

    def whole(value: int) -> bytes:
        return b"J" + value.to_bytes(4, "little", signed=True)

    dtype = (
        b"cnumpy\ndtype\n(" + text(b"u1") + whole(0) + whole(1) + b"tR("
        + whole(3) + text(b"|") + b"NNN" + whole(-1) + whole(-1) + whole(0) + b"tb"
    )  # fmt: skip
    array = (
        b"cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\n("
        + whole(0) + b"t" + text(b"b") + b"tR(" + whole(1)
        + b"(" + whole(pixels.shape[0]) + whole(pixels.shape[1]) + b"t"
        + dtype + b"\x89" + text(pixels.tobytes()) + b"tb"
    )  # fmt: skip
    listed = b"(" + b"".join(whole(int(label)) for label in labels) + b"l"
    return b"\x80\x02}(" + text(b"data") + array + text(b"labels") + listed + b"u."


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """Put an archive of small batches into a folder, and pin its hash."""
    layouts = [dataclasses.replace(cifar10.LAYOUT, rows=dict.fromkeys(NAMES, ROWS))]

    def put(kind: str, content: bytes) -> Path:
        file = getattr(cifar10.LAYOUT, kind)
        pinned = dataclasses.replace(file, sha256=hashlib.sha256(content).hexdigest(), url=None)
        layouts.append(dataclasses.replace(layouts[-1], **{kind: pinned}))
        images = dataclasses.replace(cifar10.IMAGES, layout=layouts[-1])
        for method in ("load", "locate"):
            monkeypatch.setattr(cifar10, method, getattr(images, method))
        (tmp_path / file.name).write_bytes(content)
        return tmp_path

    return put


def binary_archive(batches: dict[str, tuple[np.ndarray, np.ndarray]]) -> bytes:
    members = {
        f"cifar-10-batches-bin/{name}.bin": np.column_stack([y, x]).astype("uint8").tobytes()
        for name, (x, y) in batches.items()
    }
    return pack({"cifar-10-batches-bin/readme.html": b"hello", **members})


def python_archive(batches: dict[str, tuple[np.ndarray, np.ndarray]]) -> bytes:
    return pack(
        {f"cifar-10-batches-py/{name}": python2_pickle(*batch) for name, batch in batches.items()}
    )


def test_both_archives_hold_the_same_images(small, tmp_path: Path) -> None:
    batches = make_batches()
    small("binary", binary_archive(batches))
    binary = kerazoo.load_dataset("cifar10", data_dir=tmp_path)
    (tmp_path / cifar10.LAYOUT.binary.name).unlink()
    small("python", python_archive(batches))
    python = kerazoo.load_dataset("cifar10", data_dir=tmp_path)
    assert binary.hash() == python.hash()
    assert [len(p.x) for p in (binary.train, binary.validation, binary.test)] == [75, 25, 20]
    # The first airplane: red values first, row by row.
    pixels, labels = batches["data_batch_1"]
    first = pixels[np.flatnonzero(labels == 0)[0]]
    assert (binary.train.x[0, :, :, 0].ravel() == first[:1024]).all()
    assert (binary.train.x[0, :, :, 2].ravel() == first[2048:]).all()


def test_the_archive_that_keras_keeps_is_found(small, tmp_path: Path) -> None:
    small("of_keras", python_archive(make_batches()))
    assert locate_dataset("cifar10", tmp_path)[0].name == cifar10.LAYOUT.of_keras.name
    assert len(kerazoo.load_dataset("cifar10", data_dir=tmp_path).test.x) == ROWS


def test_a_pickle_of_anything_but_arrays_is_refused(
    small, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    harmful = b"cbuiltins\nprint\n(S'this must not run'\ntR."
    small("python", pack({f"cifar-10-batches-py/{name}": harmful for name in NAMES}))
    with pytest.raises(kerazoo.DamagedFile, match=r"builtins.print, which is not allowed"):
        kerazoo.load_dataset("cifar10", data_dir=tmp_path)
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda members: members.popitem(), "does not hold test_batch"),
        (
            lambda members: members.update({f"a/{NAMES[0]}.bin": b"short"}),
            "holds 5 bytes, expected",
        ),
    ],
)
def test_damaged_archives(small, tmp_path: Path, change, message: str) -> None:
    members = {
        f"a/{name}.bin": np.column_stack([y, x]).astype("uint8").tobytes()
        for name, (x, y) in make_batches().items()
    }
    change(members)
    small("binary", pack(members))
    with pytest.raises(kerazoo.DamagedFile, match=message):
        kerazoo.load_dataset("cifar10", data_dir=tmp_path)


def test_a_truncated_archive(small, tmp_path: Path) -> None:
    content = binary_archive(make_batches())
    small("binary", content[: len(content) // 2])
    with pytest.raises(kerazoo.DamagedFile, match="not a whole archive"):
        kerazoo.load_dataset("cifar10", data_dir=tmp_path)


def test_an_archive_with_another_hash(tmp_path: Path) -> None:
    (tmp_path / cifar10.LAYOUT.binary.name).write_bytes(binary_archive(make_batches()))
    with pytest.raises(kerazoo.DamagedFile, match=r"SHA-256 .* expected c4a38c50a1bc5f3a"):
        kerazoo.load_dataset("cifar10", data_dir=tmp_path)


@pytest.mark.parametrize("where", ["", "cifar10", "cifar-10"])
def test_images_are_found(tmp_path: Path, where: str) -> None:
    folder = make_images(tmp_path / where)
    assert locate_dataset("cifar10", tmp_path) == [folder]
    splits = kerazoo.load_dataset("cifar10", data_dir=tmp_path)
    assert [len(p.x) for p in (splits.train, splits.validation, splits.test)] == [30, 10, 40]
    assert np.bincount(splits.validation.y).tolist() == [1] * 10, "equal shares"
    second_cat = np.asarray(Image.open(folder / "train" / "cat" / "0001.png"))
    assert (splits.train.x[13] == second_cat).all()
    assert splits.train.y[13] == 3


def test_classes_and_size(tmp_path: Path) -> None:
    make_images(tmp_path)
    arguments = {"classes": ["dog", "cat"], "train_size": 4, "validation_fraction": 0.5}
    assert json.loads(json.dumps(arguments)) == arguments
    splits = kerazoo.load_dataset("cifar10", data_dir=tmp_path, **arguments)
    assert splits.class_names == ("dog", "cat")
    assert [len(p.x) for p in (splits.train, splits.validation, splits.test)] == [2, 2, 8]
    for number, name in enumerate(("dog", "cat")):
        first = np.asarray(Image.open(tmp_path / "train" / name / "0000.png"))
        assert (splits.train.x[number] == first).all()
        assert splits.train.y[number] == number


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"classes": ["cat", "dgo"]}, "unknown class 'dgo'. Did you mean 'dog'"),
        ({"classes": ["cat"]}, "two or more different names"),
        ({"classes": ["cat", "cat"]}, "two or more different names"),
        ({"classes": "cat"}, "unknown class 'c'"),
        ({"train_size": 41}, "train_size is 41; expected at least .* 20, and at most all, 40"),
        ({"train_size": 3}, "at least two images per class"),
        ({"source": "tfsd"}, "unknown source 'tfsd'. Did you mean 'tfds'"),
        ({"manual_dir": "."}, "manual_dir is for source='tfds'"),
    ],
)
def test_wrong_options(tmp_path: Path, options: dict, message: str) -> None:
    make_images(tmp_path)
    with pytest.raises(kerazoo.KerazooError, match=message):
        kerazoo.load_dataset("cifar10", data_dir=tmp_path, **options)


def test_a_broken_image_is_refused(tmp_path: Path) -> None:
    make_images(tmp_path)
    (tmp_path / "train" / "cat" / "0002.png").write_bytes(b"")
    with pytest.raises(kerazoo.DamagedFile, match=r"1 image in .*0002.png"):
        kerazoo.load_dataset("cifar10", data_dir=tmp_path)


def test_nowhere_says_what_would_do(tmp_path: Path) -> None:
    with pytest.raises(kerazoo.DatasetNotFound, match="train/<class> and test/<class>"):
        locate_dataset("cifar10", tmp_path)
