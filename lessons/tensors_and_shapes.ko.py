# %% [markdown]
# # 텐서와 모양
#
# 텐서는 축이 몇 개든 될 수 있는 숫자 배열이고, 모양(shape)은 축마다 길이가 얼마인지를 나타냅니다. 처음에 겪는 오류는 대부분
# 모양이 맞지 않아서 생깁니다. 이 수업에서는 단어, 이미지, 영상, 시계열을 텐서로 만들고, 덧셈과 곱셈과 층이 모양을 어떻게
# 바꾸는지 봅니다.
#
# 강의에서 텐서(B 898-1012), 신경망의 입력(A 716-804), 선형 층(D 197-213)을 다루는 부분에 해당합니다.

# %%
import kerazoo

kerazoo.quiet_tensorflow()

import keras
import numpy as np
import pandas as pd

from kerazoo import lessons, plots

# %% [markdown]
# ## 랭크
# 축의 개수를 랭크(rank)라고 합니다. 숫자 하나의 랭크는 0, 벡터는 1, 행렬은 2입니다.

# %%
examples = {
    "숫자": np.array(7),
    "벡터": np.array([0, 1]),
    "행렬": np.array([[0, 1], [1, 0]]),
    "행렬 셋": np.array([[[0, 0], [0, 0]], [[1, 1], [1, 1]], [[2, 2], [2, 2]]]),
}
rows = [(name, one.ndim, one.shape, one.size) for name, one in examples.items()]
pd.DataFrame(rows, columns=["", "랭크", "모양", "숫자 개수"]).set_index("")

# %% [markdown]
# ## 단어
# 강의의 예(B 936-966)는 단어 네 개와 두 단어짜리 구 세 개입니다. 원-핫 인코딩에서 단어는 1이 하나뿐인 벡터입니다. 구 하나는
# 행렬이고, 구 셋은 모양이 (3, 2, 4)인 텐서입니다. 축은 차례로 구, 구 안의 단어, 사전의 단어입니다.

# %%
dictionary = ["하얀", "고양이", "강아지", "비둘기"]
pairs = [["하얀", "고양이"], ["하얀", "강아지"], ["하얀", "비둘기"]]
indices = np.array([[dictionary.index(word) for word in pair] for pair in pairs])
one_hot = np.eye(len(dictionary), dtype=int)[indices]
print(one_hot.shape)
one_hot[0]

# %% [markdown]
# ## 이미지와 영상
# 흑백 이미지에는 세로와 가로가 있습니다. 컬러 이미지에는 빨강, 초록, 파랑의 세 채널이 셋째 축으로 더 있습니다. 여러 장을 쌓으면
# 장수를 세는 축이 맨 앞에 생깁니다. 강의에 나오는 모양(B 972-1009)과, 숫자 하나에 4바이트일 때 차지하는 메모리는 다음과 같습니다.

# %%
shapes = {
    "흑백 이미지 3장": (3, 5, 5),
    "컬러 이미지 3장": (3, 5, 5, 3),
    "이미지 5장짜리 영상 3개": (3, 5, 600, 800, 3),
}
rows = [(name, shape, len(shape), 4 * np.prod(shape) / 1e6) for name, shape in shapes.items()]
pd.DataFrame(rows, columns=["", "모양", "랭크", "백만 바이트"]).set_index("")

# %%
color = np.zeros((3, 5, 5, 3))
color[0, :, :, 0] = 1  # 빨강
color[1, :, :, 1] = np.linspace(0, 1, 5)  # 초록, 오른쪽으로 갈수록 밝게
color[2] = np.eye(5)[:, :, None]  # 행과 열이 같은 곳은 하양
plots.plot_images(color)

# %% [markdown]
# > **강의 자료의 오류.** B 999행은 4K를 4096 × 4096이라고 합니다. 4K는 3840 × 2160이고 극장용은 4096 × 2160입니다. B 1005행은
# > "컬러이미지는 컬러이미지의 집합"이라고 하는데, 영상이 그렇습니다. B 1009행은 (3, 5, 600, 800, 3)의 앞 두 축을 프레임과 이미지
# > 수라고 합니다. 영상의 수와, 영상마다 들어 있는 이미지의 수로 읽으세요.
#
# ## 축
# 어떤 축으로 합이나 평균을 내면 그 축이 없어집니다. `keepdims`를 쓰면 길이 1로 남습니다. 한 클래스의 이미지를 평균하면 다시
# 이미지가 됩니다. 평균적인 셔츠인 셈입니다.

# %%
clothes = kerazoo.load_dataset("fashion_mnist_mini")
x, y = clothes.train.x / 255, clothes.train.y.ravel()
print("이미지", x.shape, " 축 0의 평균", x.mean(axis=0).shape, " 전체의 평균", x.mean().shape)
means = np.stack([x[y == label].mean(axis=0) for label in range(10)])
plots.plot_images(means, list(clothes.class_names), columns=5)

# %% [markdown]
# **reshape는 transpose가 아닙니다.** `reshape`는 숫자를 한 행씩 차례로 읽어서 다른 모양으로 다시 씁니다. `transpose`는 축을
# 서로 바꿉니다. 56 × 28 픽셀짜리 이미지를 28 × 56으로 reshape하면 그림이 찢어집니다.

# %%
tall = np.concatenate([x[0], x[1]]).reshape(56, 28)
torn, turned = tall.reshape(28, 56), tall.T
plots.plot_images(np.stack([torn, turned]), ["reshape(28, 56)", "transpose"])

# %% [markdown]
# ## 브로드캐스팅
# 모양이 다른 텐서도 더할 수 있습니다. 마지막 축부터 비교해서 길이가 같거나 어느 한쪽이 1이면 됩니다. 앞쪽에 없는 축은 1로 봅니다.
# 그래서 표의 열마다 그 열의 평균을 빼는 표준화를 반복문 없이 할 수 있습니다.


# %%
def shape_of_sum(*shapes):
    try:
        return str(np.broadcast_shapes(*shapes))
    except ValueError:
        return "-"


cases = [((4, 3), (3,)), ((4, 3), (4,)), ((4, 3), (4, 1)), ((5, 5, 3), (3,)), ((8, 1), (8,))]
pd.DataFrame([(a, b, shape_of_sum(a, b)) for a, b in cases], columns=["첫째", "둘째", "합"])

# %% [markdown]
# 둘째 경우가 흔한 함정입니다. 행이 넷이라고 평균을 넷 준비한 것입니다. 마지막은 더 나쁩니다. 예측값 `(8, 1)`에서 정답 `(8,)`을
# 빼면 오류 없이 `(8, 8)`이 나옵니다.
#
# ## 층은 곱셈이다
# 전결합층은 행렬의 곱입니다. `(행, p) @ (p, n) + (n,)`은 `(행, n)`이 됩니다. 강의에서는 이미지 하나를 열벡터로 보고 `W x + b`로
# 씁니다. W는 10 × 3072, x는 3072 × 1, b는 10 × 1입니다(D 203-206). 그리고 곱하기 한 번으로 끝내려고 편향을 W의 마지막 열로 넣고 x
# 아래에 1을 붙입니다(D 208-210). 셋 다 같은 결과가 나옵니다.

# %%
random = np.random.default_rng(0)
images = random.random((6, 32, 32, 3), dtype="float32")
flat = images.reshape(6, -1)  # (6, 3072)
layer = keras.layers.Dense(10)
scores = keras.ops.convert_to_numpy(layer(flat))  # (6, 10)
kernel, bias = layer.get_weights()  # (3072, 10), (10,)
W, column = kernel.T, flat[0][:, None]  # (10, 3072), (3072, 1)
as_column = W @ column + bias[:, None]
folded = np.hstack([W, bias[:, None]]) @ np.vstack([column, [[1]]])
np.testing.assert_allclose(as_column[:, 0], scores[0], atol=1e-5)
np.testing.assert_allclose(folded, as_column, atol=1e-5)
print(images.shape, "->", flat.shape, "->", scores.shape)

# %% [markdown]
# ## 층마다 받는 모양
# 전결합층은 (행, 특성), 순환층은 (행, 시점, 특성), 합성곱층은 (행, 높이, 너비, 채널)을 받습니다(A 716-804). 행의 수는 층과 상관이
# 없으므로 `None`으로 적습니다.

# %%
layers = [
    ("Dense(16)", keras.layers.Dense(16), (None, 12)),
    ("Conv2D(8, 3)", keras.layers.Conv2D(8, 3), (None, 28, 28, 1)),
    ("MaxPooling2D()", keras.layers.MaxPooling2D(), (None, 26, 26, 8)),
    ("Flatten()", keras.layers.Flatten(), (None, 13, 13, 8)),
    ("Embedding(1000, 32)", keras.layers.Embedding(1000, 32), (None, 20)),
    ("LSTM(12)", keras.layers.LSTM(12), (None, 5, 3)),
    ("LSTM(12, return_sequences=True)", keras.layers.LSTM(12, return_sequences=True), (None, 5, 3)),
]
rows = [(name, takes, layer.compute_output_shape(takes)) for name, layer, takes in layers]
pd.DataFrame(rows, columns=["층", "입력", "출력"]).set_index("층")

# %% [markdown]
# ## 시계열의 윈도우, 그리고 배치
# 뉴욕 증권 거래소의 6,051일 거래량과 다른 두 시계열입니다. 닷새로 엿새째를 예측하면 모양이 (5, 3)인 윈도우가
# 6,051 - 5 = 6,046개 생깁니다(A 428-441). 한 에포크는 이것을 배치로 나누어 씁니다. 마지막 배치는 더 작을 수 있습니다. 175행을
# 32개씩 나누면 배치가 6개이고(A 177-178), 10,000행을 100개씩 나누면 100개입니다(C 303-306).

# %%
nyse = kerazoo.load_dataset("nyse")
parts = [part for part in (nyse.train, nyse.validation, nyse.test) if part is not None]
print("윈도우:", sum(len(part.x) for part in parts), " 하나의 모양:", parts[0].x.shape[1:])
pd.DataFrame(
    [(n, size, -(-n // size), n % size or size) for n, size in ((175, 32), (10_000, 100))],
    columns=["행", "배치 크기", "배치 수", "마지막 배치의 행"],
)

# %% [markdown]
# **해 보기:** `cases`와 `layers`의 모양을 바꾸고, 실행하기 전에 결과를 맞혀 보세요. `Conv2D`에 채널이 없는 모양을 주면 뭐라고
# 합니까?
#
# ## 연습 문제
# 1. `batch`: 높이 64, 너비 48픽셀인 컬러 이미지 32장을 케라스에 넣을 때의 모양은 무엇입니까?
# 2. `rank`: 영상 여러 개로 된 배치의 랭크는 얼마입니까?
# 3. `sum`: 모양이 (8, 1, 6)과 (7, 1)인 텐서를 더하면 모양은 무엇입니까?
# 4. `trap`: 예측값 (50, 1)에서 정답 (50,)을 빼면 숫자가 몇 개 나옵니까?

# %%
lessons.check("tensors_and_shapes", {"batch": ..., "rank": ..., "sum": ..., "trap": ...}, "ko")
