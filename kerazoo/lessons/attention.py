"""attention: queries, keys and values by hand, positions, and a network one can read."""

from __future__ import annotations

from kerazoo.lessons._exercises import Exercise

CHAPTER = 14
EXERCISES = {
    "scores": Exercise(
        "ce88864b16ef0363",
        "every word looks at every word, itself included.",
        "단어마다 자신을 포함한 모든 단어를 봅니다.",
    ),
    "weight": Exercise(
        "afe5e8e258111063",
        "e to the 2, divided by the sum of the three powers.",
        "e의 2제곱을 세 거듭제곱의 합으로 나눕니다.",
        decimals=3,
    ),
    "patches": Exercise(
        "f8e2ac61697c3b4e",
        "count the patches in a row first.",
        "먼저 한 줄에 몇 조각인지 세어 보세요.",
    ),
}
