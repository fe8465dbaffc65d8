"""`kerazoo train NAME --data`: a folder of images or a CSV file of one's own, from a terminal."""

from __future__ import annotations

import csv
import dataclasses
import datetime
import math
import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import kerazoo
from kerazoo.cli._start import choose_data
from tests.processes import run_forked


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Trousers and bags as files of several sizes and formats, one of them damaged."""
    folder = tmp_path_factory.mktemp("photos")
    x, y = kerazoo.load_dataset("fashion_mnist_mini").train
    for label, name in ((1, "trouser"), (8, "bag")):
        (folder / name).mkdir()
        for number, pixels in enumerate(x[y == label][:40]):
            size = (40 + number, 50)
            image = Image.fromarray(pixels[..., 0]).resize(size)
            image.save(folder / name / f"{number}.{('png', 'jpg')[number % 2]}")
    (folder / "bag" / "broken.jpg").write_bytes(b"\xff\xd8\xff no image")
    return folder


@pytest.mark.thorough
def test_a_folder_of_images(photos: Path, tmp_path: Path) -> None:
    refused = run_forked("train", "cnn", "--data", photos, cwd=tmp_path)
    assert refused.returncode == 1
    assert "bag/broken.jpg is not a whole image" in refused.stderr
    assert refused.stderr.rstrip().endswith("or add --skip-damaged.")
    arguments = ("--skip-damaged", "--image-size", 32, "--epochs", 4, "--plot", "figures")
    trained = run_forked("train", "cnn", "--data", photos, *arguments, cwd=tmp_path)
    assert trained.returncode == 0, trained.stderr
    assert "left out: 1 image" in trained.stderr
    found = "found in .*photos.*: images of 2 classes: 'bag' .*, 'trouser' .*; train 48, validation"
    assert re.search(found, trained.stderr), trained.stderr
    assert {path.name for path in (tmp_path / "figures").iterdir()} >= {
        "history.png",
        "confusion_matrix.png",
        "grad_cam.png",
    }
    # An image of another size is cropped and resized as those were that it learnt from.
    answer = run_forked("predict", "runs/cnn", photos / "trouser" / "1.jpg", cwd=tmp_path)
    (row,) = csv.DictReader(answer.stdout.splitlines())
    assert row["class"] in ("bag", "trouser")
    total = float(row["probability_bag"]) + float(row["probability_trouser"])
    assert total == pytest.approx(1, abs=1e-5)
    predictor = kerazoo.load_predictor(tmp_path / "runs" / "cnn")
    splits = kerazoo.load_dataset("image_folder", path=photos, image_size=(32, 32), on_error="skip")
    accuracy = np.mean(np.argmax(predictor.predict(splits.train.x).values, 1) == splits.train.y)
    assert accuracy > 0.8


@pytest.mark.thorough
def test_a_series(tmp_path: Path) -> None:
    days = [datetime.date(2024, 1, 1) + datetime.timedelta(days) for days in range(200)]
    with open(tmp_path / "sales.csv", "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["day", "sold"])
        writer.writerows([day, 100 + 30 * (day.weekday() < 5)] for day in days)
    options = ("--target", "sold", "--date", "day", "--weekday", "--epochs", 3)
    trained = run_forked("train", "lstm", "--data", "sales.csv", *options, cwd=tmp_path)
    assert trained.returncode == 0, trained.stderr
    answer = run_forked("predict", "runs/lstm", "sales.csv", "--steps", 3, cwd=tmp_path)
    assert answer.returncode == 0, answer.stderr
    assert len(list(csv.DictReader(answer.stdout.splitlines()))) == 3


def test_a_series_is_judged_beside_baselines_and_says_what_was_read(tmp_path: Path) -> None:
    """A trend and a week, newest first: autoregression goes on where a network does not."""
    first = datetime.date(2023, 1, 2)
    with open(tmp_path / "sales.csv", "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["day", "shop", "sold", "level"])
        for number in reversed(range(200)):
            day = first + datetime.timedelta(number)
            sold = 100 + number / 2 + 9 * (number % 7 == 0)
            writer.writerow([f"{day:%d.%m.%Y}", "Seoul", f"{sold:.1f}", f"{-number}"])
    options = ("--target", "sold", "--epochs", 1, "--lag", 8)
    trained = run_forked("train", "lstm", "--data", "sales.csv", *options, cwd=tmp_path)
    assert trained.returncode == 0, trained.stderr
    assert "rows were sorted by 'day'" in trained.stderr
    assert "not used: 'shop' (no numbers)" in trained.stderr
    assert "200 rows; 'sold' is predicted from its past, with 'level'" in trained.stderr
    assert "'day', a row every day, 2023-01-02 to 2023-07-20" in trained.stderr
    assert "'sold' was 1" in trained.stderr
    assert "afterwards (" in trained.stderr
    assert "a prediction sees 8 rows, not the day of the week" in trained.stderr
    assert len(trained.stderr.strip().splitlines()) == 5
    assert "the network is worse than" in trained.stdout
    assert "(season 7)" in trained.stdout or "(autoregression)" in trained.stdout


def test_the_rate_falls_over_the_epochs_that_were_asked_for() -> None:
    """Also if the other recipe happens to have as many."""
    own = kerazoo.load_recipe("wine_binary")
    epochs = kerazoo.load_recipe("wine_binary", "documented").epochs
    asked = dataclasses.replace(own, epochs=epochs)
    recipe, splits = choose_data("wine_binary", own, asked, None, {})
    steps = math.ceil(len(splits.train.x) / own.batch_size) * epochs
    assert recipe.optimizer["config"]["learning_rate"]["config"]["decay_steps"] == steps
    assert choose_data("wine_binary", own, own, None, {}) == (own, None)


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (("cnn", "--data", "nowhere"), 1, "--data nowhere does not exist; give a folder"),
        (
            ("vae", "--data", "a.csv"),
            1,
            "is a file; vae learns from a folder of images",
        ),
        (("gan", "--data", "."), 1, "holds no image"),
        (("vae", "--color", "gray"), 2, "--color is about data of your own: add --data PATH."),
        (("cnn", "--image-size", "32"), 2, "--image-size is about data of your own: add --data"),
        (("lstm", "--lag", "3"), 2, "--lag is about data of your own: add --data PATH"),
        (("cnn", "--data", "a.csv"), 1, "--data a.csv is a file; cnn learns from a folder"),
        (("lstm", "--data", "."), 1, "--data . is a folder; lstm learns from a CSV file"),
        (("lstm", "--data", "a.csv"), 2, "add --target COLUMN"),
        (("cnn", "--lag", "3"), 2, "--lag is for networks of series; cnn is one of images"),
        (("lstm", "--min-count", "3"), 2, "--min-count is for networks of words; lstm is one"),
        (("xor", "--snapshots", "."), 2, "--snapshots is for networks of generation; xor is"),
        (("lstm", "--missing", "zero"), 2, "'zero' is not one of 'refuse', 'forward'"),
        (("lstm", "--lag", "0"), 2, "Invalid value for '--lag'"),
        (("nyse_rnn", "--data", "a.csv", "--target", "sold", "--horizon", "2"), 1, "no horizon to"),
    ],
)
def test_options_that_do_not_go_together(
    arguments: tuple[str, ...], status: int, message: str, tmp_path: Path
) -> None:
    (tmp_path / "a.csv").write_text("day,sold\n2024-01-01,1\n")
    refused = run_forked("train", *arguments, cwd=tmp_path)
    assert refused.returncode == status
    assert message in refused.stderr
    assert len(refused.stderr.strip().splitlines()) == 1
    assert not (tmp_path / "runs").exists()


@pytest.mark.parametrize(
    ("options", "used", "layers"),
    [
        ({}, "mirror, shift, erase", {"mirror", "shift", "erase"}),
        ({"augmentation": "none"}, "none", set()),
        ({"augmentation": "crop, rotate"}, "crop, rotate", {"crop", "rotate"}),
    ],
)
def test_augmentation_is_chosen_and_said(
    photos: Path,
    options: dict[str, str],
    used: str,
    layers: set[str],
    capsys: pytest.CaptureFixture[str],
) -> None:
    recipe = kerazoo.load_recipe("cnn")
    chosen = {"skip_damaged": True, "image_size": 16, **options}
    adapted, _ = choose_data("cnn", recipe, recipe, photos, chosen)
    assert f"augmentation: {used}.\n" in capsys.readouterr().err
    names = {layer.name for layer in kerazoo.build_cnn(**adapted.builder_arguments).layers}
    assert names & {"mirror", "shift", "crop", "rotate", "erase"} == layers


def test_a_network_without_the_augmentation_asked_for(photos: Path) -> None:
    recipe = kerazoo.load_recipe("vgg_small")
    with pytest.raises(kerazoo.KerazooError, match=r"no augmentation to choose. Use .*cnn"):
        choose_data("vgg_small", recipe, recipe, photos, {"augmentation": "none"})


@pytest.mark.thorough
def test_new_images_from_a_folder_of_images(photos: Path, tmp_path: Path) -> None:
    """As many epochs as were asked for, also if they are those of the zoo's own data."""
    epochs = kerazoo.load_recipe("vae").epochs
    arguments = ("--skip-damaged", "--image-size", 12, "--latent-dim", 2, "--color", "rgb")
    trained = run_forked(
        "train", "vae", "--data", photos, *arguments, "--epochs", epochs, cwd=tmp_path
    )
    assert trained.returncode == 0, trained.stderr
    assert f"at most {epochs} epochs" in trained.stdout
    assert "images in color of 2 classes ('bag', 'trouser'); train 48" in trained.stderr
    assert "precision" in trained.stdout
    for grid in ("samples", "paths", "latent"):
        made = run_forked("generate", "runs/vae", "--grid", grid, "-n", 9, "--force", cwd=tmp_path)
        assert made.returncode == 0, made.stderr
        pixels = np.asarray(Image.open(tmp_path / "vae.png").convert("RGB"))
        assert (pixels[..., 0] != pixels[..., 1]).any()
    again = run_forked("evaluate", "runs/vae", "--data", photos, cwd=tmp_path)
    assert again.returncode == 0, again.stderr
    bound = re.search(r"^negative_elbo +(\S+) +(\S+)$", again.stdout, re.MULTILINE)
    assert bound is not None
    assert bound[1] == bound[2]
    odd = run_forked("predict", "runs/vae", photos / "bag" / "1.jpg", "--anomaly", cwd=tmp_path)
    (row,) = csv.DictReader(odd.stdout.splitlines())
    assert (float(row["reconstruction_error"]) > float(row["threshold"])) == (
        row["anomaly"] == "yes"
    )


@pytest.mark.thorough
def test_classes_from_a_table_of_labels(photos: Path, tmp_path: Path) -> None:
    folder = tmp_path / "photos"
    folder.mkdir()
    rows = ["label,file"]
    for path in sorted(photos.rglob("*.[pj][np]g")):
        if path.name != "broken.jpg":
            name = f"{path.parent.name}{path.name}"
            (folder / name).write_bytes(path.read_bytes())
            rows.append(f"{path.parent.name},{name}")
    (folder / "labels.csv").write_text("\n".join(rows) + "\n")
    arguments = ("--image-size", 16, "--epochs", 1)
    trained = run_forked("train", "--data", "photos", *arguments, cwd=tmp_path)
    assert trained.returncode == 0, trained.stderr
    assert "images with labels.csv; cnn learns from it" in trained.stderr
    assert "'file' names an image, 'label' its class" in trained.stderr
    again = run_forked("evaluate", "runs/cnn", "--data", "photos", cwd=tmp_path)
    assert again.returncode == 0, again.stderr
    assert "note:" not in again.stderr  # of the same images


@pytest.mark.thorough
def test_rare_classes_of_images_count_as_much(photos: Path, tmp_path: Path) -> None:
    folder = tmp_path / "photos"
    for path in sorted(photos.rglob("*.[pj][np]g")):
        if path.name != "broken.jpg" and (path.parent.name == "trouser" or int(path.stem) < 12):
            (folder / path.parent.name).mkdir(parents=True, exist_ok=True)
            (folder / path.parent.name / path.name).write_bytes(path.read_bytes())
    arguments = ("--image-size", 16, "--epochs", 1, "--balance")
    trained = run_forked("train", "cnn", "--data", "photos", *arguments, cwd=tmp_path)
    assert trained.returncode == 0, trained.stderr
    assert re.search(r"a row counts 2(\.\d*)? for 'bag', 0\.6\d* for 'trouser'", trained.stderr)
    again = run_forked("evaluate", "runs/cnn", "--data", "photos", cwd=tmp_path)
    assert again.returncode == 0, again.stderr
    assert "is not the data" not in again.stderr
    assert "note:" not in again.stderr  # of the same images
