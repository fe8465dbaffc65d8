"""A training goes on from a saved network, on further data of the same kind."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import keras
import numpy as np
import pandas as pd
import pytest

import kerazoo
from kerazoo.experiments.going_on import load_start, open_start, prepare_start
from kerazoo.saved import load_card, load_model
from kerazoo.saved.card_text import read_card, write_card
from tests.cli.test_evaluate import save, write_images, write_series
from tests.processes import run_forked

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:kerazoo")


def table(rows: int, shift: float = 0.0, words: tuple[str, ...] = ("a", "b")) -> pd.DataFrame:
    """Rows whose target is told by a number and a word."""
    random = np.random.default_rng(int(rows + 10 * shift))
    size, word = random.normal(50 + shift, 9, rows), random.choice(words, rows)
    price = 3 * size + 40 * (word == "b") + random.normal(0, 1, rows)
    return pd.DataFrame({"size": size, "word": word, "price": price})


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("first") / "run"
    kerazoo.train(data=table(120), target="price", epochs=2, out=folder)
    return folder


def encoding(model: keras.Model) -> list[np.ndarray]:
    return [np.asarray(weight) for weight in model.get_layer("encode").non_trainable_weights]


@pytest.mark.thorough
def test_a_table_from_a_terminal(first: Path, tmp_path: Path) -> None:
    further = table(150, words=("a", "b", "c"))
    further.assign(note=range(150)).to_csv(tmp_path / "more.csv", index=False)
    content = {file.name: file.read_bytes() for file in first.iterdir() if file.is_file()}
    command = ("train", "--from", first, "--data", "more.csv", "--epochs", 2, "--out", "second")
    trained = run_forked(*command, cwd=tmp_path)
    assert trained.returncode == 0, trained.stderr
    assert "column 'note' not looked at: the network has no such input" in trained.stderr
    count = int((further["word"] == "c").sum())
    assert f"'word': {count} cells taken as another word than the 2 known ones" in trained.stderr
    assert "before" in trained.stdout
    assert "going on has helped on the test part of this data: mean absolute err" in trained.stdout
    # The first one is as it was; the second says where it comes from.
    assert content == {f.name: f.read_bytes() for f in first.iterdir() if f.is_file()}
    card = load_card(tmp_path / "second")
    assert card.origins == (load_card(first).as_origin,)
    assert card.about == load_card(first).about
    second = tmp_path / "second"
    kerazoo.train(start_from=second, data=further, epochs=1, out=tmp_path / "third")
    origins = load_card(tmp_path / "third").origins
    assert origins == (load_card(first).as_origin, card.as_origin)
    wrong = dataclasses.replace(card, origins=(dataclasses.replace(card.as_origin, model="x"),))
    with pytest.raises(kerazoo.KerazooError, match="expected a SHA-256"):
        write_card(wrong)
    assert read_card(write_card(card), "card.json") == card


def test_weights_and_encodings_are_those_of_the_start(first: Path) -> None:
    """Also where the further data has another center: only weights that learn move."""
    run = kerazoo.train(start_from=first, data=table(90, shift=200), epochs=1, seed=4)
    saved = load_model(first)
    before = open_start(first, None, None)
    recipe, splits = prepare_start(before, table(90, shift=200), {})
    start = load_start(before, recipe, seed=4)
    assert all(map(np.array_equal, start.get_weights(), saved.get_weights()))
    assert all(map(np.array_equal, encoding(run.model), encoding(saved)))
    after, then = (model.trainable_weights[0].numpy() for model in (run.model, saved))
    assert not np.array_equal(after, then)
    error = np.abs(saved.predict(splits.test.x, verbose=0) - splits.test.y).mean()
    assert run.start is not None
    assert run.start.metrics["mean_absolute_error"] == pytest.approx(error, rel=1e-4)
    assert run.metrics.keys() == run.start.metrics.keys()


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        ((), 2, "--from goes on with data of your own: add --data PATH"),
        (("--data", "more.csv", "--out", "FIRST"), 1, "choose another --out"),
        (("--data", "more.csv", "--out", "FIRST", "--force"), 1, "choose another --out"),
        (("--data", "more.csv", "--target", "price"), 2, "--target has been decided by the saved"),
        (("--data", "more.csv", "--variant", "tuned"), 2, "--variant is of a training that begins"),
        (("cnn", "--data", "more.csv"), 2, "holds tabm, not cnn: leave the name out"),
        (("--data", "less.csv"), 1, "the column 'size' is missing"),
        (("--data", "."), 1, "tabm learns from a CSV or Parquet file"),
        (("--data", "none.csv"), 1, "tabm learns from a CSV or Parquet file"),
    ],
)
def test_what_is_refused(
    arguments: tuple[str, ...], status: int, message: str, first: Path, tmp_path: Path
) -> None:
    table(60).to_csv(tmp_path / "more.csv", index=False)
    table(60).drop(columns="size").to_csv(tmp_path / "less.csv", index=False)
    arguments = tuple(str(first) if one == "FIRST" else one for one in arguments)
    refused = run_forked("train", *arguments, "--from", first, cwd=tmp_path)
    assert (refused.returncode, refused.stdout) == (status, "")
    assert message in refused.stderr
    assert len(refused.stderr.splitlines()) == 1


def test_a_network_of_the_zoo_goes_on(tmp_path: Path) -> None:
    """It knows no empty cells and no other words, which are refused instead of guessed."""
    wines = kerazoo.load_dataset("wine", task="multiclass")
    frame = pd.DataFrame(wines.train.x[:200], columns=wines.feature_names)
    frame["color"] = np.array(wines.about.categories["color"])[frame["color"].astype(int)]
    frame["quality"] = np.array(wines.class_names)[wines.train.y[:200]]
    run = kerazoo.train(start_from="wine_multiclass", data=frame, epochs=1, out=tmp_path / "out")
    assert run.splits.class_names == wines.class_names
    assert run.splits.about.kinds is None
    assert kerazoo.load_predictor(tmp_path / "out").predict(frame[:3]).labels.shape == (3,)
    cases = (("pH", None, "is empty; expected a finite"), ("color", "pink", "is 'pink'; expected"))
    for column, value, message in cases:
        changed = frame.copy()
        changed.loc[5, column] = value
        with pytest.raises(kerazoo.KerazooError, match=f"row 6, column '{column}' {message}"):
            kerazoo.train(start_from="wine_multiclass", data=changed, epochs=1)
    frame.loc[5, "quality"] = "superb"
    with pytest.raises(kerazoo.KerazooError, match="'quality' has the class 'superb'"):
        kerazoo.train(start_from="wine_multiclass", data=frame, epochs=1)


@pytest.mark.thorough
def test_images_keep_the_classes_of_the_network(tmp_path: Path) -> None:
    saved = save("cnn", write_images(tmp_path / "a", "round", "square", "star"), tmp_path / "m")
    write_images(tmp_path / "b", "star", "square")
    run = kerazoo.train(start_from=saved, data=tmp_path / "b", epochs=1)
    assert run.splits.class_names == ("round", "square", "star")
    assert set(run.splits.train.y.tolist()) == {1, 2}
    write_images(tmp_path / "c", "star", "moon")
    with pytest.raises(kerazoo.KerazooError, match="has images of moon, star; 'cnn' tells"):
        kerazoo.train(start_from=saved, data=tmp_path / "c", epochs=1)


@pytest.mark.thorough
def test_a_series_keeps_its_windows(tmp_path: Path) -> None:
    saved = save(
        "lstm",
        write_series(tmp_path / "a.csv", "sold", "price"),
        tmp_path / "m",
        target="sold",
        lag=4,
    )
    run = kerazoo.train(
        start_from=saved, data=write_series(tmp_path / "b.csv", "price", "sold"), epochs=1
    )
    assert run.splits.train.x.shape[1:] == load_card(saved).inputs[0].shape
    assert run.splits.about == load_card(saved).about
    assert run.start is not None
    with pytest.raises(kerazoo.KerazooError, match="'price'"):
        kerazoo.train(start_from=saved, data=write_series(tmp_path / "c.csv", "sold"), epochs=1)


@pytest.mark.thorough
def test_a_further_series_is_scaled_by_its_own_rows(tmp_path: Path) -> None:
    def shops(names: str) -> Path:
        days = np.datetime64("2024-01-01") + np.arange(60)
        random = np.random.default_rng(0)
        rows = [
            f"{day},{name},{random.normal(100 * (1 + ord(name)), 5):.2f}"
            for name in names
            for day in days
        ]
        path = tmp_path / f"{names}.csv"
        path.write_text("\n".join(["day,shop,sold", *rows]) + "\n")
        return path

    saved = save("lstm", shops("AB"), tmp_path / "m", target="sold", lag=4, series="shop")
    run = kerazoo.train(start_from=saved, data=shops("BC"), epochs=1, out=tmp_path / "out")
    before, after = (load_card(one).about.scales for one in (saved, tmp_path / "out"))
    assert sorted(after) == ["A", "B", "C"]
    assert {name: after[name] for name in "AB"} == before
    assert run.metrics


@pytest.mark.thorough
@pytest.mark.parametrize("name", ["vae", "autoencoder"])
def test_a_network_of_images_without_classes(name: str, tmp_path: Path) -> None:
    """Also one that was installed, whose card says nothing of its images."""
    write_images(tmp_path / "a", "")
    run = kerazoo.train(start_from=name, data=tmp_path / "a", epochs=1)
    assert run.start is not None
    assert run.splits.train.x.shape[1:] == load_card(name).inputs[0].shape
    assert run.start.metrics["loss"] != run.metrics["loss"]


def test_word_vectors_do_not_go_on(tmp_path: Path) -> None:
    text = tmp_path / "novel.txt"
    text.write_text("it was the best of times\n" * 99)
    with pytest.raises(kerazoo.KerazooError, match="word2vec cannot go on with another text"):
        kerazoo.train(start_from="word2vec", data=text)
    with pytest.raises(kerazoo.KerazooError, match="pass data= of your own"):
        kerazoo.train(start_from="xor")
