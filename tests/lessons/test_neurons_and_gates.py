"""The numbers of the lesson on neurons, and the answers to its exercises."""

from __future__ import annotations

import itertools

import numpy as np

CORNERS = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])


def tables() -> set[tuple[bool, ...]]:
    """All truth tables that a step neuron computes, of enough weights and biases."""
    grid = np.arange(-2.5, 2.6, 0.5)
    return {
        tuple((CORNERS @ np.array([w1, w2]) + b > 0).tolist())
        for w1, w2, b in itertools.product(grid, grid, grid)
    }


ANSWERS = {
    "parameters": 785 * 256 + 257 * 128 + 129 * 10,  # A, lines 187-211
    "nand": "1 2",
    "tables": len(tables()),
}


def test_one_neuron_computes_all_but_xor_and_its_opposite() -> None:
    assert ANSWERS["parameters"] == 235_146
    every = set(itertools.product((False, True), repeat=4))
    assert every - tables() == {(False, True, True, False), (True, False, False, True)}


def test_nand_wants_a_bias_from_one_to_two() -> None:
    def is_nand(bias: float) -> bool:
        return (CORNERS @ np.array([-1, -1]) + bias > 0).tolist() == [True, True, True, False]

    assert [is_nand(bias) for bias in (1, 1.001, 2, 2.001)] == [False, True, True, False]
