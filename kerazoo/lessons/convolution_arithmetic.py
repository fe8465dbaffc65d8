"""convolution_arithmetic: sizes, parameters and receptive fields of convolutions."""

from __future__ import annotations

from kerazoo.lessons._exercises import Exercise

CHAPTER = 7
EXERCISES = {
    "size": Exercise(
        "8d0c185ec25832eb",
        "subtract, divide by the stride, round down, and add 1.",
        "빼고, 스트라이드로 나누고, 내림한 다음 1을 더합니다.",
    ),
    "same": Exercise(
        "b717f20008ff6dfc",
        "half of what the filter takes away.",
        "필터 때문에 줄어드는 크기의 절반입니다.",
    ),
    "parameters": Exercise(
        "a92084341740378e",
        "each filter has 3 x 3 x 32 weights and a bias.",
        "필터마다 가중치 3 × 3 × 32개와 편향 하나가 있습니다.",
    ),
    "field": Exercise(
        "b7a166cbe2e64584",
        "the distance between neighbors is 1, then 2, then 4.",
        "이웃한 값 사이의 거리는 1, 2, 4로 커집니다.",
    ),
}
