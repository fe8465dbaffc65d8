# %% [markdown]
# # 뉴런과 논리 게이트
#
# 뉴런은 입력마다 가중치를 곱해 모두 더하고, 편향을 더한 다음, 그 합을 활성화함수에 넣습니다. 이
# 수업에서는 뉴런으로 논리 게이트를 만들고, 뉴런 하나로는 결코 계산할 수 없는 것이 무엇인지
# 확인하고, 신경망의 모수(파라미터)를 셉니다.
#
# 강의에서 퍼셉트론을 다루는 부분(A 549-597, B 73-258)에 해당합니다. 여기서 손으로 쓰는 것을 이
# 패키지의 신경망 `perceptron`과 `xor`은 학습으로 찾아냅니다.

# %%
import itertools

import kerazoo

kerazoo.quiet_tensorflow()

import numpy as np
import pandas as pd

from kerazoo import lessons, plots

# %% [markdown]
# ## 뉴런
# $y = f(x_1 w_1 + x_2 w_2 + b)$ 입니다. 로젠블라트가 1957년에 만든 퍼셉트론은 합이 임계치보다 큰지를
# 봅니다. 크면 1, 아니면 0을 출력합니다. 임계치를 편향에 포함하면 $f$는 0에서 뛰어오르는
# 계단함수가 됩니다.

# %%
pairs = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])


def step(z):
    return (z > 0).astype(int)


def neuron(x, weights, bias, activation=step):
    return activation(x @ np.array(weights) + bias)


gates = {
    "AND": neuron(pairs, [1, 1], -1.5),
    "OR": neuron(pairs, [1, 1], -0.5),
    "NAND": neuron(pairs, [-1, -1], 1.5),
}
pd.DataFrame(pairs, columns=["a", "b"]).assign(**gates)

# %% [markdown]
# AND와 OR은 가중치가 같습니다. 입력이 하나만 1이어도 되는지, 둘 다 1이어야 하는지는 편향이
# 정합니다. NAND는 AND의 부호를 모두 뒤집은 것입니다.
#
# > **강의 자료의 오류.** B 137행은 NAND가 "둘다 거짓인 경우에만 참"이라고 합니다. 그런 게이트는
# > NOR입니다. 바로 아래 B 138행이 맞습니다. NAND는 둘 다 참일 때만 거짓입니다.
#
# ## 부드러운 계단
# 계단함수는 기울기가 없어서 가중치를 어느 쪽으로 움직여야 할지 알려 주지 않습니다. 학습하려면
# 매끄럽게 올라가는 함수가 필요합니다. 시그모이드 $1 / (1 + e^{-z})$가 그런 함수입니다. 출력이
# 0.5보다 크면, 곧 합이 0보다 크면 1로 판단합니다. tanh나 ReLU, $\max(0, z)$를 쓰는 신경망도
# 많습니다. 아래에서 왼쪽은 함수, 오른쪽은 그 미분입니다.


# %%
def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def relu(z):
    return np.maximum(z, 0)


plots.plot_activation_functions({"sigmoid": sigmoid, "tanh": np.tanh, "ReLU": relu})

# %% [markdown]
# ## 뉴런 하나로 할 수 없는 것
# XOR은 두 입력 가운데 하나만 1일 때 1입니다. 뉴런 하나가 XOR을 계산하려면 다음 네 줄을 동시에
# 만족해야 합니다.
#
# | a | b | XOR | 조건 |
# | --- | --- | --- | --- |
# | 0 | 0 | 0 | $b \le 0$ |
# | 0 | 1 | 1 | $w_2 + b > 0$ |
# | 1 | 0 | 1 | $w_1 + b > 0$ |
# | 1 | 1 | 0 | $w_1 + w_2 + b \le 0$ |
#
# 둘째 줄과 셋째 줄을 더하면 $w_1 + w_2 + 2b > 0$입니다. 여기서 넷째 줄을 빼면 $b > 0$이 되어 첫째
# 줄과 모순입니다. 그러므로 그런 가중치는 없습니다. 직접 찾아보아도 같습니다. -3부터 3까지 0.25
# 간격으로 모든 가중치와 편향을 시험하면, 어느 것도 세 줄보다 많이 맞히지 못합니다.

# %%
XOR = np.array([0, 1, 1, 0])
grid = np.linspace(-3, 3, 25)
w1, w2, b = np.meshgrid(grid, grid, grid, indexing="ij")
right = sum(
    (step(x1 * w1 + x2 * w2 + b) == target).astype(int)
    for (x1, x2), target in zip(pairs, XOR, strict=True)
)
pd.Series(right.ravel()).value_counts().rename_axis("맞힌 줄").to_frame("뉴런 수")

# %% [markdown]
# ## 뉴런 셋이면 된다
# OR과 NAND가 모두 참이면 XOR이 참입니다. 뉴런 둘이 입력을 보고, 셋째 뉴런이 그 둘의 답을 봅니다.
# 앞의 두 뉴런이 *은닉층*입니다. 강의에서는 이런 기계를 숫자 아홉 개를 받는 함수로 씁니다
# (B 247-255). 은닉층의 가중치 넷과 편향 둘, 출력층의 가중치 둘과 편향 하나입니다.


# %%
def machine(x, w1_11, w1_12, b1_1, w1_21, w1_22, b1_2, w2_11, w2_12, b2_1):
    first = neuron(x, [w1_11, w1_12], b1_1, sigmoid)
    second = neuron(x, [w1_21, w1_22], b1_2, sigmoid)
    return neuron(np.stack([first, second], axis=1), [w2_11, w2_12], b2_1, sigmoid)


nine = {"w1_11": 20, "w1_12": 20, "b1_1": -10, "w1_21": -20, "w1_22": -20, "b1_2": 30}
nine |= {"w2_11": 20, "w2_12": 20, "b2_1": -30}
answers = {"기계": machine(pairs, **nine).round(3), "XOR": XOR}
pd.DataFrame(pairs, columns=["a", "b"]).assign(**answers)

# %% [markdown]
# 이 패키지의 신경망 `xor`에도 같은 아홉 개의 모수가 있습니다. 위의 숫자를 넣으면 같은 답이 나옵니다.
# 입력 평면에 그려 보면, 뉴런 하나는 직선을 하나 긋지만 이 신경망은 둘을 긋습니다.

# %%
network = kerazoo.build_xor()
hidden = [[nine["w1_11"], nine["w1_21"]], [nine["w1_12"], nine["w1_22"]]]
output = [[nine["w2_11"]], [nine["w2_12"]]]
network.get_layer("hidden").set_weights([np.array(hidden), np.array([-10, 30])])
network.get_layer("probability").set_weights([np.array(output), np.array([-30])])
np.testing.assert_allclose(network(pairs)[:, 0], machine(pairs, **nine), atol=1e-6)
plots.plot_decision_surface(network, kerazoo.load_dataset("xor"))

# %% [markdown]
# ## 모수 세기
# 입력이 $p$개이고 뉴런이 $n$개인 층에는 가중치 $p \cdot n$개와 편향 $n$개, 모두 $(p + 1) \cdot n$개의
# 모수가 있습니다. 데이터가 몇 줄인지는 상관이 없습니다. 강의의 예(A 59-63)는 입력 넷, 은닉 뉴런
# 다섯, 출력 하나입니다.


# %%
def count(*sizes):
    return sum((p + 1) * n for p, n in itertools.pairwise(sizes))


count(4, 5, 1)

# %% [markdown]
# ## 넓은 은닉층 하나
# 은닉층이 하나뿐이어도 충분히 넓으면 대부분의 함수를 원하는 만큼 가깝게 근사할 수 있습니다
# (A 87-93). 여기서는 은닉층의 가중치를 무작위로 두고 출력층의 가중치만 최소제곱법으로 맞춥니다.
# 그래도 층이 넓어질수록 오차가 줄어듭니다.

# %%
x = np.linspace(-3, 3, 200)
target = np.sin(2 * x)


def fit(width, activation=relu):
    random = np.random.default_rng(0)
    weights, biases = random.normal(size=width), random.normal(size=width) * 2
    features = np.column_stack([activation(np.outer(x, weights) + biases), np.ones_like(x)])
    return features @ np.linalg.lstsq(features, target, rcond=None)[0]


fits = {f"{width} neurons": fit(width) for width in (2, 8, 40)}
plots.plot_curves({"sin(2x)": target} | fits, x, "One hidden layer of random ReLUs", x_label="x")

# %% [markdown]
# **해 보기:** `fit`에 `activation=np.tanh`, `sigmoid`, `step`을 넣어 보고, 너비도 바꿔 보세요.
# 활성화함수가 없으면(`lambda z: z`) 아무리 넓은 층도 직선밖에 만들지 못합니다. 왜 그럴까요?

# %%
widths = [1, 2, 4, 8, 16, 32, 64]
errors = {
    name: [np.mean((fit(width, activation) - target) ** 2) for width in widths]
    for name, activation in (("ReLU", relu), ("tanh", np.tanh), ("none", lambda z: z))
}
title, label = "Squared error by the width of the layer", "hidden neurons, log scale"
plots.plot_curves(errors, widths, title, x_label=label, log="xy", marks=True)

# %% [markdown]
# ## 연습 문제
# 점 세 개(`...`) 자리에 답을 넣으세요. 터미널에서는 `kerazoo lesson check neurons_and_gates
# parameters 31`처럼 확인합니다.
#
# 1. `parameters`: 숫자 이미지를 읽는 신경망 784-256-128-10의 모수는 몇 개입니까(A 187-211)?
# 2. `nand`: 계단함수 뉴런의 두 가중치가 모두 -1입니다. NAND가 되려면 편향이 얼마보다 크고 얼마
#    이하여야 합니까? 두 숫자로 답하세요.
# 3. `tables`: 입력이 둘이면 진리표는 $2^4 = 16$가지입니다. 계단함수 뉴런 하나로 계산할 수 있는 것은
#    몇 가지입니까? (위의 `right`를 참고하세요.)

# %%
lessons.check("neurons_and_gates", {"parameters": ..., "nand": ..., "tables": ...}, "ko")
