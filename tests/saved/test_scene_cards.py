"""Cards of networks of masks and boxes say what can be, or are refused."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import kerazoo
from kerazoo.datasets import load_dataset_module
from kerazoo.errors import DamagedFile
from kerazoo.saved import load_card
from tests.saved_networks import forge

TASKS = {"fcn": "segmentation", "yolo": "detection"}
TARGETS = {"fcn": "masks", "yolo": "boxes"}


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    root = tmp_path_factory.mktemp("cards")
    return {
        name: kerazoo.save_model(
            kerazoo.load_builder(name)(),
            root / name,
            splits=load_dataset_module("composed_scenes").tiny(target=target),
        )
        for name, target in TARGETS.items()
    }


@pytest.mark.parametrize("name", TASKS)
def test_the_card_knows_the_task_and_the_classes(folders: dict[str, Path], name: str) -> None:
    card = load_card(folders[name])
    assert card.task == TASKS[name]
    assert card.about == load_dataset_module("composed_scenes").tiny(target=TARGETS[name]).about
    assert card.class_names == ()  # of rows; those of pixels and objects are in `about`
    assert card.calibration is None
    readme = (folders[name] / "README.md").read_text()
    assert f"kerazoo predict MODEL image.png --{'masks' if name == 'fcn' else 'plot'}" in readme


def of_class_names(change: Callable[[list[str]], object]) -> Callable[[dict[str, Any]], object]:
    return lambda plain: change(plain["about"]["class_names"])


FORGERIES = {
    "a class more": of_class_names(lambda names: names.append("hat")),
    "no classes": of_class_names(lambda names: names.clear()),
    "a class twice": of_class_names(lambda names: names.__setitem__(1, names[0])),
    "a class without a name": of_class_names(lambda names: names.__setitem__(1, "")),
    "images without channels": lambda plain: plain["inputs"][0].update(shape=[56, 56]),
}


@pytest.mark.parametrize("name", TASKS)
@pytest.mark.parametrize("forgery", FORGERIES.values(), ids=FORGERIES)
def test_a_card_that_says_what_cannot_be_is_refused(
    folders: dict[str, Path],
    tmp_path: Path,
    name: str,
    forgery: Callable[[dict[str, Any]], object],
) -> None:
    copy = Path(shutil.copytree(folders[name], tmp_path / "copy"))
    forge(copy, forgery)
    with pytest.raises(DamagedFile, match="not a kerazoo card"):
        load_card(copy)


def test_masks_are_no_boxes(folders: dict[str, Path], tmp_path: Path) -> None:
    copy = Path(shutil.copytree(folders["yolo"], tmp_path / "copy"))
    forge(copy, lambda plain: plain["about"].update(kind="masks", target_name="mask"))
    with pytest.raises(DamagedFile, match="expected an answer for each pixel"):
        load_card(copy)
