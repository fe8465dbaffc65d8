# %% [markdown]
# # 베이즈 정리: 검사 결과의 의미
#
# 100번 가운데 99번 맞는 검사에서 양성이 나왔습니다. 병에 걸렸을 확률은 99 %일까요? 그것은 병에 걸린
# 사람이 애초에 얼마나 되는지에 달려 있습니다. 베이즈 정리는 관찰한 것의 **가능도**를 **사전확률**에
# 곱하고 **증거**(evidence)로 나누어 **사후확률**을 구합니다(E 859-880). 아래에서 ill은 환자, +는
# 양성입니다.
#
# $$P(\text{ill} \mid +) = \frac{P(+ \mid \text{ill}) \, P(\text{ill})}{P(+)}$$

# %%
import numpy as np
import pandas as pd

from kerazoo import lessons, plots

# %% [markdown]
# ## 사람 수로 세어 보기
# 강의의 예에서 발병률은 10 %이고, 걸린 사람의 99 %가 양성, 걸리지 않은 사람의 1 %가 양성입니다(E
# 869-876). 10,000명을 세어 봅니다.

# %%
people, prevalence, hit, false_alarm = 10_000, 0.10, 0.99, 0.01
ill = people * prevalence
table = pd.DataFrame(
    {
        "양성": [ill * hit, (people - ill) * false_alarm],
        "음성": [ill * (1 - hit), (people - ill) * (1 - false_alarm)],
    },
    ["환자", "환자 아님"],
)
positive = table.iloc[:, 0]
print(f"990 / 1080 = {positive.iloc[0] / positive.sum():.4f}")
table.round().astype(int)

# %% [markdown]
# 양성인 1,080명 가운데 990명이 환자이므로 **.9167**입니다. 나머지 90명은 건강한 사람 가운데 일부일
# 뿐이지만, 건강한 사람이 워낙 많습니다. 식으로 계산해도 같습니다. 첫 검사의 사후확률은 **둘째
# 검사의 사전확률**이 됩니다(E 882-885). 두 번 모두 양성이면 **.9991**입니다.


# %%
def posterior(prior, likelihood, otherwise):
    evidence = likelihood * prior + otherwise * (1 - prior)
    return likelihood * prior / evidence


once = posterior(prevalence, hit, false_alarm)
twice = posterior(once, hit, false_alarm)
print(f"{once:.4f} -> {twice:.4f}")

# %% [markdown]
# ## 드문 병일수록 양성의 의미가 작다

# %%
rates = np.logspace(-4, -0.3, 60)
after_one = posterior(rates, hit, false_alarm)
curves = {"before": rates, "one positive test": after_one}
curves["two positive tests"] = posterior(after_one, hit, false_alarm)
print(f"1 / 1000: {posterior(0.001, hit, false_alarm):.3f}")
plots.plot_curves(
    curves, rates, "Probability of being ill", x_label="share of people who are ill", log="x"
)

# %% [markdown]
# 천 명에 한 명꼴인 병이라면 양성 열한 건 가운데 열 건이 거짓입니다. 분류 신경망도 마찬가지입니다.
# 고양이와 개를 같은 수로 학습했는데 실제로는 백 장에 한 장만 고양이라면 사전확률이 틀린 것입니다.
# 신경망의 확률 $p$는 다시 학습하지 않고도 고칠 수 있습니다.


# %%
def with_other_prior(p, trained, real):
    cat, dog = p * real / trained, (1 - p) * (1 - real) / (1 - trained)
    return cat / (cat + dog)


said = np.array([0.5, 0.9, 0.99])
pd.DataFrame(
    {"신경망의 답": said, "100장에 고양이 1장이면": with_other_prior(said, 0.5, 0.01)}
).round(3)

# %% [markdown]
# ## 둘째 검사는 검사 한 번의 값을 하는가
# .9991에는 둘째 검사의 오류가 첫째와 **독립**이라는 가정이 숨어 있습니다. 거짓 양성에 다른 바이러스
# 같은 원인이 있다면 다시 검사해도 또 양성이 나옵니다. 거짓 양성이 되풀이될 확률을 $c$라고 합니다.

# %%
repeated = [0.01, 0.1, 0.5, 0.99]
pd.Series({c: posterior(once, hit, c) for c in repeated}, name="두 번 검사한 뒤").rename_axis(
    "c"
).to_frame().T.round(4)

# %% [markdown]
# $c = .99$이면 둘째 검사에서 아무것도 알 수 없습니다. 건강한 사람도 환자만큼 확실하게 다시 양성이
# 나오기 때문입니다. 같은 질문을 두 번 한다고 증거가 둘이 되지는 않습니다.
#
# ## 학습은 갱신이다
# 동전의 앞면이 나올 확률은 얼마일까요? 0부터 1까지 모든 확률에 사전확률을 주고, 동전을 던질 때마다
# 가능도를 곱합니다. 하나씩 곱하든 한꺼번에 곱하든 사후확률은 같고, 던질수록 좁아집니다.

# %%
chances = np.linspace(0, 1, 1001)
tosses = np.random.default_rng(4).random(200) < 0.7  # the truth, which nobody knows


def update(prior, toss):
    updated = prior * (chances if toss else 1 - chances)
    return updated / updated.mean()  # so that the area is 1


beliefs = [np.ones_like(chances)]
for toss in tosses:
    beliefs.append(update(beliefs[-1], toss))
heads = tosses.sum()
at_once = chances**heads * (1 - chances) ** (200 - heads)
np.testing.assert_allclose(beliefs[-1], at_once / at_once.mean(), rtol=1e-6, atol=1e-9)
plots.plot_curves(
    {f"after {n} tosses": beliefs[n] for n in (0, 3, 20, 200)},
    chances,
    "What is believed of a coin",
    x_label="probability of heads",
    y_label="density",
)

# %% [markdown]
# 사전분포가 균등하면, $n$번 던져 앞면이 $h$번 나온 뒤의 평균은 $(h + 1) / (n + 2)$입니다. 한 번만
# 던져도 0이나 1이 되지 않습니다.
#
# **규제는 사전분포입니다.** 가중치가 0을 중심으로 표준편차 $\tau$인 정규분포를 따른다고 믿고 측정
# 잡음이 $\sigma$이면, 사후확률이 가장 큰 가중치는 L2 규제가 $\sigma^2 / \tau^2$인 최소제곱법의 해와
# 같습니다(과대적합 수업 참고). 가중치 하나로 확인합니다.

# %%
random = np.random.default_rng(0)
sigma, tau = 1.0, 0.5
x = random.normal(size=10)
y = 0.8 * x + random.normal(0, sigma, 10)
candidates = np.linspace(-2, 2, 40_001)
log_likelihood = -((y[:, None] - np.outer(x, candidates)) ** 2).sum(axis=0) / (2 * sigma**2)
log_prior = -(candidates**2) / (2 * tau**2)
pd.Series(
    {
        "최대가능도": candidates[np.argmax(log_likelihood)],
        "최소제곱법": x @ y / (x @ x),
        "최대사후확률": candidates[np.argmax(log_likelihood + log_prior)],
        "L2 규제": x @ y / (x @ x + sigma**2 / tau**2),
    }
).round(4)

# %% [markdown]
# ## 조건부 확률은 인과관계가 아니다
# 조건부 확률은 무엇이 함께 일어나는지를 말할 뿐, 무엇이 원인인지는 말하지 않습니다(E 887-898). 신장
# 결석을 없애는 두 가지 치료를 받은 환자 700명의 기록입니다(Charig 등, 1986). 몇 명이 나았을까요?

# %%
cured = np.array([[81, 192], [234, 55]])  # a row per treatment: small stones, large stones
treated = np.array([[87, 263], [270, 80]])
share_of_stones = treated.sum(axis=0) / treated.sum()
pd.DataFrame(
    {
        "작은 결석": cured[:, 0] / treated[:, 0],
        "큰 결석": cured[:, 1] / treated[:, 1],
        "전체": cured.sum(axis=1) / treated.sum(axis=1),
        "전체, 보정": cured / treated @ share_of_stones,
    },
    ["A: 수술", "B: 천자"],
).round(3)

# %% [markdown]
# 치료 A는 작은 결석에도, 큰 결석에도 더 좋은데 전체로는 더 나쁩니다. 결석의 크기가
# **중첩요인**(교란 요인)입니다. 의사들이 어려운 환자를 A로 치료했기 때문입니다. 치료의 *효과*를
# 알려면 중첩요인의 영향을 없애야 합니다. 여기서는 두 치료에 결석 크기의 비율을 똑같이
# 적용했습니다(마지막 열).
#
# **해 보기:** 양성이어도 확률이 절반밖에 안 되는 발병률은 얼마입니까? `false_alarm`을 0.1로 바꾸고
# 곡선을 다시 그려 보세요.
#
# ## 연습 문제
# 점 세 개(`...`) 자리에 답을 넣으세요. 터미널에서는 `kerazoo lesson check bayes positive 0.9`처럼
# 확인합니다.
#
# 1. `positive`: 발병률은 1 %이고, 환자의 90 %와 환자가 아닌 사람의 5 %가 양성입니다. 양성일 때
#    환자일 확률은 얼마입니까?
# 2. `again`: 오류가 독립이라면, 두 번째에도 양성일 때는 얼마입니까?
# 3. `coin`: 사전분포가 균등할 때, 동전을 10번 던져 앞면이 7번 나온 뒤 사후분포의 평균은 얼마입니까?

# %%
lessons.check("bayes", {"positive": ..., "again": ..., "coin": ...}, "ko")
