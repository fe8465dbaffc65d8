"""Words in the plane."""

from __future__ import annotations

import itertools

import kerazoo
from kerazoo.plots import plot_words


def test_no_word_is_printed_over_another() -> None:
    """Also not where several lie close together, as people of a film do."""
    kinds = (
        "actor actress director writer producer",
        "good great excellent bad awful terrible",
        "one two three four five ten",
        "paris london york france england america",
        "mother father brother sister son daughter",
        "night morning day week month year",
        "funny scary boring sad exciting romantic",
        "guitar piano song music",
    )
    words = [word for kind in kinds for word in kind.split()]
    figure = plot_words(kerazoo.load_word_vectors(), words)
    boxes = [text.get_window_extent() for text in figure.axes[0].texts]
    assert len(boxes) == len(words)
    assert not any(one.overlaps(other) for one, other in itertools.combinations(boxes, 2))
