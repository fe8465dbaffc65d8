"""overfitting: learning by heart, what helps against it, and double descent."""

from __future__ import annotations

from kerazoo.lessons._exercises import Exercise

CHAPTER = 8
EXERCISES = {
    "smoothing": Exercise(
        "a640ca75def45f0b",
        "the share is given to all classes alike, the true one included.",
        "떼어 낸 비율은 정답을 포함한 모든 클래스에 똑같이 나눕니다.",
        decimals=2,
    ),
    "penalty": Exercise(
        "210240e3c4692ee8",
        "the gradient of the penalty is 2 x 0.01 x w.",
        "규제의 기울기는 2 × 0.01 × w입니다.",
        decimals=3,
    ),
    "peak": Exercise(
        "e3d5785a89d59d6a",
        "where exactly one choice of output weights hits every row.",
        "모든 데이터를 맞히는 출력 가중치가 단 하나뿐인 곳입니다.",
    ),
}
