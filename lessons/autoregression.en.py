# %% [markdown]
# # Autoregression: Markov models, hidden states, truncated backpropagation
#
# What comes next depends on what came before. But on how much of it? The course names four answers
# (E 1257-1348): all of the past, the last $\tau$ values (*autoregression*), only the last one
# (*Markov*), or a summary that is carried along (*latent autoregression*, and its best known form,
# the RNN). This lesson tries them on real series, and then computes by hand how an RNN learns.

# %%
import numpy as np
import pandas as pd

import kerazoo
from kerazoo import lessons, plots

# %% [markdown]
# ## The data: trading on the New York Stock Exchange
# 6,051 trading days of three series. A window of $L$ days tells the next day's log volume, so there
# are $6{,}051 - L$ pairs: 6,046 for $L = 5$ (A 428-433). Volume goes with that of the days before:

# %%
days = 6051
print("pairs:", {lag: days - lag for lag in (1, 5, 20)})
nyse = kerazoo.load_dataset("nyse")
plots.plot_autocorrelation(nyse.train.x[:, -1, 1], name="log volume")

# %% [markdown]
# ## AR(L): least squares on the last L days
# With three series the autoregression has $3 L + 1$ coefficients: 16 for $L = 5$. The RNN of the
# course, with 12 hidden units on the same windows, has 205: $12 \cdot (12 + 3 + 1) + 13$ (A 793).
# (A 500 counts 204: two biases per unit, and no output.) It reports an $R^2$ of .42 for the RNN and
# .18 for yesterday's value (A 440-441). Now ours, judged on the years from 1980:


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
print(f"yesterday's value: R² = {r2(week.y.ravel(), week.x[:, -1, 1]):.3f}")
print(f"AR(5): {found[5][0]} coefficients, R² = {found[5][1]:.3f}")
plots.plot_curves(
    {"autoregression": [score for _, score in found.values()]},
    lags,
    "How many days does it take?",
    x_label="days in the window",
    y_label="R² on the years from 1980",
    marks=True,
)

# %% [markdown]
# Yesterday's value gives the .18 of the course. Five days give .413, with 16 coefficients: nearly
# the .42 of the RNN with 205. After a week more days hardly help. (`kerazoo show nyse_rnn` compares
# the RNN with this baseline over ten seeds.)
#
# ## Markov: only the last value
# Is today enough to tell tomorrow? Sort the days of Seattle into cold, mild and warm ones. Count
# what follows what, divide by the sums of the rows, and that is a Markov chain.

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
# Two days ahead is the matrix times itself, $n$ days ahead its $n$-th power. The rows become alike:
# the chain forgets where it started. What is left are the shares of the states in the long run.
#
# Does tomorrow depend on *nothing but* today? The course calls the assumption absurd: nobody's exam
# result depends on the last evening alone (E 1326). Here it can be checked: seven days ahead, what
# the chain says, and what really happened.

# %%
mild = states[1:-1] == 1
after = {
    kind: np.mean(states[2:][mild & (states[:-2] == k)] == 0).round(2)
    for k, kind in enumerate(kinds)
}
print("cold tomorrow, mild today, and yesterday:", {k: float(v) for k, v in after.items()})
pd.DataFrame(
    {
        "chain, 7 days": np.linalg.matrix_power(chain, 7)[0],
        "really, 7 days": transitions(states[:-7], states[7:])[0],
        "chain, 365 days": np.linalg.matrix_power(chain, 365)[0],
        "share of all days": np.bincount(states) / len(states),
    },
    kinds,
).round(3)

# %% [markdown]
# The chain has forgotten the cold much sooner than Seattle: after a week it is still cold with
# probability .64, and the chain says .46. One day is not all there is to know; the season is. A
# mild day after a cold one is followed by cold far more often than a mild day after a warm one. But
# in the long run both agree on the shares.
#
# ## A state that is carried along
# A *latent* autoregression keeps a summary $h_t = \tanh(w h_{t-1} + u x_t)$ and reads the next
# value from it. It sees all of the past with two numbers, where AR(L) needs more for every day. How
# does it learn $w$? Backpropagation through time (BPTT) writes the same network once for each step,
# and adds what $w$ contributes at each, with the slope of tanh $s_t = 1 - h_t^2$:
#
# $$\frac{dh_T}{dw} = s_T \, (h_{T-1} + w s_{T-1} (h_{T-2} + w s_{T-2} (h_{T-3} + \dots)))$$
#
# > **An error in the course.** E 1286-1287 calls the copying of $h_t$ to the next step BPTT. That
# > is how the network runs forward; BPTT is how its gradient runs back.


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
print(f"numerical derivative: {numerical:.6f}")
pd.DataFrame({"derivative": by_steps}).rename_axis("steps back").T.round(6)

# %% [markdown]
# All 60 steps agree with the numerical derivative. Twenty steps give nearly the same: **truncated
# BPTT** stops there. It saves time and memory, which grow with the number of steps.
#
# The factors $w s_t$ are multiplied. Below 1 the past fades out, above 1 it explodes.
#
# > **An error in the course.** E 1296-1299 presents truncation as a cure for vanishing gradients.
# > It cuts an explosion off, but it sets to **exactly zero** what would have been small.

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
# ## What a truncated gradient cannot learn
# The first of ten inputs is to be remembered to the end; the nine others are 0. The network is a
# memory: $h_t = h_{t-1} + u x_t$, a factor of 1, so nothing vanishes. It only has to learn $u = 1$:
# write down what comes in. Its derivative is a sum over the inputs that BPTT gets to.


# %%
def learn(steps_back, u=0.1, rate=0.1):
    random = np.random.default_rng(0)
    for first in random.choice([-1.0, 1.0], size=100):
        x = np.array([first] + 9 * [0.0])
        error = u * x.sum() - first  # the last state, less what it should be
        u -= rate * 2 * error * x[-steps_back:].sum()
    return u


learned = {k: learn(k) for k in (1, 5, 9, 10)}
pd.DataFrame({"u": learned}).rename_axis("steps back").T.round(4)

# %% [markdown]
# With nine steps $u$ has not moved at all: no gradient ever gets to the input that matters. So a
# window or a truncation has to be as long as what is to be remembered. LSTM and GRU attack the
# other half of the problem: their cell state is passed on with a factor close to 1 that the network
# learns (E 1350-1366), like the memory here.
#
# **Play with it:** what does `gradient` say with `w = 0.5`, and how many steps does it take then?
# Where does `w = 1.1` differ from the straight line of factor 1.1 in the picture, and why?
#
# ## Exercises
# Put your answers in place of the dots, or ask in a terminal:
# `kerazoo lesson check autoregression pairs 6046`.
#
# 1. `pairs`: a series has 6,051 days and a window 10. How many pairs are there?
# 2. `coefficients`: how many coefficients has AR(10) on three series?
# 3. `fading`: each step back multiplies a gradient by 0.5. After how many steps is less than a
#    thousandth left?

# %%
lessons.check("autoregression", {"pairs": ..., "coefficients": ..., "fading": ...}, "en")
