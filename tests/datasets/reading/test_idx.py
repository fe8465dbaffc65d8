"""The idx format: what it holds comes out, and what is damaged is said to be."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest

import kerazoo
from kerazoo.datasets import fashion_mnist, sources
from kerazoo.datasets.reading.idx import parse_idx

IMAGES = np.arange(2 * 3 * 4, dtype="uint8").reshape(2, 3, 4)
CONTENT = bytes([0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4]) + IMAGES.tobytes()


def test_round_trip() -> None:
    np.testing.assert_array_equal(parse_idx(CONTENT, "images"), IMAGES)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "starts with nothing"),
        (b"\x89PNG" + CONTENT, "starts with 89504e47"),
        (bytes([0, 0, 13, 3]) + CONTENT[4:], "another kind of file"),
        (CONTENT[:-1], "truncated or damaged"),
        (CONTENT + b"x", "truncated or damaged"),
        (CONTENT[:9], "truncated or damaged"),
        (CONTENT[:4] + b"\xff" * 12 + CONTENT[16:], "truncated or damaged"),
    ],
)
def test_damage_is_said(content: bytes, message: str) -> None:
    with pytest.raises(kerazoo.DamagedFile, match=message):
        parse_idx(content, "images")


def test_a_truncated_gzip_file_is_refused(tmp_path: Path) -> None:
    file = fashion_mnist.FILES[1]
    packed = gzip.compress(CONTENT)
    (tmp_path / f"{file.name}.gz").write_bytes(packed[:-5])
    with pytest.raises(kerazoo.DamagedFile, match="cannot be read"):
        sources.read(file, tmp_path)


def test_a_file_of_the_same_name_and_other_content_is_refused(tmp_path: Path) -> None:
    (tmp_path / fashion_mnist.FILES[0].name).write_bytes(CONTENT)
    with pytest.raises(kerazoo.DamagedFile, match="SHA-256"):
        kerazoo.load_dataset("fashion_mnist", data_dir=tmp_path)
