"""Figures of texts: tables of words, and what words count."""

from __future__ import annotations

import numpy as np
import pytest

from kerazoo import plots
from kerazoo.errors import InvalidInput


def test_a_matrix_has_its_numbers_in_it() -> None:
    figure = plots.plot_matrix(
        [[0.25, 0.001], [np.nan, 1]], ["a", "b"], ["x", "y"], "t", decimals=2
    )
    (axes,) = figure.axes
    assert [text.get_text() for text in axes.texts] == [".25", "1.00"]
    assert [label.get_text() for label in axes.get_xticklabels()] == ["x", "y"]
    assert axes.get_title() == "t"
    many = plots.plot_matrix(np.ones((30, 30)), ["r"] * 30, ["c"] * 30)
    assert not many.axes[0].texts
    assert plots.plot_matrix(np.zeros((1, 1)), ["r"], ["c"]).axes
    with pytest.raises(InvalidInput, match=r"values have shape \(1, 2\); expected \(1, 1\)"):
        plots.plot_matrix([[1, 2]], ["a"], ["b"])


def test_the_heaviest_words_stand_first() -> None:
    words, weights = ["good", "film", "bad", "awful"], np.array([[2.0], [0.1], [-1.0], [-3.0]])
    negative, positive = plots.plot_word_weights(words, weights, ("-", "+"), top=2).axes
    assert [label.get_text() for label in negative.get_yticklabels()] == ["awful", "bad"]
    assert [label.get_text() for label in positive.get_yticklabels()] == ["good", "film"]
    assert [bar.get_width() for bar in negative.patches] == [3, 1]
    assert positive.get_title() == "for +"
    with pytest.raises(InvalidInput, match="there are 1 word and 2 weights; pass a"):
        plots.plot_word_weights(["a"], np.array([1, 2]))
