# %% [markdown]
# # Optimizers
#
# Backpropagation says in which direction the loss rises. An optimizer decides how far to go the
# other way. This lesson writes seven of them by hand, compares them with Keras' to a millionth,
# draws their paths over one valley, and lets each train the same network.
#
# It belongs to the course's parts on optimization (B 700-800, E 981-1030).

# %%
import kerazoo

kerazoo.quiet_tensorflow()

import keras
import numpy as np
import pandas as pd

from kerazoo import lessons, plots

# %% [markdown]
# ## A valley
# Twenty times as steep in one direction as in the other: a model of what losses look like. The
# lowest point is at (0, 0). An angle turns the valley.

# %%
ALONG, ACROSS = 0.1, 2.0  # how much the slope changes per unit
START = np.array([-4.0, 1.5])


def valley(angle=0.0):
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    bend = turn @ np.diag([ALONG, ACROSS]) @ turn.T

    def loss(w1, w2):
        return (bend[0, 0] * w1**2 + 2 * bend[0, 1] * w1 * w2 + bend[1, 1] * w2**2) / 2

    def gradient(w):
        return bend @ w

    return loss, gradient, turn @ START


# %% [markdown]
# ## Seven rules
# Each takes the gradient `g`, what it remembers, and a learning rate, and returns the step.
#
# - **SGD** goes against the gradient.
# - **Momentum** adds a share of the step before: `W(t+1) = W(t) - r dE + mu dW` (B 744).
# - **Nesterov** looks where momentum will lead, and corrects from there.
# - **Adagrad** divides by the root of all squared gradients so far, for each weight on its own.
# - **RMSprop** takes a moving average of them, so that its steps do not die out.
# - **Adadelta** also replaces the learning rate, by the size of its own steps so far.
# - **Adam** is RMSprop with a moving average of the gradient in place of the gradient. Both
#   averages start at 0, and are divided by what is missing at first.


# %%
def sgd(g, memory, rate):
    return -rate * g


def momentum(g, memory, rate, mu=0.9):
    memory["step"] = mu * memory.get("step", 0) - rate * g
    return memory["step"]


def nesterov(g, memory, rate, mu=0.9):
    memory["step"] = mu * memory.get("step", 0) - rate * g
    return mu * memory["step"] - rate * g


def adagrad(g, memory, rate):
    memory["squares"] = memory.get("squares", 0.1) + g**2
    return -rate * g / np.sqrt(memory["squares"] + 1e-7)


def rmsprop(g, memory, rate, rho=0.9):
    memory["squares"] = rho * memory.get("squares", 0) + (1 - rho) * g**2
    return -rate * g / np.sqrt(memory["squares"] + 1e-7)


def adadelta(g, memory, rate, rho=0.95):
    memory["squares"] = rho * memory.get("squares", 0) + (1 - rho) * g**2
    steps = memory.get("steps", 0)
    step = -np.sqrt(steps + 1e-7) * g / np.sqrt(memory["squares"] + 1e-7)
    memory["steps"] = rho * steps + (1 - rho) * step**2
    return rate * step


def rounded(number):
    return float(np.float32(number))  # the number with 32 bits, of which Keras takes the power


def adam(g, memory, rate, b1=0.9, b2=0.999):
    t = memory["t"] = memory.get("t", 0) + 1
    memory["mean"] = b1 * memory.get("mean", 0) + (1 - b1) * g
    memory["squares"] = b2 * memory.get("squares", 0) + (1 - b2) * g**2
    rate = rate * np.sqrt(1 - rounded(b2) ** t) / (1 - rounded(b1) ** t)
    return -rate * memory["mean"] / (np.sqrt(memory["squares"]) + 1e-7)


rules = {"SGD": sgd, "momentum": momentum, "Nesterov": nesterov, "Adagrad": adagrad}
rules |= {"RMSprop": rmsprop, "Adadelta": adadelta, "Adam": adam}


def descend(rule, rate, gradient, start=START, steps=40):
    memory, path = {}, [start]
    for _ in range(steps):
        path.append(path[-1] + rule(gradient(path[-1]), memory, rate))
    return np.array(path)


# %% [markdown]
# > **Remarks on the course.** B 764 gives `r / (1 + p n)` as Adagrad's rule. That is a decay of the
# > rate, the same for all weights (`InverseTimeDecay` in Keras). Adagrad's own is the line below
# > it, `g + (dE)^2`, with a rate *per weight*. E 1024 asks whether RMSprop is just Adadelta with a
# > step size. Yes: it has a learning rate where Adadelta has the size of its steps.
#
# ## The same as Keras'

# %%
loss, gradient, start = valley()
optimizers = {
    "SGD": keras.optimizers.SGD(0.1),
    "momentum": keras.optimizers.SGD(0.1, momentum=0.9),
    "Nesterov": keras.optimizers.SGD(0.1, momentum=0.9, nesterov=True),
    "Adagrad": keras.optimizers.Adagrad(0.1),
    "RMSprop": keras.optimizers.RMSprop(0.1),
    "Adadelta": keras.optimizers.Adadelta(0.1),
    "Adam": keras.optimizers.Adam(0.1),
}


def descend_by_keras(optimizer, gradient, steps=40):
    w = keras.Variable(START, dtype="float64")
    for _ in range(steps):
        g = keras.ops.convert_to_tensor(gradient(keras.ops.convert_to_numpy(w)))
        optimizer.apply([g], [w])
    return keras.ops.convert_to_numpy(w)


ends = {
    name: (descend(rules[name], 0.1, gradient)[-1], descend_by_keras(optimizer, gradient))
    for name, optimizer in optimizers.items()
}
assert all(np.allclose(*both, atol=1e-6) for both in ends.values())
pd.DataFrame({name: np.ravel(both) for name, both in ends.items()}).T.set_axis(
    ["w1 by hand", "w2 by hand", "w1 by Keras", "w2 by Keras"], axis=1
).round(6)

# %% [markdown]
# ## Which learning rate?
# No rate suits all of them. Here each goes 40 steps with many rates. The course calls this the
# trouble with gradient descent (E 981-985): too small a rate arrives nowhere, and too large a one
# flies off. SGD flies off beyond 2 / 2.0 = 1, where a step leaps over the valley to a point that is
# higher than before.

# %%
rates = np.geomspace(1e-3, 1e3, 49)
with np.errstate(over="ignore", invalid="ignore"):
    reached = {
        name: np.array([loss(*descend(rule, rate, gradient)[-1]) for rate in rates])
        for name, rule in rules.items()
    }
shown = {name: np.clip(np.nan_to_num(one, nan=1e3), 1e-8, 1e3) for name, one in reached.items()}
title, label = "Loss after 40 steps, cut at 1e-8 and at 1000", "learning rate, log scale"
plots.plot_curves(shown, rates, title, x_label=label, log="xy")

# %% [markdown]
# ## Their paths
# Each with the rate at which its losses on the way are smallest on average. The square is the
# start, the star the lowest point. SGD goes to and fro across the valley, since a rate that is
# right for the slow direction is almost too large for the steep one. Momentum swings through. The
# others divide by the size of the gradient, so that both directions count alike.


# %%
def best_paths(angle):
    loss, gradient, start = valley(angle)
    paths = {}
    with np.errstate(over="ignore", invalid="ignore"):
        for name, rule in rules.items():
            every = [descend(rule, rate, gradient, start) for rate in rates]
            means = [np.mean(loss(*path.T)) for path in every]
            paths[name] = every[int(np.nanargmin(means))]
    return plots.plot_optimizer_paths(loss, paths, (-5.5, 3.5, -3, 3), minimum=(0, 0))


best_paths(angle=0.0)

# %% [markdown]
# RMSprop divides by the size of the latest gradients, so its steps stay long even near the lowest
# point, and it may jump away from there. Lowering the rate during training helps.
#
# **Play:** turn the valley, and the start with it, by other angles. SGD, momentum and Nesterov see
# nothing but slopes: they go the same way through the valley as before, with the same losses. The
# others work on each weight alone. Now both weights point across the valley, so they take other
# ways, and Adagrad ends far higher than before.

# %%
best_paths(angle=np.pi / 8)

# %% [markdown]
# ## A network
# The same network, `mnist_mlp` (784-256-128-10) on small images of clothes, by all seven: the same
# start, the same order of the rows, ten epochs. The rates are Keras' defaults but for SGD with and
# without momentum, 0.05, and for Adadelta, 1, as its authors have it.

# %%
clothes = kerazoo.load_dataset("fashion_mnist_mini").train
chosen = {
    "SGD": keras.optimizers.SGD(0.05),
    "momentum": keras.optimizers.SGD(0.05, momentum=0.9),
    "Nesterov": keras.optimizers.SGD(0.05, momentum=0.9, nesterov=True),
    "Adagrad": keras.optimizers.Adagrad(),
    "RMSprop": keras.optimizers.RMSprop(),
    "Adadelta": keras.optimizers.Adadelta(1.0),
    "Adam": keras.optimizers.Adam(),
}


def train(optimizer):
    keras.utils.set_random_seed(0)
    model = kerazoo.build_mnist_mlp()
    model.compile(optimizer, "sparse_categorical_crossentropy")
    history = kerazoo.fit_model(model, clothes, epochs=10, batch_size=64, verbose=0, seed=0)
    return history.history["loss"]


losses = {name: train(optimizer) for name, optimizer in chosen.items()}
plots.plot_curves(losses, title="Loss on the training rows", x_label="epoch")

# %% [markdown]
# The order depends on the rates, and it is that of the training rows, not of new ones. The course's
# advice holds: which one is best, one has to try.
#
# ## Exercises
# 1. `first`: how long is the first step of Adam with a rate of 0.01, if the gradient is 1000?
# 2. `swing`: the gradient is always 1, the rate 0.1, and mu 0.9. How long do the steps of momentum
#    become?
# 3. `tired`: the gradient is always 1, and Adagrad starts from a sum of 0 with a rate of 1. How
#    long is its 100th step?
# 4. `edge`: above which rate does SGD fly off on the loss $4 w^2$?

# %%
lessons.check("optimizers", {"first": ..., "swing": ..., "tired": ..., "edge": ...}, "en")
