# %% [markdown]
# # 어텐션을 손으로 계산하기
#
# RNN은 단어를 하나씩 차례로 읽지만 트랜스포머는 문장의 모든 단어를 한꺼번에 읽습니다(E 1403).
# 이것을 가능하게 하는 것이 *셀프 어텐션*입니다. 단어마다 자신을 포함한 모든 단어를 보고, 그
# 단어들이 내놓은 값을 가중 평균합니다. 이 수업에서는 단어 세 개로 어텐션을 계산하고, 케라스와
# 비교하고, 왜 위치를 더해 주어야 하는지 확인합니다. 마지막에는 어텐션을 눈으로 읽을 수 있는
# 신경망을 학습합니다(E 1369-1504).

# %%
import kerazoo

kerazoo.quiet_tensorflow()

import keras
import numpy as np
import pandas as pd

from kerazoo import lessons, plots

# %% [markdown]
# ## 단어 세 개
# 단어마다 숫자 네 개짜리 벡터 $x$가 있습니다. 가중치 행렬 세 개로 **쿼리** $q$(무엇을 찾는가),
# **키** $k$(여기에 무엇이 있는가), **밸류** $v$(무엇을 넘겨주는가)를 만듭니다. 한 단어가 다른
# 단어에 매기는 점수는 $q \cdot k$입니다. 점수를 $\sqrt{d}$로 나누고($d$는 키의 길이), 소프트맥스로
# 가중치를 만듭니다.
#
# $$z_i = \sum_j \text{softmax}_j \Big( \frac{q_i \cdot k_j}{\sqrt d} \Big) \, v_j$$


# %%
def softmax(scores):
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def attend(q, k, v, mask=None):
    scores = q @ k.T / np.sqrt(k.shape[1])  # (words, words)
    if mask is not None:
        scores = np.where(mask, scores, -np.inf)
    weights = softmax(scores)
    return weights, weights @ v


words = ["cat", "eats", "fish"]
x = np.array([[1.0, 0, 1, 0], [0, 2, 0, 1], [1, 1, 1, 0]])
w_query = np.array([[1.0, 0], [0, 1], [1, 0], [0, 1]])
w_key = np.array([[0.0, 1], [1, 0], [0, 1], [1, 0]])
w_value = np.array([[1.0, 0], [0, 1], [0, 0], [0, 1]])
q, k, v = x @ w_query, x @ w_key, x @ w_value
weights, z = attend(q, k, v)
print("점수:", (q @ k.T).tolist())
print("z:", z.round(3).tolist())
plots.plot_matrix(weights, words, words, "Who looks (row) at whom (column)", decimals=3)

# %% [markdown]
# *cat*을 손으로 따라가 보면, 쿼리 (2, 0)이 키 (0, 2), (3, 0), (1, 2)를 만나 점수가 0, 6, 2입니다.
# $\sqrt 2$로 나누면 0, 4.24, 1.41이고 소프트맥스는 .013, .932, .055입니다.
#
# > **강의 자료에 덧붙임.** E 1455-1456행은 점수가 내적한 후 *합한* 값이라고 합니다. 내적이 이미
# > 합이고, 점수는 **단어의 쌍마다 하나**입니다. E 1467행의 *정규화된* 점수는 $\sqrt d$로 나눈
# > 점수입니다.
#
# 왜 나눌까요? 길이가 $d$인 무작위 벡터 둘을 내적하면 표준편차가 $\sqrt d$입니다. 나누지 않으면
# 벡터가 길 때 소프트맥스가 단어 하나만 고르고, 기울기가 남지 않습니다.

# %%
random = np.random.default_rng(0)


def largest_weight(size, divisor):
    queries, keys = random.normal(size=(2, 500, 10, size))
    scores = np.einsum("nqd,nkd->nqk", queries, keys) / divisor  # (sentences, words, words)
    return scores.std(), softmax(scores).max(axis=-1).mean()


sizes = [4, 64, 1024]
rows = [(*largest_weight(d, 1), *largest_weight(d, np.sqrt(d))) for d in sizes]
pd.DataFrame(
    rows,
    pd.Index(sizes, name="d"),
    ["표준편차", "가장 큰 가중치", "나눈 뒤 표준편차", "나눈 뒤 가장 큰 가중치"],
).round(2)

# %% [markdown]
# ## 케라스로 같은 계산
# 헤드가 하나인 `keras.layers.MultiHeadAttention`에 위의 행렬을 가중치로 넣으면 float32의 마지막
# 자리까지 같습니다.

# %%
layer = keras.layers.MultiHeadAttention(num_heads=1, key_dim=2, use_bias=False, output_shape=2)
layer(x[None], x[None])  # makes its weights: query, key, value, output
kernels = [w_query[:, None], w_key[:, None], w_value[:, None], np.eye(2)[None]]
layer.set_weights(kernels)
of_keras, scores = layer(x[None], x[None], return_attention_scores=True)
np.testing.assert_allclose(of_keras[0], z, atol=1e-6)
np.testing.assert_allclose(scores[0, 0], weights, atol=1e-6)

# %% [markdown]
# 문장을 쓰는 디코더는 아직 쓰지 않은 단어를 보아서는 안 됩니다. **마스크**로 그 점수를 $-\infty$로
# 만들면 가중치가 0이 됩니다.

# %%
looking_back, _ = attend(q, k, v, mask=np.tri(3, dtype=bool))
plots.plot_matrix(looking_back, words, words, "With a mask", decimals=3)

# %% [markdown]
# ## 순서가 사라진다
# 단어를 섞으면 출력도 똑같이 섞일 뿐입니다. 어텐션에게 문장은 단어 가방입니다(E 1476-1479). 그래서
# 단어마다 위치에 따라 달라지는 값을 미리 더합니다. 이것이 **위치 인코딩**이고, 여기서는 주기가 서로
# 다른 사인과 코사인을 씁니다.


# %%
def encode_position(words, size):
    angles = np.arange(words)[:, None] / 100.0 ** (np.arange(0, size, 2) / size)
    return np.concatenate([np.sin(angles), np.cos(angles)], axis=1)


def attend_to(x):
    return attend(x @ w_query, x @ w_key, x @ w_value)[1]


order = [2, 0, 1]
positions = encode_position(3, 4)
print("위치 없이:", np.abs(attend_to(x[order]) - attend_to(x)[order]).max())
moved = attend_to(x[order] + positions) - attend_to(x + positions)[order]
print("위치를 더하면:", np.abs(moved).max().round(3))

# %% [markdown]
# ## 어텐션을 읽을 수 있는 신경망
# 숫자 여덟 개를 거꾸로 늘어놓는 문제입니다. 첫째 출력은 마지막 입력입니다. 위치를 안다면 어텐션 층
# 하나로 할 수 있습니다. 위치를 학습하는 것과 위치가 없는 것을 수열 4,000개로 각각 학습하고, 다른
# 1,000개로 평가합니다.


# %%
def build(with_positions, digits=8, size=32):
    keras.utils.set_random_seed(0)
    inputs = keras.Input((digits,), dtype="int32")
    x = keras.layers.Embedding(10, size)(inputs)  # (rows, digits, size)
    if with_positions:
        place = keras.ops.zeros_like(inputs) + keras.ops.arange(digits, dtype="int32")
        x = x + keras.layers.Embedding(digits, size)(place)
    attention = keras.layers.MultiHeadAttention(num_heads=1, key_dim=size)
    z, scores = attention(x, x, return_attention_scores=True)
    outputs = keras.layers.Dense(10, "softmax")(z)
    model = keras.Model(inputs, outputs)
    model.compile(
        keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy", metrics=["accuracy"]
    )
    return model, keras.Model(inputs, scores)


sequences = random.integers(10, size=(5000, 8)).astype("int32")
train, test = (sequences[:4000], sequences[:4000, ::-1]), (sequences[4000:], sequences[4000:, ::-1])
networks = {name: build(name == "with positions") for name in ("with positions", "without")}
for model, _ in networks.values():
    kerazoo.fit_model(model, train, epochs=15, batch_size=50, verbose=0)
{name: round(kerazoo.evaluate_model(m, test)["accuracy"], 3) for name, (m, _) in networks.items()}

# %%
seen = np.asarray(networks["with positions"][1](test[0][:1]))[0, 0]
digits = [str(digit) for digit in test[0][0]]
plots.plot_matrix(seen, digits, digits, "Output position (row) looks at input (column)", decimals=1)

# %% [markdown]
# 첫 행은 마지막 열을 보고, 다음 행은 그 앞 열을 봅니다. 그렇게 하라고 시킨 적이 없습니다. 위치가
# 없으면 어떤 숫자들이 있는지는 알지만 어디에 있는지는 모르기 때문에 그 가운데 하나를 찍습니다.
#
# 비용은 얼마나 될까요? 단어가 $n$개인 문장에는 점수가 $n^2$개 있지만 **한 번**에 계산합니다. RNN은
# $n$번을 차례로 계산해야 합니다. *비전 트랜스포머*는 이미지 조각을 단어로 삼고 인코더만 씁니다(E
# 1499-1504). 28 × 28픽셀을 4 × 4로 자르면 숫자 16개짜리 단어 49개가 됩니다.
#
# **해 보기:** *fish*의 벡터를 *cat*과 같게 바꿔 보세요. 둘은 이제 무엇을 봅니까? 숫자를 정렬하도록
# 학습해 보세요(`np.sort(sequences, axis=1)`). 층 하나로 충분합니까?
#
# ## 연습 문제
# 점 세 개(`...`) 자리에 답을 넣으세요. 터미널에서는 `kerazoo lesson check attention scores 9`처럼
# 확인합니다.
#
# 1. `scores`: 헤드가 하나일 때, 단어 12개짜리 문장에는 점수가 몇 개 있습니까?
# 2. `weight`: 어떤 단어의 점수가 나눈 뒤에 2, 1, 0입니다. 첫째 가중치는 얼마입니까?
# 3. `patches`: 224 × 224 이미지를 16 × 16 조각으로 자르면 단어는 몇 개입니까?

# %%
lessons.check("attention", {"scores": ..., "weight": ..., "patches": ...}, "ko")
