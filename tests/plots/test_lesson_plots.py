"""Figures of the lessons: what is drawn is what was passed."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

import kerazoo
from kerazoo import plots


def test_curves_are_drawn_where_they_are() -> None:
    figure = plots.plot_curves(
        {"a": [1, 10], "b": [2, 20]}, [4, 8], "title", x_label="x", log="xy", marks=True
    )
    (axes,) = figure.axes
    assert [line.get_ydata().tolist() for line in axes.lines] == [[1, 10], [2, 20]]
    assert [label.get_text() for label in axes.get_xticklabels()] == ["4", "8"]
    assert (axes.get_xscale(), axes.get_yscale(), axes.get_title()) == ("log", "log", "title")
    looks = {(line.get_color(), line.get_linestyle()) for line in axes.lines}
    assert len(looks) == 2
    assert plots.plot_curves({"a": [3, 4]}).axes[0].lines[0].get_xdata().tolist() == [1, 2]


def test_derivatives_of_activation_functions_are_theirs() -> None:
    functions = {"tanh": np.tanh, "line": lambda z: 3 * z}
    figure = plots.plot_activation_functions(functions, reach=2)
    tanh, line = figure.axes[1].lines
    z = tanh.get_xdata()
    assert (z[0], z[-1]) == (-2, 2)
    np.testing.assert_allclose(tanh.get_ydata(), 1 - np.tanh(z) ** 2, atol=1e-6)
    np.testing.assert_allclose(line.get_ydata(), 3, atol=1e-6)
    assert figure.axes[1].get_title() == "derivative: largest 1 (tanh), 3 (line)"
    sizes = {str(number): lambda z, number=number: number * z for number in (1, 2, 3)}
    assert plots.plot_activation_functions(sizes).axes[1].get_title().endswith("largest 1 to 3")


def test_a_gradient_that_is_gone_is_drawn_at_the_bottom() -> None:
    figure = plots.plot_gradient_flow({"sigmoid": [0.0, 1e-3, 1.0]}, "flow")
    (line,) = figure.axes[0].lines
    assert line.get_xdata().tolist() == [1, 2, 3]
    assert line.get_ydata().tolist() == [1e-30, 1e-3, 1.0]


def test_paths_lie_on_their_surface() -> None:
    paths = {"SGD": [(2, 1), (1, 0.5), (0, 0)], "Adam": np.ones((4, 2))}
    figure = plots.plot_optimizer_paths(
        lambda a, b: a**2 + b**2, paths, (-3, 3, -2, 2), (0, 0), ("a", "b")
    )
    first, second = figure.axes
    np.testing.assert_array_equal(first.lines[0].get_xydata(), paths["SGD"])
    assert first.get_title() == "SGD: loss 0 after 2 steps"
    assert second.get_title() == "Adam: loss 2 after 3 steps"
    assert (second.get_xlim(), second.get_ylim()) == ((-3, 3), (-2, 2))
    assert (first.get_xlabel(), first.get_ylabel()) == ("a", "b")


def node(name: str, value: float = 0.0, *inputs: SimpleNamespace) -> SimpleNamespace:
    return SimpleNamespace(name=name, value=value, gradient=-value, inputs=inputs)


def test_a_node_stands_after_the_nodes_that_it_was_computed_from() -> None:
    a, b = node("a", 1), node("b", 2)
    total = node("+", 3, a, b)
    figure = plots.plot_computation(node("×", 6, total, b), "a title")
    (axes,) = figure.axes
    texts = {text.get_text(): text.get_position()[0] for text in axes.texts if text.get_text()}
    assert [texts[name] for name in ("a", "b", "+", "×")] == [0, 0, 1, 2]
    assert {"1", "2", "3", "6", "-1", "-2", "-3", "-6"} <= texts.keys()
    assert sum(not text.get_text() for text in axes.texts) == 4  # arrows
    assert axes.get_title() == "a title"


@pytest.mark.parametrize(
    ("arguments", "output", "lost"),
    [
        ((6, 3, 1, 0), 4, 0),
        ((6, 3, 1, 1), 6, 0),
        ((7, 3, 2, 0), 3, 0),
        ((6, 3, 2, 0), 2, 11),
        ((3, 3, 1, 0), 1, 0),
    ],
)
def test_windows_and_what_they_do_not_reach(arguments, output: int, lost: int) -> None:
    left, right = plots.plot_windows(*arguments).axes
    size, kernel, stride, padding = arguments
    cells = [patch for patch in left.patches if patch.get_width() == 1]
    assert len(cells) == (size + 2 * padding) ** 2
    assert sum(patch.get_facecolor()[3] > 0 for patch in cells) == lost
    windows = [patch for patch in left.patches if patch.get_linewidth() == 2.5]
    assert {round(patch.get_width() + 0.12) for patch in windows} == {kernel}
    assert max(round(patch.get_x()) for patch in windows) == (output - 1) * stride
    assert right.get_title() == f"output {output} × {output}"


@pytest.mark.parametrize(
    ("draw", "reason"),
    [
        (lambda: plots.plot_curves({}), "curves is empty"),
        (lambda: plots.plot_windows(4, 5), "a filter that fits"),
        (lambda: plots.plot_windows(40, 5), "at most 32 pixels"),
        (lambda: plots.plot_windows(4, 2, 0), "from 1 on"),
        (lambda: plots.plot_computation(node("a")), "computed from nothing"),
        (lambda: plots.plot_curves({"a": [1, 2]}, [1]), "as many numbers in both"),
        (lambda: plots.plot_curves({"a": [[1, 2]]}), "as many numbers in both"),
        (lambda: plots.plot_activation_functions({}), "functions is empty"),
        (lambda: plots.plot_activation_functions({"sum": np.sum}), "expected the same"),
        (lambda: plots.plot_gradient_flow({}), "sizes is empty"),
        (lambda: plots.plot_gradient_flow({"a": [1, -1]}), "numbers from 0 on"),
        (lambda: plots.plot_gradient_flow({"a": [1, np.nan]}), "numbers from 0 on"),
        (lambda: plots.plot_optimizer_paths(np.add, {}, (0, 1, 0, 1)), "paths is empty"),
        (
            lambda: plots.plot_optimizer_paths(np.add, {"a": [1, 2]}, (0, 1, 0, 1)),
            "expected \\(steps, 2\\)",
        ),
    ],
)
def test_what_cannot_be_drawn_is_refused(draw, reason: str) -> None:
    with pytest.raises(kerazoo.InvalidInput, match=reason):
        draw()
