"""Networks for images say how small an image may be."""

from __future__ import annotations

import pytest

import kerazoo
from kerazoo.models.vision._blocks import check_image_size


@pytest.mark.parametrize(
    ("name", "smallest"), [("mnist_cnn", 4), ("cnn", 8), ("cifar_cnn", 16), ("vgg_small", 16)]
)
def test_networks_that_pool_say_how_small_an_image_may_be(name: str, smallest: int) -> None:
    build = kerazoo.load_builder(name)
    build((smallest, smallest, 1))
    with pytest.raises(kerazoo.InvalidInput, match=f"{name} takes images of at least {smallest}"):
        build((smallest, smallest - 1, 1))


def test_a_side_of_any_length_is_not_checked() -> None:
    check_image_size("cnn", (None, 8, 1), 8, "three poolings")
    with pytest.raises(kerazoo.InvalidInput, match="takes height, width and channels"):
        check_image_size("cnn", (28, 28), 8, "three poolings")
