"""CIFAR-10: 60,000 color images of animals and vehicles, 32 by 32 pixels, in ten classes.

Read from the authors' archives, or from a folder of images, `train/<class>/<image>` and
`test/<class>/<image>`. Images that were saved as JPEG are not the authors' pixels: what is
measured on them is close to, but not the same as, what is measured on the original.

Reference: Krizhevsky, "Learning multiple layers of features from tiny images", University of
Toronto, 2009.
"""

from __future__ import annotations

from kerazoo.datasets.reading.cifar import Layout, archives
from kerazoo.datasets.reading.color_images import ColorImages

CLASS_NAMES = (
    "airplane",
    "automobile",
    "bird",
    "cat",
    "deer",
    "dog",
    "frog",
    "horse",
    "ship",
    "truck",
)
_BATCHES = {
    "data_batch_1": "cee916563c9f80d84e3cc88e17fdc0941787f1244f00a67874d45b261883ada5",
    "data_batch_2": "a591ca11fa1708a91ee40f54b3da4784ccd871ecf2137de63f51ada8b3fa57ed",
    "data_batch_3": "bbe8596564c0f86427f876058170b84dac6670ddf06d79402899d93ceea26f67",
    "data_batch_4": "014e562d6e23c72197cc727519169a60359f5eccd8945ad5a09d710285ff4e48",
    "data_batch_5": "755304fc0b379caeae8c14f0dac912fbc7d6cd469eb67a1029a08a39453a9add",
    "test_batch": "8e2eb146ae340b09e24670f29cabc6326dba54da8789dab6768acf480273f65b",
}

LAYOUT = Layout(
    batches=_BATCHES,
    rows=dict.fromkeys(_BATCHES, 10_000),
    label_bytes=1,
    pickled_labels=b"labels",
    **archives(
        "cifar10",
        binary="c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd",
        binary_md5="c32a1d4ab5d03f1284b67883e8d87530",
        python="6d958be074577803d12ecdefd02955f39262c83c16fe9348329d7fe0b5c001ce",
        keras_name="cifar-10-batches-py-target",
    ),
)
FILES = (LAYOUT.binary,)

IMAGES = ColorImages("cifar10", CLASS_NAMES, LAYOUT)
load, tiny, locate = IMAGES.load, IMAGES.tiny, IMAGES.locate
