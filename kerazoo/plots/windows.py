"""Where a filter lies on an image, and which number of the output it computes."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from kerazoo.errors import InvalidInput
from kerazoo.plots.style import DARK, GRAY, LIGHT, Figure, hide_axes, in_style, new_figure

_CELL = 0.17  # inches
_LARGEST = 32  # pixels; more could not be told apart


@in_style
def plot_windows(size: int, kernel: int, stride: int = 1, padding: int = 0) -> Figure:
    """Draw the first two windows and the last one of a filter on a square image, and their outputs.

    What is added around the image is dashed. Pixels that no window reaches are gray.

    Args:
        size: rows and columns of the image.
        kernel: rows and columns of the filter.
        stride: how far the filter moves.
        padding: rows and columns that are added on each side.

    Raises:
        InvalidInput: if the filter does not fit, a number is too small, or the image is too large
            to be drawn.

    Example:
        >>> figure = plot_windows(6, 3)
        >>> [axes.get_title() for axes in figure.axes]
        ['6 × 6, filter 3 × 3, stride 1', 'output 4 × 4']
    """
    padded = size + 2 * padding
    if min(size, kernel, stride) < 1 or padding < 0 or padded > _LARGEST or kernel > padded:
        raise InvalidInput(
            f"size is {size}, kernel {kernel}, stride {stride}, padding {padding}; expected "
            "numbers from 1 on (padding from 0), a filter that fits, and at most "
            f"{_LARGEST} pixels."
        )
    count = (padded - kernel) // stride + 1
    figure = new_figure(_CELL * (padded + count + 4) + 0.8, _CELL * padded + 0.6)
    left, right = figure.subplots(1, 2, width_ratios=[padded, max(count, 5)])
    reached = (count - 1) * stride + kernel
    for row in range(padded):
        for column in range(padded):
            inside = all(padding <= one < padding + size for one in (row, column))
            lost = max(row, column) >= reached
            _draw_cell(left, row, column, "-" if inside else ":", "0.85" if lost else "none")
    for row in range(count):
        for column in range(count):
            _draw_cell(right, row, column, "-", "none")
    last = count - 1
    windows = {(0, 0): DARK, (0, min(1, last)): LIGHT, (last, last): "tab:green"}
    for (row, column), color in windows.items():
        _draw_square(left, row * stride, column * stride, kernel, color)
        _draw_square(right, row, column, 1, color)
    title = f"{size} × {size}, filter {kernel} × {kernel}, stride {stride}"
    left.set_title(title + (f", padding {padding}" if padding else ""), fontsize=9)
    right.set_title(f"output {count} × {count}", fontsize=9)
    for axes, length in ((left, padded), (right, count)):
        hide_axes(axes)
        axes.set_xlim(-0.2, length + 0.2)
        axes.set_ylim(length + 0.2, -0.2)
        axes.set_aspect("equal")
    return figure


def _draw_cell(axes: Axes, row: int, column: int, line: str, fill: str) -> None:
    axes.add_patch(
        Rectangle(
            (column, row), 1, 1, facecolor=fill, edgecolor=GRAY, linestyle=line, linewidth=0.6
        )
    )


def _draw_square(axes: Axes, row: int, column: int, length: int, color: str) -> None:
    axes.add_patch(
        Rectangle(
            (column + 0.06, row + 0.06),
            length - 0.12,
            length - 0.12,
            facecolor="none",
            edgecolor=color,
            linewidth=2.5,
            zorder=3,
        )
    )
