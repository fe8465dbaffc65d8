# %% [markdown]
# # Neurons and gates
#
# A neuron multiplies each input by a weight, adds the products and a bias, and passes the sum
# through an activation function. This lesson builds logic gates from such neurons, finds out what
# one neuron can never compute, and counts the parameters of networks.
#
# It belongs to the course's parts on the perceptron (A 549-597, B 73-258). The networks
# `perceptron` and `xor` of this package learn what is written by hand here.

# %%
import itertools

import kerazoo

kerazoo.quiet_tensorflow()

import numpy as np
import pandas as pd

from kerazoo import lessons, plots

# %% [markdown]
# ## A neuron
# $y = f(x_1 w_1 + x_2 w_2 + b)$. Rosenblatt's perceptron of 1957 asks whether the sum is above a
# threshold: then it answers 1, otherwise 0. With the threshold moved into the bias, $f$ is a step
# at 0.

# %%
pairs = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])


def step(z):
    return (z > 0).astype(int)


def neuron(x, weights, bias, activation=step):
    return activation(x @ np.array(weights) + bias)


gates = {
    "AND": neuron(pairs, [1, 1], -1.5),
    "OR": neuron(pairs, [1, 1], -0.5),
    "NAND": neuron(pairs, [-1, -1], 1.5),
}
pd.DataFrame(pairs, columns=["a", "b"]).assign(**gates)

# %% [markdown]
# AND and OR have the same weights. The bias alone decides how much input is enough: both, or one.
# NAND is AND with every sign turned round.
#
# > **An error in the course.** B 137 says that NAND is true "only if both are false". That gate is
# > NOR. B 138, the line below it, is right: NAND is false only if both are true.
#
# ## A soft step
# A step has no slope, so nothing tells a weight in which direction it should move. Learning needs
# a function that rises smoothly. The sigmoid $1 / (1 + e^{-z})$ does; the answer is 1 if it is
# above 0.5, which is where the sum is above 0. Other networks use tanh, or ReLU, $\max(0, z)$.


# %%
def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def relu(z):
    return np.maximum(z, 0)


plots.plot_activation_functions({"sigmoid": sigmoid, "tanh": np.tanh, "ReLU": relu})

# %% [markdown]
# ## What one neuron cannot do
# XOR is 1 if exactly one input is 1. A neuron that computes it would have to satisfy four lines at
# once:
#
# | a | b | XOR | so |
# | --- | --- | --- | --- |
# | 0 | 0 | 0 | $b \le 0$ |
# | 0 | 1 | 1 | $w_2 + b > 0$ |
# | 1 | 0 | 1 | $w_1 + b > 0$ |
# | 1 | 1 | 0 | $w_1 + w_2 + b \le 0$ |
#
# Add the second and the third line: $w_1 + w_2 + 2b > 0$. Take away the fourth: $b > 0$. The first
# line says the opposite. So there are no such weights. A search agrees: of all weights and biases
# between -3 and 3, in steps of a quarter, none gets more than three rows right.

# %%
XOR = np.array([0, 1, 1, 0])
grid = np.linspace(-3, 3, 25)
w1, w2, b = np.meshgrid(grid, grid, grid, indexing="ij")
right = sum(
    (step(x1 * w1 + x2 * w2 + b) == target).astype(int)
    for (x1, x2), target in zip(pairs, XOR, strict=True)
)
pd.Series(right.ravel()).value_counts().rename_axis("rows right").to_frame("neurons")

# %% [markdown]
# ## Three neurons can
# XOR is true if OR and NAND are: two neurons look at the inputs, and a third at their answers. The
# first two form a *hidden layer*. The course writes such a machine as a function of nine numbers
# (B 247-255), four weights and two biases of the hidden layer, two weights and one bias of the
# output.


# %%
def machine(x, w1_11, w1_12, b1_1, w1_21, w1_22, b1_2, w2_11, w2_12, b2_1):
    first = neuron(x, [w1_11, w1_12], b1_1, sigmoid)
    second = neuron(x, [w1_21, w1_22], b1_2, sigmoid)
    return neuron(np.stack([first, second], axis=1), [w2_11, w2_12], b2_1, sigmoid)


nine = {"w1_11": 20, "w1_12": 20, "b1_1": -10, "w1_21": -20, "w1_22": -20, "b1_2": 30}
nine |= {"w2_11": 20, "w2_12": 20, "b2_1": -30}
answers = {"machine": machine(pairs, **nine).round(3), "XOR": XOR}
pd.DataFrame(pairs, columns=["a", "b"]).assign(**answers)

# %% [markdown]
# The network `xor` of this package has the same nine numbers. Filled with ours it gives the same
# answers, and the plane of its inputs shows two lines where one neuron has one.

# %%
network = kerazoo.build_xor()
hidden = [[nine["w1_11"], nine["w1_21"]], [nine["w1_12"], nine["w1_22"]]]
output = [[nine["w2_11"]], [nine["w2_12"]]]
network.get_layer("hidden").set_weights([np.array(hidden), np.array([-10, 30])])
network.get_layer("probability").set_weights([np.array(output), np.array([-30])])
np.testing.assert_allclose(network(pairs)[:, 0], machine(pairs, **nine), atol=1e-6)
plots.plot_decision_surface(network, kerazoo.load_dataset("xor"))

# %% [markdown]
# ## Counting parameters
# A layer of $n$ neurons on $p$ inputs has $p \cdot n$ weights and $n$ biases, $(p + 1) \cdot n$
# parameters. The number of rows in the data plays no part. The course's example (A 59-63) has four
# inputs, five hidden neurons and one output.


# %%
def count(*sizes):
    return sum((p + 1) * n for p, n in itertools.pairwise(sizes))


count(4, 5, 1)

# %% [markdown]
# ## One wide layer
# A network with one hidden layer can come as near to most functions as one likes, if the layer is
# wide enough (A 87-93). Here the hidden neurons are ReLUs with random weights, and only the output
# weights are fitted, by least squares. Even so the error falls as the layer gets wider.

# %%
x = np.linspace(-3, 3, 200)
target = np.sin(2 * x)


def fit(width, activation=relu):
    random = np.random.default_rng(0)
    weights, biases = random.normal(size=width), random.normal(size=width) * 2
    features = np.column_stack([activation(np.outer(x, weights) + biases), np.ones_like(x)])
    return features @ np.linalg.lstsq(features, target, rcond=None)[0]


fits = {f"{width} neurons": fit(width) for width in (2, 8, 40)}
plots.plot_curves({"sin(2x)": target} | fits, x, "One hidden layer of random ReLUs", x_label="x")

# %% [markdown]
# **Play:** pass `activation=np.tanh`, `sigmoid` or `step` to `fit`, and other widths. Without any
# activation, `lambda z: z`, the widest layer gives a straight line: why?

# %%
widths = [1, 2, 4, 8, 16, 32, 64]
errors = {
    name: [np.mean((fit(width, activation) - target) ** 2) for width in widths]
    for name, activation in (("ReLU", relu), ("tanh", np.tanh), ("none", lambda z: z))
}
title, label = "Squared error by the width of the layer", "hidden neurons, log scale"
plots.plot_curves(errors, widths, title, x_label=label, log="xy", marks=True)

# %% [markdown]
# ## Exercises
# Put your answers in place of the dots. In a terminal, `kerazoo lesson check neurons_and_gates
# parameters 31` does the same.
#
# 1. `parameters`: how many has the network 784-256-128-10, which reads digits (A 187-211)?
# 2. `nand`: the weights of a step neuron are -1 and -1. Above which number, and up to which, may
#    its bias be for NAND? Answer with the two numbers.
# 3. `tables`: two inputs have $2^4 = 16$ truth tables. How many of them can one step neuron
#    compute? (`right` above shows how to find out.)

# %%
lessons.check("neurons_and_gates", {"parameters": ..., "nand": ..., "tables": ...}, "en")
