"""Fashion-MNIST: 70,000 gray images of clothes, 28 by 28 pixels, in ten classes.

Reference: Xiao, Rasul and Vollgraf, "Fashion-MNIST: a novel image dataset for benchmarking machine
learning algorithms", 2017 (MIT).
"""

from __future__ import annotations

from pathlib import Path

from kerazoo.datasets.reading.gray_images import GrayImages
from kerazoo.datasets.reading.idx import NAMES, keras_cache
from kerazoo.datasets.sources import DataFile

CLASS_NAMES = (
    "T-shirt/top",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
)
_CONTENT = (
    "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
    "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
    "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
    "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
)
# Of the compressed files, from the authors' own list.
_MD5 = (
    "8d4fb7e6c68d591d4c3dfef9ec88bf0d",
    "25c81989df183df01b3e8a0aad5dffbe",
    "bef4ecab320f06d8554ea6380940ec79",
    "bb300cfdad3c16e7a12a480ee83cd310",
)
_ADDRESS = "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com"

FILES = tuple(
    DataFile(
        name=name,
        sha256=content,
        origin="Zalando Research (MIT)",
        subfolders=("fashion_mnist", "fashion-mnist"),
        system_folders=(Path("/usr/share/datasets/fashion-mnist"), keras_cache("fashion-mnist")),
        url=f"{_ADDRESS}/{name}.gz",
        url_hash=f"md5:{md5}",
        how_to_get="on Debian and Ubuntu, apt-get install dataset-fashion-mnist; elsewhere, "
        "kerazoo data fetch fashion_mnist",
    )
    for name, content, md5 in zip(NAMES, _CONTENT, _MD5, strict=True)
)

IMAGES = GrayImages("fashion_mnist", FILES, CLASS_NAMES)
load, tiny = IMAGES.load, IMAGES.tiny
