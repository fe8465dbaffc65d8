"""An episode that a saved agent plays, as an animation."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from kerazoo._files import check_new_file
from kerazoo.datasets import load_dataset
from kerazoo.datasets.splits import Starts
from kerazoo.engine.control.environments import Act, play
from kerazoo.errors import KerazooError
from kerazoo.predict import Predictor, load_predictor
from kerazoo.saved.reading import Location
from kerazoo.tasks import Request


def acting(predictor: Predictor) -> Act:
    """Return what does the most probable action, by a saved agent; TensorFlow is not needed.

    Args:
        predictor: gives the probability of each action.
    """
    return lambda states: predictor.predict_array(states).values.argmax(axis=1)


def play_episode(predictor: Predictor, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Let a saved agent play an episode.

    Args:
        predictor: the agent.
        seed: decides the state that it begins in, drawn as Gymnasium draws them.

    Returns:
        The states before each step, `(steps, numbers)`, and what was done, `(steps,)`.

    Raises:
        KerazooError: if it is no agent, or Gymnasium is not installed.
    """
    card = predictor.card
    part = load_dataset(card.dataset).test if card.dataset and card.task == "control" else None
    if not isinstance(part, Starts):
        raise KerazooError(f"{card.name!r} is no agent; give a model that kerazoo train dqn made.")
    ends = np.abs(part.x).max(axis=0)
    start = np.random.default_rng(seed).uniform(-ends, ends).astype("float32")
    played = play(part.environment, acting(predictor), start[np.newaxis])
    return played.states[:, 0], played.actions[:, 0]


def answer_episode(model: Location, request: Request) -> Iterator[str]:
    """Draw an episode as a GIF file, and say how long it lasted."""
    path: Path = request.options["play"]
    check_new_file(path, (".gif",), "--play", force=request.force)
    predictor = load_predictor(model, request.runtime)
    states, actions = play_episode(predictor, int(request.options.get("seed", 0)))
    from kerazoo.plots.control import save_episode

    save_episode(path, states, actions)
    yield f"the pole stood for {len(states)} steps; drew {path}\n"
