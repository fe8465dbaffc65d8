"""optimizers: seven rules for the next step, by hand and by Keras."""

from __future__ import annotations

from kerazoo.lessons._exercises import Exercise

CHAPTER = 5
EXERCISES = {
    "first": Exercise(
        "75faa64c80313626",
        "divided by its own size, a gradient is 1 or -1.",
        "기울기를 자기 크기로 나누면 1이나 -1입니다.",
        decimals=3,
    ),
    "swing": Exercise(
        "6d70f223217c8a2f",
        "the step s does not change any more if s = 0.9 s + 0.1.",
        "s = 0.9 s + 0.1이면 걸음 s가 더 바뀌지 않습니다.",
        decimals=2,
    ),
    "tired": Exercise(
        "cf0aa91fcde0d753",
        "the sum of the squares is then 100.",
        "그때 제곱의 합은 100입니다.",
        decimals=3,
    ),
    "edge": Exercise(
        "5bd62fa4f3029d5c",
        "the slope changes by 8 per unit.",
        "w가 1만큼 변하면 기울기는 8만큼 변합니다.",
        decimals=2,
    ),
}
