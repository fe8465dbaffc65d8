"""`kerazoo evaluate --data`: networks of one's own data are judged on it, as at training."""

from __future__ import annotations

import dataclasses
import json
import re
from pathlib import Path

import keras
import numpy as np
import pytest
from PIL import Image

import kerazoo
from kerazoo.saved.card_text import read_card, write_card
from kerazoo.tasks import load_task
from tests.tables import make_table

ROWS = 120


def write_series(path: Path, *columns: str) -> Path:
    values = np.random.default_rng(len(columns)).normal(10, 2, (ROWS, len(columns)))
    day = np.datetime64("2024-01-01")
    lines = [f"{day + n}," + ",".join(f"{v:.3f}" for v in row) for n, row in enumerate(values)]
    path.write_text("\n".join([",".join(("day", *columns)), *lines]) + "\n")
    return path


def write_images(folder: Path, *classes: str, count: int = 10) -> Path:
    random = np.random.default_rng(0)
    for number, name in enumerate(classes):
        (folder / name).mkdir(parents=True)
        for image in range(count):
            pixels = random.integers(0, 100, (8, 12, 3)) + 70 * number
            Image.fromarray(pixels.astype("uint8")).save(folder / name / f"{image}.png")
    return folder


def save(name: str, data: Path, folder: Path, **options: object) -> Path:
    """Save an untrained network of a user's own data, with what it reaches in its card."""
    recipe = kerazoo.load_recipe(name)
    recipe, splits = load_task(recipe.task).own_data(name, recipe, data, options)
    keras.utils.set_random_seed(0)
    model = kerazoo.load_builder(name)(**recipe.builder_arguments)
    kerazoo.adapt_normalization(model, splits.train.x, splits.train.y)
    predictions = model.predict(splits.test.x, verbose=0)
    scores = load_task(recipe.task).score(splits, predictions)
    arguments = {"builder_arguments": recipe.builder_arguments, "metrics": {"0": scores}}
    return kerazoo.save_model(
        model, folder, name=name, splits=splits, recipe=recipe, seed=0, **arguments
    )


def scores(text: str) -> dict[str, tuple[str, str]]:
    rows = re.findall(r"^(\w+) +(\S+) +(\S+)$", text, re.MULTILINE)
    return {name: (before, now) for name, before, now in rows if name != "metric"}


@pytest.mark.filterwarnings("ignore:.*(sales.csv|rows)")
@pytest.mark.thorough
def test_a_series_is_judged_on_its_own_file(cli, tmp_path: Path) -> None:
    data = write_series(tmp_path / "sales.csv", "sold", "visitors", "price")
    options = {"target": "sold", "lag": 5, "horizon": 2, "weekday": True}
    model = save("lstm", data, tmp_path / "m", **options)
    errors = tmp_path / "errors.csv"
    status, of_source, err = cli("evaluate", model, "--runtime", "litert", "--errors", errors)
    assert (status, err) == (0, f"wrote {errors}\n")
    status, out, err = cli("evaluate", model, "--data", data, "--runtime", "litert")
    assert (status, err, out) == (0, "", of_source)
    lines = np.genfromtxt(errors, delimiter=",", names=True, dtype=None, encoding="utf-8")
    assert lines.dtype.names == ("row", "date", "ahead", "truth", "answer", "error")
    found = float(np.abs(lines["error"]).mean())
    assert float(scores(out)["mean_absolute_error"][1]) == pytest.approx(found, rel=1e-4)
    judged = scores(out)
    for metric in ("mean_absolute_error", "root_mean_squared_error", "r2_score"):
        before, now = judged.pop(metric)  # of Keras and of LiteRT, whose last digits differ
        assert float(now) == pytest.approx(float(before), rel=1e-4)
    certain = {"crps", "coverage_90", "width_90"}
    assert set(judged) == {"median_absolute_error", "smape", "mase"} | certain
    other = write_series(tmp_path / "other.csv", "price", "sold", "visitors")
    status, out, err = cli("evaluate", model, "--data", other)
    assert (status, err) == (
        0,
        f"note: it was trained on other data than {other}, or on this before it changed.\n",
    )
    values = np.genfromtxt(other, delimiter=",", names=True)
    x = np.stack([values[name] for name in ("sold", "visitors", "price")], axis=1)
    first = int(ROWS * 0.8)
    days = np.eye(7)[np.arange(1, ROWS + 1) % 7]  # of the next row; 2024-01-01 is a Monday
    rows = np.concatenate([x, days], axis=1)
    windows = np.stack([rows[n - 5 : n] for n in range(first, ROWS - 1)])
    predicted = kerazoo.load_model(model).predict(windows, verbose=0)
    truth = np.stack([x[n : n + 2, 0] for n in range(first, ROWS - 1)])
    expected = float(np.abs(predicted - truth).mean())
    assert float(scores(out)["mean_absolute_error"][1]) == pytest.approx(expected, rel=1e-3)


def test_word_vectors_are_judged_on_their_own_text(cli, tmp_path: Path) -> None:
    words = ["the", "whale", "sea", "ship", "captain", "white", "crew", "storm"]
    random = np.random.default_rng(0)
    lines = [" ".join(random.choice(words, 8)) + f" rare{n}" for n in range(200)]
    text = tmp_path / "novel.txt"
    text.write_text("\n".join(lines))
    model = save("word2vec", text, tmp_path / "m", min_count=2, dimension=4)
    status, out, err = cli("evaluate", model, "--data", text)
    assert (status, err) == (0, "")
    about_ln_2 = float(scores(out)["loss"][1]) / (1 + 5)  # of untrained vectors, with 5 negatives
    assert about_ln_2 == pytest.approx(np.log(2), rel=0.05)
    other = tmp_path / "other.txt"
    other.write_text("\n".join([*lines, "whale storm and much that nobody knows"] * 3))
    status, out, err = cli("evaluate", model, "--data", other)
    assert (status, err.count("note: it was trained on other data")) == (0, 1)
    korean = tmp_path / "korean.txt"
    korean.write_text("학교에 가서 친구를 만나고\n" * 40)
    status, out, err = cli("evaluate", model, "--data", korean)
    assert (status, out, err.count("\n")) == (1, "", 1)
    assert "the network knows 0 of the 160 words" in err


@pytest.mark.thorough
@pytest.mark.filterwarnings("ignore:.*(sales.csv|rows)")
def test_what_does_not_fit_is_refused_in_one_line(cli, tmp_path: Path) -> None:
    data = write_series(tmp_path / "sales.csv", "sold", "visitors")
    model = save("lstm", data, tmp_path / "m", target="sold")
    lacks = write_series(tmp_path / "lacks.csv", "sold")
    for given, message in (
        (lacks, "unknown column 'visitors'"),
        (tmp_path, "is judged on a CSV file with a row per day, hour or month. Give one"),
        (tmp_path / "missing.csv", "is judged on a CSV file"),
    ):
        status, out, err = cli("evaluate", model, "--data", given)
        assert (status, out, err.count("\n")) == (1, "", 1)
        assert message in err
    status, _, err = cli("evaluate", "boston", "--data", data)
    assert status == 1
    assert "the columns 'CRIM', 'ZN', " in err
    assert "are missing. The network needs 'CRIM'" in err


@pytest.mark.thorough
@pytest.mark.filterwarnings("ignore:(found in|augmentation)")
@pytest.mark.parametrize("fit", ["crop", "pad"])
def test_images_are_judged_in_the_classes_of_the_network(cli, tmp_path: Path, fit: str) -> None:
    folder = write_images(tmp_path / "shapes", "round", "square")
    model = save("cnn", folder, tmp_path / "m", image_size=8, fit=fit)
    status, out, err = cli("evaluate", model, "--data", folder)
    assert (status, err) == (0, "")
    before, now = scores(out)["accuracy"]
    assert before == now
    errors = tmp_path / "errors.csv"
    assert cli("evaluate", model, "--errors", errors)[0] == 0
    header, *lines = errors.read_text().splitlines()
    assert header == "file,truth,answer,right,probability,probability_of_truth"
    for line in lines:
        file, truth = line.split(",")[:2]
        assert (folder / file).is_file()
        assert file.split("/")[0] == truth
    others = write_images(tmp_path / "others", "round", "star")
    status, _, err = cli("evaluate", model, "--data", others)
    assert status == 1
    assert "has images of round, star; 'cnn' tells round, square apart" in err


@pytest.mark.filterwarnings("ignore:(found in|augmentation)")
def test_of_other_images_all_are_judged_and_one_of_a_class_is_enough(cli, tmp_path: Path) -> None:
    """As of other tables and texts: nothing was trained on them, so none is held back."""
    folder = write_images(tmp_path / "shapes", "round", "square")
    model = save("softmax_classifier", folder, tmp_path / "m", image_size=32)
    status, out, err = cli("evaluate", model, "--json")
    assert (status, err) == (0, "")  # nothing of the size, which is what it is
    assert json.loads(out)["rows"] == 4
    for name, count, said in (
        ("many", 10, ""),
        ("few", 1, ""),
        ("round", 3, "no images of square"),
    ):
        classes = ("round",) if name == "round" else ("round", "square")
        others = write_images(tmp_path / name, *classes, count=count)
        for image in others.rglob("*.png"):
            Image.fromarray(255 - np.asarray(Image.open(image))).save(image)
        status, out, err = cli("evaluate", model, "--data", others, "--json")
        assert status == 0, err
        found = json.loads(out)
        assert (found["rows"], found["same_data"]) == (count * len(classes), False)
        assert f"so that all of its {count * len(classes)} images are judged" in err
        assert said in err
        assert "fewer pixels" not in err


@pytest.mark.thorough
@pytest.mark.filterwarnings("ignore:.*(sales.csv|rows)")
def test_a_network_that_changed_fails(cli, tmp_path: Path) -> None:
    data = write_series(tmp_path / "sales.csv", "sold")
    model = save("lstm", data, tmp_path / "m", target="sold")
    card = read_card((model / "card.json").read_bytes(), "card.json")
    changed = dataclasses.replace(card, metrics={"0": {"mean_absolute_error": 9.0}})
    (model / "card.json").write_bytes(write_card(changed))
    status, _, err = cli("evaluate", model, "--data", data)
    assert status == 1
    assert "does not reach the figures of its card" in err


@pytest.mark.filterwarnings("ignore")
def test_a_table_is_found_again_and_refused_if_it_has_changed(cli, tmp_path: Path) -> None:
    data, errors = tmp_path / "table.csv", tmp_path / "errors.csv"
    make_table(200).to_csv(data, index=False)
    model = save("tabm", data, tmp_path / "m", target="flag", weights="count")
    status, out, err = cli("evaluate", model, "--errors", errors)
    assert status == 0, err
    before, now = scores(out)["accuracy"]
    assert before == now
    header, *lines = errors.read_text().splitlines()
    assert header == "row,truth,answer,right,probability,probability_of_truth,weight"
    assert len(lines) == 40
    status, out, err = cli("evaluate", model, "--errors", errors)
    assert (status, out) == (1, "")
    assert f"error: --errors {errors} exists already. Choose another name, or add --force" in err
    assert cli("evaluate", model, "--errors", errors, "--force")[0] == 0
    make_table(199).to_csv(data, index=False)
    status, out, err = cli("evaluate", model)
    assert (status, out) == (1, "")
    assert f"{data} has changed since {model} was trained on it" in err
    assert cli("evaluate", model, "--data", data)[0] == 0
    data.unlink()
    assert "which is not there. Add --data PATH" in cli("evaluate", model)[2]


@pytest.mark.filterwarnings("ignore")
def test_test_rows_of_their_own_are_known_again(cli, tmp_path: Path) -> None:
    data, new = tmp_path / "table.csv", tmp_path / "new.csv"
    make_table(200)[:150].to_csv(data, index=False)
    make_table(200)[150:].to_csv(new, index=False)
    model = save("tabm", data, tmp_path / "m", target="price", test=str(new))
    for arguments in ((), ("--data", new)):
        status, out, err = cli("evaluate", model, "--json", *arguments)
        assert (status, err) == (0, "")
        judged = json.loads(out)
        assert judged["same_data"] is True
        assert judged["rows"] == 50
    status, out, err = cli("evaluate", model, "--json", "--data", data)
    assert json.loads(out)["same_data"] is False
    assert "is not the test rows that the network was judged on" in err


def test_what_has_no_errors_of_rows(cli, tmp_path: Path) -> None:
    text = tmp_path / "novel.txt"
    text.write_text("the white whale and the ship of the captain in the storm at sea\n" * 200)
    model = save("word2vec", text, tmp_path / "m", min_count=2, dimension=4)
    status, out, err = cli("evaluate", model, "--data", text, "--errors", tmp_path / "e.csv")
    assert (status, out) == (1, "")
    assert "does not answer row by row" in err
    assert not (tmp_path / "e.csv").exists()


def test_keras_tells_the_loss_too(cli) -> None:
    found = scores(cli("evaluate", "xor", "--runtime", "keras")[1])
    card = kerazoo.load_predictor("xor").card
    loss = f"{card.metrics[str(card.seed)]['loss']:.5g}"
    assert list(found)[:2] == ["loss", "accuracy"]
    assert list(found)[-1] == "solved"
    assert found["loss"][0] == loss
    assert float(found["loss"][1]) == pytest.approx(float(loss), rel=1e-4)
    assert list(scores(cli("evaluate", "xor")[1])) == list(found)[1:]
