"""Figures and animations of agents."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from kerazoo.errors import InvalidInput
from kerazoo.plots.control import (
    draw_cart_pole,
    plot_episode,
    plot_learning_curves,
    plot_policy,
    save_episode,
)

STATES = np.zeros((5, 4))
ACTIONS = np.array([0, 1, 1, 0, 1])


def histories(*values: list[float]) -> list[dict[str, list[float]]]:
    return [{"steps": [100.0, 200.0], "val_mean_return": one} for one in values]


def test_a_line_is_the_mean_and_a_band_the_spread_over_seeds() -> None:
    axes = plot_learning_curves({"dqn": histories([10.0, 50.0], [30.0, 90.0])}).axes[0]
    line = axes.get_lines()[0]
    assert line.get_xydata().tolist() == [[100, 20], [200, 70]]
    band = axes.collections[0].get_paths()[0].vertices
    assert {(100.0, 10.0), (100.0, 30.0), (200.0, 50.0), (200.0, 90.0)} <= set(map(tuple, band))


def test_curves_that_cannot_be_drawn_are_refused() -> None:
    for empty in ({}, {"dqn": []}):
        with pytest.raises(InvalidInput, match="histories is empty"):
            plot_learning_curves(empty)
    with pytest.raises(InvalidInput, match="a history of dqn has loss; expected steps and"):
        plot_learning_curves({"dqn": [{"loss": [1.0]}]})


def test_a_policy_is_drawn_where_it_pushes() -> None:
    figure = plot_policy(lambda states: np.stack([states[:, 2] <= 0, states[:, 2] > 0], axis=1))
    shades = figure.axes[0].collections[0].get_array()
    assert shades[:, 0].max() == 0
    assert shades[:, -1].min() == 1


def test_pushes_are_a_share_at_both_ends_too() -> None:
    below = plot_episode(np.zeros((60, 4)), np.ones(60)).axes[2]
    np.testing.assert_allclose(below.get_lines()[0].get_ydata(), 1)


def test_an_animation_has_an_image_for_each_step_of_a_short_episode(tmp_path: Path) -> None:
    states = STATES.copy()
    states[:, 0] = np.linspace(-2, 2, 5)
    path = save_episode(tmp_path / "episode.gif", states, ACTIONS)
    with Image.open(path) as image:
        assert (image.n_frames, image.size) == (5, (360, 150))


def test_a_pole_that_leans_right_is_drawn_to_the_right_of_the_cart() -> None:
    upright, leaning = (
        np.asarray(draw_cart_pole(np.array([0, 0, angle, 0]), action=1).convert("RGB"))
        for angle in (0.0, 0.2)
    )
    rows, columns = np.nonzero((upright != leaning).any(axis=2))
    assert columns.max() > 190
    assert rows.max() < 120


@pytest.mark.parametrize("draw", [plot_episode, lambda *what: save_episode(Path("x.gif"), *what)])
def test_other_states_are_refused(draw) -> None:
    with pytest.raises(InvalidInput, match=r"states have shape \(5, 3\); expected \(steps, 4\)"):
        draw(STATES[:, :3], ACTIONS)
    with pytest.raises(InvalidInput, match=r"actions have shape \(4,\); expected \(5,\)"):
        draw(STATES, ACTIONS[:4])
