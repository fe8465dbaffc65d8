# %% [markdown]
# # 오차역전파
#
# 학습하려면 손실을 모든 가중치로 미분한 값이 필요합니다. 오차역전파는 손실 자체를 계산하는 것보다 조금 더 드는 비용으로
# 그 값을 한꺼번에 구합니다. 이 수업에서는 변수 하나의 미분에서 시작해 연쇄법칙과 그래프의 게이트를 거쳐, 신경망 `xor`의
# 순전파와 역전파를 NumPy로 씁니다. 그리고 그 학습이 이 패키지의 학습과 똑같은지 확인합니다.
#
# 강의에서 오차역전파를 다루는 부분(B 385-640, C 263-286, D 274-290)에 해당합니다.

# %%
import kerazoo

kerazoo.quiet_tensorflow()

import keras
import numpy as np
import pandas as pd

from kerazoo import lessons, plots

# %% [markdown]
# ## 미분
# $x$에서 $f$의 미분은 $x$가 조금 변할 때 $f(x)$가 얼마나 변하는지를 나타냅니다. 컴퓨터로는 직접 움직여 볼 수 있습니다. 전향
# 차분은 $(f(x + h) - f(x)) / h$이고, 중앙 차분은 $(f(x + h) - f(x - h)) / 2h$입니다. $x^3$의 2에서의 미분값은 12입니다. 전향
# 차분의 오차는 $h$에 비례해 줄고 중앙 차분의 오차는 $h^2$에 비례해 줄지만, $h$가 너무 작으면 반올림 오차가 커집니다.


# %%
def forward_difference(f, x, h):
    return (f(x + h) - f(x)) / h


def central_difference(f, x, h=1e-5):
    return (f(x + h) - f(x - h)) / (2 * h)


def cube(x):
    return x**3


steps = 10.0 ** np.arange(-13, 0)
errors = {
    "forward": abs(forward_difference(cube, 2.0, steps) - 12),
    "central": abs(central_difference(cube, 2.0, steps) - 12),
}
plots.plot_curves(errors, steps, "Error of the derivative", x_label="h", y_label="error", log="xy")

# %% [markdown]
# > **강의 자료의 오류.** B 516행은 중앙 차분을 괄호 없이 적었습니다. 적힌 그대로라면 뒤의 값만 2로 나누고 거기에 h를
# > 곱하게 됩니다.
#
# **편미분.** 입력이 여럿이면 하나만 빼고 나머지를 상수로 봅니다. 강의에서는 $f(x, y) = 3x + 2xy + y^2$에서
# $\partial f / \partial x = 3 + 2y$와 $\partial f / \partial y = 2x + 2y$를 구합니다(B 465-485). **연쇄법칙.** 합성함수의 미분은
# 두 미분의 곱입니다. $t = 3x^2$로 놓으면 $e^{3x^2}$의 미분은 $e^t \cdot 6x$입니다(B 495-501).


# %%
def f(x, y):
    return 3 * x + 2 * x * y + y**2


x, y = 1.2, -0.4
checks = {
    "∂f/∂x = 3 + 2y": (3 + 2 * y, central_difference(lambda x: f(x, y), x)),
    "∂f/∂y = 2x + 2y": (2 * x + 2 * y, central_difference(lambda y: f(x, y), y)),
    "연쇄법칙, x = 0.5": (
        np.exp(3 * 0.5**2) * 6 * 0.5,
        central_difference(lambda x: np.exp(3 * x**2), 0.5),
    ),
}
pd.DataFrame(checks, index=["공식", "차분"]).T.round(6)

# %% [markdown]
# ## 식은 그래프다
# 모든 식은 작은 계산으로 이루어져 있고, 계산마다 자기 미분을 압니다. 값은 앞으로 흐릅니다(순전파). 그다음 기울기가 뒤로
# 돌아옵니다(역전파). 각 계산은 위에서 온 기울기(upstream)에 자기 미분(local)을 곱해 아래로 보냅니다(D 274-290). 이런 계산을
# 게이트라고 합니다.
#
# - **덧셈**은 같은 기울기를 두 입력에 나누어 줍니다(distributor).
# - **곱셈**은 기울기에 *상대방* 입력을 곱합니다(swap).
# - **최댓값**은 더 큰 입력에 기울기를 모두 보내고, 다른 쪽에는 0을 보냅니다(router).
# - 두 번 쓰인 값은 돌아온 기울기를 더합니다. **복사**는 덧셈이 됩니다(adder).
#
# 서른 줄 남짓한 클래스 하나로 이 모두를 할 수 있습니다.


# %%
class Value:
    def __init__(self, value, name="", inputs=(), slopes=()):
        self.value, self.name, self.inputs, self.slopes = value, name, inputs, slopes
        self.gradient = 0.0

    def __add__(self, other):
        return Value(self.value + other.value, "+", (self, other), (1, 1))

    def __mul__(self, other):
        return Value(self.value * other.value, "×", (self, other), (other.value, self.value))

    def max(self, other):
        first = float(self.value > other.value)
        return Value(max(self.value, other.value), "max", (self, other), (first, 1 - first))

    def backward(self):
        order = []

        def visit(node):
            if node not in order:
                for one in node.inputs:
                    visit(one)
                order.append(node)

        visit(self)
        self.gradient = 1.0
        for node in reversed(order):
            for one, slope in zip(node.inputs, node.slopes, strict=True):
                one.gradient += node.gradient * slope


# %% [markdown]
# **해 보기:** 숫자를 바꿔 보세요. b가 c보다 작아지면 기울기가 어떻게 됩니까?

# %%
a, b, c = Value(3.0, "a"), Value(2.0, "b"), Value(-1.0, "c")
result = (a + b) * b.max(c)
result.backward()
plots.plot_computation(result, "(a + b) · max(b, c)")

# %% [markdown]
# 오른쪽부터 읽습니다. 결과의 기울기는 1입니다. 곱셈은 서로 바꾸므로 합에는 2가, 최댓값에는 5가 갑니다. 합은 a와 b에 2씩
# 보내고, 최댓값은 b에 5를, c에는 0을 보냅니다. b는 두 번 쓰였으므로 2 + 5 = 7을 받습니다.
#
# ## xor의 순전파와 역전파
# 신경망 `xor`에는 시그모이드 은닉 유닛 둘과 출력 유닛 하나가 있습니다. 데이터는 네 줄이고 손실은 $(s - y)^2$의 평균입니다.
# 강의에서는 출력층 가중치의 기울기를 세 값의 곱으로 구합니다(B 587-612). 오차값, 시그모이드의 미분 $s (1 - s)$, 그리고 그
# 가중치의 입력값입니다. 오차는 뒤에서 오고, 나머지 둘은 순전파에서 이미 구해 둔 값이므로 다시 미분할 것이 없습니다. 은닉층의
# 오차는 출력층이 되돌려 보낸 값입니다.


# %%
def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def forward(weights, x):
    w1, b1, w2, b2 = weights
    hidden = sigmoid(x @ w1 + b1)  # (행, 2)
    return hidden, sigmoid(hidden @ w2 + b2)  # (행, 1)


def backward(weights, x, y):
    hidden, s = forward(weights, x)
    error = 2 * (s - y) / len(x)  # 제곱의 평균을 미분한 값
    output_delta = error * s * (1 - s)
    hidden_delta = (output_delta @ weights[2].T) * hidden * (1 - hidden)
    gradients = [x.T @ hidden_delta, hidden_delta.sum(0)]
    return [*gradients, hidden.T @ output_delta, output_delta.sum(0)]


def loss(weights, x, y):
    return np.mean((forward(weights, x)[1] - y) ** 2)


# %% [markdown]
# 차분으로 확인합니다. 아홉 개의 모수를 하나씩 양쪽으로 조금 움직입니다.

# %%
x, y = kerazoo.load_dataset("xor").train
x, y = x.astype("float64"), y.astype("float64")
keras.config.set_dtype_policy("float64")  # 반올림 오차를 없애려고
keras.utils.set_random_seed(0)
model = kerazoo.build_xor()
start = model.get_weights()


def by_differences(weights, h=1e-5):
    gradients = [np.zeros_like(w) for w in weights]
    for w, gradient in zip(weights, gradients, strict=True):
        for index in np.ndindex(w.shape):
            kept = w[index]
            w[index] = kept + h
            above = loss(weights, x, y)
            w[index] = kept - h
            gradient[index] = (above - loss(weights, x, y)) / (2 * h)
            w[index] = kept
    return gradients


def flat(arrays):
    return np.concatenate([one.ravel() for one in arrays])


names = ["w1 11", "w1 12", "w1 21", "w1 22", "b1 1", "b1 2", "w2 1", "w2 2", "b2"]
both = {
    "역전파": flat(backward(start, x, y)),
    "차분": flat(by_differences(start)),
}
assert np.allclose(*both.values(), atol=1e-9)
pd.DataFrame(both, index=names).T.round(6)

# %% [markdown]
# > **강의 자료에 덧붙임.** B 424행은 에러 $y - \hat y$를 보내면 "미분을 하지 않더라도" 학습이 된다고 합니다. 그런데 그 오차가
# > 바로 미분입니다. $(s - y)^2 / 2$를 미분한 값입니다. 제곱의 평균을 쓰면 2 / 행의 수를 곱해야 합니다. B 582행은 은닉층이나
# > 노드가 늘어나도 학습속도에 영향이 없다고 하지만, 영향이 있습니다. 한 번의 순전파와 역전파에 걸리는 시간은 가중치의 수에
# > 비례합니다. 역전파가 아껴 주는 것은 차분에 필요한, *가중치마다* 한 번씩 하는 계산입니다.
#
# ## 같은 학습
# 네 줄을 모두 써서 경사하강을 천 번 합니다. 한 번은 NumPy로, 한 번은 이 패키지로 합니다. 가중치는 백만분의 일까지 같습니다.

# %%
weights = [w.copy() for w in start]
by_numpy = []
for _ in range(1000):
    by_numpy.append(loss(weights, x, y))
    weights = [w - 2.0 * g for w, g in zip(weights, backward(weights, x, y), strict=True)]

model.compile(keras.optimizers.SGD(2.0), "mean_squared_error")
history = kerazoo.fit_model(model, (x, y), epochs=1000, batch_size=4, verbose=0)
difference = abs(flat(weights) - flat(model.get_weights())).max()
print(f"1,000번 갱신한 뒤의 손실: {loss(weights, x, y):.4f}")
print("가중치가 1e-6까지 같다" if difference < 1e-6 else f"차이: {difference:.1e}")

# %%
plots.plot_curves(
    {"NumPy": by_numpy, "kerazoo": history.history["loss"]},
    title="xor, trained twice",
    x_label="step",
    y_label="loss",
)

# %% [markdown]
# ## 연습 문제
# 1. `partial`: $f = x^2 y + 3y$ 입니다. x = 2, y = 1에서 두 편미분은 얼마입니까?
# 2. `router`: $a \cdot b$와 $c$가 최댓값 게이트로 들어갑니다. a = 2, b = -1, c = 3일 때 a, b, c의 기울기는 얼마입니까?
# 3. `chain`: x = 0에서 sigmoid(3x)의 미분은 얼마입니까?
# 4. `passes`: 모수가 235,146개인 신경망 784-256-128-10의 기울기를 중앙 차분으로 한 번 구하려면 순전파를 몇 번 해야 합니까?

# %%
answers = {"partial": ..., "router": ..., "chain": ..., "passes": ...}
lessons.check("backpropagation", answers, "ko")
