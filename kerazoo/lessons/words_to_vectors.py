"""words_to_vectors: bags of words, n-grams, TF-IDF, and vectors made from neighbors."""

from __future__ import annotations

from kerazoo.lessons._exercises import Exercise

CHAPTER = 13
EXERCISES = {
    "pairs": Exercise(
        "1ee62ad881becb06",
        "the first and the last word have one neighbor, the others two.",
        "첫 단어와 끝 단어는 이웃이 하나, 나머지는 둘입니다.",
    ),
    "tfidf": Exercise(
        "8ebf1d5e92840091",
        "the share of the word in its text, times log10(texts / texts with the word).",
        "문서에서 차지하는 비율에 log10(전체 문서 수 / 그 단어가 나오는 문서 수)를 곱합니다.",
        decimals=2,
    ),
    "cosine": Exercise(
        "4ef56b4b891782bd",
        "the dot product, divided by both lengths.",
        "내적을 두 벡터의 길이로 나눕니다.",
        decimals=2,
    ),
}
