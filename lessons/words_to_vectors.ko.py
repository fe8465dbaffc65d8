# %% [markdown]
# # 단어를 벡터로: 빈도, 가중치, 문맥
#
# 신경망은 숫자를 계산하므로 단어도 숫자가 되어야 합니다. 강의는 단어를 세는 방법(단어 가방, n-그램,
# TF-IDF)에서 시작해 학습한 벡터까지 나아갑니다(B 2539-2933). 이 수업에서는 강의의 표를 정확히
# 계산하고, 세기만 하는 방법의 한계를 확인한 다음, 이웃 단어만으로 단어 벡터를 만듭니다.

# %%
import itertools
import pydoc_data.topics
import re
from collections import Counter

import numpy as np
import pandas as pd

import kerazoo
from kerazoo import lessons, plots

# %% [markdown]
# ## 단어 가방
# 문서마다 행 하나, 단어마다 열 하나를 만들고, 단어가 몇 번 나오는지 적습니다. 두 문서의 유사도는 두
# 행의 내적입니다(B 2638-2668).


# %%
def count_words(texts):
    words = list(dict.fromkeys(word for text in texts for word in text.split()))
    return np.array([[text.split().count(word) for word in words] for text in texts]), words


texts = {"A": "I like dog", "B": "You like dog", "C": "I hate bug"}
counts, words = count_words(texts.values())
print(pd.DataFrame(counts @ counts.T, list(texts), list(texts)))
plots.plot_matrix(counts, list(texts), words, "Term-document matrix")

# %% [markdown]
# A와 B는 단어 둘이 겹치고, B와 C는 하나도 겹치지 않습니다. 단어의 순서는 사라지고, 자주 나오는
# 단어의 비중이 가장 큽니다. **n-그램**은 순서를 조금 살리지만, 열이 늘고 행렬이 더 희소해집니다.


# %%
def grams(sentence, n):
    words = sentence.split()
    return [" ".join(words[i : i + n]) for i in range(len(words) - n + 1)]


sentence = "Machine Learning is fun and is not boring"
print({n: len(grams(sentence, n)) for n in (1, 2, 3)})
grams(sentence, 2)

# %% [markdown]
# ## TF-IDF: 여기서는 자주, 다른 문서에서는 드물게
# 문서 안에서 단어가 차지하는 비율에, (전체 문서 수 / 그 단어가 나오는 문서 수)의 로그를 곱합니다.
# 모든 문서에 나오는 단어는 0이 됩니다.
#
# > **강의 자료의 오류.** B 2741행은 문서 B의 단어가 9개라고 해 놓고 8로 나눕니다. 8이 맞습니다. B
# > 2732행은 단어가 나오는 문서 수를 IDF라고 하는데, B 2763행에서는 그 로그입니다. B 2782행은
# > .0376을 .03으로 잘랐지만 반올림하면 .04입니다.

# %%
texts = {"A": "a new book a used book a book store", "B": "a dog in a dog house is big"}
counts, words = count_words(texts.values())
frequency = counts / counts.sum(axis=1, keepdims=True)
rarity = np.log10(len(texts) / (counts > 0).sum(axis=0))
pd.DataFrame(frequency * rarity, list(texts), words).round(4)[["a", "new", "book", "dog", "big"]]

# %% [markdown]
# ## 세기만 하면 안 되는 까닭
# 다음 두 문장은 뜻이 거의 같지만 겹치는 단어가 없습니다(B 2804-2815).

# %%
pair = ["대통령이 시민들에게 연설했다", "문재인이 군중에게 말했다"]
counts, _ = count_words(pair)
print("유사도:", counts[0] @ counts[1])

# %% [markdown]
# 그러므로 서로 비슷한 단어를 알 수 있는 좌표가 필요합니다. 비슷한 정도를 재는 방법은 두 가지입니다.
# **유클리드 거리**는 (5, 1)과 (5, 2)의 경우 $\sqrt{(5-5)^2 + (1-2)^2} = 1$입니다(B 2834).
# **코사인**은 두 벡터 사이의 각만 보고 길이는 무시합니다. 열 배 자주 쓰인다고 열 배 멀어져서는 안
# 되기 때문입니다.


# %%
def distance(one, other):
    return float(np.linalg.norm(np.subtract(one, other)))


def cosine(one, other):
    return float(np.dot(one, other) / (np.linalg.norm(one) * np.linalg.norm(other)))


cases = [((5, 1), (5, 2)), ((1, 1), (5, 5)), ((5, 1), (1, 5))]
pd.DataFrame(
    [(a, b, distance(a, b), cosine(a, b)) for a, b in cases],
    columns=["", " ", "거리", "코사인"],
).round(3)

# %% [markdown]
# ## 이웃을 보면 단어를 안다
# 비슷한 자리에 나오는 단어는 뜻이 비슷합니다(분포 가설). **스킵그램**은 가운데 단어로 이웃을,
# **CBOW**는 이웃으로 가운데 단어를 예측합니다. 윈도우가 2이면 강의의 문장에서 쌍이 22개 나옵니다.


# %%
def skip_grams(words, window):
    near = range(-window, window + 1)
    return [
        (words[i], words[i + step])
        for i, step in itertools.product(range(len(words)), near)
        if step and 0 <= i + step < len(words)
    ]


pairs = skip_grams(["The", "fat", "cat", "sat", "on", "the", "mat"], 2)
print(len(pairs), [neighbor for word, neighbor in pairs if word == "cat"])

# %% [markdown]
# 이번에는 진짜 글, 파이썬과 함께 설치되는 설명서를 읽습니다. 단어마다 가까이에 어떤 단어가 몇 번
# 나오는지 셉니다. 자주 쓰는 단어는 어디에나 나오므로, 우연히 만날 때보다 *얼마나 더* 자주
# 만나는지를 로그로 재고, 우연보다 많은 것만 남깁니다(*양의 점별 상호 정보량*). 그다음 특잇값 분해로
# 방향 50개만 남깁니다. 신경망도 학습도 쓰지 않습니다.

# %%
manual = " ".join(pydoc_data.topics.topics.values()).lower()
tokens = re.findall(r"[a-z]{2,}", manual)
vocabulary = [word for word, _ in Counter(tokens).most_common(400)]
index = {word: number for number, word in enumerate(vocabulary)}
ids = np.array([index.get(token, -1) for token in tokens])

near = np.zeros((400, 400))
for step in range(1, 5):
    both = (ids[:-step] >= 0) & (ids[step:] >= 0)
    np.add.at(near, (ids[:-step][both], ids[step:][both]), 1)
near += near.T
by_chance = np.outer(near.sum(axis=1), near.sum(axis=0)) / near.sum()
information = np.log(np.maximum(near / by_chance, 1))
left, sizes, _ = np.linalg.svd(information)
own = kerazoo.WordVectors(vocabulary, left[:, :50] * np.sqrt(sizes[:50]))
print(len(tokens), "단어를 읽음")
pd.DataFrame(
    {
        word: [near for near, _ in own.most_similar(word, topn=5)]
        for word in ("list", "float", "class", "left")
    }
)

# %% [markdown]
# GloVe는 이 생각에 더 좋은 가중치를 쓴 것이고(B 2991), word2vec은 경사 하강법으로 거의 같은 벡터를
# 찾습니다. (강의의 word2vec은 목푯값이 원-핫 벡터이고 모든 단어에 소프트맥스를 씁니다. 쌍마다
# 곱셈이 10,000번입니다. 실제로는 진짜 이웃 하나를 무작위 단어 몇 개와 구별하게 합니다. 이 *네거티브
# 샘플링*은 강의에 나오지 않습니다.) 이 패키지의 `word2vec`은 영화평 1,100만 단어를 읽었습니다.

# %%
vectors = kerazoo.load_word_vectors("word2vec")
chosen = ("president", "actor", "terrible", "two")
pd.DataFrame({word: [near for near, _ in vectors.most_similar(word, topn=5)] for word in chosen})

# %%
groups = [
    "actor actress director writer",
    "good great bad awful terrible",
    "one two three four ten",
    "france london paris england",
    "man woman boy girl",
]
plots.plot_words(vectors, " ".join(groups).split())

# %% [markdown]
# 벡터의 차이에도 뜻이 있습니다. *prince* − *man* + *woman*은 무엇일까요(B 2410)?

# %%
print(
    "prince - man + woman:", [word for word, _ in vectors.analogy("man", "prince", "woman", topn=3)]
)
print("good, bad:", round(vectors.similarity("good", "bad"), 3))
print("good, table:", round(vectors.similarity("good", "table"), 3))

# %% [markdown]
# 반대말은 가까이 있습니다. *good*과 *bad*는 같은 자리에 나오기 때문입니다. 벡터는 단어가 어떤
# 자리에 오는지를 알 뿐, 칭찬인지 비판인지는 모릅니다. 또 단어마다 뜻이 하나뿐입니다. 트랜스포머는
# 문장마다 다른 벡터를 만드는데, 이는 어텐션 수업에서 다룹니다.
#
# 강의에서 말하듯(B 2903) 스킵그램이 CBOW보다 대체로 더 좋을까요? 단어 벡터 문서(`docs/words.md`,
# 영어)에 둘을 비교한 기록이 있습니다. 단어의 유사도에서는 그렇고, 유추에서는 차이가 없습니다.
#
# **해 보기:** 네 단어가 아니라 바로 옆 단어만(`range(1, 2)`), 또는 열 단어까지 세어 보세요. 어느 때
# 주제가 같은 단어가, 어느 때 문장 속의 자리가 같은 단어가 가까워집니까? 방향도 50개 대신 10개만
# 남겨 보세요.
#
# ## 연습 문제
# 점 세 개(`...`) 자리에 답을 넣으세요. 터미널에서는
# `kerazoo lesson check words_to_vectors pairs 22`처럼 확인합니다.
#
# 1. `pairs`: 단어가 7개인 문장에서 윈도우가 1이면 스킵그램 쌍은 몇 개입니까?
# 2. `tfidf`: 단어 10개짜리 문서에 어떤 단어가 2번 나오고, 문서 100개 가운데 그 문서에만 나옵니다.
#    밑이 10인 로그를 쓰면 TF-IDF는 얼마입니까?
# 3. `cosine`: (3, 4)와 (4, 3) 사이의 코사인은 얼마입니까?

# %%
lessons.check("words_to_vectors", {"pairs": ..., "tfidf": ..., "cosine": ...}, "ko")
