# %% [markdown]
# # 과대적합: 잡음까지 외우는 학습과 그 대책
#
# 훈련 데이터를 완벽하게 맞힌다고 해서 규칙을 배운 것은 아닙니다. 이 수업에서는 신경망을 일부러
# 과대적합시킨 다음, 강의에 나온 대책을 하나씩 써 봅니다. 조기 종료, L1, L2, 드롭아웃, 잡음입니다.
# (데이터 증강, 믹스업, 라벨 스무딩은 다음 수업에서 다룹니다.) 마지막에는 모수가 늘어날수록 성능이
# 나빠졌다가 다시 좋아지는 *이중 하강*을 봅니다.

# %%
import kerazoo

kerazoo.quiet_tensorflow()

import keras
import numpy as np
import pandas as pd

from kerazoo import lessons, plots

# %% [markdown]
# ## 데이터 20개, 모수 4,353개
# 참값은 사인 곡선 한 주기이고, 측정값에는 표준편차 0.4의 잡음이 섞여 있습니다. 직접 만든 데이터라서
# 참값을 알기 때문에, 적합이 얼마나 좋은지 참값으로 평가할 수 있습니다.


# %%
def truth(x):
    return np.sin(2 * np.pi * x)


def draw_sample(rows, seed):
    random = np.random.default_rng(seed)
    x = random.uniform(0, 1, (rows, 1)).astype("float32")
    return x, truth(x) + random.normal(0, 0.4, (rows, 1)).astype("float32")


def build(penalty=None, dropout=0.0, noise=0.0):
    keras.utils.set_random_seed(0)
    inputs = keras.Input((1,))
    x = keras.layers.Rescaling(12, offset=-6)(inputs)  # a wide range lets the curve bend
    x = keras.layers.GaussianNoise(noise)(x) if noise else x
    for _ in range(2):
        x = keras.layers.Dense(64, "tanh", kernel_regularizer=penalty)(x)
        x = keras.layers.Dropout(dropout)(x) if dropout else x
    model = keras.Model(inputs, keras.layers.Dense(1)(x))
    model.compile(keras.optimizers.Adam(0.005), "mean_squared_error")
    return model


validation = draw_sample(200, seed=100)
plain = build()
history = kerazoo.fit_model(
    plain, draw_sample(20, seed=2), validation, epochs=600, batch_size=20, verbose=0
)
print(f"모수: {plain.count_params():,}")
plots.plot_history(history)

# %% [markdown]
# 훈련 손실은 계속 줄어서 잡음의 분산인 0.16보다도 작아집니다. 0.16 아래로 내려간 만큼은 잡음을 외운
# 것입니다. 검증 손실은 그보다 한참 전에 다시 커지기 시작합니다. 이것이 과대적합입니다. 강의의
# 보스턴 집값 예제에서도 500에포크 가운데 80~90에포크면 충분했습니다(B 1250-1284). **조기 종료**는
# 검증 손실이 가장 작았던 에포크의 가중치를 남깁니다.
#
# > **강의 자료의 오류.** A 637행은 보스턴 신경망에 쓸 `EarlyStopping`을 만들지만, `fit`을 호출하는
# > A 635행에 넘기지 않아서 학습이 일찍 멈추지 않습니다. `callbacks=[...]`로 넘겨야 합니다.

# %% [markdown]
# ## 규제를 손으로 계산하기
# L2는 손실함수에 $\lambda \sum w^2$을, L1은 $\lambda \sum |w|$를 더합니다. 데이터에서 오는 기울기가
# 0일 때, 학습률 $\eta$로 경사 하강법을 한 번 수행하면 다음만 남습니다.
#
# $$\text{L2: } w \leftarrow w - 2 \eta \lambda w$$
#
# $$\text{L1: } w \leftarrow w - \eta \lambda \, \text{sign}(w)$$
#
# L2는 가중치에 비례하는 양을, L1은 모든 가중치에서 같은 양을 뺍니다. 그래서 L2는 가중치를 작게
# 만들고, L1은 많은 가중치를 0으로 만듭니다.
#
# > **강의 자료의 오류.** B 1190행은 손실함수에 "노이즈를 추가"한다고 합니다. 무작위로 더하는 값은
# > 없고, 큰 가중치에 매기는 벌점입니다. B 1202행은 아래에서 다룰 드롭아웃이 가중치의 개수를
# > 줄인다고 합니다. 가중치는 하나도 없어지지 않습니다. 한 스텝 동안 일부 유닛을 뺄 뿐이고, 예측할
# > 때는 모두 씁니다.

# %%
weights = np.array([2.0, 0.1, -0.5])
rate, strength = 0.1, 0.05
pd.DataFrame(
    {
        "w": weights,
        "L2 적용 후": weights - 2 * rate * strength * weights,
        "L1 적용 후": weights - rate * strength * np.sign(weights),
    }
)

# %% [markdown]
# ## 대책을 하나씩 써 보기
# **드롭아웃**은 훈련할 때만, 스텝마다 새로 뽑아서 층의 출력을 일정한 확률로 0으로 만듭니다. 그래서
# 유닛 하나에만 의존할 수 없습니다. **입력 잡음**은 데이터 하나를 작은 구름처럼 여러 개로 만듭니다.
# 대책마다 20개짜리 표본 세 개로 학습해 봅니다.

# %%
grid = np.linspace(0, 1, 201, dtype="float32")[:, None]
remedies = {
    "none": {},
    "early stopping": {},
    "L2": {"penalty": keras.regularizers.L2(0.01)},
    "L1": {"penalty": keras.regularizers.L1(0.001)},
    "dropout": {"dropout": 0.3},
    "input noise": {"noise": 0.9},
}


def try_remedy(name, seed):
    model = build(**remedies[name])
    options = {"epochs": 600, "batch_size": 20, "verbose": 0}
    if name == "early stopping":
        stopping = kerazoo.EarlyStopping(patience=100, restore_best_weights=True)
        options["callbacks"] = [stopping]
    kerazoo.fit_model(model, draw_sample(20, seed), validation, **options)
    fit = np.asarray(model(grid))[:, 0]
    kernels = np.concatenate([np.ravel(w) for w in model.get_weights() if w.ndim == 2])
    return fit, np.sqrt(np.mean((fit - truth(grid)[:, 0]) ** 2)), kernels


tried = {name: [try_remedy(name, seed) for seed in range(3)] for name in remedies}
pd.DataFrame(
    {
        "참값과의 오차": {n: np.mean([t[1] for t in r]) for n, r in tried.items()},
        "가중치의 노름": {n: np.linalg.norm(r[2][2]) for n, r in tried.items()},
        "0.001보다 작은 가중치": {n: np.mean(np.abs(r[2][2]) < 1e-3) for n, r in tried.items()},
    }
).round(3)

# %%
fits = {name: results[2][0] for name, results in tried.items()}
plots.plot_fits(grid, fits, truth(grid), points=draw_sample(20, seed=2))

# %% [markdown]
# 어느 대책이든 곡선이 참값에 가까워집니다. L1을 쓰면 0이 아닌 가중치가 얼마 남지 않고, L2를 쓰면
# 모든 가중치가 작아집니다. 드롭아웃과 입력 잡음은 가중치를 그만큼 줄이지는 않지만, 유닛 하나나
# 정확한 입력값 하나에 의존해도 소용이 없게 만듭니다. (강의가 함께 다루는 *가중치* 잡음도 같은
# 원리입니다, E 1060-1064.)
#
# ## 이중 하강
# 모수가 몇 개면 너무 많을까요? 보스턴의 집 100채로 집값을 예측해 봅니다. ReLU 은닉층의 가중치는
# 무작위로 한 번 뽑아 고정하고(*무작위 특성*), 출력층은 최소제곱법으로 구합니다. 해가 여러 개면
# 가중치가 가장 작은 해를 고릅니다. 그래서 신경망마다 그 크기에서 가장 좋은 적합이 나오고, 학습은
# 필요하지 않습니다.

# %%
boston = kerazoo.load_dataset("boston")
center, spread = boston.train.x.mean(axis=0), boston.train.x.std(axis=0)
rows = 100
homes, others = (boston.train.x[:rows] - center) / spread, (boston.test.x - center) / spread
prices = boston.train.y[:rows].ravel()


def error_with(units, penalty, seed):
    hidden = np.random.default_rng(seed).normal(size=(14, units)) / np.sqrt(14)
    of_homes = np.maximum(homes @ hidden[1:] + hidden[0], 0)  # (rows, units)
    of_others = np.maximum(others @ hidden[1:] + hidden[0], 0)
    mean = prices.mean()
    inner = of_homes @ of_homes.T + penalty * np.eye(rows)
    output = of_homes.T @ np.linalg.pinv(inner, hermitian=True) @ (prices - mean)
    return np.sqrt(np.mean((of_others @ output + mean - boston.test.y.ravel()) ** 2))


units = [5, 10, 20, 40, 60, 80, 90, 100, 110, 125, 150, 200, 400, 800]
errors = {
    "no penalty": [np.median([error_with(u, 0, s) for s in range(5)]) for u in units],
    "L2": [np.median([error_with(u, 10, s) for s in range(5)]) for u in units],
}
labels = {"x_label": "hidden units", "y_label": "test error ($1000)"}
plots.plot_curves(errors, units, f"Random features on {rows} homes", **labels, log="xy")

# %% [markdown]
# 유닛이 100개가 될 때까지는 교과서에 나오는 대로 오차가 줄었다가 늘어납니다. 유닛이 100개일 때 집
# 100채를 모두 맞히는 해는 단 하나이고, 아무리 심하게 요동쳐도 그것뿐이라 오차가 폭발합니다. 유닛이
# 더 많으면 해가 여러 개이고, 그중 가중치가 가장 작은 해는 매끄럽습니다. 그래서 오차가 다시
# 줄어듭니다(A 534-540). 강의는 이 때문에 은닉 유닛이 부족한 것보다 많은 것이 낫다고 합니다. 두 번째
# 곡선은 나머지 절반을 보여 줍니다. 규제를 쓰면 봉우리가 사라지고, 유닛 수는 거의 문제가 되지
# 않습니다.
#
# **해 보기:** `rows`를 50으로 바꿔 보세요. 봉우리가 어디로 옮겨 갑니까? 규제의 세기도 10에서
# 0.3으로 바꿔 보세요.
#
# ## 연습 문제
# 점 세 개(`...`) 자리에 답을 넣으세요. 터미널에서는 `kerazoo lesson check overfitting peak 100`처럼
# 확인합니다.
#
# 1. `penalty`: 가중치가 2이고 데이터에서 오는 기울기는 0입니다. 학습률 0.1, L2 규제 0.01로 한 번
#    갱신하면 가중치는 얼마가 됩니까?
# 2. `zero`: 가중치가 0.03이고 데이터에서 오는 기울기는 0입니다. 학습률 0.1, L1 규제 0.05로 몇 번
#    갱신하면 0이 됩니까?
# 3. `peak`: 데이터 60개를 규제 없이 무작위 특성으로 적합합니다. 유닛이 몇 개일 때 테스트 오차가
#    가장 큽니까?

# %%
lessons.check("overfitting", {"penalty": ..., "zero": ..., "peak": ...}, "ko")
