"""backpropagation: derivatives, the chain rule, and xor forward and backward."""

from __future__ import annotations

from kerazoo.lessons._exercises import Exercise

CHAPTER = 3
EXERCISES = {
    "partial": Exercise(
        "961201b10159dba4",
        "hold y still for the first one, and x for the second.",
        "첫째는 y를, 둘째는 x를 상수로 두고 미분합니다.",
    ),
    "router": Exercise(
        "0269e28190c9f8eb",
        "a maximum hands the gradient to the larger input alone.",
        "최댓값 게이트는 더 큰 입력에만 기울기를 보냅니다.",
    ),
    "chain": Exercise(
        "215b6c0171af6a8e",
        "the slope of the sigmoid at 0, times the slope of what is inside.",
        "0에서 시그모이드의 기울기에 안쪽 함수의 기울기를 곱합니다.",
        decimals=2,
    ),
    "passes": Exercise(
        "a92dd6c58afd3d03",
        "each weight is moved both ways.",
        "가중치마다 양쪽으로 한 번씩 움직입니다.",
    ),
}
