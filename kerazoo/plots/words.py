"""Words in the plane."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from kerazoo.errors import InvalidInput
from kerazoo.plots.style import DARK, Figure, hide_axes, in_style, new_figure

if TYPE_CHECKING:
    from kerazoo.word_vectors import WordVectors

_PERPLEXITY = 15.0


@in_style
def plot_words(vectors: WordVectors, words: Sequence[str], seed: int = 0) -> Figure:
    """Draw chosen words in the plane, by t-SNE: those of like vectors lie together.

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
        raise InvalidInput(f"{len(words)} words make no picture; pass at least four.")
    from sklearn.manifold import TSNE

    perplexity = min(_PERPLEXITY, (len(words) - 1) / 3)
    chosen = vectors.vectors[vectors.vocabulary.ids(words)]
    options = {"metric": "cosine", "init": "random", "random_state": seed}
    places = TSNE(2, perplexity=perplexity, **options).fit_transform(chosen)
    figure = new_figure(7.2, 6.0)
    axes = figure.add_subplot()
    axes.scatter(places[:, 0], places[:, 1], s=12, color=DARK)
    for word, place in zip(words, places, strict=True):
        axes.annotate(word, place, (4, 2), textcoords="offset points", fontsize=9)
    hide_axes(axes)
    axes.set_title(f"{len(words)} words by t-SNE")
    return figure
