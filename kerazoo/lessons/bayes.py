"""bayes: what a test result means, beliefs that are updated, and what is no cause."""

from __future__ import annotations

from kerazoo.lessons._exercises import Exercise

CHAPTER = 15
EXERCISES = {
    "positive": Exercise(
        "9a13c2c7b571e515",
        "count 10,000 people: how many ill and how many healthy ones are positive?",
        "10,000명을 세어 보세요. 환자와 환자 아닌 사람 가운데 양성은 몇 명입니까?",
        decimals=3,
    ),
    "again": Exercise(
        "38fae38836c734b1",
        "the first posterior is the second prior.",
        "첫째 사후확률이 둘째 사전확률입니다.",
        decimals=3,
    ),
    "coin": Exercise(
        "ccba4a0ae3446b2e",
        "a uniform prior counts as one head and one tail more.",
        "균등한 사전분포는 앞면과 뒷면을 하나씩 더 본 것과 같습니다.",
        decimals=3,
    ),
}
