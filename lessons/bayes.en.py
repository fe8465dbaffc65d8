# %% [markdown]
# # Bayes' rule: what a test result means
#
# A test is right in 99 of 100 cases and says *ill*. Is one ill with 99 %? That depends on how many
# people are ill at all. Bayes' rule turns a **prior** into a **posterior** by means of the
# **likelihood** of what was seen, divided by the **evidence** (E 859-880):
#
# $$P(\text{ill} \mid +) = \frac{P(+ \mid \text{ill}) \, P(\text{ill})}{P(+)}$$

# %%
import numpy as np
import pandas as pd

from kerazoo import lessons, plots

# %% [markdown]
# ## Count people
# The course's disease: 10 % are ill, the test finds 99 % of them, and is wrong for 1 % of the
# healthy (E 869-876). Among 10,000 people:

# %%
people, prevalence, hit, false_alarm = 10_000, 0.10, 0.99, 0.01
ill = people * prevalence
table = pd.DataFrame(
    {
        "positive": [ill * hit, (people - ill) * false_alarm],
        "negative": [ill * (1 - hit), (people - ill) * (1 - false_alarm)],
    },
    ["ill", "healthy"],
)
positive = table.iloc[:, 0]
print(f"990 / 1080 = {positive.iloc[0] / positive.sum():.4f}")
table.round().astype(int)

# %% [markdown]
# Of 1,080 positive people 990 are ill: **.9167**. The 90 others are few among the healthy, but
# there are many healthy ones. The rule gives the same without people, and the posterior of the
# first test is the **prior of the second** (E 882-885): with two positive results it is **.9991**.


# %%
def posterior(prior, likelihood, otherwise):
    evidence = likelihood * prior + otherwise * (1 - prior)
    return likelihood * prior / evidence


once = posterior(prevalence, hit, false_alarm)
twice = posterior(once, hit, false_alarm)
print(f"{once:.4f} -> {twice:.4f}")

# %% [markdown]
# ## The rarer the disease, the less a result says

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
# Where one in a thousand is ill, ten of eleven positive results are false. The same happens to
# classifiers: a network that was trained on as many cats as dogs, and meets one cat in a hundred
# pictures, has a wrong prior. Its probability $p$ can be corrected, without training:


# %%
def with_other_prior(p, trained, real):
    cat, dog = p * real / trained, (1 - p) * (1 - real) / (1 - trained)
    return cat / (cat + dog)


said = np.array([0.5, 0.9, 0.99])
pd.DataFrame(
    {"the network says": said, "with 1 cat in 100": with_other_prior(said, 0.5, 0.01)}
).round(3)

# %% [markdown]
# ## Is a second test worth a test?
# The .9991 hides an assumption: that the second test errs **independently**. If a false alarm has a
# cause, such as another virus, it will come again. Let $c$ be the probability that a false alarm is
# repeated.

# %%
repeated = [0.01, 0.1, 0.5, 0.99]
pd.Series({c: posterior(once, hit, c) for c in repeated}, name="after two tests").rename_axis(
    "c"
).to_frame().T.round(4)

# %% [markdown]
# With $c = .99$ the second test tells nothing: a healthy person then repeats a positive result as
# surely as an ill one. Asking the same question twice is not a second piece of evidence.
#
# ## Learning as updating
# How often does a coin show heads? Each probability from 0 to 1 gets a prior; each toss multiplies
# it by its likelihood. One by one or all at once: the posterior is the same, and it becomes
# narrower as tosses come in.

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
# With a uniform prior the mean after $h$ heads in $n$ tosses is $(h + 1) / (n + 2)$: never 0 and
# never 1, even after one toss.
#
# **A penalty is a prior.** If weights are believed to be normal with deviation $\tau$ around 0, and
# measurements have noise $\sigma$, then the most probable weights are those of least squares with
# an L2 penalty of $\sigma^2 / \tau^2$. (See the lesson on overfitting.) A check with one weight:

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
        "most likely": candidates[np.argmax(log_likelihood)],
        "least squares": x @ y / (x @ x),
        "most probable": candidates[np.argmax(log_likelihood + log_prior)],
        "with L2": x @ y / (x @ x + sigma**2 / tau**2),
    }
).round(4)

# %% [markdown]
# ## Given is not caused by
# Conditional probabilities say what goes together, not what causes what (E 887-898). Two ways of
# removing kidney stones, 700 patients (Charig et al., 1986): how many were cured?

# %%
cured = np.array([[81, 192], [234, 55]])  # a row per treatment: small stones, large stones
treated = np.array([[87, 263], [270, 80]])
share_of_stones = treated.sum(axis=0) / treated.sum()
pd.DataFrame(
    {
        "small stones": cured[:, 0] / treated[:, 0],
        "large stones": cured[:, 1] / treated[:, 1],
        "all": cured.sum(axis=1) / treated.sum(axis=1),
        "all, adjusted": cured / treated @ share_of_stones,
    },
    ["A: surgery", "B: puncture"],
).round(3)

# %% [markdown]
# Treatment A is better for small stones and better for large ones, and yet worse for all. The size
# of the stone is a **confounder**: doctors gave the hard cases to A. Whoever wants to know what a
# treatment *does* has to take the confounder's effect out, here by weighing both treatments with
# the same mixture of stones (last column).
#
# **Play with it:** what prevalence makes a positive result a coin toss? Set `false_alarm` to 0.1
# and look at the curve again.
#
# ## Exercises
# Put your answers in place of the dots, or ask in a terminal:
# `kerazoo lesson check bayes positive 0.9`.
#
# 1. `positive`: 1 % are ill, the test finds 90 % of them, and is wrong for 5 % of the healthy. How
#    probable is it to be ill after a positive result?
# 2. `again`: and after a second one, if errors are independent?
# 3. `coin`: with a uniform prior, what is the mean of the posterior after 7 heads in 10 tosses?

# %%
lessons.check("bayes", {"positive": ..., "again": ..., "coin": ...}, "en")
