"""MNIST: 70,000 gray images of handwritten digits, 28 by 28 pixels.

Reference: LeCun, Bottou, Bengio and Haffner, "Gradient-based learning applied to document
recognition", Proceedings of the IEEE 86, 1998.
"""

from __future__ import annotations

from kerazoo.datasets.reading.gray_images import GrayImages
from kerazoo.datasets.reading.idx import NAMES
from kerazoo.datasets.sources import DataFile

CLASS_NAMES = tuple(str(digit) for digit in range(10))
_CONTENT = (
    "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
)
# Of the compressed files, as torchvision pins them.
_MD5 = (
    "f68b3c2dcbeaaa9fbdd348bbdeb94873",
    "d53e105ee54ea40749a09fcbcd1e9432",
    "9fb629c4189551a2d022fa330f9573f3",
    "ec29112dd5afa0611ce80d1b7f02629c",
)

FILES = tuple(
    DataFile(
        name=name,
        sha256=content,
        origin="Yann LeCun, Corinna Cortes",
        subfolders=("mnist",),
        url=f"https://ossci-datasets.s3.amazonaws.com/mnist/{name}.gz",
        url_hash=f"md5:{md5}",
        how_to_get="kerazoo data fetch mnist",
    )
    for name, content, md5 in zip(NAMES, _CONTENT, _MD5, strict=True)
)

IMAGES = GrayImages("mnist", FILES, CLASS_NAMES)
load, tiny = IMAGES.load, IMAGES.tiny
