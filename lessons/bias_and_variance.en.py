# %% [markdown]
# # Bias and variance, bootstrap, bagging, boosting
#
# A model can be wrong in two ways. It may be too simple for the truth, whatever the sample: that is
# bias. Or it follows its sample so closely that another sample would give another model: that is
# variance. This lesson measures both, and then the two remedies that work in opposite directions:
# bagging takes the mean of many models, boosting lets each model mend the last one (E 926-966).

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
# ## 200 samples, 200 fits
# The truth is known here, so we can draw as many samples of 25 rows as we like. To each sample we
# fit a polynomial.

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
# Left: all lines agree, and all are wrong in the same way. Right: each curve follows its own noise,
# but their mean is the truth. In numbers, for a new measurement $y$:
#
# $$E\,(y - \hat f)^2 = (E \hat f - f)^2 + E\,(\hat f - E \hat f)^2 + \sigma^2$$
#
# That is squared bias, variance, and noise that nobody can predict. The three are computed from the
# 200 fits. The last column is what new measurements really say.


# %%
def parts_of_error(fits, random):
    bias = np.mean((fits.mean(axis=0) - truth(grid)) ** 2)
    variance = np.mean(fits.var(axis=0))
    new = truth(grid) + random.normal(0, NOISE, (200, len(grid)))
    total = bias + variance + NOISE**2
    return bias, variance, NOISE**2, total, np.mean((new - fits) ** 2)


columns = ["bias²", "variance", "noise", "sum", "measured"]
parts = {degree: parts_of_error(fit_all(degree), random) for degree in range(16)}
table = pd.DataFrame(parts, columns).T.rename_axis("degree")
table.iloc[[1, 3, 15]].round(3)

# %%
curves = {"squared bias": table.iloc[:, 0], "variance": table.iloc[:, 1], "sum": table.iloc[:, 3]}
labels = {"x_label": "degree", "y_label": "squared error"}
plots.plot_curves(curves, range(16), "What the error is made of", **labels, log="y", marks=True)

# %% [markdown]
# Usually the truth is unknown, and there is one sample. **Cross-validation** then chooses: each
# fifth of the rows is predicted by a fit to the other four. Afterwards one fits again, to all rows
# (E 934-939).


# %%
def fold_error(x, y, degree, fold):
    held_out = np.arange(len(x)) % 5 == fold
    fit = Polynomial.fit(x[~held_out], y[~held_out], degree, [-1, 1])
    return np.mean((fit(x[held_out]) - y[held_out]) ** 2)


def choose_degree(x, y):
    errors = [np.mean([fold_error(x, y, d, fold) for fold in range(5)]) for d in range(16)]
    return int(np.argmin(errors))


chosen = [choose_degree(x, y) for x, y in samples]
pd.Series(chosen).value_counts().sort_index().rename_axis("degree").to_frame(
    "chosen in so many samples"
).T

# %% [markdown]
# ## Bootstrap: many samples out of one
# The course calls it *subsampling* (E 949-951), and leaves out what makes it work: *with
# replacement*. One draws as many rows as there are, and some come twice. A row is missed by all $n$
# draws with probability $(1 - 1/n)^n$, which tends to $1/e = 0.368$, so a bootstrap sample has
# about 63 % of the rows. How much would the mean and the median price of 404 homes vary in other
# samples? (The formula for the mean is $s / \sqrt n$.)

# %%
boston = kerazoo.load_dataset("boston")
prices = np.concatenate([boston.train.y, boston.validation.y]).ravel()
drawn = random.integers(len(prices), size=(2000, len(prices)))
again = prices[drawn]  # (2000 bootstrap samples, 404)
pd.DataFrame(
    {
        "share of rows in a sample": [
            np.mean([len(set(d)) / len(d) for d in drawn[:200]]),
            1 - (1 - 1 / 404) ** 404,
        ],
        "error of the mean": [again.mean(axis=1).std(), prices.std() / np.sqrt(len(prices))],
        "error of the median": [np.median(again, axis=1).std(), np.nan],
    },
    ["bootstrap", "formula"],
).round(3)

# %% [markdown]
# ## Bagging: the mean of many
# The course: five models on 20,000 rows each, averaged, are usually better than one on all 100,000
# (E 957). Is that so? We use a tenth: 10,000 rows. A deep decision tree learns every row by heart,
# noise included; a straight line has next to no variance.

# %%
x, y = draw_sample(10_000, random)


def error_of_mean(model, parts):
    fits = [model.fit(x[rows, None], y[rows]).predict(grid[:, None]) for rows in parts]
    return np.mean((np.mean(fits, axis=0) - truth(grid)) ** 2)


everything = np.arange(10_000)
ways = {
    "one, 10,000 rows": [everything],
    "mean of 5, 2,000 rows each": random.permutation(10_000).reshape(5, -1),
    "mean of 5 bootstrap samples": random.integers(10_000, size=(5, 10_000)),
    "mean of 50 bootstrap samples": random.integers(10_000, size=(50, 10_000)),
}
pd.DataFrame(
    {
        "deep tree": [error_of_mean(DecisionTreeRegressor(), w) for w in ways.values()],
        "straight line": [error_of_mean(LinearRegression(), w) for w in ways.values()],
    },
    list(ways),
).round(4)

# %% [markdown]
# For the tree the course is right: its error is all variance, and a mean of five independent models
# has a fifth of it. For the line it is not: there is no variance to take away, and its bias stays.
# Bootstrap samples share rows, so their models are correlated, with $\rho$: the variance of a mean
# of $B$ models is $\rho \sigma^2 + (1 - \rho) \sigma^2 / B$, and the first term stays, however many
# there are.
#
# ## Boosting: each mends the last
# AdaBoost gives every row a weight. A *stump* asks one question: is $x$ above a threshold? With
# $\varepsilon$ the weight of the rows that it gets wrong, its vote counts
# $\alpha = \frac12 \ln \frac{1 - \varepsilon}{\varepsilon}$, and wrong rows are multiplied by
# $e^{\alpha}$, right ones by $e^{-\alpha}$.

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
columns = ["label", "first stump", "new weight"]
print(f"alpha = {vote:.4f}")
pd.DataFrame([list(labels), list(first), list(second_weights.round(4))], columns, dtype=object)

# %% [markdown]
# Three of ten are wrong: $\varepsilon = 0.3$ and $\alpha = 0.4236$. After that the three wrong rows
# have together exactly half of the weight. That is what *concentrate on the rows that went wrong*
# (E 961-963) means: **all** rows stay in the game. A second model that is trained on the wrong rows
# alone is right on them, and guesses on all ten.


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
print("right, trained on wrong rows alone:", np.sum(only_wrong == labels))
print("right after 1, 2, 3, ... stumps:", votes_of(6))

# %% [markdown]
# With numbers in place of classes, each tree is fitted to what those before it left over (*gradient
# boosting*). Thirty of the samples above, taken apart in the same way:


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
    "a stump": fits_of(DecisionTreeRegressor(max_depth=1)),
    "30 stumps, boosted": np.array([boosted(x, y, 30) for x, y in some]),
    "150 stumps, boosted": np.array([boosted(x, y, 150) for x, y in some]),
    "a deep tree": fits_of(DecisionTreeRegressor()),
    "30 deep trees, bagged": fits_of(BaggingRegressor(DecisionTreeRegressor(), 30, random_state=0)),
}
bias_and_variance = {
    name: (np.mean((fits.mean(axis=0) - truth(grid)) ** 2), np.mean(fits.var(axis=0)))
    for name, fits in methods.items()
}
pd.DataFrame(bias_and_variance, ["bias²", "variance"]).T.round(3)

# %% [markdown]
# Boosting starts from a model that is too simple and takes its **bias** away. (A single stump has
# variance, too: its threshold jumps. The sum of thirty jumps less; then the variance grows with
# every tree.) Bagging starts from a model that is too wild and takes its **variance** away. So one
# boosts stumps and bags deep trees.
#
# **Play with it:** bag stumps, and boost deep trees (take `max_depth=1` out of `boosted`). What is
# left?
#
# ## Exercises
# Put your answers in place of the dots, or ask in a terminal:
# `kerazoo lesson check bias_and_variance vote 0.4`.
#
# 1. `distinct`: a sample has 5 rows. Which share of them is in a bootstrap sample on average?
# 2. `vote`: a stump is wrong on rows with a weight of 0.2. What is $\alpha$?
# 3. `correlated`: the correlation of 10 models of variance 1 is 0.5. What is the variance of their
#    mean?

# %%
lessons.check("bias_and_variance", {"distinct": ..., "vote": ..., "correlated": ...}, "en")
