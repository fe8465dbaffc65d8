"""`kerazoo stylize`, as a person types it."""

from __future__ import annotations

from pathlib import Path

import keras
import pytest
from PIL import Image

from tests.tasks.generation.test_style import disk, stripes


@pytest.fixture
def images(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[str, str, str]:
    """Two images, and weights of a network that has learned nothing."""
    monkeypatch.chdir(tmp_path)
    Image.fromarray(disk()).save("house.png")
    Image.fromarray(stripes()).save("painting.jpg")
    keras.utils.set_random_seed(0)
    keras.applications.VGG16(include_top=False, weights=None).save_weights("own.weights.h5")
    return "house.png", "painting.jpg", "own.weights.h5"


def test_two_images_in_one_out(cli, images: tuple[str, str, str]) -> None:
    content, style, weights = images
    options = ("--weights", weights, "--size", 40, "--steps", 2)
    status, output, error = cli("stylize", content, style, *options)
    assert (status, output.splitlines()[-1]) == (0, "wrote stylized.png"), error
    assert "colors matched" in output
    assert Image.open("stylized.png").size == (40, 33)
    status, output, error = cli("stylize", content, style, *options)
    assert status == 1
    assert "stylized.png exists" in error
    status, output, _ = cli("stylize", content, style, *options, "--force", "--quiet")
    assert (status, output) == (0, "wrote stylized.png\n")


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (("nowhere.png", "painting.jpg"), 1, "nowhere.png does not exist"),
        (("house.png", "own.weights.h5"), 1, "own.weights.h5 is not a whole image"),
        (("house.png",), 2, "Missing argument 'STYLE'"),
        (("house.png", "painting.jpg", "--out", "a.jpg"), 2, ".png"),
        (("house.png", "painting.jpg", "--size", 9), 1, "size is 9; expected 32 to 2048"),
        (("house.png", "painting.jpg", "--steps", 0), 2, "Invalid value for '--steps'"),
        (("house.png", "painting.jpg", "--strength", "-1"), 1, "strength is -1.0"),
        (("house.png", "painting.jpg", "--weights", "no.h5"), 1, "'no.h5' of vgg16 cannot be had"),
        (("house.png", "painting.jpg", "--backbone", "alex"), 2, "'--backbone'"),
    ],
)
def test_refused(
    cli,
    images: tuple[str, str, str],
    arguments: tuple[object, ...],
    status: int,
    message: str,
) -> None:
    found, output, error = cli("stylize", *arguments)
    assert (found, output) == (status, "")
    assert message in error
    assert not Path("stylized.png").exists()
