"""neurons_and_gates: what one neuron can compute, and what it cannot."""

from __future__ import annotations

from kerazoo.lessons._exercises import Exercise

CHAPTER = 1
EXERCISES = {
    "parameters": Exercise(
        "9965d8e5be358989",
        "each layer has (inputs + 1) x neurons parameters.",
        "층마다 (입력 수 + 1) × 뉴런 수를 더합니다.",
    ),
    "nand": Exercise(
        "ea2cd2f36f002fb1",
        "the sum is above 0 for (0, 1), and not above 0 for (1, 1).",
        "합은 (0, 1)에서 0보다 크고, (1, 1)에서 0보다 크지 않습니다.",
    ),
    "tables": Exercise(
        "1dfd72c2473bd654",
        "XOR is one of those it cannot compute; what is its opposite?",
        "계산할 수 없는 표 하나는 XOR입니다. 그 반대는 무엇일까요?",
    ),
}
