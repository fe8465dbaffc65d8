"""vanishing_gradients: how much of the gradient arrives in the first layers."""

from __future__ import annotations

from kerazoo.lessons._exercises import Exercise

CHAPTER = 4
EXERCISES = {
    "bound": Exercise(
        "0c856eebc8edbd73",
        "0.25 to the power of n has to be at most 0.000001.",
        "0.25의 n제곱이 0.000001 이하가 되어야 합니다.",
    ),
    "tanh": Exercise(
        "a7cbcd8a7b45340c",
        "the slope is 1 - tanh(z) squared.",
        "미분은 1 - tanh(z)의 제곱입니다.",
        decimals=3,
    ),
    "elu": Exercise(
        "a8ec117a31641fd0",
        "differentiate what ELU is below 0.",
        "0보다 작을 때의 식을 미분합니다.",
        decimals=3,
    ),
    "dead": Exercise(
        "67ebe78fe08cc4ec",
        "what is the slope of ReLU below 0?",
        "0보다 작을 때 ReLU의 미분은 얼마일까요?",
    ),
}
