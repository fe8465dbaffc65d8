"""One style for every figure, readable in black and white."""

from __future__ import annotations

import functools
import io
from collections.abc import Callable
from typing import Any, ParamSpec

import matplotlib as mpl
import matplotlib.figure
from matplotlib import font_manager

DPI = 150
_NOTEBOOK_DPI = 100  # every image is stored in the notebook
DARK = "#1f3b6f"
"""What is judged: validation, a curve that matters."""
LIGHT = "#e08a2e"
"""What it is compared with; far brighter, so that the two differ on a gray printer too."""
GRAY = "0.45"

# DejaVu Sans, which comes with matplotlib, has no Korean; these come with Linux, Windows, macOS.
_FONTS = ("Noto Sans CJK KR", "NanumGothic", "Malgun Gothic", "Apple SD Gothic Neo")
_STYLE: dict[Any, Any] = {
    "axes.axisbelow": True,
    "axes.edgecolor": GRAY,
    "axes.grid": True,
    "axes.labelsize": 10,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlesize": 11,
    "figure.titlesize": 12,
    "font.size": 10,
    "grid.color": "0.9",
    "legend.frameon": False,
    "legend.fontsize": 9,
    "text.parse_math": False,  # a unit may be "$1000"
    "xtick.color": "0.25",
    "xtick.labelsize": 9,
    "ytick.color": "0.25",
    "ytick.labelsize": 9,
}

P = ParamSpec("P")


class Figure(matplotlib.figure.Figure):
    """A matplotlib figure that a notebook shows as an image.

    Notebooks know how to show a plain one only once pyplot has been imported.
    """

    def _repr_png_(self) -> bytes:
        content = io.BytesIO()
        self.savefig(content, format="png", dpi=_NOTEBOOK_DPI)
        return content.getvalue()


def new_figure(width: float, height: float) -> Figure:
    """Return an empty figure of a size in inches, which makes room for its own labels."""
    return Figure(figsize=(width, height), layout="constrained")


def in_style(draw: Callable[P, Figure]) -> Callable[P, Figure]:
    """Let a function draw in our style, whatever the user's is, and leave the user's as it was."""

    @functools.wraps(draw)
    def drawn(*args: P.args, **kwargs: P.kwargs) -> Figure:
        with mpl.rc_context():
            mpl.rcdefaults()
            mpl.rcParams.update(_STYLE)
            mpl.rcParams["font.family"] = ["DejaVu Sans", *_installed(_FONTS)]
            figure = draw(*args, **kwargs)
            figure.draw_without_rendering()  # ticks are created here, while our style is active
        return figure

    return drawn


def hide_axes(axes: Any) -> None:
    """Leave of an axes only what is drawn in it."""
    axes.set_xticks([])
    axes.set_yticks([])
    axes.grid(False)
    for spine in axes.spines.values():
        spine.set_visible(False)


def in_words(name: str) -> str:
    """Turn a name of code into words.

    Example:
        >>> in_words("mean_absolute_error")
        'mean absolute error'
    """
    return name.replace("_", " ")


def with_unit(text: str, unit: str) -> str:
    """Add a unit to a label, if there is one.

    Example:
        >>> with_unit("price", "$1000"), with_unit("price", "")
        ('price ($1000)', 'price')
    """
    return f"{text} ({unit})" if unit else text


def percent(share: float, digits: int = 0) -> str:
    """Write a share.

    Example:
        >>> percent(0.934), percent(0.934, 1)
        ('93 %', '93.4 %')
    """
    return f"{100 * share:.{digits}f} %"


@functools.cache
def _installed(families: tuple[str, ...]) -> tuple[str, ...]:
    known = set(font_manager.get_font_names())
    return tuple(family for family in families if family in known)
