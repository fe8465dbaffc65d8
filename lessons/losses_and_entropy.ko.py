# %% [markdown]
# # 손실함수와 엔트로피
#
# 학습은 숫자 하나, 곧 손실을 작게 만드는 일입니다. 이 수업에서는 평균 제곱 오차와 크로스 엔트로피를 손으로도
# 계산하고 케라스로도 계산합니다. 로그가 어디에서 나오는지, 분류 신경망은 왜 크로스 엔트로피로 학습하는지도
# 살펴봅니다.
#
# 강의에서 손실함수(B 275-351, C 208-259, D 222-242)와 엔트로피(A 642-679, D 180-195)를 다루는 부분에
# 해당합니다. 따로 말이 없으면 로그는 자연로그입니다.

# %%
import kerazoo

kerazoo.quiet_tensorflow()

import keras
import numpy as np
import pandas as pd

from kerazoo import lessons, plots

# %% [markdown]
# ## 답 하나, 손실 둘
# 클래스 셋 가운데 둘째가 정답입니다. 원-핫 인코딩으로는 (0, 1, 0)이고, 신경망은 (0.1, 0.7, 0.2)라고
# 답했습니다. 강의에서는 두 손실을 이렇게 계산합니다(B 341-351).
#
# - 평균 제곱 오차(MSE)는 (0.01 + 0.09 + 0.04) / 3입니다.
# - 크로스 엔트로피는 -log 0.7입니다. 나머지 항에는 모두 0이 곱해집니다.


# %%
def squared_error(y, answer):
    return np.mean((y - answer) ** 2)


def cross_entropy(y, answer):
    return -np.sum(y * np.log(answer))


y, answer = np.array([0.0, 1, 0]), np.array([0.1, 0.7, 0.2])
by_keras = {
    "평균 제곱 오차": float(keras.losses.mean_squared_error(y, answer)),
    "크로스 엔트로피": float(keras.losses.categorical_crossentropy(y, answer)),
}
by_hand = [squared_error(y, answer), cross_entropy(y, answer)]
pd.DataFrame({"손으로": by_hand, "케라스": by_keras.values()}, index=[*by_keras]).round(6)

# %% [markdown]
# ## 점수에서 확률로
# 마지막 층은 클래스마다 점수를 하나씩 내는데, 점수는 어떤 수든 될 수 있습니다. softmax는 이것을 확률로
# 바꿉니다. $e^{z_k}$는 음수가 되지 않고, 합으로 나누면 모두 더해 1이 됩니다. 모든 점수에 같은 수를 더해도
# 결과는 같으므로, 계산할 때는 가장 큰 점수를 먼저 뺍니다. 그러지 않으면 $e^{1000}$에서 오버플로가 납니다.


# %%
def softmax(z):
    powers = np.exp(z - np.max(z))
    return powers / powers.sum()


scores = np.array([1.0, 3.0, -2.0])
shown = {"softmax": softmax(scores), "점수 + 1000": softmax(scores + 1000)}
shown["시그모이드 각각"] = 1 / (1 + np.exp(-scores))
table = pd.DataFrame(shown, index=["A", "B", "C"]).T
table.assign(**{"합": table.sum(axis=1)}).round(3)

# %% [markdown]
# 시그모이드는 클래스마다 따로 판단하므로 합이 얼마든 될 수 있습니다. softmax에서는 하나가 올라가려면 다른 것이
# 내려가야 합니다. "여럿 가운데 어느 것인가"라는 물음에는 softmax가 어울립니다.
#
# ## 로그는 어디에서 나오는가
# 드문 일일수록 많은 것을 알려 줍니다. 강의의 예(D 181)는 성씨입니다. 김씨는 열 명에 한 명이고 남궁씨는 백 명에
# 한 명이라고 하면, "남궁씨"라는 말을 들었을 때 남는 사람이 훨씬 적습니다. 사건의 *정보량*은 1 / p의
# 로그입니다. 로그를 쓰면 독립인 두 사건의 정보량을 더하면 됩니다.
#
# 다른 예(A 664-677)에서는 비가 올 확률이 1 %입니다.

# %%
p = np.array([0.01, 0.99])
information = -np.log(p)
rain = pd.DataFrame({"p": p, "정보량": information}, index=["비가 온다", "오지 않는다"])
rain.assign(**{"p × 정보량": p * information}).round({"정보량": 6, "p × 정보량": 4})

# %%
print(f"비가 오는 일은 오지 않는 일보다 {information[0] / information[1]:.1f}배 놀랍다")
print(f"엔트로피, 곧 하루에 기대되는 정보량: {np.sum(p * information):.4f}")

# %% [markdown]
# > **강의 자료의 오류.** A 669행은 "460배"라고 하지만 4.605170 / 0.010050은 458.2입니다. 같은 곳에서 사건
# > 하나의 정보량을 엔트로피라고 부르는데, 엔트로피는 분포 전체의 것으로 위 표의 마지막 열을 더한 값입니다.
# > C 245행은 -log 0.90을 0.1053이라고 적었지만 이것은 뒷자리를 버린 값이고, 반올림하면 0.1054입니다.
#
# 밑이 2인 로그를 쓰면 단위가 비트입니다. 이때 엔트로피는 예/아니요로 묻는 질문이 평균 몇 번 필요한지를
# 뜻합니다. 아무것도 모를 때 가장 큽니다.

# %%
chance = np.linspace(0.001, 0.999, 999)
bits = -(chance * np.log2(chance) + (1 - chance) * np.log2(1 - chance))
plots.plot_curves(
    {"entropy": bits},
    chance,
    "Entropy of an event that may happen or not",
    x_label="probability that it happens",
    y_label="bits",
)

# %% [markdown]
# ## 크로스 엔트로피
# 실제 분포가 $p$이고 신경망이 믿는 분포가 $q$일 때, 기대되는 놀라움은 $H(p, q) = -\sum_i p_i \log q_i$
# 입니다. 강의의 예(C 239-245)에서는 클래스가 다섯이고 둘째가 정답이며, 신경망은 정답에 0.90을 주었습니다.

# %%
q = np.array([0.02, 0.90, 0.05, 0.01, 0.02])
round(float(cross_entropy(np.array([0, 1, 0, 0, 0]), q)), 6)

# %% [markdown]
# 크로스 엔트로피는 $q = p$일 때 가장 작고, 그 값은 $p$의 엔트로피입니다. 그보다 큰 만큼을 쿨백-라이블러
# 발산이라고 합니다. **해 보기:** `true`를 바꾸고 가장 낮은 점이 어디로 가는지 보세요.

# %%
true = [0.5, 0.2, 0.01]
believed = np.linspace(0.005, 0.995, 199)
curves = {f"p = {p}": -(p * np.log(believed) + (1 - p) * np.log(1 - believed)) for p in true}
plots.plot_curves(
    curves,
    believed,
    "Cross-entropy by what is believed",
    x_label="q, the probability that the network believes",
    y_label="cross-entropy",
)

# %% [markdown]
# ## 확신하면서 틀린 답
# 정답에 확률 0을 준 신경망의 손실은 -log 0, 곧 양의 무한대입니다.
#
# > **강의 자료의 오류.** C 249행은 -inf라고 합니다. 손실이 음의 무한대라면 가장 좋은 답이라는 뜻이 됩니다.
# > D 190행이 맞습니다.
#
# 손실이 무한대이면 한 번의 갱신으로 가중치가 망가집니다. 케라스는 확률을 0과 1에서 적어도 1e-7만큼
# 떨어뜨리므로 손실이 16.1을 넘지 않습니다. D 193-195행은 0.00001을 더하는 같은 방법을 설명합니다.

# %%
right, wrong = np.array([1.0, 0, 0]), np.array([0.0, 1, 0])
round(float(keras.losses.categorical_crossentropy(right, wrong)), 3)

# %% [markdown]
# ## 분류에 제곱 오차를 쓰지 않는 까닭
# 시그모이드 하나가 $s = 1 / (1 + e^{-z})$라고 답하고 정답은 1이라고 합시다. 학습은 점수 $z$에 대한 손실의
# 기울기를 따라갑니다.
#
# - 제곱 오차 $(s - 1)^2$의 기울기는 $2 (s - 1) s (1 - s)$입니다.
# - 크로스 엔트로피 $-\log s$의 기울기는 $s - 1$입니다.
#
# $z = -8$에서 신경망은 확신하면서 틀렸습니다. 제곱 오차는 여기서 거의 평평하므로 배우는 것이 없습니다. 크로스
# 엔트로피의 기울기는 바로 여기서 가장 큽니다.

# %%
z = np.linspace(-8, 8, 401)
s = 1 / (1 + np.exp(-z))
slopes = {"cross-entropy": s - 1, "squared error": 2 * (s - 1) * s * (1 - s)}
plots.plot_curves(
    slopes, z, "Slope of the loss where 1 is right", x_label="score z", y_label="slope"
)

# %% [markdown]
# ## 두 클래스의 손실 네 가지
# 클래스를 -1과 1로 둡시다. *마진*은 클래스에 점수를 곱한 값입니다. 답이 맞으면 0보다 크고, 확신할수록 큽니다
# (D 222-234). 0/1 손실은 틀린 횟수를 셉니다. 평평해서 학습에 쓸 수 없고, 조금 틀린 것과 많이 틀린 것을
# 구별하지 못합니다. 나머지는 그 위에 있고 기울기가 있습니다. 힌지 손실 $\max(0, 1 - m)$은 서포트 벡터 머신에서
# 쓰며 마진이 1이면 0이 됩니다. 지수 손실 $e^{-m}$은 크게 틀린 답에 가장 큰 벌을 줍니다.

# %%
m = np.linspace(-3, 3, 301)
losses = {
    "0/1": (m <= 0).astype(float),
    "log": np.log2(1 + np.exp(-m)),
    "hinge": np.maximum(0, 1 - m),
    "exponential": np.exp(-m),
}
shown = {name: np.minimum(values, 6) for name, values in losses.items()}
plots.plot_curves(shown, m, "Losses by the margin, cut at 6", x_label="margin", y_label="loss")

# %% [markdown]
# ## 연습 문제
# 1. `quarter`: 신경망이 정답 클래스에 확률 0.25를 주었습니다. 크로스 엔트로피는 얼마입니까?
# 2. `die`: 공정한 주사위의 엔트로피는 몇 비트입니까?
# 3. `outlier`: 마진이 -3일 때 위의 네 손실 가운데 무엇이 가장 큽니까? 그림의 이름으로 답하세요.
# 4. `expected`: 비가 올 확률은 0.3인데 신경망은 0.5라고 믿습니다. 크로스 엔트로피는 엔트로피보다 얼마나
#    큽니까?

# %%
answers = {"quarter": ..., "die": ..., "outlier": ..., "expected": ...}
lessons.check("losses_and_entropy", answers, "ko")
