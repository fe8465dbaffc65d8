"""Agents on the command line: trained, judged, asked, and watched."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import kerazoo
from kerazoo.tasks.control.episode import play_episode

NAME = "ppo"
HEADER = "cart_position,cart_velocity,pole_angle,pole_velocity\n"


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An agent that was trained for two epochs."""
    path = tmp_path_factory.mktemp("agent") / NAME
    kerazoo.train(NAME, epochs=2, out=path)
    return path


def type_in(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))


def test_four_numbers_give_the_probability_of_each_action(
    saved: Path, cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    type_in(monkeypatch, HEADER + "0,0,0.1,0.5\n0,0,-0.1,-0.5\n")
    status, out, error = cli("predict", saved, "-", "--format", "json")
    assert (status, error) == (0, "")
    right, left = json.loads(out)
    assert (right["action"], left["action"]) == ("right", "left")
    for one in (right, left):
        assert sorted(one["probabilities"]) == ["left", "right"]
        assert sum(one["probabilities"].values()) == pytest.approx(1, abs=1e-5)


def test_three_numbers_are_refused(saved: Path, cli, monkeypatch: pytest.MonkeyPatch) -> None:
    type_in(monkeypatch, "cart_position,cart_velocity,pole_angle\n0,0,0.1\n")
    status, out, error = cli("predict", saved, "-")
    assert (status, out) == (1, "")
    assert len(error.splitlines()) == 1
    assert "pole_velocity" in error


def test_it_reaches_the_returns_of_its_card(saved: Path, cli) -> None:
    status, out, error = cli("evaluate", saved, "--json")
    assert (status, error) == (0, "")
    found = json.loads(out)
    assert found["rows"] == 100
    assert found["scores"] == pytest.approx(found["saved"])


def test_an_episode_becomes_an_animation(saved: Path, cli, tmp_path: Path) -> None:
    path = tmp_path / "episode.gif"
    status, out, error = cli("predict", saved, "--play", path, "--seed", 3)
    assert (status, error) == (0, "")
    states, actions = play_episode(kerazoo.load_predictor(saved), seed=3)
    assert out.startswith(f"the pole stood for {len(states)} steps")
    assert len(states) == len(actions)
    with Image.open(path) as image:
        assert image.n_frames == pytest.approx(min(len(states), 125), abs=1)
    assert cli("predict", saved, "--play", path)[0] == 1  # it is there already
    other, _ = play_episode(kerazoo.load_predictor(saved), seed=4)
    assert not np.array_equal(states[0], other[0])


def test_an_episode_needs_a_gif(saved: Path, cli, tmp_path: Path) -> None:
    status, _, error = cli("predict", saved, "--play", tmp_path / "episode.mp4")
    assert status == 2
    assert ".gif" in error


def test_data_of_ones_own_is_refused(cli, tmp_path: Path) -> None:
    (tmp_path / "table.csv").write_text("a,b\n1,2\n")
    for arguments in (("--data", tmp_path / "table.csv"), ("--data", "Acrobot-v1")):
        status, _, error = cli("train", NAME, *arguments)
        assert status != 0
        assert "acting in CartPole-v1, not from data" in error


@pytest.mark.parametrize("command", ["train", "evaluate"])
def test_without_gymnasium_one_line_says_how_to_get_it(
    saved: Path, cli, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, command: str
) -> None:
    monkeypatch.setitem(sys.modules, "gymnasium", None)
    quiet = ("train", NAME, "--quiet", "--out", tmp_path / "x")
    arguments = quiet if command == "train" else (command, saved)
    status, out, error = cli(*arguments)
    assert (status, out) == (1, "")
    assert len(error.splitlines()) == 1
    assert "pip install 'kerazoo[control]'" in error
