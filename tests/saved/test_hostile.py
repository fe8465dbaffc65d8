"""Files made to do harm: whatever they name, nothing of theirs runs and no memory is taken."""

from __future__ import annotations

import io
import json
import os
import socket
import zipfile

import h5py
import keras
import numpy as np
import pytest

import kerazoo
import kerazoo.models.vision.vgg_transfer
from kerazoo.errors import DamagedFile, KerazooError
from kerazoo.predict import load_predictor
from kerazoo.saved import load_card, load_model, verify
from tests.processes import run_forked
from tests.saved_networks import forge, forge_file

CARDS = {
    "path traversal": lambda p: p["files"].update({"../model.keras": p["files"]["model.keras"]}),
    "absolute path": lambda p: p["files"].update({"/etc/passwd": p["files"]["model.keras"]}),
    "traversal in the name": lambda p: p.update(name="../../xor"),
    "no model file": lambda p: p["files"].pop("model.keras"),
    "unknown field": lambda p: p.update(loader="os.system"),
    "missing field": lambda p: p.pop("probe"),
    "another format": lambda p: p.update(format=99),
    "format as text": lambda p: p.update(format="1"),
    "true for a number": lambda p: p.update(parameters=True),
    "number for a name": lambda p: p.update(name=7),
    "list for an object": lambda p: p.update(files=[]),
    "huge file": lambda p: p["files"]["model.keras"].update(size=2**60),
    "negative file": lambda p: p["files"]["model.keras"].update(size=-1),
    "hash of a wrong form": lambda p: p["files"]["model.keras"].update(sha256="0" * 63),
    "huge shape": lambda p: p["inputs"][0].update(shape=[10**9, 10**9]),
    "negative shape": lambda p: p["inputs"][0].update(shape=[-12]),
    "unknown dtype": lambda p: p["inputs"][0].update(dtype="object"),
    "no input": lambda p: p.update(inputs=[]),
    "fewer columns": lambda p: p["about"]["feature_names"].pop(),
    "the same column twice": lambda p: p["about"].update(
        feature_names=p["about"]["feature_names"][:1] * 12
    ),
    "probe of objects": lambda p: p["probe"]["inputs"][0].update(dtype="object"),
    "probe of another shape": lambda p: p["probe"]["inputs"][0].update(shape=[8, 13]),
    "probe of a guessed shape": lambda p: p["probe"]["inputs"][0].update(shape=[-1, 12]),
    "probe that is not base64": lambda p: p["probe"]["inputs"][0].update(base64="!" * 16),
    "residuals of no type": lambda p: p.update(residuals={"shape": [1], "dtype": "", "base64": ""}),
    "probe of no type": lambda p: p["probe"]["inputs"][0].update(dtype=""),
    "integer of 40 digits": lambda p: p.update(seed=10**40),
    "integer of 400 digits for a fraction": lambda p: p["ranges"][0].__setitem__(1, 10**400),
    "seed of 4000 digits": lambda p: p.update(seed=10**4000),
    "fewer classes": lambda p: p["about"]["class_names"].pop(),
    "more classes": lambda p: p["about"]["class_names"].append("rose"),
    "the same class twice": lambda p: p["about"].update(class_names=["a", "a", "b"]),
    "class without a name": lambda p: p["about"]["class_names"].__setitem__(0, ""),
    "escape code": lambda p: p["about"]["class_names"].__setitem__(0, "\x1b[2J"),
    "tab": lambda p: p["about"]["class_names"].__setitem__(0, "a\tb"),
    "line end": lambda p: p["about"]["class_names"].__setitem__(0, "a\nb"),
    "C1 control": lambda p: p["about"].update(target_name="\x9b2J"),
    "text turned round": lambda p: p["about"].update(target_name="\u202egpj.exe"),
    "escape code in a column": lambda p: p["about"]["feature_names"].__setitem__(0, "\x1b]0;x\x07"),
    "escape code in a version": lambda p: p["versions"].update(keras="\x1b[31m"),
    "escape code in a metric": lambda p: p["metrics"]["0"].update({"\x1b[31m": 1.0}),
    "escape code in an argument": lambda p: p["builder_arguments"].update({"\x1b[31m": 1}),
    "long name": lambda p: p["about"].update(target_name="x" * 10_000),
    "valid range turned round": lambda p: p.update(valid_range=[255.0, 0.0]),
    "range turned round": lambda p: p["ranges"][0].reverse(),
    "nested deeply": lambda p: p.update(builder_arguments=json.loads("[" * 500 + "]" * 500)),
}
ARGUMENTS = {
    "unknown": {"units": 3},
    "huge": {"hidden_units": [10**12]},
    "huge in sum": {"hidden_units": [2**20] * 60},
    "many": {"hidden_units": [1] * 10_000},
    "a class to look up": {"hidden_units": {"class_name": "Popen", "module": "subprocess"}},
    "a class in a list": {"hidden_units": [{"class_name": "Popen", "module": "subprocess"}]},
    "text": {"hidden_units": "abc"},
    "fractions": {"hidden_units": [1.5, 2.5]},
    "negative": {"hidden_units": [-4]},
    "another network": {"hidden_units": [12, 24, 48]},
}


@pytest.mark.parametrize("change", CARDS.values(), ids=CARDS)
def test_a_hostile_card_is_refused(copy, change):
    forge(copy, change)
    with pytest.raises(KerazooError, match=r"card\.json") as refusal:
        load_predictor(copy)
    assert str(refusal.value).isprintable()


@pytest.mark.parametrize(
    "content",
    [b"[]", b"null", b"{}", b"\xff", b"{" * 10**6, b'{"format": ' + b"9" * 10**5 + b"}", b"NaN"],
)
def test_text_that_is_no_card_is_refused(copy, content):
    (copy / "card.json").write_bytes(content)
    with pytest.raises(KerazooError, match=r"card\.json"):
        load_card(copy)


def test_a_huge_card_is_not_read(copy):
    with open(copy / "card.json", "r+b") as file:
        file.truncate(2**40)  # sparse: takes no room
    with pytest.raises(KerazooError, match="bytes"):
        load_card(copy)


@pytest.mark.parametrize("arguments", ARGUMENTS.values(), ids=ARGUMENTS)
def test_hostile_builder_arguments_are_refused_before_memory_is_taken(copy, arguments):
    forge(copy, lambda plain: plain.update(builder_arguments=arguments))
    with pytest.raises(KerazooError):
        load_model(copy)


@pytest.mark.parametrize(
    "weights", ["gs://models/x.weights.h5", "https://a.b/c.h5", "imagenet", "cifar10", "PIPE", True]
)
@pytest.mark.parametrize("backbone", ["vgg16", "vgg_small"])
@pytest.mark.parametrize("own_builder", [False, True])
def test_a_card_chooses_no_weights(copy, tmp_path, monkeypatch, weights, backbone, own_builder):
    def refuse(*arguments, **options):
        raise AssertionError("something was fetched or opened")

    if weights == "PIPE":
        os.mkfifo(tmp_path / "p.h5")  # whoever opens it waits for ever
        weights = os.path.relpath(tmp_path / "p.h5")
    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(keras.utils, "get_file", refuse)
    monkeypatch.setattr(kerazoo.models.vision.vgg_transfer, "_load_trunk", refuse)
    arguments = {"backbone": backbone, "weights": weights}
    forge(copy, lambda p: p.update(name="vgg_transfer", builder_arguments=arguments))
    builder = kerazoo.build_vgg_transfer if own_builder else None
    with pytest.raises(DamagedFile, match=r"card\.json: builder argument weights="):
        load_model(copy, builder=builder)


def test_weights_that_a_card_leaves_out_are_not_loaded(copy, monkeypatch):
    def refuse(*arguments, **options):
        raise AssertionError("weights were loaded")

    monkeypatch.setattr(kerazoo.models.vision.vgg_transfer, "_load_trunk", refuse)
    forge(copy, lambda p: p.update(name="vgg_transfer", builder_arguments={}))
    with pytest.raises(DamagedFile, match="parameters"):
        load_model(copy)


def test_no_builder_is_given_a_path(copy):
    def build(source="a"):
        raise AssertionError("it was called")

    forge(copy, lambda p: p.update(name="own", builder_arguments={"source": "../x"}))
    with pytest.raises(DamagedFile, match="names a file or an address"):
        load_model(copy, builder=build)


def test_an_unknown_network_needs_a_builder(copy):
    forge(copy, lambda plain: plain.update(name="os"))
    with pytest.raises(KerazooError, match="builder="):
        load_model(copy)


def test_another_major_version_of_keras_is_refused(copy):
    forge(copy, lambda plain: plain["versions"].update(keras="4.0.0"))
    with pytest.raises(KerazooError, match=r"Keras 4\.0\.0"):
        load_model(copy)


@pytest.mark.parametrize(
    ("file", "load"),
    [
        ("card.json", load_card),
        ("card.json", load_predictor),
        ("model.keras", load_model),
        ("model.keras", verify),
        ("model.tflite", load_predictor),
        ("model.tflite", verify),
    ],
)
def test_links_and_pipes_are_refused(copy, tmp_path, file, load):
    elsewhere = tmp_path / "elsewhere"
    (copy / file).rename(elsewhere)
    (copy / file).symlink_to(elsewhere)
    with pytest.raises(KerazooError, match="link"):
        load(copy)
    (copy / file).unlink()
    os.mkfifo(copy / file)
    with pytest.raises(KerazooError, match="plain file"):
        load(copy)


def members(folder) -> dict[str, bytes]:
    with zipfile.ZipFile(folder / "model.keras") as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def forge_keras(folder, compression=zipfile.ZIP_STORED, **changes: bytes) -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", compression) as archive:
        for name, data in {**members(folder), **changes}.items():
            archive.writestr(name, data)
    forge_file(folder, "model.keras", content.getvalue())


def test_classes_named_in_config_are_never_looked_at(copy, wine, monkeypatch):
    config = {"module": "os", "class_name": "system", "config": {"command": "touch owned"}}
    forge_keras(copy, **{"config.json": json.dumps(config).encode()})
    model = load_model(copy)
    np.testing.assert_array_equal(model(wine.splits.test.x), wine.model(wine.splits.test.x))
    forge_keras(copy, **{"config.json": b"not even JSON", "metadata.json": b""})
    assert load_model(copy).name == "wine_multiclass"


def test_a_zip_bomb_is_not_unpacked(copy):
    forge_keras(copy, zipfile.ZIP_DEFLATED, **{"model.weights.h5": bytes(2**28)})
    with pytest.raises(KerazooError, match="unpack"):
        load_model(copy)


def test_other_members_are_refused(copy):
    forge_keras(copy, **{"../../evil.py": b""})
    with pytest.raises(KerazooError, match="evil"):
        load_model(copy)


def test_a_keras_file_that_is_no_zip_is_refused(copy):
    forge_file(copy, "model.keras", b"PK" + bytes(60_000))
    with pytest.raises(KerazooError, match="whole"):
        load_model(copy)


def hdf5(change) -> bytes:
    content = io.BytesIO()
    with h5py.File(content, "w") as file:
        change(file)
    return content.getvalue().ljust(60_000, b"\0")


HDF5 = {
    "external link": lambda f: f.update({"x": h5py.ExternalLink("/etc/passwd", "/")}),
    "soft link": lambda f: f.update({"x": h5py.SoftLink("/y")}),
    "text": lambda f: f.create_dataset("x", data="text"),
    "huge and empty": lambda f: f.create_dataset("x", (10**6, 10**6), chunks=(10, 10)),
    "cycle": lambda f: f.create_group("x").update({"y": f}),
    "other layers": lambda f: f.create_dataset("layers/dense/vars/0", data=np.zeros(3)),
    "nothing": lambda f: None,
}


@pytest.mark.parametrize("change", HDF5.values(), ids=HDF5)
def test_hostile_weights_are_refused(copy, change):
    forge_keras(copy, **{"model.weights.h5": hdf5(change)})
    with pytest.raises(KerazooError, match=r"model\.keras"):
        load_model(copy)


def test_weights_of_another_network_are_refused(copy):
    other = kerazoo.build_wine_multiclass()
    other.save(copy.parent / "other.keras")
    forge_file(copy, "model.keras", (copy.parent / "other.keras").read_bytes())
    with pytest.raises(KerazooError, match="does not answer as it did"):
        load_model(copy)


@pytest.mark.parametrize("content", [b"", b"TFL3", bytes(12_000), b"\x1c\0\0\0TFL3" + bytes(999)])
def test_a_tflite_file_that_is_none_is_refused(copy, content):
    forge_file(copy, "model.tflite", content)
    with pytest.raises(KerazooError):
        load_predictor(copy)


def test_the_litert_of_another_network_is_refused(copy, boston, xor):
    for other in (boston, xor):
        forge_file(copy, "model.tflite", (other.path / "model.tflite").read_bytes())
        with pytest.raises(KerazooError, match=r"model\.tflite"):
            load_predictor(copy)


@pytest.mark.thorough  # each file is tried in a process of its own
def test_damaged_tflite_files_do_not_crash(copy):
    """The card vouches for them; what the schema allows is in `test_hostile_litert.py`."""
    whole = (copy / "model.tflite").read_bytes()
    random = np.random.default_rng(0)
    for _ in range(60):
        content = bytearray(whole)
        for place in random.integers(0, len(whole), random.integers(1, 20)):
            content[place] = random.integers(0, 256)
        forge_file(copy, "model.tflite", bytes(content))
        try:
            answer = load_predictor(copy).predict(np.ones((3, 12)))
            assert answer.values.shape == (3, 3)
        except KerazooError:
            pass


@pytest.mark.parametrize("name", ["model.h5", "model.hdf5", "model.pkl", "model.keras", "a.joblib"])
def test_single_files_are_refused_without_being_opened(tmp_path, name):
    (tmp_path / name).write_bytes(b"cos\nsystem\n(S'touch owned'\ntR.")
    with pytest.raises(KerazooError, match="not a directory"):
        load_model(tmp_path / name)
    with pytest.raises(KerazooError, match="not a directory"):
        load_predictor(f"/nowhere/{name}")


@pytest.mark.parametrize("path", ["x" * 5000, "a\0b", "", "..", "/", "wine_multiclas"])
def test_odd_paths_are_refused(path):
    with pytest.raises(KerazooError):
        load_predictor(path)


def test_the_command_line_says_it_in_one_line(copy):
    (copy / "model.tflite").write_bytes(b"damaged")
    done = run_forked("predict", copy, "-", input="")
    assert done.returncode == 1
    assert done.stderr.startswith("error: ")
    assert done.stderr.count("\n") == 1


def test_a_refused_network_leaves_nothing_behind(copy):
    class Double(keras.layers.Layer):
        def call(self, inputs):
            return 2 * inputs

    forge(copy, lambda p: p.update(builder_arguments={"hidden_units": [2**20] * 60}))
    with pytest.raises(KerazooError):
        load_model(copy)
    # Keras infers its shape, and would create all that was only looked at.
    assert Double()(keras.Input((3,))).shape == (None, 3)
