"""What to do in an environment: an agent is judged by the rewards of whole episodes.

`measures.py` how good an agent is, `policies.py` the baselines, `episode.py` an episode as numbers
and as an animation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from kerazoo._protocols import LearnsByActing
from kerazoo.datasets import Part, Splits
from kerazoo.datasets.splits import Starts
from kerazoo.engine.control.environments import play
from kerazoo.errors import KerazooError
from kerazoo.predict import load_predictor
from kerazoo.recipe import Recipe
from kerazoo.saved.reading import Location
from kerazoo.tasks import Chosen, Evaluation, Option, Request, recognizes_nothing
from kerazoo.tasks._shared import (
    answer_rows,
    no_callbacks,
    no_further_data,
    no_scores,
    score_baselines,
)
from kerazoo.tasks.control.episode import acting, answer_episode
from kerazoo.tasks.control.measures import scores_of

if TYPE_CHECKING:
    import keras

    from kerazoo.plots.style import Figure

OWN_DATA = ""
NETWORK = ""
TAKES_FRAMES = False
FILES: tuple[str, ...] = ()
TRAIN_OPTIONS: Mapping[str, Option] = {}
PREDICT_OPTIONS: Mapping[str, Option] = {
    "play": Option(
        "Play an episode, and draw it as an animation: a GIF file.",
        kind=Path,
        metavar="FILE",
        replaces_inputs=True,
    ),
    "seed": Option("Decides where the episode begins.", int, minimum=0, default="0"),
}

callbacks = no_callbacks
recipe_for = no_further_data
recognizes = recognizes_nothing
score = no_scores
baselines = score_baselines


def own_data(name: str, recipe: Recipe, path: Path, options: Chosen) -> tuple[Recipe, Splits]:
    """Refuse data: an agent makes its own.

    Raises:
        KerazooError: always.
    """
    raise KerazooError(
        f"{name} learns by acting in {recipe.experiment}, not from data: leave out --data {path}."
    )


def trainer(recipe: Recipe) -> Callable[..., Any]:
    """Return what lets an agent act and learn."""
    from kerazoo.engine.control.fit import fit_agent

    return fit_agent


def judge(model: keras.Model, part: Part, recipe: Recipe) -> dict[str, float]:
    """Play an episode from each state of a part, without exploring.

    Raises:
        KerazooError: if the network is no agent, or Gymnasium is not installed.
    """
    # Protocol LearnsByActing: the models of models/control/_agent.py declare it.
    if not isinstance(model, LearnsByActing) or not isinstance(part, Starts):
        raise KerazooError(
            f"{model.name!r} cannot be judged by what it does; pass an agent, and a part of "
            "load_dataset('cart_pole')."
        )
    played = play(part.environment, model.greedy(), part.x)
    return scores_of(played.returns, part.environment)


def evaluate(model: Location, splits: Splits, recipe: Recipe, runtime: Any) -> Evaluation:
    """Play the episodes of the test part with a saved network."""
    predictor = load_predictor(model, runtime)
    part = splits.test
    assert isinstance(part, Starts)
    played = play(part.environment, acting(predictor), part.x)
    return Evaluation(scores_of(played.returns, part.environment))


def figures(
    splits: Splits, predictions: np.ndarray | None, model: keras.Model | None
) -> dict[str, Figure]:
    """Draw what it does in which state, and an episode of the test part."""
    part = splits.test
    if not isinstance(model, LearnsByActing) or not isinstance(part, Starts):
        return {}
    from kerazoo.plots.control import plot_episode, plot_policy

    played = play(part.environment, model.greedy(), part.x[:1])
    network: Any = model  # a protocol says nothing of what every model has

    def answer_of(states: np.ndarray) -> np.ndarray:
        return np.asarray(network.predict(states, batch_size=4096, verbose=0))

    return {
        "policy": plot_policy(answer_of),
        "episode": plot_episode(played.states[:, 0], played.actions[:, 0]),
    }


def answer(model: Location, request: Request) -> Iterator[str]:
    """Answer states with the probability of each action, or play an episode."""
    if "play" in request.options:
        return answer_episode(model, request)
    return answer_rows(model, request)
