# %% [markdown]
# # 편향과 분산, 부트스트랩, 배깅, 부스팅
#
# 모델은 두 가지 방식으로 틀립니다. 모델이 너무 단순하면 어떤 표본으로 학습해도 참값에 이르지
# 못합니다. 이것이 편향입니다. 반대로 표본을 너무 충실히 따라가면 표본이 바뀔 때마다 다른 모델이
# 나옵니다. 이것이 분산입니다. 이 수업에서는 둘을 재어 보고, 서로 반대 방향으로 작용하는 두 방법을
# 살펴봅니다. 배깅은 여러 모델을 평균하고, 부스팅은 앞 모델의 오차를 다음 모델이 바로잡습니다(E
# 926-966).

# %%
import numpy as np
import pandas as pd
from numpy.polynomial import Polynomial
from sklearn.ensemble import BaggingRegressor
from sklearn.linear_model import LinearRegression
from sklearn.tree import DecisionTreeRegressor

import kerazoo
from kerazoo import lessons, plots

# %% [markdown]
# ## 표본 200개, 적합 200개
# 참값을 알고 있으므로 데이터 25개짜리 표본을 얼마든지 뽑을 수 있습니다. 표본마다 다항식을
# 적합합니다.

# %%
NOISE = 0.3  # standard deviation


def truth(x):
    return np.sin(3 * x) + x


def draw_sample(rows, random):
    x = np.linspace(-1, 1, rows)
    return x, truth(x) + random.normal(0, NOISE, rows)


random = np.random.default_rng(0)
samples = [draw_sample(25, random) for _ in range(200)]
grid = np.linspace(-0.95, 0.95, 100)


def fit_all(degree):
    return np.array([Polynomial.fit(x, y, degree, [-1, 1])(grid) for x, y in samples])


fits = {f"degree {degree}": fit_all(degree) for degree in (1, 3, 15)}
plots.plot_fits(grid, fits, truth(grid))

# %% [markdown]
# 왼쪽에서는 직선들이 모두 비슷하고, 모두 같은 방식으로 틀립니다. 오른쪽에서는 곡선마다 제 잡음을
# 따라가지만 평균은 참값입니다. 새로 잰 측정값 $y$에 대해 식으로 쓰면 다음과 같습니다.
#
# $$E\,(y - \hat f)^2 = (E \hat f - f)^2 + E\,(\hat f - E \hat f)^2 + \sigma^2$$
#
# 오른쪽은 차례로 편향의 제곱, 분산, 잡음의 분산입니다. 셋은 적합 200개에서 계산하고, 마지막 열은
# 측정값을 새로 뽑아 실제로 잰 오차입니다.


# %%
def parts_of_error(fits, random):
    bias = np.mean((fits.mean(axis=0) - truth(grid)) ** 2)
    variance = np.mean(fits.var(axis=0))
    new = truth(grid) + random.normal(0, NOISE, (200, len(grid)))
    total = bias + variance + NOISE**2
    return bias, variance, NOISE**2, total, np.mean((new - fits) ** 2)


columns = ["편향²", "분산", "잡음", "합", "실제 오차"]
parts = {degree: parts_of_error(fit_all(degree), random) for degree in range(16)}
table = pd.DataFrame(parts, columns).T.rename_axis("차수")
table.iloc[[1, 3, 15]].round(3)

# %%
curves = {"squared bias": table.iloc[:, 0], "variance": table.iloc[:, 1], "sum": table.iloc[:, 3]}
labels = {"x_label": "degree", "y_label": "squared error"}
plots.plot_curves(curves, range(16), "What the error is made of", **labels, log="y", marks=True)

# %% [markdown]
# 보통은 참값을 모르고 표본도 하나뿐입니다. 그때는 **교차 검증**으로 고릅니다. 데이터를 다섯으로
# 나누어, 한 부분을 나머지 네 부분으로 적합한 모델로 예측합니다. 차수를 고른 다음에는 모든 데이터로
# 다시 적합합니다(E 934-939).


# %%
def fold_error(x, y, degree, fold):
    held_out = np.arange(len(x)) % 5 == fold
    fit = Polynomial.fit(x[~held_out], y[~held_out], degree, [-1, 1])
    return np.mean((fit(x[held_out]) - y[held_out]) ** 2)


def choose_degree(x, y):
    errors = [np.mean([fold_error(x, y, d, fold) for fold in range(5)]) for d in range(16)]
    return int(np.argmin(errors))


chosen = [choose_degree(x, y) for x, y in samples]
pd.Series(chosen).value_counts().sort_index().rename_axis("차수").to_frame(
    "이 차수를 고른 표본의 수"
).T

# %% [markdown]
# ## 부트스트랩: 표본 하나로 여러 표본 만들기
# 강의에서는 *서브샘플링*이라고 하는데(E 949-951), 핵심인 *복원추출*이라는 말이 빠져 있습니다.
# 데이터 수만큼 뽑되 같은 데이터가 여러 번 나올 수 있습니다. 어떤 데이터가 $n$번 모두 뽑히지 않을
# 확률은 $(1 - 1/n)^n$이고, $n$이 커지면 $1/e = 0.368$에 가까워집니다. 그래서 부트스트랩 표본에는
# 데이터의 약 63 %가 들어갑니다. 집 404채의 집값을 다시 조사한다면 평균과 중앙값은 얼마나
# 달라질까요? (평균의 공식은 $s / \sqrt n$입니다.)

# %%
boston = kerazoo.load_dataset("boston")
prices = np.concatenate([boston.train.y, boston.validation.y]).ravel()
drawn = random.integers(len(prices), size=(2000, len(prices)))
again = prices[drawn]  # (2000 bootstrap samples, 404)
pd.DataFrame(
    {
        "표본에 든 데이터의 비율": [
            np.mean([len(set(d)) / len(d) for d in drawn[:200]]),
            1 - (1 - 1 / 404) ** 404,
        ],
        "평균의 표준오차": [again.mean(axis=1).std(), prices.std() / np.sqrt(len(prices))],
        "중앙값의 표준오차": [np.median(again, axis=1).std(), np.nan],
    },
    ["부트스트랩", "공식"],
).round(3)

# %% [markdown]
# ## 배깅: 여러 모델의 평균
# 강의에 따르면 데이터 10만 개로 모델 하나를 학습하는 것보다 2만 개씩 모델 다섯 개를 학습해 평균하는
# 것이 보통 더 좋습니다(E 957). 정말 그럴까요? 여기서는 그 10분의 1인 데이터 1만 개를 씁니다. 깊은
# 의사결정나무는 잡음까지 모든 데이터를 외우고, 직선은 분산이 거의 없습니다.

# %%
x, y = draw_sample(10_000, random)


def error_of_mean(model, parts):
    fits = [model.fit(x[rows, None], y[rows]).predict(grid[:, None]) for rows in parts]
    return np.mean((np.mean(fits, axis=0) - truth(grid)) ** 2)


everything = np.arange(10_000)
ways = {
    "하나, 10,000개": [everything],
    "5개 평균, 2,000개씩": random.permutation(10_000).reshape(5, -1),
    "부트스트랩 5개 평균": random.integers(10_000, size=(5, 10_000)),
    "부트스트랩 50개 평균": random.integers(10_000, size=(50, 10_000)),
}
pd.DataFrame(
    {
        "깊은 나무": [error_of_mean(DecisionTreeRegressor(), w) for w in ways.values()],
        "직선": [error_of_mean(LinearRegression(), w) for w in ways.values()],
    },
    list(ways),
).round(4)

# %% [markdown]
# 나무에 대해서는 강의가 맞습니다. 나무의 오차는 모두 분산이고, 서로 독립인 모델 다섯 개를 평균하면
# 분산이 5분의 1이 됩니다. 직선에 대해서는 그렇지 않습니다. 줄일 분산이 없고 편향은 그대로 남습니다.
# 부트스트랩 표본은 데이터를 공유하므로 모델 사이에 상관 $\rho$가 있습니다. 모델 $B$개를 평균한
# 분산은 $\rho \sigma^2 + (1 - \rho) \sigma^2 / B$이고, 첫째 항은 모델을 아무리 늘려도 줄지
# 않습니다.
#
# ## 부스팅: 앞 모델의 오차를 바로잡기
# 에이다부스트(AdaBoost)는 데이터마다 가중치를 줍니다. *그루터기*(stump)는 $x$가 임계값보다 큰지
# 하나만 묻습니다. 틀린 데이터의 가중치를 모두 더한 값이 $\varepsilon$이면 이 모델의 표는
# $\alpha = \frac12 \ln \frac{1 - \varepsilon}{\varepsilon}$만큼 반영되고, 틀린 데이터의 가중치에는
# $e^{\alpha}$를, 맞힌 데이터의 가중치에는 $e^{-\alpha}$를 곱합니다.

# %%
places = np.arange(10)
labels = np.array([1, 1, -1, -1, -1, -1, 1, 1, 1, -1])
thresholds = [np.where(places > threshold, 1, -1) for threshold in np.arange(-0.5, 9)]
stumps = [side * stump for stump in thresholds for side in (1, -1)]


def boost(weights):
    best = min(stumps, key=lambda stump: weights[stump != labels].sum())
    error = weights[best != labels].sum()
    vote = 0.5 * np.log((1 - error) / error)
    heavier = weights * np.exp(-vote * labels * best)
    return best, vote, heavier / heavier.sum()


first, vote, second_weights = boost(np.full(10, 0.1))
columns = ["라벨", "첫째 모델", "새 가중치"]
print(f"alpha = {vote:.4f}")
pd.DataFrame([list(labels), list(first), list(second_weights.round(4))], columns, dtype=object)

# %% [markdown]
# 열 개 가운데 셋을 틀려서 $\varepsilon = 0.3$, $\alpha = 0.4236$입니다. 이제 틀린 세 데이터의
# 가중치를 더하면 정확히 절반입니다. 틀린 데이터에 *집중한다*(E 961-963)는 말은 이런 뜻입니다.
# 데이터는 **모두** 그대로 남아 있습니다. 틀린 데이터만으로 둘째 모델을 학습하면 거기서는 다 맞지만,
# 열 개 전체로 보면 무작위 추측보다 나을 것이 없습니다.


# %%
def votes_of(rounds):
    weights, total, right = np.full(10, 0.1), np.zeros(10), []
    while len(right) < rounds:
        stump, vote, weights = boost(weights)
        total += vote * stump
        right.append(int(np.sum(np.sign(total) == labels)))
    return right


wrong = first != labels
only_wrong = min(stumps, key=lambda stump: np.sum(stump[wrong] != labels[wrong]))
print("틀린 데이터만으로 학습한 모델이 맞힌 수:", np.sum(only_wrong == labels))
print("모델을 하나씩 더할 때 맞힌 수:", votes_of(6))

# %% [markdown]
# 클래스가 아니라 숫자를 예측할 때는, 앞의 나무들을 더하고 남은 잔차에 다음 나무를
# 적합합니다(*그래디언트 부스팅*). 어느 쪽 오차가 줄어들까요? 위의 표본 가운데 30개로 다시 나누어
# 봅니다.


# %%
def boosted(x, y, trees, rate=0.3):
    left, sum_of_trees = y.copy(), np.zeros(len(grid))
    stump = DecisionTreeRegressor(max_depth=1)
    for _ in range(trees):
        stump.fit(x[:, None], left)
        left = left - rate * stump.predict(x[:, None])
        sum_of_trees += rate * stump.predict(grid[:, None])
    return sum_of_trees


def fits_of(model):
    return np.array([model.fit(x[:, None], y).predict(grid[:, None]) for x, y in some])


some = samples[:30]
methods = {
    "그루터기 하나": fits_of(DecisionTreeRegressor(max_depth=1)),
    "그루터기 30개, 부스팅": np.array([boosted(x, y, 30) for x, y in some]),
    "그루터기 150개, 부스팅": np.array([boosted(x, y, 150) for x, y in some]),
    "깊은 나무 하나": fits_of(DecisionTreeRegressor()),
    "깊은 나무 30개, 배깅": fits_of(BaggingRegressor(DecisionTreeRegressor(), 30, random_state=0)),
}
bias_and_variance = {
    name: (np.mean((fits.mean(axis=0) - truth(grid)) ** 2), np.mean(fits.var(axis=0)))
    for name, fits in methods.items()
}
pd.DataFrame(bias_and_variance, ["편향²", "분산"]).T.round(3)

# %% [markdown]
# 부스팅은 너무 단순한 모델에서 출발해 **편향**을 줄입니다. (그루터기 하나는 임계값이 표본마다
# 달라져서 분산도 큽니다. 서른 개를 더하면 변동이 줄지만, 그 뒤로는 나무를 더할수록 분산이
# 커집니다.) 배깅은 표본에 따라 크게 달라지는 모델에서 출발해 **분산**을 줄이고, 편향은
# 그대로입니다. 그래서 부스팅에는 그루터기처럼 단순한 나무를, 배깅에는 깊은 나무를 씁니다.
#
# **해 보기:** 반대로 그루터기를 배깅하고, 깊은 나무를 부스팅해 보세요(`boosted`에서 `max_depth=1`을
# 뺍니다). 편향과 분산이 얼마나 남습니까?
#
# ## 연습 문제
# 점 세 개(`...`) 자리에 답을 넣으세요. 터미널에서는
# `kerazoo lesson check bias_and_variance vote 0.4`처럼 확인합니다.
#
# 1. `distinct`: 데이터가 5개일 때, 부트스트랩 표본에는 평균적으로 그 가운데 얼마만큼의 비율이 들어
#    있습니까?
# 2. `vote`: 그루터기가 틀린 데이터의 가중치를 더하면 0.2입니다. $\alpha$는 얼마입니까?
# 3. `correlated`: 모델 10개의 분산이 각각 1이고 상관이 0.5입니다. 평균의 분산은 얼마입니까?

# %%
lessons.check("bias_and_variance", {"distinct": ..., "vote": ..., "correlated": ...}, "ko")
