"""What save_model writes, and that it writes everything or nothing."""

from __future__ import annotations

import ctypes
import errno
import hashlib
import multiprocessing
import os
import shutil
import signal
import time
from pathlib import Path

import keras
import numpy as np
import pytest

import kerazoo
from kerazoo.datasets import Part, Splits
from kerazoo.datasets.about import Table
from kerazoo.errors import KerazooError
from kerazoo.predict import load_predictor
from kerazoo.saved import (
    Saved,
    check_writable,
    load_card,
    load_model,
    open_saved,
    reading,
    save_model,
    storage,
    verify,
)


def small_network(name: str = "mine") -> keras.Model:
    inputs = keras.Input((3,), name="inputs")
    return keras.Model(inputs, keras.layers.Dense(2, "softmax", name="out")(inputs), name=name)


def test_the_card_says_what_the_network_is(wine):
    card = load_card(wine.path)
    recipe = kerazoo.load_recipe("wine_multiclass")
    assert sorted(path.name for path in wine.path.iterdir()) == [
        "README.md",
        "card.json",
        "model.keras",
        "model.tflite",
    ]
    assert card.name == "wine_multiclass"
    assert (card.variant, card.seed) == ("tuned", 0)
    assert card.recipe == recipe.hash()
    assert card.data == wine.splits.hash()
    assert card.inputs[0].shape == (12,)
    assert card.outputs[0].shape == (3,)
    assert card.class_names == ("bad", "medium", "good")
    assert card.target_name == "quality"
    assert [column.name for column in card.columns] == list(wine.splits.feature_names)
    color = card.columns[-1]
    assert (color.minimum, color.maximum, color.categories) == (0, 1, ("red", "white"))
    assert 0 < card.metrics["0"]["accuracy"] < 1
    assert card.versions["keras"] == keras.__version__
    assert card.litert_difference < 1e-5
    assert card.parameters == wine.model.count_params()
    assert card.probe.inputs[0].decode().shape == (8, 12)


def test_what_a_user_made_is_saved_and_served_without_the_zoo(tmp_path):
    model = small_network()
    path = save_model(model, tmp_path / "mine")
    rows = np.random.default_rng(0).normal(size=(5, 3)).astype("float32")
    answer = load_predictor(path).predict(rows)
    np.testing.assert_allclose(answer.values, model(rows), atol=1e-6)
    assert answer.labels is None
    with pytest.raises(KerazooError, match="builder="):
        load_model(path)
    np.testing.assert_array_equal(load_model(path, builder=small_network)(rows), model(rows))


def test_a_user_gives_names_by_splits(tmp_path):
    part = Part(np.eye(3, dtype="float32"), np.array([0, 1, 1]))
    splits = Splits(
        part, part, part, Table(("a", "b", "c"), class_names=("no", "yes"), target_name="answer")
    )
    path = save_model(small_network(), tmp_path / "mine", splits=splits)
    answer = load_predictor(path).predict({"c": [1], "a": [2], "b": [3]})
    assert set(answer.labels) <= {"no", "yes"}


def test_unnamed_layers_are_numbered_anew_and_load_all_the_same(tmp_path):
    def build(units=4):
        return keras.Sequential(
            [keras.Input((3,)), keras.layers.Dense(units, "relu"), keras.layers.Dense(1)]
        )

    model = build(units=6)
    path = save_model(model, tmp_path / "m", name="mine", builder_arguments={"units": 6})
    rows = np.ones((2, 3), "float32")
    np.testing.assert_array_equal(load_model(path, builder=build)(rows), model(rows))


def test_a_metric_that_is_not_finite_is_none(tmp_path):
    path = save_model(small_network(), tmp_path / "m", metrics={3: {"r2": float("nan"), "a": 1}})
    assert load_card(path).metrics == {"3": {"r2": None, "a": 1.0}}


def test_a_network_that_answers_nan_is_not_saved(tmp_path):
    model = small_network()
    model.set_weights([np.full(w.shape, np.nan) for w in model.get_weights()])
    with pytest.raises(KerazooError, match="NaN"):
        save_model(model, tmp_path / "m")
    assert not (tmp_path / "m").exists()


@pytest.mark.parametrize("name", ["", "../up", "a/b", "-", ".hidden", "x" * 101, "a b"])
def test_a_name_that_is_no_name_is_refused(tmp_path, name):
    with pytest.raises(KerazooError, match="cannot be named"):
        save_model(small_network(), tmp_path / "m", name=name)


def test_another_network_cannot_take_a_name_of_the_zoo(tmp_path):
    with pytest.raises(KerazooError, match="builds"):
        save_model(small_network(), tmp_path / "m", name="xor")
    with pytest.raises(KerazooError, match="builder_arguments"):
        save_model(kerazoo.build_boston((8,)), tmp_path / "m", name="boston")
    arguments = {"hidden_units": (8,)}
    save_model(
        kerazoo.build_boston((8,)), tmp_path / "m", name="boston", builder_arguments=arguments
    )
    assert load_model(tmp_path / "m").count_params() == kerazoo.build_boston((8,)).count_params()


def test_how_weights_started_is_left_out(tmp_path):
    def build(units=2, kernel_initializer="zeros"):
        inputs = keras.Input((3,))
        layer = keras.layers.Dense(units, kernel_initializer=kernel_initializer)
        return keras.Model(inputs, layer(inputs), name="mine")

    arguments = {"kernel_initializer": {"class_name": "Ones", "config": {}}, "units": 3}
    model = build(**arguments)
    path = save_model(model, tmp_path / "m", builder_arguments=arguments)
    assert load_card(path).builder_arguments == {"units": 3}
    assert load_model(path, builder=build)(np.ones((1, 3))).numpy().tolist() == [[3.0, 3.0, 3.0]]


# === Where it may be written ===


def test_nothing_of_somebody_else_is_overwritten(tmp_path, wine):
    (tmp_path / "file").write_text("a file")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "thesis.tex").write_text("years of work")
    model = Path(shutil.copytree(wine.path, tmp_path / "model"))
    for path, reason in (("file", "is a file"), ("folder", "thesis"), ("model", "wine_multiclass")):
        with pytest.raises(KerazooError, match=reason):
            check_writable(tmp_path / path, "xor")
    (model / "notes.txt").write_text("mine")
    with pytest.raises(KerazooError, match=r"notes\.txt"):
        check_writable(model, "wine_multiclass")
    (model / "notes.txt").unlink()
    check_writable(model, "wine_multiclass")
    with pytest.raises(KerazooError, match="overwrite=True"):
        check_writable(model, "wine_multiclass", overwrite=False)
    (model / "card.json").write_text("damaged")
    with pytest.raises(KerazooError, match="not a whole"):
        check_writable(model, "wine_multiclass")


def test_a_parent_that_is_a_file_or_cannot_be_written_is_refused(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    with pytest.raises(KerazooError, match="cannot be written"):
        check_writable(tmp_path / "file" / "model", "xor")

    def refuse(*arguments, **options):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, "mkdir", refuse)  # root may write everywhere
    with pytest.raises(KerazooError, match="Permission denied"):
        check_writable(tmp_path / "model", "xor")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write to a read-only directory")
def test_a_read_only_directory_is_refused(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(KerazooError, match="Permission denied"):
        check_writable(tmp_path / "model", "xor")


def test_checking_leaves_no_trace(tmp_path):
    check_writable(tmp_path / "not" / "yet" / "there", "xor")
    assert not any(tmp_path.iterdir())


# === All or nothing ===


def full_disk(*arguments, **options):
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("owner", "function"),
    [(keras.Model, "save"), (Path, "write_bytes"), (os, "fsync"), (storage, "_put_in_place")],
)
def test_a_full_disk_leaves_the_old_model_and_no_trace(tmp_path, monkeypatch, owner, function):
    path = save_model(small_network(), tmp_path / "m")
    before = (path / "card.json").read_bytes()
    with monkeypatch.context() as patch:
        patch.setattr(owner, function, full_disk)
        with pytest.raises(KerazooError, match=r"No space left.*as it was"):
            save_model(small_network(), path)
    assert (path / "card.json").read_bytes() == before
    assert load_predictor(path).runtime == "litert"
    assert [entry.name for entry in tmp_path.iterdir()] == ["m"]


def write_forever(folder: Path, sources: list[Path]) -> None:
    while True:
        for source in sources:
            with storage.replacing(folder) as staged:
                for file in source.iterdir():
                    shutil.copy(file, staged)


@pytest.fixture
def two_models(tmp_path):
    models = []
    for seed in (0, 1):
        keras.utils.set_random_seed(seed)
        models.append(save_model(small_network(), tmp_path / f"seed{seed}"))
    return models


@pytest.mark.thorough
def test_a_killed_writer_leaves_one_model_or_the_other(tmp_path, two_models):
    folder = Path(shutil.copytree(two_models[0], tmp_path / "here" / "model"))
    wholes = {(source / "card.json").read_bytes() for source in two_models}
    for attempt in range(15):
        work = (folder, two_models)
        writer = multiprocessing.Process(target=write_forever, args=work, daemon=True)
        writer.start()
        time.sleep(0.01 + attempt * 0.003)
        os.kill(writer.pid, signal.SIGKILL)
        writer.join()
        assert (folder / "card.json").read_bytes() in wholes
        verify(folder)
    leftovers = [entry for entry in folder.parent.iterdir() if entry != folder]
    for entry in leftovers:
        os.utime(entry, (0, 0))
    with storage.replacing(folder) as staged:
        shutil.copy(two_models[0] / "card.json", staged)
    assert list(folder.parent.iterdir()) == [folder]


def read_model(saved: Saved) -> bytes:
    return saved.read("model.keras")


@pytest.mark.thorough
def test_readers_see_whole_models_while_two_processes_write(tmp_path, two_models):
    folder = Path(shutil.copytree(two_models[0], tmp_path / "here" / "model"))
    writers = [
        multiprocessing.Process(target=write_forever, args=(folder, sources), daemon=True)
        for sources in (two_models, two_models[::-1])
    ]
    for writer in writers:
        writer.start()
    try:
        seen = set()
        for _ in range(500):
            saved, content = reading.read_consistently(folder, read_model)
            digest = hashlib.sha256(content).hexdigest()
            assert saved.card.files["model.keras"].sha256 == digest
            seen.add(digest)
        assert all(writer.is_alive() for writer in writers)
    finally:
        for writer in writers:
            writer.kill()
            writer.join()
    assert len(seen) == 2


def test_a_model_that_was_opened_and_then_replaced_is_read_again(tmp_path, two_models):
    """The card that was read first belongs to files that are gone."""
    folder = Path(shutil.copytree(two_models[0], tmp_path / "model"))
    opened = open_saved(folder)
    assert open_saved(opened) is opened
    with storage.replacing(folder) as staged:
        for file in two_models[1].iterdir():
            shutil.copy(file, staged)
    new = open_saved(two_models[1]).card
    assert opened.card != new
    saved, content = reading.read_consistently(opened, read_model)
    assert saved.card == verify(opened).card == new
    assert content == (two_models[1] / "model.keras").read_bytes()
    rows = np.ones((3, 3), "float32")
    expected = load_predictor(two_models[1]).predict(rows).values
    answers = load_predictor(opened)
    assert answers.card == new
    np.testing.assert_array_equal(answers.predict(rows).values, expected)


@pytest.mark.parametrize("supported", [True, False])
def test_a_directory_is_replaced_whether_or_not_the_system_can_exchange(
    tmp_path, monkeypatch, supported
):
    if not supported:
        monkeypatch.setattr(ctypes, "CDLL", lambda *arguments, **options: object())
    folder = tmp_path / "model"
    for content in ("first", "second"):
        with storage.replacing(folder) as staged:
            (staged / content).write_text(content)
        assert [file.name for file in folder.iterdir()] == [content]
    assert list(tmp_path.iterdir()) == [folder]
