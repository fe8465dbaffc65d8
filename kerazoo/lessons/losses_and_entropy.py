"""losses_and_entropy: what a wrong answer costs, and why the logarithm."""

from __future__ import annotations

from kerazoo.lessons._exercises import Exercise

CHAPTER = 2
EXERCISES = {
    "quarter": Exercise(
        "9547f7b518916f21",
        "the cross-entropy is -log of the probability of the right class.",
        "크로스 엔트로피는 정답 클래스 확률의 로그에 -를 붙인 값입니다.",
        decimals=3,
    ),
    "die": Exercise(
        "c9275e878c63f15d",
        "six outcomes of 1/6 each; bits are logarithms to base 2.",
        "결과 여섯 가지의 확률이 각각 1/6이고, 비트는 밑이 2인 로그입니다.",
        decimals=3,
    ),
    "outlier": Exercise(
        "45acd03f69d8cd2b",
        "the figure cuts them at 6; compute all four at -3.",
        "그림은 6에서 잘랐습니다. -3에서 네 값을 계산해 보세요.",
    ),
    "expected": Exercise(
        "726d72b60ba10fd9",
        "sum p log(p / q) over rain and no rain.",
        "비가 올 때와 오지 않을 때의 p log(p / q)를 더합니다.",
        decimals=3,
    ),
}
