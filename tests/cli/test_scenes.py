"""Masks and boxes on the command line, from a folder of one's own to an answer."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from kerazoo.datasets import box_folder, mask_folder

WRITERS = {"fcn": mask_folder.write_scenes, "yolo": box_folder.write_scenes}


@pytest.mark.thorough
@pytest.mark.parametrize("name", WRITERS)
def test_own_scenes_from_training_to_an_answer(
    name: str, tmp_path: Path, cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    WRITERS[name](Path("scenes"), 20)
    # Without a name, the folders tell which network it is.
    options = ("--image-size", 56, "--epochs", 2, "--out", "model", "--plot", "figures")
    status, out, err = cli("train", "--data", "scenes", *options)
    assert status == 0, err
    assert f"{name} learns from it" in err
    assert "found in scenes: 20 images with" in err
    assert {path.stem for path in Path("figures").iterdir()} == {
        "history",
        "masks" if name == "fcn" else "boxes",
    }
    status, out, err = cli("evaluate", "model", "--json")
    assert status == 0, err
    assert json.loads(out)["same_data"]
    for count in (7, 1):  # other data, of which all is judged, however little there is
        WRITERS[name](Path(f"others{count}"), count)
        status, out, err = cli("evaluate", "model", "--data", f"others{count}", "--json")
        assert status == 0, err
        judged = json.loads(out)
        assert (judged["rows"], judged["same_data"]) == (count, False)
        assert f"so that all of its {count} image" in err
    status, out, err = cli("train", "--from", "model", "--data", "scenes", "--epochs", 1)
    assert status == 0, err
    (tmp_path / "scenes" / "classes.txt").write_text("one\ntwo\n")
    status, out, err = cli("evaluate", "model", "--data", "scenes")
    assert status == 1
    assert "classes.txt names one, two; the network knows" in err

    Image.new("RGB", (90, 70), "gray").save("photo.jpg")
    if name == "fcn":
        status, out, err = cli("predict", "model", "photo.jpg", "--masks", "found")
        assert status == 0, err
        (row,) = csv.DictReader(out.splitlines())
        assert sum(float(share) for share in list(row.values())[1:]) == pytest.approx(1, abs=0.01)
        mask = Image.open("found/photo.png")
        assert (mask.size, mask.mode) == ((90, 70), "P")
        shares = np.bincount(np.asarray(mask).ravel(), minlength=11) / (90 * 70)
        assert float(row["background"]) == pytest.approx(shares[0], abs=0.05)
        status, out, err = cli("predict", "model", "photo.jpg", "--masks", "found")
        assert status == 1
        assert "holds images already" in err
        return
    options = ("--confidence", 0, "--plot", "boxes.png", "--format", "jsonl")
    status, out, err = cli("predict", "model", "photo.jpg", *options)
    assert status == 0, err
    rows = [json.loads(line) for line in out.splitlines()]
    assert rows
    for row in rows:
        assert 0 <= row["left"] <= row["right"] <= 90
        assert 0 <= row["top"] <= row["bottom"] <= 70
    sure = [row["confidence"] for row in rows]
    assert sure == sorted(sure, reverse=True)
    assert Image.open("boxes.png").size > (100, 100)
    status, out, err = cli("predict", "model", "photo.jpg", "--confidence", 1, "--format", "csv")
    assert status == 0, err
    assert out == "file,label,confidence,left,top,right,bottom\n"
    assert "photo.jpg: nothing is found" in err


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("yolo", "--image-size", 48), "image_size is 48: images are too small for the grid"),
        (("yolo", "--image-size", 100), "Pass 56, 112, 224, 448"),
        (("yolo",), "004.txt, line 1 has a box that lies outside"),
        (("fcn",), "has no folder masks"),
    ],
)
def test_what_cannot_be_learned_is_refused_in_a_line(
    arguments: tuple, reason: str, tmp_path: Path, cli
) -> None:
    box_folder.write_scenes(tmp_path / "scenes", 6)
    (tmp_path / "scenes" / "labels" / "004.txt").write_text("0 1.2 0.5 0.1 0.1\n")
    name, *options = arguments
    status, _, err = cli("train", name, "--data", tmp_path / "scenes", *options)
    assert status == 1
    assert reason in err
    assert "Traceback" not in err
