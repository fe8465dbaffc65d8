"""tensors_and_shapes: data as tensors, and what happens to their shapes."""

from __future__ import annotations

from kerazoo.lessons._exercises import Exercise

CHAPTER = 6
EXERCISES = {
    "batch": Exercise(
        "f50ed27ffff9f551",
        "rows, height, width, channels.",
        "행, 높이, 너비, 채널의 순서입니다.",
    ),
    "rank": Exercise(
        "7df9b67891bc5c63",
        "films, images of a film, rows, columns, channels.",
        "영상, 프레임, 세로, 가로, 채널입니다.",
    ),
    "sum": Exercise(
        "a0a0fde33d207b7e",
        "write (7, 1) as (1, 7, 1), and take the longer one of each axis.",
        "(7, 1)을 (1, 7, 1)로 보고 축마다 더 긴 쪽을 고릅니다.",
    ),
    "trap": Exercise(
        "5255231dd2bb4bbf",
        "(50,) counts as (1, 50).",
        "(50,)은 (1, 50)으로 봅니다.",
    ),
}
