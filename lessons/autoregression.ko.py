# %% [markdown]
# # 자기회귀: 마르코프 모델, 은닉 상태, 절단 역전파
#
# 다음에 올 값은 지나온 값에 달려 있습니다. 그런데 얼마나 먼 과거까지 보아야 할까요? 강의에서는 네
# 가지로 답합니다(E 1257-1348). 과거 전체, 최근 $\tau$개(*자기회귀*), 바로 앞의 하나(*마르코프*),
# 그리고 과거를 요약해 들고 다니는 값(*잠재 자기회귀*, 대표적인 것이 RNN)입니다. 이 수업에서는 실제
# 시계열로 하나씩 시험한 다음, RNN이 어떻게 학습하는지 손으로 계산합니다.

# %%
import numpy as np
import pandas as pd

import kerazoo
from kerazoo import lessons, plots

# %% [markdown]
# ## 데이터: 뉴욕 증권 거래소
# 시계열 세 개를 거래일 6,051일 동안 기록한 것입니다. $L$일의 윈도우로 다음 날의 로그 거래량을
# 예측하므로 쌍은 $6{,}051 - L$개이고, $L = 5$이면 6,046개입니다(A 428-433). 거래량은 앞선 날들의
# 거래량과 함께 움직입니다.

# %%
days = 6051
print("쌍:", {lag: days - lag for lag in (1, 5, 20)})
nyse = kerazoo.load_dataset("nyse")
plots.plot_autocorrelation(nyse.train.x[:, -1, 1], name="log volume")

# %% [markdown]
# ## AR(L): 최근 L일로 최소제곱법
# 시계열이 셋이면 자기회귀의 계수는 $3 L + 1$개이고, $L = 5$이면 16개입니다. 같은 윈도우에 은닉 유닛
# 12개를 쓰는 강의의 RNN에는 모수가 $12 \cdot (12 + 3 + 1) + 13 = 205$개 있습니다(A 793). (A 500의
# 204는 유닛마다 편향을 둘씩 세고 출력층을 뺀 수입니다.) 강의는 $R^2$가 RNN은 .42, 전날 값은
# .18이라고 합니다(A 440-441). 1980년 이후의 데이터로 직접 재어 봅니다.


# %%
def r2(actual, predicted):
    return 1 - np.mean((actual - predicted) ** 2) / np.var(actual)


def autoregression(lag):
    splits = kerazoo.load_dataset("nyse", lag=lag, validation_fraction=0.01)
    design = [
        np.column_stack([np.ones(len(p.x)), p.x.reshape(len(p.x), -1)])
        for p in (splits.train, splits.test)
    ]
    coefficients = np.linalg.lstsq(design[0], splits.train.y.ravel(), rcond=None)[0]
    return len(coefficients), r2(splits.test.y.ravel(), design[1] @ coefficients)


week = nyse.test
lags = [1, 2, 3, 5, 10, 15, 20]
found = {lag: autoregression(lag) for lag in lags}
print(f"전날 값: R² = {r2(week.y.ravel(), week.x[:, -1, 1]):.3f}")
print(f"AR(5): {found[5][0]} 계수, R² = {found[5][1]:.3f}")
plots.plot_curves(
    {"autoregression": [score for _, score in found.values()]},
    lags,
    "How many days does it take?",
    x_label="days in the window",
    y_label="R² on the years from 1980",
    marks=True,
)

# %% [markdown]
# 전날 값은 강의의 .18과 같습니다. 닷새를 보면 계수 16개로 .413이 되어, 모수 205개인 RNN의 .42에
# 거의 이릅니다. 일주일을 넘기면 더 보아도 별로 나아지지 않습니다. (`kerazoo show nyse_rnn`에서 시드
# 열 개의 RNN과 이 기준 모델을 비교할 수 있습니다.)
#
# ## 마르코프: 바로 앞의 값만
# 오늘 날씨만 알면 내일 날씨를 알 수 있을까요? 시애틀의 하루를 추움, 보통, 따뜻함으로 나눕니다. 무엇
# 다음에 무엇이 오는지 세어 행의 합으로 나누면 마르코프 연쇄가 됩니다.

# %%
weather = kerazoo.load_dataset("seattle_weather", lag=1, validation_fraction=0.01)
temperature = np.concatenate(
    [p.x.ravel() for p in (weather.train, weather.validation, weather.test)]
)
kinds = ["cold, below 8 °C", "mild", "warm, above 14 °C"]
states = np.digitize(temperature, [8, 14])  # 0, 1 or 2 per day


def transitions(now, later):
    counts = np.zeros((3, 3))
    np.add.at(counts, (now, later), 1)
    return counts / counts.sum(axis=1, keepdims=True)


chain = transitions(states[:-1], states[1:])
plots.plot_matrix(chain, kinds, kinds, "From today (row) to tomorrow (column)", decimals=2)

# %% [markdown]
# 이틀 뒤는 행렬을 한 번 더 곱한 것이고, $n$일 뒤는 행렬의 $n$제곱입니다. 거듭제곱할수록 행들이 서로
# 같아집니다. 연쇄는 어디에서 출발했는지 잊고, 상태마다 장기적인 비율만 남습니다.
#
# 내일은 *오직* 오늘에만 달려 있을까요? 강의는 이 가정을 허무맹랑하다고 합니다. 수능 점수가 전날
# 공부로만 정해지지는 않습니다(E 1326). 여기서는 확인할 수 있습니다. 7일 뒤를 연쇄로 계산한 값과
# 실제를 비교합니다.

# %%
mild = states[1:-1] == 1
after = {
    kind: np.mean(states[2:][mild & (states[:-2] == k)] == 0).round(2)
    for k, kind in enumerate(kinds)
}
print("내일 추울 확률, 오늘은 mild, 어제는:", {k: float(v) for k, v in after.items()})
pd.DataFrame(
    {
        "연쇄, 7일 뒤": np.linalg.matrix_power(chain, 7)[0],
        "실제, 7일 뒤": transitions(states[:-7], states[7:])[0],
        "연쇄, 365일 뒤": np.linalg.matrix_power(chain, 365)[0],
        "전체 날의 비율": np.bincount(states) / len(states),
    },
    kinds,
).round(3)

# %% [markdown]
# 연쇄는 시애틀보다 훨씬 빨리 추위를 잊습니다. 일주일 뒤에도 추울 확률이 실제로는 .64인데 연쇄는
# .46이라고 합니다. 하루만 보아서는 모르는 것, 곧 계절이 있습니다. 같은 보통 날이라도 전날이
# 추웠으면 다음 날이 추울 확률이 훨씬 높습니다. 그래도 장기적인 비율은 서로 맞습니다.
#
# ## 들고 다니는 은닉 상태
# *잠재* 자기회귀는 요약 $h_t = \tanh(w h_{t-1} + u x_t)$를 들고 다니면서 다음 값을 예측합니다.
# AR(L)은 하루를 더 볼 때마다 계수가 늘지만, 이 모델은 숫자 두 개로 과거 전체를 봅니다. $w$는 어떻게
# 학습할까요? 시간을 거슬러 가는 역전파(BPTT)는 같은 신경망을 스텝마다 한 번씩 펼쳐 놓고, $w$가
# 스텝마다 기여한 만큼을 모두 더합니다. $s_t = 1 - h_t^2$는 tanh의 기울기입니다.
#
# $$\frac{dh_T}{dw} = s_T \, (h_{T-1} + w s_{T-1} (h_{T-2} + w s_{T-2} (h_{T-3} + \dots)))$$
#
# > **강의 자료의 오류.** E 1286-1287행은 $h_t$를 복제해 다음 스텝에 쓰는 것을 BPTT라고 합니다.
# > 그것은 순전파이고, BPTT는 기울기를 거꾸로 보내는 방법입니다.


# %%
def run(w, x, u=1.0):
    states = [0.0]
    for value in x:
        states.append(np.tanh(w * states[-1] + u * value))
    return states


def gradient(w, x, steps_back):
    """Return the derivative of the last state by w, of the last steps only."""
    states, total, product = run(w, x), 0.0, 1.0
    for time in range(len(x), len(x) - steps_back, -1):
        slope = 1 - states[time] ** 2
        total += product * slope * states[time - 1]
        product *= slope * w  # how much of a change arrives from one step earlier
    return total


volume = week.y.ravel()[-60:].astype("float64")
w, small = 0.9, 1e-5
numerical = (run(w + small, volume)[-1] - run(w - small, volume)[-1]) / (2 * small)
by_steps = {k: gradient(w, volume, k) for k in (1, 2, 5, 10, 20, 60)}
print(f"수치 미분: {numerical:.6f}")
pd.DataFrame({"미분값": by_steps}).rename_axis("거슬러 간 스텝").T.round(6)

# %% [markdown]
# 60스텝을 모두 거슬러 가면 수치 미분과 같습니다. 20스텝만 가도 거의 같은 값이 나옵니다. 여기서
# 멈추는 것이 **절단 BPTT**입니다. 스텝 수에 비례하는 시간과 메모리를 아낄 수 있습니다.
#
# 인수 $w s_t$는 계속 곱해집니다. 1보다 작으면 과거가 사라지고, 1보다 크면 폭발합니다.
#
# > **강의 자료의 오류.** E 1296-1299행은 절단을 기울기 소실의 해결책으로 소개합니다. 절단은 폭발을
# > 막아 주지만, 작아질 기울기를 **정확히 0**으로 만듭니다.

# %%
steps = np.arange(61)
factors = {0.5: "factor 0.5", 0.9: "factor 0.9", 1.0: "factor 1", 1.1: "factor 1.1"}
plots.plot_curves(
    {name: factor**steps for factor, name in factors.items()},
    steps,
    "What arrives of a change some steps ago",
    x_label="steps back",
    y_label="product of the factors",
    log="y",
)

# %% [markdown]
# ## 절단하면 배우지 못하는 것
# 입력 열 개 가운데 첫째 입력을 끝까지 기억해야 합니다. 나머지 아홉은 0입니다. 신경망은
# $h_t = h_{t-1} + u x_t$라는 기억 장치입니다. 인수가 1이므로 아무것도 소실되지 않습니다. 들어온
# 값을 그대로 적는 $u = 1$만 배우면 됩니다. $u$의 미분은 BPTT가 거슬러 간 입력들의 합입니다.


# %%
def learn(steps_back, u=0.1, rate=0.1):
    random = np.random.default_rng(0)
    for first in random.choice([-1.0, 1.0], size=100):
        x = np.array([first] + 9 * [0.0])
        error = u * x.sum() - first  # the last state, less what it should be
        u -= rate * 2 * error * x[-steps_back:].sum()
    return u


learned = {k: learn(k) for k in (1, 5, 9, 10)}
pd.DataFrame({"u": learned}).rename_axis("거슬러 간 스텝").T.round(4)

# %% [markdown]
# 아홉 스텝으로는 $u$가 조금도 움직이지 않습니다. 중요한 입력까지 기울기가 가지 못하기 때문입니다.
# 그러므로 윈도우나 절단 길이는 기억해야 할 거리만큼 길어야 합니다. LSTM과 GRU는 문제의 나머지
# 절반을 다룹니다. 셀 상태를 1에 가까운 인수로 넘겨주는데, 그 인수를 신경망이 배웁니다(E 1350-1366).
# 여기의 기억 장치와 같습니다.
#
# **해 보기:** `w = 0.5`로 `gradient`를 구해 보세요. 몇 스텝이면 충분합니까? `w = 1.1`일 때는 그림의
# 인수 1.1 직선과 어디가 다르고, 왜 그렇습니까?
#
# ## 연습 문제
# 점 세 개(`...`) 자리에 답을 넣으세요. 터미널에서는
# `kerazoo lesson check autoregression pairs 6046`처럼 확인합니다.
#
# 1. `pairs`: 6,051일인 시계열에 10일 윈도우를 쓰면 쌍은 몇 개입니까?
# 2. `coefficients`: 시계열 세 개에 AR(10)을 쓰면 계수는 몇 개입니까?
# 3. `fading`: 한 스텝 거슬러 갈 때마다 기울기에 0.5가 곱해집니다. 천분의 일보다 작아지려면 몇
#    스텝이 필요합니까?

# %%
lessons.check("autoregression", {"pairs": ..., "coefficients": ..., "fading": ...}, "ko")
