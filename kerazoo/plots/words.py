"""Words in the plane."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from kerazoo._wording import counted
from kerazoo.errors import InvalidInput
from kerazoo.plots.style import DARK, Figure, hide_axes, in_style, new_figure

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.axes import Axes

    from kerazoo.tasks.words.vectors import WordVectors

_PERPLEXITY = 15.0
# Where a word may stand, in points from its dot: on its sides, in its corners, further away.
_BESIDE = (
    *(((4, 0), "left"), ((-4, 0), "right"), ((0, 8), "center"), ((0, -8), "center")),
    *(((4, 8), "left"), ((-4, 8), "right"), ((4, -8), "left"), ((-4, -8), "right")),
    *(((0, 17), "center"), ((0, -17), "center")),
)


@in_style
def plot_words(vectors: WordVectors, words: Sequence[str], seed: int = 0) -> Figure:
    """Draw chosen words in the plane, by t-SNE: those of similar vectors lie together.

    Args:
        vectors: word vectors.
        words: at least four of their words.
        seed: where t-SNE starts from.

    Raises:
        InvalidInput: if there are fewer than four words.
        UnknownName: if a word has no vector; near spellings are suggested.

    Example:
        >>> import numpy as np, kerazoo
        >>> vectors = kerazoo.WordVectors(["a", "b", "c", "d"], np.eye(4))
        >>> plot_words(vectors, ["a", "b", "c", "d"]).axes[0].get_title()
        '4 words by t-SNE'

    Reference:
        van der Maaten and Hinton, "Visualizing data using t-SNE", 2008.
    """
    if len(words) < 4:
        raise InvalidInput(f"got {counted(len(words), 'word')}; pass at least four.")
    from sklearn.manifold import TSNE

    perplexity = min(_PERPLEXITY, (len(words) - 1) / 3)
    chosen = vectors.vectors[vectors.vocabulary.ids(words)]
    options = {"metric": "cosine", "init": "random", "random_state": seed}
    points = TSNE(2, perplexity=perplexity, **options).fit_transform(chosen)
    figure = new_figure(7.2, 6.0)
    axes = figure.add_subplot()
    axes.scatter(points[:, 0], points[:, 1], s=12, color=DARK)
    hide_axes(axes)
    axes.margins(0.25, 0.08)  # room for the words at the sides
    axes.set_title(f"{len(words)} words by t-SNE")
    _write(axes, words, points)
    return figure


def _write(axes: Axes, words: Sequence[str], points: np.ndarray) -> None:
    """Write each word beside its dot, where it covers no dot and no word written before it."""
    from matplotlib.transforms import Bbox

    axes.figure.draw_without_rendering()  # type: ignore[union-attr]  # so that sizes are known
    dots = axes.transData.transform(points)
    taken = [Bbox.from_bounds(x - 2, y - 2, 4, 4) for x, y in dots]
    for word, point in zip(words, points, strict=True):
        for number, (offset, side) in enumerate((*_BESIDE, _BESIDE[2])):
            label = axes.annotate(
                word,
                point,
                offset,
                textcoords="offset points",
                ha=side,
                va="center",
                fontsize=9,
            )
            label.set_in_layout(False)  # or the dots would move
            box = label.get_window_extent()
            if not any(box.overlaps(other) for other in taken) or number == len(_BESIDE):
                break
            label.remove()
        taken.append(box)
