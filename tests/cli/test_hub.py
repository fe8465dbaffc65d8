"""`kerazoo push` and `pull` with a local server in place of the Hub, well-behaved or not.

The real Hub was not reachable from these tests.
"""

from __future__ import annotations

import json
import shutil
import socket
import time
from pathlib import Path

import numpy as np
import pytest

import kerazoo
from kerazoo import hub as kerazoo_hub
from kerazoo.errors import WrongUsage
from kerazoo.hub import Address
from kerazoo.saved import load_card
from tests.fake_hub import COMMIT, Hub, drips, never_ends, serving
from tests.saved_networks import forge

pytest.importorskip("huggingface_hub", reason="the extra hub is not installed")

HERE = "hf://ann/wine"


def is_one_error(said: str) -> bool:
    """Whether one line says what went wrong; lines before it may say what is being done."""
    *before, last = said.splitlines()
    return last.startswith("error: ") and all(line.endswith(" ...") for line in before)


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    with serving() as one:
        monkeypatch.setenv("HF_ENDPOINT", one.address)
        monkeypatch.setenv("HF_TOKEN", "hf_of_a_test")
        monkeypatch.setenv("HF_HOME", str(tmp_path / "hf"))
        monkeypatch.setattr(kerazoo_hub, "SILENCE_SECONDS", 2.0)
        yield one


@pytest.fixture
def pushed(hub: Hub, wine) -> Hub:
    """A Hub that has a model, as if it had been pushed there."""
    hub.repos["ann/wine"] = {path.name: path.read_bytes() for path in wine.path.iterdir()}
    return hub


def test_what_is_pushed_can_be_pulled_and_answers_alike(cli, hub, wine, tmp_path):
    status, printed, said = cli("push", wine.path, HERE)
    assert status == 0, said
    assert printed == f"pushed to {hub.address}/ann/wine\n"
    assert "rows of the training data" in said
    assert hub.private == {"ann/wine"}
    status, printed, said = cli("pull", HERE, "--out", tmp_path / "wine")
    assert (status, printed) == (0, f"saved to {tmp_path / 'wine'}\n"), said
    x = wine.splits.test.x[:20]
    answers = [
        kerazoo.load_predictor(path).predict(x).values for path in (wine.path, tmp_path / "wine")
    ]
    np.testing.assert_array_equal(*answers)
    assert (tmp_path / "wine" / "README.md").read_text().startswith("---\nlibrary_name: kerazoo")


def test_a_public_repository_is_made_only_if_asked_for(cli, hub, wine):
    assert cli("push", wine.path, HERE, "--public")[0] == 0
    assert hub.private == set()


def test_nothing_of_the_users_machine_is_pushed(cli, hub, wine, tmp_path):
    folder = Path(shutil.copytree(wine.path, tmp_path / "wine_multiclass"))
    secret = str(tmp_path / "secret" / "customers.csv")
    forge(folder, lambda plain: plain.update(source=secret))
    (folder / "history.jsonl").write_text("{}")
    (folder / "logs").mkdir()
    assert cli("push", folder, HERE)[0] == 0
    files = hub.repos["ann/wine"]
    assert files.keys() == {
        ".gitattributes",
        "README.md",
        "card.json",
        "model.keras",
        "model.tflite",
    }
    assert not any(b"customers.csv" in content for content in files.values())


def test_nothing_is_replaced_without_force(cli, pushed, wine, tmp_path):
    status, _, said = cli("push", wine.path, HERE)
    assert status == 1
    assert "--force" in said
    assert not any(line.startswith("POST") for line in pushed.asked)
    assert cli("push", wine.path, HERE, "--force")[0] == 0
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "notes.txt").write_text("mine")
    for options in ([], ["--force"]):
        status, _, said = cli("pull", HERE, "--out", folder, *options)
        assert status == 1
        assert is_one_error(said)
    assert (folder / "notes.txt").read_text() == "mine"
    assert cli("pull", HERE, "--out", tmp_path / "wine")[0] == 0
    assert cli("pull", HERE, "--out", tmp_path / "wine")[0] == 1
    assert cli("pull", HERE, "--out", tmp_path / "wine", "--force")[0] == 0


def test_a_repository_of_something_else_is_left_alone_even_by_force(cli, hub, wine) -> None:
    hub.repos["ann/wine"] = {"pytorch_model.bin": b"other"}
    status, _, said = cli("push", wine.path, HERE, "--force")
    assert status == 1
    assert "pytorch_model.bin" in said
    assert hub.repos["ann/wine"] == {"pytorch_model.bin": b"other"}


def test_files_that_the_card_does_not_name_are_never_asked_for(pushed, tmp_path):
    pushed.repos["ann/wine"] |= {"evil.py": b"raise", "pytorch_model.bin": b"x"}
    folder = kerazoo_hub.pull(f"{HERE}@v1", tmp_path / "wine")
    assert {path.name for path in folder.iterdir()} == {
        "README.md",
        "card.json",
        "model.keras",
        "model.tflite",
    }
    assert not any("evil" in line or "pytorch" in line for line in pushed.asked)
    first, *others = pushed.asked
    assert "/resolve/v1/card.json" in first
    assert all(f"/resolve/{COMMIT}/" in line for line in others)


def test_without_a_readme_one_is_made(pushed, tmp_path):
    del pushed.repos["ann/wine"]["README.md"]
    folder = kerazoo_hub.pull(HERE, tmp_path / "wine")
    assert "# wine_multiclass" in (folder / "README.md").read_text()


def nonsense(path: str, handler) -> bool:
    handler.reply(200, b"<html>welcome to this hotel's network</html>")
    return True


def closes(path: str, handler) -> bool:
    handler.close_connection = True
    handler.connection.shutdown(socket.SHUT_RDWR)
    return True


def is_down(path: str, handler) -> bool:
    handler.reply(500, b"oh")
    return True


def refuses(path: str, handler) -> bool:
    handler.reply(401, b"no")
    return True


@pytest.mark.parametrize(
    ("misbehaves", "message"),
    [
        (nonsense, "card.json"),
        (closes, "could not be asked"),
        (is_down, "answered 500"),
        (refuses, "hf auth login"),
    ],
)
def test_a_hub_that_talks_nonsense_leaves_nothing_behind(
    cli, pushed, tmp_path, misbehaves, message
) -> None:
    pushed.misbehaves = misbehaves
    status, printed, said = cli("pull", HERE, "--out", tmp_path / "new" / "wine")
    assert (status, printed) == (1, "")
    assert message in said
    assert is_one_error(said)
    assert not (tmp_path / "new" / "wine").exists()


@pytest.mark.parametrize("misbehaves", [nonsense, closes, refuses])
def test_pushing_to_it_ends_in_a_line_too(cli, hub, wine, misbehaves):
    hub.misbehaves = misbehaves
    status, _, said = cli("push", wine.path, HERE)
    assert status == 1
    assert is_one_error(said)


@pytest.mark.parametrize("which", ["card.json", "model.keras", "README.md"])
@pytest.mark.parametrize("how", [drips, never_ends, lambda handler: time.sleep(4)])
def test_a_slow_hub_and_one_that_never_ends_are_given_up(
    cli, pushed, tmp_path, monkeypatch, which, how
) -> None:
    monkeypatch.setattr(kerazoo_hub, "PATIENCE_SECONDS", 1.0)
    monkeypatch.setattr(kerazoo_hub, "SLOWEST", 1e9)

    def misbehaves(path: str, handler) -> bool:
        if path.endswith(which):
            how(handler)
            return True
        return False

    pushed.misbehaves = misbehaves
    start = time.monotonic()
    status, _, said = cli("pull", HERE, "--out", tmp_path / "wine")
    assert status == 1, said
    assert time.monotonic() - start < 20
    assert list(tmp_path.glob("**/*.part")) == []
    assert not (tmp_path / "wine").exists()


@pytest.mark.parametrize("name", ["model.keras", "model.tflite"])
def test_other_files_than_the_card_names_are_refused(cli, pushed, tmp_path, name):
    content = pushed.repos["ann/wine"][name]
    for changed in (content[:-1] + b"!", content[:-5], content + b"!"):
        pushed.repos["ann/wine"][name] = changed
        status, _, said = cli("pull", HERE, "--out", tmp_path / "wine")
        assert status == 1
        assert name in said
        assert not (tmp_path / "wine").exists()


def test_a_card_that_was_edited_is_refused(cli, pushed, tmp_path):
    files = pushed.repos["ann/wine"]
    card = json.loads(files["card.json"])
    for change in (
        {"files": {**card["files"], "../evil": card["files"]["model.keras"]}},
        {"task": "rows", "unknown": 1},
        {"probe": {**card["probe"], "outputs": card["probe"]["inputs"]}},
    ):
        files["card.json"] = json.dumps(card | change).encode()
        status, _, said = cli("pull", HERE, "--out", tmp_path / "wine")
        assert status == 1
        assert is_one_error(said)
        assert not (tmp_path / "wine").exists()


def test_a_network_that_does_not_answer_as_it_did_is_refused(cli, pushed, wine, tmp_path) -> None:
    """The hashes fit, and the rows in the card say otherwise."""
    folder = Path(shutil.copytree(wine.path, tmp_path / "forged"))
    values = np.array(load_card(folder).probe.outputs[0].decode())[:, ::-1].copy()

    def change(plain: dict) -> None:
        import base64

        plain["probe"]["outputs"][0]["base64"] = base64.b64encode(values.tobytes()).decode()

    forge(folder, change)
    pushed.repos["ann/wine"]["card.json"] = (folder / "card.json").read_bytes()
    status, _, said = cli("pull", HERE, "--out", tmp_path / "wine")
    assert status == 1
    assert "does not answer as it did" in said
    assert not (tmp_path / "wine").exists()


def test_there_is_no_such_model(cli, pushed, tmp_path):
    status, _, said = cli("pull", "hf://ann/beer", "--out", tmp_path / "beer")
    assert status == 1
    assert "there is no hf://ann/beer/card.json on the Hub" in said


@pytest.mark.parametrize(
    "text",
    [
        "ann/wine",
        "hf://ann",
        "hf://ann/wine/more",
        "hf://../wine",
        "hf://ann/wine@../x",
        "hf://a b/c",
    ],
)
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(WrongUsage, match="hf://USER/NAME"):
        Address.of(text)


def test_without_the_library_it_says_what_to_install(cli, monkeypatch, tmp_path):
    import sys

    monkeypatch.setitem(sys.modules, "huggingface_hub", None)
    status, _, said = cli("pull", HERE, "--out", tmp_path / "wine")
    assert status == 1
    assert "kerazoo[hub]" in said
