# %% [markdown]
# # Batch size, sharp minima, initialization
#
# How many rows go into one step of gradient descent, and where does the descent start? The course
# says that large batches end in sharp minima and small ones in flat minima, which generalize better
# (E 969-979). This lesson counts steps, measures the noise of a gradient, puts that claim to a
# test, and then looks at the start: weights that are too small, too large, or all the same.

# %%
import kerazoo

kerazoo.quiet_tensorflow()

import math

import keras
import numpy as np
import pandas as pd

from kerazoo import lessons, plots

# %% [markdown]
# ## Counting steps
# An epoch reads every row once. 10,000 rows in batches of 100 are 100 steps, and so are 1,000,000
# rows in batches of 10,000 (C 300-306, D 251-260). If the batch size does not divide the rows, the
# last batch is smaller: the 175 baseball players of the course make 175 / 32 = 5.5, which means 6
# steps (A 178).


# %%
def steps_per_epoch(rows, batch_size):
    return math.ceil(rows / batch_size)


cases = [(10_000, 100), (1_000_000, 10_000), (175, 32)]
pd.DataFrame(
    [(rows, size, steps_per_epoch(rows, size)) for rows, size in cases],
    columns=["rows", "batch size", "steps per epoch"],
)

# %% [markdown]
# Powers of two are a custom: they suit the memory of a graphics card (C 302). Batches are there
# because memory is scarce (D 246), and because many steps on few rows cost as much as one step on
# all.
#
# ## A gradient from few rows is a guess
# Eleven measurements and the color of 2,000 wines tell one of three qualities. At the start of a
# softmax regression the gradient is computed from random batches. How far do these gradients lie
# from that of all rows? The mean of $B$ independent rows has a standard deviation that falls with
# $1 / \sqrt{B}$: four times as many rows only halve the noise.

# %%
wine = kerazoo.load_dataset("wine")
center, spread = wine.train.x.mean(axis=0), wine.train.x.std(axis=0)
x, y = ((wine.train.x - center) / spread)[:2000], wine.train.y[:2000]
others, of_others = (wine.test.x - center) / spread, wine.test.y


def gradient(rows):
    # All weights are 0: each class has probability 1/3.
    wrong = 1 / 3 - np.eye(3)[y[rows]]
    return x[rows].T @ wrong / len(rows)


random = np.random.default_rng(0)
sizes = [1, 4, 16, 64, 256, 1024]
whole = gradient(np.arange(len(x)))
batches = {size: [random.integers(len(x), size=size) for _ in range(300)] for size in sizes}
noise = {
    size: np.sqrt(np.mean([np.sum((gradient(rows) - whole) ** 2) for rows in drawn]))
    for size, drawn in batches.items()
}
plots.plot_curves(
    {"measured": list(noise.values()), "1 / square root": noise[1] / np.sqrt(sizes)},
    sizes,
    "Distance of a batch's gradient from that of all rows",
    x_label="batch size",
    y_label="distance",
    log="xy",
    marks=True,
)

# %% [markdown]
# ## The claim: large batches end in sharp minima
# A minimum is *flat* if the loss hardly rises when all weights move a little. Here every weight
# matrix is moved in a random direction, by a share of its own length, and the rise of the training
# loss is averaged over twenty directions. The course's picture: what is met later is a little
# shifted, and in a flat valley a small shift costs little.
#
# First all batch sizes get **the same number of steps**, 5,000, with the same learning rate.


# %%
def build():
    keras.utils.set_random_seed(0)
    hidden = keras.layers.Dense(64, "relu")
    model = keras.Sequential([keras.Input((12,)), hidden, keras.layers.Dense(3, "softmax")])
    model.compile(keras.optimizers.SGD(0.1), "sparse_categorical_crossentropy")
    return model


def loss_of(weights, x, y):
    hidden = np.maximum(x @ weights[0] + weights[1], 0)  # (rows, 64)
    scores = hidden @ weights[2] + weights[3]
    scores -= scores.max(axis=1, keepdims=True)
    log_probability = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
    return -log_probability[np.arange(len(y)), y].mean()


def rise(weights, share, directions=20):
    random = np.random.default_rng(0)

    def moved(weight):
        direction = random.normal(size=weight.shape)
        return weight + share * np.linalg.norm(weight) * direction / np.linalg.norm(direction)

    losses = [loss_of([moved(w) for w in weights], x, y) for _ in range(directions)]
    return np.mean(losses) - loss_of(weights, x, y)


def train(batch_size, epochs):
    model = build()
    kerazoo.fit_model(model, (x, y), epochs=epochs, batch_size=batch_size, verbose=0)
    return model.get_weights()


def report(trained):
    columns = {
        "training loss": [loss_of(w, x, y) for w in trained.values()],
        "test loss": [loss_of(w, others, of_others) for w in trained.values()],
        "rise for a move of 20 %": [rise(w, 0.2) for w in trained.values()],
    }
    return pd.DataFrame(columns, index=list(trained)).rename_axis("batch size").round(3)


same_steps = {size: train(size, 5000 // steps_per_epoch(2000, size)) for size in (8, 64, 512)}
report(same_steps)

# %% [markdown]
# That looks like the claim: the larger the batch, the sharper. But with 512 rows a step, 5,000
# steps are 1,250 epochs, and the rows are fitted better. So now **the same training loss**: each
# size is trained until it is about 0.7.

# %%
same_loss = {size: train(size, epochs) for size, epochs in ((8, 40), (64, 100), (512, 480))}
report(same_loss)

# %%
shares = np.linspace(0, 0.4, 9)
names = {size: f"batch of {size}" for size in same_loss}
curves = {f"{names[s]}, same steps": [rise(w, z) for z in shares] for s, w in same_steps.items()}
curves |= {f"{names[s]}, same loss": [rise(w, z) for z in shares] for s, w in same_loss.items()}
plots.plot_curves(
    curves,
    shares,
    "Loss around what was found",
    x_label="length of the move, share of the weights",
    y_label="rise of the training loss",
)

# %% [markdown]
# Now it is the other way round: the largest batch lies in the flattest place, and does best on the
# test rows. (Other seeds agree on 512; 8 and 64 change places.) So the batch size alone does not
# decide: it is how far the training went, by the size and the number of its steps. The claim comes
# from Keskar et al. (2017); Shallue et al. (2019) tuned the learning rate for every batch size and
# found no harm in large ones.
#
# And the yardstick matters. With ReLU, ten times the first layer and a tenth of the second is **the
# same function**. Yet a move of fixed size hits it much harder (Dinh et al., 2017):


# %%
def fixed_rise(weights, size):
    random = np.random.default_rng(0)
    moved = [[w + size * random.normal(size=w.shape) for w in weights] for _ in range(20)]
    return np.mean([loss_of(w, x, y) for w in moved]) - loss_of(weights, x, y)


found = same_loss[64]
scaled = [10 * found[0], 10 * found[1], found[2] / 10, found[3]]
pd.DataFrame(
    {
        "training loss": [loss_of(w, x, y) for w in (found, scaled)],
        "rise for a fixed move": [fixed_rise(w, 0.02) for w in (found, scaled)],
    },
    index=["as trained", "scaled"],
).round(3)

# %% [markdown]
# ## Where the descent starts
# A signal goes through 30 layers of 256 ReLU units. Each layer multiplies its size by about
# $\sigma \sqrt{n / 2}$, where $\sigma$ is the standard deviation of the weights and $n$ the number
# of inputs. With He's $\sigma = \sqrt{2 / n}$ that is 1. Glorot's (Xavier's, as in the course's
# MNIST network, E 747) is made for tanh, $\sqrt{1 / n}$ here, and with ReLU the signal shrinks by
# $\sqrt 2$ in each layer. What shrinks forward shrinks backward, too.


# %%
def signal(initializer, layers=30, units=256):
    values = np.random.default_rng(0).normal(size=(200, units))
    sizes = []
    for _ in range(layers):
        values = np.maximum(values @ np.asarray(initializer((units, units))), 0)
        sizes.append(np.sqrt(np.mean(values**2)))
    return sizes


starts = {
    "He": keras.initializers.HeNormal(seed=0),
    "Glorot": keras.initializers.GlorotNormal(seed=0),
    "deviation 0.01": keras.initializers.RandomNormal(stddev=0.01, seed=0),
    "deviation 0.15": keras.initializers.RandomNormal(stddev=0.15, seed=0),
}
plots.plot_curves(
    {name: signal(start) for name, start in starts.items()},
    title="Size of the signal",
    x_label="layer",
    y_label="root mean square",
    log="y",
)

# %% [markdown]
# And if all weights of a layer are equal? Then its units get the same gradients and stay equal: 64
# units that are one. The course says it of filters (B 1438-1443).

# %%
alike = build()
alike.set_weights([np.full(w.shape, 0.1) for w in alike.get_weights()])
kerazoo.fit_model(alike, (x, y), epochs=10, batch_size=64, verbose=0)
kernel = alike.get_weights()[0]
print("weights that changed:", np.sum(kernel != np.float32(0.1)))
print("largest difference between units:", np.ptp(kernel, axis=1).max())

# %% [markdown]
# **Play with it:** take `SGD(0.8)` for batches of 512. How many epochs is a loss of 0.7 now, and
# how sharp is the place?
#
# ## Exercises
# Put your answers in place of the dots, or ask in a terminal:
# `kerazoo lesson check batch_size steps 100`.
#
# 1. `steps`: how many steps has an epoch on the 60,000 images of MNIST in batches of 128?
# 2. `noise`: gradients of single rows have a standard deviation of 0.8. What is that of batches of
#    64?
# 3. `he`: what standard deviation has He's initialization for 512 inputs?

# %%
lessons.check("batch_size", {"steps": ..., "noise": ..., "he": ...}, "en")
