"""batch_size: steps, noise of gradients, sharp and flat minima, and where weights start."""

from __future__ import annotations

from kerazoo.lessons._exercises import Exercise

CHAPTER = 10
EXERCISES = {
    "steps": Exercise(
        "4d3ee05c3d286be3",
        "the last batch is smaller, and is a step, too.",
        "마지막 배치는 더 작지만 그것도 한 스텝입니다.",
    ),
    "noise": Exercise(
        "6c019fbc4e75435f",
        "divide by the square root of the batch size.",
        "배치 크기의 제곱근으로 나눕니다.",
        decimals=2,
    ),
    "he": Exercise(
        "ca12ea79d2bec78a",
        "the square root of 2 / inputs.",
        "2 / 입력 수의 제곱근입니다.",
        decimals=4,
    ),
}
