"""A formula as a graph: what flows forward through it, and which gradient flows back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from kerazoo.errors import InvalidInput
from kerazoo.plots.style import DARK, GRAY, LIGHT, Figure, hide_axes, in_style, new_figure

_COLUMN, _ROW = 1.5, 0.95  # inches
_GAP = 0.3  # share of a column that a node takes on either side of its middle


class Node(Protocol):
    """What has a name, a value, a gradient, and the nodes that it was computed from."""

    @property
    def name(self) -> str:
        """What it is, such as `"a"` or `"×"`."""

    @property
    def value(self) -> float:
        """What was computed."""

    @property
    def gradient(self) -> float:
        """How much the result changes with the value."""

    @property
    def inputs(self) -> Sequence[Node]:
        """The nodes that it was computed from; none of an input of the whole graph."""


@in_style
def plot_computation(result: Node, title: str = "") -> Figure:
    """Draw a graph from its inputs on the left to its result on the right.

    Each node shows its name, its value on the way forward, and below it the gradient of the result
    with respect to it.

    Args:
        result: the last node.
        title: above the graph.

    Raises:
        InvalidInput: if the result was computed from nothing.

    Example:
        >>> from types import SimpleNamespace
        >>> a = SimpleNamespace(name="a", value=3.0, gradient=2.0, inputs=())
        >>> two = SimpleNamespace(name="2", value=2.0, gradient=3.0, inputs=())
        >>> product = SimpleNamespace(name="×", value=6.0, gradient=1.0, inputs=(a, two))
        >>> figure = plot_computation(product)
        >>> [text.get_text() for text in figure.axes[0].texts if text.get_text()]
        ['a', '3', '2', '2', '2', '3', '×', '6', '1']
    """
    if not result.inputs:
        raise InvalidInput(f"{result.name!r} was computed from nothing; pass what has inputs.")
    columns = _columns(result)
    height = max(map(len, columns))
    figure = new_figure(_COLUMN * len(columns), _ROW * height + 0.5)
    axes = figure.add_subplot()
    hide_axes(axes)
    axes.set_xlim(-0.5, len(columns) - 0.5)
    axes.set_ylim(-0.5, height - 0.5)
    places = {
        id(node): (column, height / 2 - 0.5 + (len(nodes) - 1) / 2 - row)
        for column, nodes in enumerate(columns)
        for row, node in enumerate(nodes)
    }
    for nodes in columns:
        for node in nodes:
            across, up = places[id(node)]
            axes.text(across, up + 0.24, node.name, ha="center", va="center", color=GRAY)
            axes.text(across, up, f"{node.value:.3g}", ha="center", va="center", weight="bold")
            axes.text(
                across, up - 0.24, f"{node.gradient:.3g}", ha="center", va="center", color=LIGHT
            )
            for one in node.inputs:
                left, low = places[id(one)]
                axes.annotate(
                    "",
                    (across - _GAP, up),
                    (left + _GAP, low),
                    arrowprops={"arrowstyle": "->", "color": DARK, "lw": 1},
                )
    axes.set_title(title or "value, and below it the gradient of the result")
    return figure


def _columns(result: Node) -> list[list[Node]]:
    """Put each node one column after the last of its inputs; inputs of the graph come first."""
    depth: dict[int, int] = {}
    nodes: list[Node] = []

    def visit(node: Node) -> int:
        if id(node) not in depth:
            depth[id(node)] = 1 + max(map(visit, node.inputs), default=-1)
            nodes.append(node)
        return depth[id(node)]

    last = visit(result)
    return [list(_at(nodes, depth, column)) for column in range(last + 1)]


def _at(nodes: Sequence[Node], depth: dict[int, int], column: int) -> Iterable[Node]:
    return (node for node in nodes if depth[id(node)] == column)
