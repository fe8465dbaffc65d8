"""What an agent does on CartPole, and how fast several agents learned it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageDraw

from kerazoo._files import replacing_file
from kerazoo._wording import counted
from kerazoo.errors import InvalidInput
from kerazoo.plots.style import DARK, GRAY, LIGHT, Figure, in_style, new_figure

_POSITION, _ANGLE, _VELOCITY, _NUMBERS = 0, 2, 3, 4
_EDGE, _FALLEN, _FASTEST = 2.4, 12.0, 3.0  # where an episode ends, in degrees for the pole
_GRID = 121
_COLORS = (DARK, LIGHT, "black", GRAY, "#6aa56a", "#a05195")
_WIDTH, _HEIGHT, _GROUND, _POLE = 360, 150, 120, 75  # pixels
_CART = (44, 22)
_FRAMES, _MILLISECONDS = 125, 40  # of an animation: five seconds, at double speed


@in_style
def plot_policy(answer: Callable[[np.ndarray], np.ndarray]) -> Figure:
    """Draw how probable a push to the right is, where the cart stands in the middle.

    Args:
        answer: the probability of both actions, `(states, 2)`, in some states, `(states, 4)`.

    Example:
        >>> figure = plot_policy(lambda states: np.full((len(states), 2), 0.5))
        >>> figure.axes[0].get_xlabel()
        'angle of the pole (degrees)'
    """
    angles = np.linspace(-_FALLEN, _FALLEN, _GRID)
    velocities = np.linspace(-_FASTEST, _FASTEST, _GRID)
    states = np.zeros((_GRID, _GRID, _NUMBERS), "float32")
    states[..., _ANGLE] = np.radians(angles)
    states[..., _VELOCITY] = velocities[:, np.newaxis]
    right = np.asarray(answer(states.reshape(-1, _NUMBERS)))[:, 1].reshape(_GRID, _GRID)
    figure = new_figure(6.4, 4.2)
    axes = figure.add_subplot()
    axes.grid(visible=False)
    shades = axes.pcolormesh(angles, velocities, right, cmap="Blues", vmin=0, vmax=1)
    if right.min() < 0.5 < right.max():
        axes.contour(angles, velocities, right, levels=[0.5], colors=[LIGHT], linewidths=2)
    figure.colorbar(shades, ax=axes, label="probability of a push to the right")
    axes.set_xlabel("angle of the pole (degrees)")
    axes.set_ylabel("velocity of its tip (radians per second)")
    axes.set_title("What it does where the cart stands in the middle")
    return figure


@in_style
def plot_episode(states: np.ndarray, actions: np.ndarray) -> Figure:
    """Draw where cart and pole are in each step of an episode, and how it was pushed.

    Args:
        states: `(steps, 4)`.
        actions: `(steps,)`: 0 for left, 1 for right.

    Raises:
        InvalidInput: if they are not states of CartPole, with an action for each.

    Example:
        >>> figure = plot_episode(np.zeros((3, 4)), np.array([0, 1, 1]))
        >>> [axes.get_ylabel() for axes in figure.axes]
        ['cart', 'pole (degrees)', 'pushes to the right']
    """
    _check_states(states, actions)
    steps = np.arange(len(states))
    figure = new_figure(7.2, 5.0)
    above, middle, below = figure.subplots(3, sharex=True)
    curves = ((states[:, _POSITION], _EDGE), (np.degrees(states[:, _ANGLE]), _FALLEN))
    for axes, (curve, end), what in zip(
        (above, middle), curves, ("cart", "pole (degrees)"), strict=True
    ):
        axes.plot(steps, curve, color=DARK)
        for limit in (-end, end):
            axes.axhline(limit, color=LIGHT, linestyle="--", linewidth=1)
        axes.set_ylabel(what)
    window = min(20, len(actions))
    near = np.ones(window)
    # At both ends there are fewer steps near by.
    counts = np.convolve(np.ones(len(actions)), near, mode="same")
    shares = np.convolve(actions, near, mode="same") / counts
    below.plot(steps, shares, color=DARK)
    below.set_ylim(0, 1)
    below.set_ylabel("pushes to the right")
    below.set_xlabel("step")
    above.set_title(f"An episode of {len(states)} steps; it ends beyond the broken lines")
    return figure


@in_style
def plot_learning_curves(
    histories: Mapping[str, Sequence[Mapping[str, Sequence[float]]]],
    metric: str = "val_mean_return",
    solved: float | None = 475.0,
) -> Figure:
    """Draw the mean of several trainings over the steps that were taken, and their spread.

    Args:
        histories: by what the legend says, the histories of trainings from several seeds.
        metric: which value of each epoch is drawn.
        solved: where a line says that the task is solved; `None` for no line.

    Raises:
        InvalidInput: if there is no history, or one lacks the metric.

    Example:
        >>> history = {"steps": [100, 200], "val_mean_return": [20.0, 50.0]}
        >>> figure = plot_learning_curves({"dqn": [history, history]})
        >>> [text.get_text() for text in figure.axes[0].get_legend().get_texts()]
        ['dqn (2 seeds)', 'solved']
    """
    if not histories or not all(histories.values()):
        raise InvalidInput("histories is empty; pass at least one history for each name.")
    figure = new_figure(7.2, 4.2)
    axes = figure.add_subplot()
    for index, (name, several) in enumerate(histories.items()):
        for history in several:
            if metric not in history or "steps" not in history:
                raise InvalidInput(
                    f"a history of {name} has {', '.join(history)}; expected steps and {metric}, "
                    "as run.history of an agent has."
                )
        epochs = min(len(history[metric]) for history in several)
        curves = np.array([history[metric][:epochs] for history in several])
        steps = np.mean([history["steps"][:epochs] for history in several], axis=0)
        color = _COLORS[index % len(_COLORS)]
        mean, spread = curves.mean(axis=0), curves.std(axis=0)
        axes.plot(steps, mean, color=color, label=f"{name} ({counted(len(several), 'seed')})")
        axes.fill_between(steps, mean - spread, mean + spread, color=color, alpha=0.2, linewidth=0)
    if solved is not None:
        axes.axhline(solved, color=GRAY, linestyle=":", label="solved")
    axes.set_ylim(bottom=0)
    axes.set_xlabel("steps of environments")
    axes.set_ylabel("mean return")
    axes.set_title("How fast they learn: mean and standard deviation over seeds")
    axes.legend()
    return figure


def save_episode(path: Path, states: np.ndarray, actions: np.ndarray) -> Path:
    """Write an episode as an animation: the cart, the pole, and the push of each step.

    Args:
        path: a GIF file; an older one is replaced when the new one is whole.
        states: `(steps, 4)`.
        actions: `(steps,)`: 0 for left, 1 for right.

    Raises:
        InvalidInput: if they are not states of CartPole, with an action for each.
        OSError: if the file cannot be written.
    """
    _check_states(states, actions)
    shown = np.unique(np.linspace(0, len(states) - 1, min(len(states), _FRAMES)).astype(int))
    frames = [draw_cart_pole(states[step], int(actions[step]), int(step)) for step in shown]
    with replacing_file(path) as part:
        frames[0].save(
            part,
            format="GIF",
            save_all=True,
            append_images=frames[1:],
            duration=_MILLISECONDS,
            loop=0,
        )
    return path


def draw_cart_pole(state: np.ndarray, action: int, step: int = 0) -> Image.Image:
    """Draw one state as an image of a few colors.

    Args:
        state: position and velocity of the cart, angle and velocity of the pole.
        action: which way it is pushed.
        step: a number to write beside it.

    Example:
        >>> draw_cart_pole(np.zeros(4), action=1).size
        (360, 150)
    """
    image = Image.new("RGB", (_WIDTH, _HEIGHT), "white")
    draw = ImageDraw.Draw(image)
    x = _WIDTH / 2 + float(state[_POSITION]) / _EDGE * (_WIDTH / 2 - _CART[0] / 2)
    angle = float(state[_ANGLE])
    top = _GROUND - _CART[1]
    draw.line((0, _GROUND, _WIDTH, _GROUND), fill="#808080", width=2)
    draw.rectangle((x - _CART[0] / 2, top, x + _CART[0] / 2, _GROUND - 2), fill=DARK)
    tip = (x + _POLE * math.sin(angle), top - _POLE * math.cos(angle))
    draw.line((x, top, *tip), fill=LIGHT, width=7)
    way = 1 if action else -1
    begin, end = x + way * (_CART[0] / 2 + 6), x + way * (_CART[0] / 2 + 24)
    middle = top + _CART[1] / 2
    draw.line((begin, middle, end, middle), fill="black", width=2)
    draw.polygon(((end, middle - 5), (end, middle + 5), (end + way * 7, middle)), fill="black")
    draw.text((6, 4), f"step {step}", fill="black")
    return image.quantize(32)


def _check_states(states: Any, actions: Any) -> None:
    if np.ndim(states) != 2 or np.shape(states)[1:] != (_NUMBERS,) or not len(states):
        raise InvalidInput(
            f"states have shape {np.shape(states)}; expected (steps, {_NUMBERS}), as CartPole has."
        )
    if np.shape(actions) != (len(states),):
        raise InvalidInput(
            f"actions have shape {np.shape(actions)}; expected ({len(states)},): one a state."
        )
