# %% [markdown]
# # 경사 소실
#
# 깊은 신경망에서 기울기는 모든 층을 거쳐 뒤로 돌아옵니다. 층마다 기울기가 작아지면 앞쪽 층은 거의 학습하지 못합니다. 이
# 수업에서는 활성화함수 다섯 가지로 2층부터 20층까지 층마다 기울기의 크기를 재고, 그것이 학습에 어떤 영향을 주는지 봅니다.
#
# 강의에서 경사 소실(B 654-693)과 깊은 신경망(E 1154-1162)을 다루는 부분에 해당합니다.

# %%
import kerazoo

kerazoo.quiet_tensorflow()

import keras
import numpy as np
import pandas as pd
import tensorflow as tf

from kerazoo import lessons, plots

# %% [markdown]
# ## 많아야 4분의 1
# 오차역전파는 층마다 활성화함수의 미분을 곱합니다. 시그모이드의 미분은 $s (1 - s)$이고, 입력이 0일 때 가장 커서 0.25입니다.
# 가중치가 메워 주지 않으면 $n$층을 지난 뒤에는 많아야 $0.25^n$만 남습니다.

# %%
depths = np.array([1, 2, 5, 10, 20])
pd.DataFrame({"상한": 0.25**depths}, index=pd.Index(depths, name="시그모이드 층 수"))

# %% [markdown]
# 강의에서는 대응책으로 함수 네 가지를 듭니다(B 687-692). tanh의 미분은 1까지 커집니다. ReLU의 미분은 0보다 클 때 정확히 1이고
# 작을 때 0입니다. Leaky ReLU는 0보다 작을 때에도 약간의 기울기를 남기고, ELU는 매끄럽게 휩니다.

# %%
activations = {
    "sigmoid": keras.activations.sigmoid,
    "tanh": keras.activations.tanh,
    "ReLU": keras.activations.relu,
    "leaky ReLU": keras.activations.leaky_relu,
    "ELU": keras.activations.elu,
}
plots.plot_activation_functions(activations, reach=4)

# %% [markdown]
# ## 층마다 기울기를 잰다
# 작은 옷 이미지를 읽는 신경망입니다. 유닛 64개짜리 층이 `depth`개 있고, 출력은 열 클래스입니다. 가중치는 케라스가 처음에 뽑은
# 그대로입니다. 처음 256개 이미지로 손실의 기울기를 구하고, 층마다 그 크기를 잽니다. 크기는 가중치별 기울기를 제곱해 평균을
# 내고 제곱근을 씌운 값입니다.

# %%
clothes = kerazoo.load_dataset("fashion_mnist_mini").train
x = clothes.x.reshape(len(clothes.x), -1).astype("float32") / 255
x = (x - x.mean()) / x.std()
y = clothes.y


def build(activation, depth, initializer="glorot_uniform", seed=0):
    keras.utils.set_random_seed(seed)
    layer = inputs = keras.Input(x.shape[1:])
    for number in range(depth):
        dense = keras.layers.Dense(64, kernel_initializer=initializer, name=f"hidden{number + 1}")
        layer = keras.layers.Activation(activation)(dense(layer))
    return keras.Model(inputs, keras.layers.Dense(10, name="scores")(layer))


def gradient_sizes(model):
    kernels = [layer.kernel for layer in model.layers if hasattr(layer, "kernel")]
    with tf.GradientTape() as tape:
        scores = model(x[:256])
        losses = keras.losses.sparse_categorical_crossentropy(y[:256], scores, from_logits=True)
        loss = tf.reduce_mean(losses)
    gradients = tape.gradient(loss, [kernel.value for kernel in kernels])
    return [float(np.sqrt(np.mean(np.square(one)))) for one in gradients]


flow = {name: gradient_sizes(build(function, 20)) for name, function in activations.items()}
plots.plot_gradient_flow(flow, "Size of the gradient in each of 20 layers and the output")

# %% [markdown]
# 시그모이드에서는 첫 층이 받는 기울기가 마지막 층보다 10의 몇 제곱배나 작습니다. ReLU와 Leaky ReLU의 선은 평평하지만
# 낮습니다. 0보다 작은 값을 잘라 내므로 순전파에서 값이 점점 작아지고, 그래서 모든 층의 기울기가 함께 작아집니다. 보통은 처음
# 가중치를 더 크게 뽑아 해결합니다. 분산을 약 1 / 입력 수가 아니라 2 / 입력 수로 합니다(He et al., 2015, 케라스의
# `he_normal`). 시그모이드에는 별 도움이 되지 않습니다.

# %%
he = {
    f"{name}, {initializer}": gradient_sizes(build(activations[name], 20, initializer))
    for name in ("sigmoid", "ReLU")
    for initializer in ("glorot_uniform", "he_normal")
}
plots.plot_gradient_flow(he, "The same with larger weights at the start")

# %% [markdown]
# ## 2층에서 20층까지
# 신경망이 깊어질수록 첫 층에 도착하는 기울기입니다. 시그모이드는 로그 눈금에서 거의 직선입니다. 층마다 같은 비율로 줄어든다는
# 뜻입니다.

# %%
depths = [2, 5, 10, 15, 20]
first = {
    name: [gradient_sizes(build(function, depth))[0] for depth in depths]
    for name, function in activations.items()
}
plots.plot_curves(
    first,
    depths,
    "Size of the gradient in the first layer",
    x_label="hidden layers",
    y_label="size, log scale",
    log="y",
    marks=True,
)

# %%
factor = (first["sigmoid"][-1] / first["sigmoid"][0]) ** (1 / (depths[-1] - depths[0]))
print(f"시그모이드 한 층을 지나면 기울기가 {factor:.2f}배가 된다")

# %% [markdown]
# ## 학습에 미치는 영향
# 2층과 10층, 시그모이드와 ReLU로 같은 학습을 합니다. 경사하강법으로 10에포크입니다. 시그모이드 10층은 찍는 것과 같은
# $\log 10 = 2.30$에 머물러 아무것도 배우지 못합니다.


# %%
def train(activation, depth, initializer="glorot_uniform", optimizer=None):
    model = build(activations[activation], depth, initializer)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer or keras.optimizers.SGD(0.1), loss)
    history = kerazoo.fit_model(model, (x, y), epochs=10, batch_size=64, verbose=0)
    return history.history["loss"]


losses = {
    f"{activation}, {depth} layers": train(activation, depth)
    for activation in ("sigmoid", "ReLU")
    for depth in (2, 10)
}
plots.plot_curves(
    losses, title="Loss on the training rows", x_label="epoch", y_label="cross-entropy", marks=True
)

# %% [markdown]
# > **강의 자료의 오류.** E 1156행은 아주 깊은 신경망의 성능이 떨어지는 까닭이 과적합이라고 합니다. 과대적합이라면 훈련
# > 데이터의 손실은 *낮아야* 합니다. 여기서는 훈련 손실 자체가 높습니다. ResNet 논문(He et al., 2016)에서도 그랬고, B 1676행이
# > 맞습니다.
#
# **해 보기:** `"tanh"`, `"leaky ReLU"`, `"ELU"`로 10층을 학습해 보세요. 시그모이드에는
# `optimizer=keras.optimizers.Adam(1e-3)`을 줘 보세요. Adam은 기울기의 크기로 나누므로 몇 에포크가 지나면 작은 기울기로도
# 가중치가 움직입니다. 몇 층까지 효과가 있습니까?
#
# 활성화함수 말고도 방법이 있습니다. 배치 정규화는 합을 미분이 큰 0 근처에 둡니다. 층을 건너뛰는 연결(skip connection)로는
# 기울기가 그대로 지나갑니다. 반대 현상도 있습니다. 가중치가 크면 기울기가 *폭발*합니다.
#
# ## 연습 문제
# 1. `bound`: 시그모이드 층을 몇 개 지나면 기울기가 많아야 백만분의 일만 남습니까?
# 2. `tanh`: 1에서 tanh의 미분은 얼마입니까?
# 3. `elu`: -2에서 ELU(0보다 작을 때 $e^z - 1$)의 미분은 얼마입니까?
# 4. `dead`: ReLU 유닛의 합이 모든 행에서 0보다 작습니다. 그 가중치의 기울기는 얼마입니까?

# %%
lessons.check("vanishing_gradients", {"bound": ..., "tanh": ..., "elu": ..., "dead": ...}, "ko")
