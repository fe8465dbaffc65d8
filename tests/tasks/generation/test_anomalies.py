"""Images that an autoencoder cannot draw again: by how much, and whether that is odd."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path

import keras
import numpy as np
import pytest
from PIL import Image

import kerazoo
from kerazoo.datasets import image_folder
from kerazoo.errors import DamagedFile
from kerazoo.saved import load_card
from kerazoo.saved.anomalies import reconstruction_errors
from kerazoo.saved.card_text import write_card
from kerazoo.tasks import Request, load_task
from tests.saved_networks import forge

SHAPE = (8, 8, 3)
ARGUMENTS = {"latent_dim": 2, "input_shape": SHAPE, "filters": (4,)}


@pytest.fixture(scope="module")
def splits() -> kerazoo.Splits:
    return image_folder.tiny(SHAPE[:2])


@pytest.fixture(scope="module")
def saved(splits: kerazoo.Splits, tmp_path_factory: pytest.TempPathFactory) -> Path:
    keras.utils.set_random_seed(0)
    model = kerazoo.build_autoencoder(**ARGUMENTS)
    folder = tmp_path_factory.mktemp("saved") / "m"
    recipe = kerazoo.load_recipe("autoencoder")
    return kerazoo.save_model(
        model, folder, splits=splits, recipe=recipe, builder_arguments=ARGUMENTS
    )


def ask(model: object, *inputs: Path, kind: str = "csv") -> str:
    request = Request([*map(str, inputs)], format=kind, options={"anomaly": True})
    return "".join(load_task("generation").answer(model, request))


def test_the_error_is_the_mean_squared_difference_of_each_image() -> None:
    images = np.zeros((2, 2, 2, 1), "uint8")
    images[1, 0, 0] = 255
    assert reconstruction_errors(images, np.zeros((2, 2, 2, 1))).tolist() == [0, 0.25]


def test_the_threshold_is_a_percentile_of_the_validation_errors(saved: Path, splits) -> None:
    drawn = kerazoo.load_model(saved).predict(splits.validation.x, verbose=0)
    errors = ((drawn - splits.validation.x / 255) ** 2).mean(axis=(1, 2, 3))
    assert load_card(saved).anomaly_threshold == pytest.approx(np.percentile(errors, 99), rel=1e-5)


def test_only_what_is_above_the_threshold_is_odd(saved: Path, splits, tmp_path: Path) -> None:
    threshold = load_card(saved).anomaly_threshold
    predictor = kerazoo.load_predictor(saved)
    files = []
    for number, shade in enumerate((0, 128, 255)):
        image = np.full(SHAPE, shade, "uint8")
        files.append(tmp_path / f"{number}.png")
        Image.fromarray(image).save(files[-1])
    rows = list(csv.DictReader(ask(saved, *files).splitlines()))
    assert [row["file"] for row in rows] == list(map(str, files))
    for row, shade in zip(rows, (0, 128, 255), strict=True):
        drawn = predictor.predict(np.full((1, *SHAPE), shade, "uint8")).values
        error = float(np.mean((drawn - shade / 255) ** 2))
        assert float(row["reconstruction_error"]) == pytest.approx(error, rel=1e-5)
        assert row["anomaly"] == ("yes" if error > threshold else "no")
    assert {row["anomaly"] for row in rows} == {"yes", "no"}
    records = json.loads(ask(saved, tmp_path, kind="json"))
    assert [record["anomaly"] for record in records] == [row["anomaly"] == "yes" for row in rows]


def test_rows_of_an_array_are_numbered(saved: Path, splits, tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", splits.test.x[:3])
    rows = list(csv.DictReader(ask(saved, tmp_path / "x.npy", tmp_path / "x.npy").splitlines()))
    assert [row["row"] for row in rows] == ["1", "2", "3", "4", "5", "6"]


def test_a_network_without_a_threshold(tmp_path: Path) -> None:
    Image.new("L", (32, 32)).save(tmp_path / "a.png")
    card = load_card("autoencoder")  # which came before thresholds
    assert card.anomaly_threshold is None
    assert b"anomaly" not in write_card(card)
    with pytest.raises(kerazoo.KerazooError, match=r"no threshold of anomalies.*Train it again"):
        ask("autoencoder", tmp_path / "a.png")
    with pytest.raises(kerazoo.KerazooError, match="gan draws no image again"):
        ask("gan", tmp_path / "a.png")


@pytest.mark.parametrize(
    "change",
    [
        lambda p: p.update(anomaly_threshold=-1.0),
        lambda p: p.update(anomaly_threshold="high"),
        lambda p: p["outputs"][0].update(shape=[4]),
    ],
    ids=["negative", "text", "of no images"],
)
def test_a_hostile_card_is_refused(saved: Path, tmp_path: Path, change) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(saved, copy)
    forge(copy, change)
    with pytest.raises(DamagedFile, match=r"card\.json"):
        load_card(copy)
