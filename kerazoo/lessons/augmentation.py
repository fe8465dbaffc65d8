"""augmentation: more images from few, mixup and label smoothing."""

from __future__ import annotations

from kerazoo.lessons._exercises import Exercise

CHAPTER = 9
EXERCISES = {
    "smoothing": Exercise(
        "92075e7990329617",
        "the share is given to all classes alike, the true one included.",
        "떼어 낸 비율은 정답을 포함한 모든 클래스에 똑같이 나눕니다.",
        decimals=2,
    ),
    "mixed": Exercise(
        "5892e6321148abf1",
        "the label is (0.7, 0.3): -0.7 log 0.6 - 0.3 log ...",
        "라벨은 (0.7, 0.3)입니다. -0.7 log 0.6 - 0.3 log ...",
        decimals=3,
    ),
    "copies": Exercise(
        "053923d1a6f510c6",
        "there are five places from left to right.",
        "좌우로 놓을 수 있는 자리는 다섯입니다.",
    ),
}
