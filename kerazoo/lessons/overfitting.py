"""overfitting: early stopping, L1, L2, dropout, noise, and double descent."""

from __future__ import annotations

from kerazoo.lessons._exercises import Exercise

CHAPTER = 8
EXERCISES = {
    "penalty": Exercise(
        "210240e3c4692ee8",
        "the gradient of the penalty is 2 x 0.01 x w.",
        "규제의 기울기는 2 × 0.01 × w입니다.",
        decimals=3,
    ),
    "zero": Exercise(
        "56ad887f646fd615",
        "each step takes rate x penalty away.",
        "한 번 갱신할 때마다 학습률 × 규제만큼 줄어듭니다.",
    ),
    "peak": Exercise(
        "e3d5785a89d59d6a",
        "where exactly one choice of output weights hits every row.",
        "모든 데이터를 맞히는 출력 가중치가 단 하나뿐인 곳입니다.",
    ),
}
