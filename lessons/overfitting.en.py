# %% [markdown]
# # Overfitting, and what helps against it
#
# A network that fits its training rows perfectly has not necessarily understood anything. This
# lesson makes a network overfit on purpose, then tries the remedies of the course one by one: early
# stopping, L1, L2, dropout, noise. (Augmentation, mixup and label smoothing have a lesson of their
# own.) It ends with *double descent*, where more parameters make things worse first and better
# afterwards.

# %%
import kerazoo

kerazoo.quiet_tensorflow()

import keras
import numpy as np
import pandas as pd

from kerazoo import lessons, plots

# %% [markdown]
# ## Twenty rows, 4,353 parameters
# The truth is one period of a sine, and every measured row is off by noise of standard deviation
# 0.4. We know the truth here, so we can judge a fit by it: that is the luxury of made-up data.


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
print(f"parameters: {plain.count_params():,}")
plots.plot_history(history)

# %% [markdown]
# The training loss keeps falling below 0.16, the variance of the noise. Whatever is below that was
# learned by heart. The validation loss has turned long before: that is overfitting. The course sees
# the same on Boston housing, where 80 to 90 epochs of 500 were enough (B 1250-1284). **Early
# stopping** keeps the epoch at the turning point.
#
# > **An error in the course.** A 637 makes an `EarlyStopping` for the Boston network, but the call
# > of `fit` (A 635) does not get it, so nothing stops early. Pass it as `callbacks=[...]`.

# %% [markdown]
# ## Penalties by hand
# L2 adds $\lambda \sum w^2$ to the loss, L1 adds $\lambda \sum |w|$. Where the data says nothing,
# one step of gradient descent with rate $\eta$ does only this:
#
# $$\text{L2: } w \leftarrow w - 2 \eta \lambda w$$
#
# $$\text{L1: } w \leftarrow w - \eta \lambda \, \text{sign}(w)$$
#
# L2 takes a share of the weight, L1 the same amount from every weight. So L2 makes weights small,
# and L1 makes many of them zero.
#
# > **Errors in the course.** B 1190 says that *noise* is added to the loss. There is nothing random
# > about it: it is a price for large weights. And B 1202 says of dropout, below, that the number of
# > weights shrinks. No weight is lost; units are left out of one step at a time, and all of them
# > predict.

# %%
weights = np.array([2.0, 0.1, -0.5])
rate, strength = 0.1, 0.05
pd.DataFrame(
    {
        "w": weights,
        "after L2": weights - 2 * rate * strength * weights,
        "after L1": weights - rate * strength * np.sign(weights),
    }
)

# %% [markdown]
# ## The remedies, one by one
# **Dropout** sets each output of a layer to 0 with some probability, anew at every step, in
# training only. So nobody can rely on one unit alone. **Noise on inputs** makes of each row a small
# cloud of rows. Every remedy is tried on three samples of 20 rows.

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
        "error against the truth": {n: np.mean([t[1] for t in r]) for n, r in tried.items()},
        "norm of the weights": {n: np.linalg.norm(r[2][2]) for n, r in tried.items()},
        "weights below 0.001": {n: np.mean(np.abs(r[2][2]) < 1e-3) for n, r in tried.items()},
    }
).round(3)

# %%
fits = {name: results[2][0] for name, results in tried.items()}
plots.plot_fits(grid, fits, truth(grid), points=draw_sample(20, seed=2))

# %% [markdown]
# Every remedy brings the curve closer to the truth. L1 leaves few weights that differ from 0, L2
# leaves all of them small. Dropout and noise do not shrink weights that much: they make it useless
# to rely on one unit or on one exact input. (Noise on *weights*, which the course names beside it
# in E 1060-1064, works in the same way.)
#
# ## Double descent
# How many parameters are too many? Here 100 homes in Boston are predicted from *random features*: a
# hidden layer of ReLU units whose weights are drawn once and stay, and an output layer fitted by
# least squares, the smallest weights if several fit. So each network is the best of its size,
# without any training.

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
# Up to 100 units there is the descent, then the rise, that every textbook shows. At 100 units there
# is exactly one way to hit all 100 homes, however wild, and the error explodes. With more there are
# many ways, and the smallest weights are a smooth one: the error falls a second time (A 534-540).
# That is why the course prefers many hidden units to too few. The second curve is the other half of
# the truth: with a penalty there is no peak, and the size hardly matters.
#
# **Play with it:** set `rows` to 50. Where is the peak now? Then set the penalty to 0.3 instead of
# 10.
#
# ## Exercises
# Put your answers in place of the dots, or ask in a terminal:
# `kerazoo lesson check overfitting peak 100`.
#
# 1. `penalty`: a weight is 2, and its gradient from the data is 0. What is it after one step with
#    rate 0.1 and an L2 penalty of 0.01?
# 2. `zero`: a weight is 0.03, and its gradient from the data is 0. After how many steps with rate
#    0.1 and an L1 penalty of 0.05 is it 0?
# 3. `peak`: 60 rows are fitted by random features without a penalty. At how many units is the test
#    error largest?

# %%
lessons.check("overfitting", {"penalty": ..., "zero": ..., "peak": ...}, "en")
