"""bias_and_variance: what an error is made of, bootstrap, bagging and boosting."""

from __future__ import annotations

from kerazoo.lessons._exercises import Exercise

CHAPTER = 11
EXERCISES = {
    "distinct": Exercise(
        "f97bb4642310ebfa",
        "a row is missed by one draw with probability 4/5, and there are 5 draws.",
        "한 번 뽑을 때 빠질 확률은 4/5이고, 다섯 번 뽑습니다.",
        decimals=3,
    ),
    "vote": Exercise(
        "8c543b462a71a9b7",
        "half of the logarithm of right to wrong.",
        "맞힌 가중치를 틀린 가중치로 나눈 값에 로그를 취해 절반으로 나눕니다.",
        decimals=3,
    ),
    "correlated": Exercise(
        "92d878f7b06a0c9b",
        "the share that is common to all models does not shrink.",
        "모든 모델에 공통인 부분은 줄지 않습니다.",
        decimals=2,
    ),
}
