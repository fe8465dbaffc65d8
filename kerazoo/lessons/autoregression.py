"""autoregression: how much of the past tells what comes next, and how it is learned."""

from __future__ import annotations

from kerazoo.lessons._exercises import Exercise

CHAPTER = 12
EXERCISES = {
    "pairs": Exercise(
        "c56c683f5afd4615",
        "the first pair tells day 11.",
        "첫째 쌍이 예측하는 것은 11일째입니다.",
    ),
    "coefficients": Exercise(
        "62eec07b0080c07e",
        "one for each value in the window, and a constant.",
        "윈도우에 든 값마다 하나씩, 그리고 상수항이 있습니다.",
    ),
    "fading": Exercise(
        "47e8b57b33eb6012",
        "0.5 to which power is below 0.001?",
        "0.5를 몇 번 곱하면 0.001보다 작아집니까?",
    ),
}
