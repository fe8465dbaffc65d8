# %% [markdown]
# # 최적화 기법
#
# 오차역전파는 손실이 어느 쪽으로 커지는지 알려 줍니다. 그 반대쪽으로 얼마나 갈지는 최적화 기법이 정합니다. 이 수업에서는 일곱
# 가지를 손으로 쓰고, 케라스의 결과와 백만분의 일까지 같은지 확인하고, 골짜기 하나를 지나는 경로를 그리고, 같은 신경망을 모두로
# 학습합니다.
#
# 강의에서 최적화를 다루는 부분(B 700-800, E 981-1030)에 해당합니다.

# %%
import kerazoo

kerazoo.quiet_tensorflow()

import keras
import numpy as np
import pandas as pd

from kerazoo import lessons, plots

# %% [markdown]
# ## 골짜기
# 한 방향이 다른 방향보다 스무 배 가파릅니다. 실제 손실함수도 이런 모양일 때가 많습니다. 가장 낮은 점은 (0, 0)입니다. `angle`로
# 골짜기를 돌릴 수 있습니다.

# %%
ALONG, ACROSS = 0.1, 2.0  # 1만큼 움직일 때 기울기가 변하는 양
START = np.array([-4.0, 1.5])


def valley(angle=0.0):
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    bend = turn @ np.diag([ALONG, ACROSS]) @ turn.T

    def loss(w1, w2):
        return (bend[0, 0] * w1**2 + 2 * bend[0, 1] * w1 * w2 + bend[1, 1] * w2**2) / 2

    def gradient(w):
        return bend @ w

    return loss, gradient, turn @ START


# %% [markdown]
# ## 규칙 일곱 가지
# 모두 기울기 `g`, 기억해 둔 값, 학습률을 받아 이동할 양을 돌려줍니다.
#
# - **SGD**는 기울기의 반대로 갑니다.
# - **모멘텀**은 바로 전 이동량의 일부를 더합니다. `W(t+1) = W(t) - r dE + mu dW`(B 744)
# - **네스테로프(NAG)**는 모멘텀을 따라 먼저 가 본 자리에서 방향을 바로잡습니다.
# - **Adagrad**는 지금까지의 기울기 제곱을 가중치마다 모두 더해 그 제곱근으로 나눕니다.
# - **RMSprop**은 제곱의 합 대신 지수평균을 씁니다. 그래서 이동량이 0으로 줄어들지 않습니다.
# - **Adadelta**는 학습률까지 지금까지의 이동량의 크기로 대신합니다.
# - **Adam**은 RMSprop에서 기울기 대신 기울기의 지수평균을 쓴 것입니다. 두 평균은 0에서 시작하므로, 처음에 모자라는 만큼을
#   나누어 보정합니다.


# %%
def sgd(g, memory, rate):
    return -rate * g


def momentum(g, memory, rate, mu=0.9):
    memory["step"] = mu * memory.get("step", 0) - rate * g
    return memory["step"]


def nesterov(g, memory, rate, mu=0.9):
    memory["step"] = mu * memory.get("step", 0) - rate * g
    return mu * memory["step"] - rate * g


def adagrad(g, memory, rate):
    memory["squares"] = memory.get("squares", 0.1) + g**2
    return -rate * g / np.sqrt(memory["squares"] + 1e-7)


def rmsprop(g, memory, rate, rho=0.9):
    memory["squares"] = rho * memory.get("squares", 0) + (1 - rho) * g**2
    return -rate * g / np.sqrt(memory["squares"] + 1e-7)


def adadelta(g, memory, rate, rho=0.95):
    memory["squares"] = rho * memory.get("squares", 0) + (1 - rho) * g**2
    steps = memory.get("steps", 0)
    step = -np.sqrt(steps + 1e-7) * g / np.sqrt(memory["squares"] + 1e-7)
    memory["steps"] = rho * steps + (1 - rho) * step**2
    return rate * step


def rounded(number):
    return float(np.float32(number))  # 케라스가 거듭제곱하는 32비트 수


def adam(g, memory, rate, b1=0.9, b2=0.999):
    t = memory["t"] = memory.get("t", 0) + 1
    memory["mean"] = b1 * memory.get("mean", 0) + (1 - b1) * g
    memory["squares"] = b2 * memory.get("squares", 0) + (1 - b2) * g**2
    rate = rate * np.sqrt(1 - rounded(b2) ** t) / (1 - rounded(b1) ** t)
    return -rate * memory["mean"] / (np.sqrt(memory["squares"]) + 1e-7)


rules = {"SGD": sgd, "momentum": momentum, "Nesterov": nesterov, "Adagrad": adagrad}
rules |= {"RMSprop": rmsprop, "Adadelta": adadelta, "Adam": adam}


def descend(rule, rate, gradient, start=START, steps=40):
    memory, path = {}, [start]
    for _ in range(steps):
        path.append(path[-1] + rule(gradient(path[-1]), memory, rate))
    return np.array(path)


# %% [markdown]
# > **강의 자료에 덧붙임.** B 764행은 Adagrad의 식이라며 `r / (1 + p n)`을 적었습니다. 이것은 모든 가중치에 똑같이 적용되는
# > 학습률 감쇠입니다(케라스의 `InverseTimeDecay`). Adagrad의 식은 바로 아래 줄의 `g + (dE)^2`이고, 학습률이 *가중치마다*
# > 다릅니다. E 1024행은 RMSprop이 Adadelta에 스텝 크기를 넣은 것이 전부냐고 묻습니다. 그렇습니다. Adadelta가 이동량의 크기를
# > 쓰는 자리에 학습률을 씁니다.
#
# ## 케라스와 같은지

# %%
loss, gradient, start = valley()
optimizers = {
    "SGD": keras.optimizers.SGD(0.1),
    "momentum": keras.optimizers.SGD(0.1, momentum=0.9),
    "Nesterov": keras.optimizers.SGD(0.1, momentum=0.9, nesterov=True),
    "Adagrad": keras.optimizers.Adagrad(0.1),
    "RMSprop": keras.optimizers.RMSprop(0.1),
    "Adadelta": keras.optimizers.Adadelta(0.1),
    "Adam": keras.optimizers.Adam(0.1),
}


def descend_by_keras(optimizer, gradient, steps=40):
    w = keras.Variable(START, dtype="float64")
    for _ in range(steps):
        g = keras.ops.convert_to_tensor(gradient(keras.ops.convert_to_numpy(w)))
        optimizer.apply([g], [w])
    return keras.ops.convert_to_numpy(w)


ends = {
    name: (descend(rules[name], 0.1, gradient)[-1], descend_by_keras(optimizer, gradient))
    for name, optimizer in optimizers.items()
}
assert all(np.allclose(*both, atol=1e-6) for both in ends.values())
pd.DataFrame({name: np.ravel(both) for name, both in ends.items()}).T.set_axis(
    ["w1 손으로", "w2 손으로", "w1 케라스", "w2 케라스"], axis=1
).round(6)

# %% [markdown]
# ## 학습률은 얼마로?
# 모두에게 맞는 학습률은 없습니다. 여러 학습률로 마흔 걸음씩 가 봅니다. 강의에서는 이것을 경사하강법의 문제점으로 꼽습니다
# (E 981-985). 너무 작으면 도착하지 못하고, 너무 크면 튀어 나갑니다. SGD는 2 / 2.0 = 1보다 크면 튀어 나갑니다. 한 걸음에 골짜기를
# 건너뛰어 전보다 더 높은 곳에 떨어지기 때문입니다.

# %%
rates = np.geomspace(1e-3, 1e3, 49)
with np.errstate(over="ignore", invalid="ignore"):
    reached = {
        name: np.array([loss(*descend(rule, rate, gradient)[-1]) for rate in rates])
        for name, rule in rules.items()
    }
shown = {name: np.clip(np.nan_to_num(one, nan=1e3), 1e-8, 1e3) for name, one in reached.items()}
title, label = "Loss after 40 steps, cut at 1e-8 and at 1000", "learning rate, log scale"
plots.plot_curves(shown, rates, title, x_label=label, log="xy")

# %% [markdown]
# ## 지나온 길
# 각각 가는 동안의 손실이 평균적으로 가장 작은 학습률로 갔습니다. 네모가 출발점이고 별이 가장 낮은 점입니다. SGD는 골짜기를 이리저리 가로지릅니다. 완만한
# 방향에 맞는 학습률이 가파른 방향에는 거의 너무 크기 때문입니다. 모멘텀은 흔들리며 지나갑니다. 나머지는 기울기의 크기로 나누므로
# 두 방향을 똑같이 다룹니다.


# %%
def best_paths(angle):
    loss, gradient, start = valley(angle)
    paths = {}
    with np.errstate(over="ignore", invalid="ignore"):
        for name, rule in rules.items():
            every = [descend(rule, rate, gradient, start) for rate in rates]
            means = [np.mean(loss(*path.T)) for path in every]
            paths[name] = every[int(np.nanargmin(means))]
    return plots.plot_optimizer_paths(loss, paths, (-5.5, 3.5, -3, 3), minimum=(0, 0))


best_paths(angle=0.0)

# %% [markdown]
# RMSprop은 최근 기울기의 크기로 나누므로 가장 낮은 점 근처에서도 이동량이 작아지지 않아 튀어 나가기도 합니다. 학습하면서 학습률을
# 낮추면 도움이 됩니다.
#
# **해 보기:** 골짜기를 출발점과 함께 다른 각도로 돌려 보세요. SGD, 모멘텀, 네스테로프는 비탈만 보므로 골짜기에서 보면 전과 똑같이
# 가고 손실도 같습니다. 나머지는 가중치를 하나씩 따로 보는데, 이제는 두 가중치 모두 골짜기를 비스듬히 가리키므로 다른 길로 갑니다.
# Adagrad는 전보다 훨씬 높은 곳에서 끝납니다.

# %%
best_paths(angle=np.pi / 8)

# %% [markdown]
# ## 신경망
# 같은 신경망 `mnist_mlp`(784-256-128-10)로 작은 옷 이미지를 분류합니다. 시작점과 데이터의 순서가 같고, 열 에포크씩 학습합니다. 학습률은 케라스의
# 기본값이되, SGD는 모멘텀이 있든 없든 0.05이고, Adadelta는 논문대로 1입니다.

# %%
clothes = kerazoo.load_dataset("fashion_mnist_mini").train
chosen = {
    "SGD": keras.optimizers.SGD(0.05),
    "momentum": keras.optimizers.SGD(0.05, momentum=0.9),
    "Nesterov": keras.optimizers.SGD(0.05, momentum=0.9, nesterov=True),
    "Adagrad": keras.optimizers.Adagrad(),
    "RMSprop": keras.optimizers.RMSprop(),
    "Adadelta": keras.optimizers.Adadelta(1.0),
    "Adam": keras.optimizers.Adam(),
}


def train(optimizer):
    keras.utils.set_random_seed(0)
    model = kerazoo.build_mnist_mlp()
    model.compile(optimizer, "sparse_categorical_crossentropy")
    history = kerazoo.fit_model(model, clothes, epochs=10, batch_size=64, verbose=0, seed=0)
    return history.history["loss"]


losses = {name: train(optimizer) for name, optimizer in chosen.items()}
plots.plot_curves(losses, title="Loss on the training rows", x_label="epoch")

# %% [markdown]
# 순서는 학습률에 따라 달라집니다. 또 이것은 훈련 데이터의 손실이지 새 데이터의 손실이 아닙니다. 강의의 말대로, 무엇이 가장 좋은지는
# 해 봐야 압니다.
#
# ## 연습 문제
# 1. `first`: 기울기가 1000이고 학습률이 0.01이면 Adam의 첫 이동량은 얼마입니까?
# 2. `swing`: 기울기는 늘 1, 학습률은 0.1, mu는 0.9입니다. 모멘텀의 이동량은 얼마까지 커집니까?
# 3. `tired`: 기울기는 늘 1이고, Adagrad가 합 0에서 학습률 1로 시작합니다. 100번째 이동량은 얼마입니까?
# 4. `edge`: 손실이 $4 w^2$일 때 SGD는 학습률이 얼마보다 크면 튀어 나갑니까?

# %%
lessons.check("optimizers", {"first": ..., "swing": ..., "tired": ..., "edge": ...}, "ko")
