# %% [markdown]
# # 배치 크기, 날카로운 최솟값, 초기화
#
# 경사 하강법의 한 스텝에 데이터를 몇 개씩 쓰고, 어디에서 출발하는 것이 좋을까요? 강의에서는 배치가
# 크면 날카로운 최솟값에, 작으면 평평한 최솟값에 이르고, 평평한 쪽이 일반화가 잘된다고 합니다(E
# 969-979). 이 수업에서는 스텝을 세고, 기울기의 잡음을 재고, 이 주장을 시험합니다. 그다음 출발점을
# 봅니다. 가중치가 너무 작거나, 너무 크거나, 모두 같으면 어떻게 될까요?

# %%
import kerazoo

kerazoo.quiet_tensorflow()

import math

import keras
import numpy as np
import pandas as pd

from kerazoo import lessons, plots

# %% [markdown]
# ## 스텝 세기
# 한 에포크는 모든 데이터를 한 번씩 읽는 것입니다. 데이터 10,000개를 100개씩 나누면 100스텝이고,
# 1,000,000개를 10,000개씩 나누어도 100스텝입니다(C 300-306, D 251-260). 나누어떨어지지 않으면
# 마지막 배치가 작아집니다. 강의의 야구 선수 175명은 175 / 32 = 5.5이므로 6스텝입니다(A 178).


# %%
def steps_per_epoch(rows, batch_size):
    return math.ceil(rows / batch_size)


cases = [(10_000, 100), (1_000_000, 10_000), (175, 32)]
pd.DataFrame(
    [(rows, size, steps_per_epoch(rows, size)) for rows, size in cases],
    columns=["데이터", "배치 크기", "에포크당 스텝"],
)

# %% [markdown]
# 2의 거듭제곱을 쓰는 것은 그래픽 카드의 메모리에 잘 맞기 때문이며(C 302), 수학적인 이유는 없습니다.
# 또 강의는 메모리가 부족해서 데이터를 나눈다고 하지만(D 246), 이유가 하나 더 있습니다. 전체
# 데이터로 한 번 갱신하는 비용이면 적은 데이터로는 여러 번 갱신할 수 있습니다.
#
# ## 데이터 몇 개로 구한 기울기는 추정값이다
# 와인 2,000개의 측정값 열한 가지와 색으로 품질을 세 등급으로 나눕니다. 소프트맥스 회귀의 출발점에서
# 무작위 배치로 기울기를 구합니다. 이 기울기는 전체 데이터로 구한 기울기에서 얼마나 떨어져 있을까요?
# 독립인 데이터 $B$개의 평균은 표준편차가 $1 / \sqrt{B}$에 비례하여 줄어듭니다. 데이터를 네 배로
# 늘려야 잡음이 절반이 됩니다.

# %%
wine = kerazoo.load_dataset("wine")
center, spread = wine.train.x.mean(axis=0), wine.train.x.std(axis=0)
x, y = ((wine.train.x - center) / spread)[:2000], wine.train.y[:2000]
others, of_others = (wine.test.x - center) / spread, wine.test.y


def gradient(rows):
    # All weights are 0: each class has probability 1/3.
    wrong = 1 / 3 - np.eye(3)[y[rows]]
    return x[rows].T @ wrong / len(rows)


random = np.random.default_rng(0)
sizes = [1, 4, 16, 64, 256, 1024]
whole = gradient(np.arange(len(x)))
batches = {size: [random.integers(len(x), size=size) for _ in range(300)] for size in sizes}
noise = {
    size: np.sqrt(np.mean([np.sum((gradient(rows) - whole) ** 2) for rows in drawn]))
    for size, drawn in batches.items()
}
plots.plot_curves(
    {"measured": list(noise.values()), "1 / square root": noise[1] / np.sqrt(sizes)},
    sizes,
    "Distance of a batch's gradient from that of all rows",
    x_label="batch size",
    y_label="distance",
    log="xy",
    marks=True,
)

# %% [markdown]
# ## 주장: 배치가 크면 날카로운 최솟값에 이른다
# 가중치를 조금 움직여도 손실이 거의 커지지 않으면 *평평한* 최솟값입니다. 여기서는 가중치 행렬을
# 무작위 방향으로, 그 길이의 일정한 비율만큼 움직이고, 훈련 손실이 얼마나 커지는지를 스무 방향에서
# 평균합니다. 강의의 그림은 이렇게 설명합니다. 훈련 데이터와 나중에 만날 데이터는 조금 어긋나
# 있는데, 평평한 골짜기에서는 조금 어긋나도 손해가 작습니다.
#
# 먼저 학습률을 같게 하고 **스텝 수를** 5,000으로 **같게** 해 봅니다.


# %%
def build():
    keras.utils.set_random_seed(0)
    hidden = keras.layers.Dense(64, "relu")
    model = keras.Sequential([keras.Input((12,)), hidden, keras.layers.Dense(3, "softmax")])
    model.compile(keras.optimizers.SGD(0.1), "sparse_categorical_crossentropy")
    return model


def loss_of(weights, x, y):
    hidden = np.maximum(x @ weights[0] + weights[1], 0)  # (rows, 64)
    scores = hidden @ weights[2] + weights[3]
    scores -= scores.max(axis=1, keepdims=True)
    log_probability = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
    return -log_probability[np.arange(len(y)), y].mean()


def rise(weights, share, directions=20):
    random = np.random.default_rng(0)

    def moved(weight):
        direction = random.normal(size=weight.shape)
        return weight + share * np.linalg.norm(weight) * direction / np.linalg.norm(direction)

    losses = [loss_of([moved(w) for w in weights], x, y) for _ in range(directions)]
    return np.mean(losses) - loss_of(weights, x, y)


def train(batch_size, epochs):
    model = build()
    kerazoo.fit_model(model, (x, y), epochs=epochs, batch_size=batch_size, verbose=0)
    return model.get_weights()


def report(trained):
    columns = {
        "훈련 손실": [loss_of(w, x, y) for w in trained.values()],
        "테스트 손실": [loss_of(w, others, of_others) for w in trained.values()],
        "20 % 움직일 때 증가량": [rise(w, 0.2) for w in trained.values()],
    }
    return pd.DataFrame(columns, index=list(trained)).rename_axis("배치 크기").round(3)


same_steps = {size: train(size, 5000 // steps_per_epoch(2000, size)) for size in (8, 64, 512)}
report(same_steps)

# %% [markdown]
# 주장대로 배치가 클수록 날카로워 보입니다. 그런데 훈련 손실도 더 작습니다. 한 스텝에 512개씩
# 5,000스텝이면 1,250에포크나 됩니다. 그래서 이번에는 **훈련 손실을 같게** 합니다. 배치 크기마다
# 훈련 손실이 0.7쯤 될 때까지 학습합니다.

# %%
same_loss = {size: train(size, epochs) for size, epochs in ((8, 40), (64, 100), (512, 480))}
report(same_loss)

# %%
shares = np.linspace(0, 0.4, 9)
names = {size: f"batch of {size}" for size in same_loss}
curves = {f"{names[s]}, same steps": [rise(w, z) for z in shares] for s, w in same_steps.items()}
curves |= {f"{names[s]}, same loss": [rise(w, z) for z in shares] for s, w in same_loss.items()}
plots.plot_curves(
    curves,
    shares,
    "Loss around what was found",
    x_label="length of the move, share of the weights",
    y_label="rise of the training loss",
)

# %% [markdown]
# 이번에는 반대입니다. 가장 큰 배치가 가장 평평한 곳에 있고, 테스트 손실도 가장 작습니다. (시드를
# 바꾸어도 512는 그대로이고, 8과 64는 순서가 바뀝니다.) 그러므로 배치 크기만으로 정해지는 것이
# 아닙니다. 스텝의 크기와 횟수로 얼마나 멀리까지 학습했는지가 중요합니다. 이 주장은 Keskar
# 등(2017)에서 나왔고, Shallue 등(2019)은 배치 크기마다 학습률을 따로 조정했더니 큰 배치가 나쁘지
# 않았다고 합니다.
#
# 재는 방법도 문제입니다. ReLU에서는 첫째 층을 열 배로 하고 둘째 층을 십분의 일로 하면 **똑같은
# 함수**가 됩니다. 그런데도 가중치에 비례하지 않고 일정한 크기로 움직이면 손실이 훨씬 크게
# 늘어납니다(Dinh 등, 2017).


# %%
def fixed_rise(weights, size):
    random = np.random.default_rng(0)
    moved = [[w + size * random.normal(size=w.shape) for w in weights] for _ in range(20)]
    return np.mean([loss_of(w, x, y) for w in moved]) - loss_of(weights, x, y)


found = same_loss[64]
scaled = [10 * found[0], 10 * found[1], found[2] / 10, found[3]]
pd.DataFrame(
    {
        "훈련 손실": [loss_of(w, x, y) for w in (found, scaled)],
        "일정한 크기로 움직일 때 증가량": [fixed_rise(w, 0.02) for w in (found, scaled)],
    },
    index=["학습한 그대로", "크기만 바꿈"],
).round(3)

# %% [markdown]
# ## 어디에서 출발하는가
# ReLU 유닛 256개짜리 층 30개에 신호를 통과시킵니다. 가중치의 표준편차가 $\sigma$, 입력 수가 $n$이면
# 층마다 신호의 크기에 대략 $\sigma \sqrt{n / 2}$가 곱해집니다. He 초기화는
# $\sigma = \sqrt{2 / n}$이므로 이 값이 1입니다. Glorot 초기화(강의의 MNIST 신경망에 나오는 Xavier,
# E 747)는 tanh를 위한 것으로 여기서는 $\sqrt{1 / n}$이고, ReLU에서는 신호가 층마다 $\sqrt 2$배씩
# 작아집니다. 앞으로 갈 때 작아지면 역전파에서도 작아져서 앞쪽 층은 거의 학습하지 못합니다.


# %%
def signal(initializer, layers=30, units=256):
    values = np.random.default_rng(0).normal(size=(200, units))
    sizes = []
    for _ in range(layers):
        values = np.maximum(values @ np.asarray(initializer((units, units))), 0)
        sizes.append(np.sqrt(np.mean(values**2)))
    return sizes


starts = {
    "He": keras.initializers.HeNormal(seed=0),
    "Glorot": keras.initializers.GlorotNormal(seed=0),
    "deviation 0.01": keras.initializers.RandomNormal(stddev=0.01, seed=0),
    "deviation 0.15": keras.initializers.RandomNormal(stddev=0.15, seed=0),
}
plots.plot_curves(
    {name: signal(start) for name, start in starts.items()},
    title="Size of the signal",
    x_label="layer",
    y_label="root mean square",
    log="y",
)

# %% [markdown]
# 한 층의 가중치가 모두 같으면 어떻게 될까요? 모든 유닛의 기울기가 스텝마다 같아서 끝까지 같은
# 유닛으로 남습니다. 유닛이 64개라도 하나나 마찬가지입니다. 강의에서는 필터를 두고 같은 말을
# 합니다(B 1438-1443). 출발이 같으면 필터도 같아집니다.

# %%
alike = build()
alike.set_weights([np.full(w.shape, 0.1) for w in alike.get_weights()])
kerazoo.fit_model(alike, (x, y), epochs=10, batch_size=64, verbose=0)
kernel = alike.get_weights()[0]
print("달라진 가중치:", np.sum(kernel != np.float32(0.1)))
print("유닛 사이의 가장 큰 차이:", np.ptp(kernel, axis=1).max())

# %% [markdown]
# **해 보기:** 배치 512에 학습률을 키워 보세요. `SGD(0.1)`을 `SGD(0.8)`로 바꿉니다. 손실이 0.7이
# 되기까지 몇 에포크가 걸리고, 그곳은 얼마나 날카롭습니까?
#
# ## 연습 문제
# 점 세 개(`...`) 자리에 답을 넣으세요. 터미널에서는 `kerazoo lesson check batch_size steps 100`처럼
# 확인합니다.
#
# 1. `steps`: MNIST 이미지 60,000장을 배치 128로 학습하면 한 에포크는 몇 스텝입니까?
# 2. `noise`: 데이터 하나로 구한 기울기의 표준편차가 0.8입니다. 배치가 64이면 표준편차는 얼마입니까?
# 3. `he`: 입력이 512개인 ReLU 층이 있습니다. He 초기화를 쓰면 가중치의 표준편차는 얼마입니까?

# %%
lessons.check("batch_size", {"steps": ..., "noise": ..., "he": ...}, "ko")
