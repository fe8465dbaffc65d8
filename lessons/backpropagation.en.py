# %% [markdown]
# # Backpropagation
#
# Training needs the derivative of the loss with respect to every weight. Backpropagation gets all
# of them for little more than the price of the loss itself. This lesson goes from the derivative
# of one number to the chain rule, to the gates of a graph, and to `xor`, forward and backward in
# NumPy, which then trains exactly as the package does.
#
# It belongs to the course's part on backpropagation (B 385-640, C 263-286, D 274-290).

# %%
import kerazoo

kerazoo.quiet_tensorflow()

import keras
import numpy as np
import pandas as pd

from kerazoo import lessons, plots

# %% [markdown]
# ## Derivatives
# The derivative of $f$ at $x$ says how much $f(x)$ changes for a small change of $x$. A computer
# can try it: with the forward difference $(f(x + h) - f(x)) / h$, or with the central difference
# $(f(x + h) - f(x - h)) / 2h$. The derivative of $x^3$ at 2 is 12. The error of the first shrinks
# with $h$, that of the second with $h^2$, until rounding takes over.


# %%
def forward_difference(f, x, h):
    return (f(x + h) - f(x)) / h


def central_difference(f, x, h=1e-5):
    return (f(x + h) - f(x - h)) / (2 * h)


def cube(x):
    return x**3


steps = 10.0 ** np.arange(-13, 0)
errors = {
    "forward": abs(forward_difference(cube, 2.0, steps) - 12),
    "central": abs(central_difference(cube, 2.0, steps) - 12),
}
plots.plot_curves(errors, steps, "Error of the derivative", x_label="h", y_label="error", log="xy")

# %% [markdown]
# > **An error in the course.** B 516 writes the central difference without parentheses. As it
# > stands there, only the second value would be divided by 2, and that multiplied by h.
#
# **Partial derivatives.** With several inputs, all but one are held still. For
# $f(x, y) = 3x + 2xy + y^2$ the course finds $\partial f / \partial x = 3 + 2y$ and
# $\partial f / \partial y = 2x + 2y$ (B 465-485). **The chain rule.** A function of a function has
# the product of both derivatives: with $t = 3x^2$, the derivative of $e^{3x^2}$ is
# $e^t \cdot 6x$ (B 495-501).


# %%
def f(x, y):
    return 3 * x + 2 * x * y + y**2


x, y = 1.2, -0.4
checks = {
    "∂f/∂x = 3 + 2y": (3 + 2 * y, central_difference(lambda x: f(x, y), x)),
    "∂f/∂y = 2x + 2y": (2 * x + 2 * y, central_difference(lambda y: f(x, y), y)),
    "chain rule at 0.5": (
        np.exp(3 * 0.5**2) * 6 * 0.5,
        central_difference(lambda x: np.exp(3 * x**2), 0.5),
    ),
}
pd.DataFrame(checks, index=["by the rule", "by a difference"]).T.round(6)

# %% [markdown]
# ## A formula is a graph
# Every formula is made of small steps, and each step knows its own derivatives. Values go forward.
# Then gradients come back: each step takes the gradient that arrives from above, multiplies it by
# its own derivative, and hands it down (D 274-290). The steps are called gates:
#
# - **add** hands the same gradient to both inputs: a distributor,
# - **multiply** multiplies it by the *other* input: a swap,
# - **max** hands all of it to the larger input, and 0 to the other: a router,
# - a value that is used twice adds up what comes back: a **copy** is an adder.
#
# A class of thirty lines does all of this.


# %%
class Value:
    def __init__(self, value, name="", inputs=(), slopes=()):
        self.value, self.name, self.inputs, self.slopes = value, name, inputs, slopes
        self.gradient = 0.0

    def __add__(self, other):
        return Value(self.value + other.value, "+", (self, other), (1, 1))

    def __mul__(self, other):
        return Value(self.value * other.value, "×", (self, other), (other.value, self.value))

    def max(self, other):
        first = float(self.value > other.value)
        return Value(max(self.value, other.value), "max", (self, other), (first, 1 - first))

    def backward(self):
        order = []

        def visit(node):
            if node not in order:
                for one in node.inputs:
                    visit(one)
                order.append(node)

        visit(self)
        self.gradient = 1.0
        for node in reversed(order):
            for one, slope in zip(node.inputs, node.slopes, strict=True):
                one.gradient += node.gradient * slope


# %% [markdown]
# **Play:** change the numbers. What happens to the gradients once b is smaller than c?

# %%
a, b, c = Value(3.0, "a"), Value(2.0, "b"), Value(-1.0, "c")
result = (a + b) * b.max(c)
result.backward()
plots.plot_computation(result, "(a + b) · max(b, c)")

# %% [markdown]
# Read it from the right. The result has the gradient 1. The product swaps: 2 goes to the sum, 5 to
# the maximum. The sum hands 2 to a and to b, the maximum hands 5 to b and nothing to c. b is used
# twice and gets 2 + 5 = 7.
#
# ## xor, forward and backward
# The network `xor` has two hidden sigmoid units and one output unit. With four rows, the loss is
# the mean of $(s - y)^2$. The course derives the gradient of an output weight in three factors
# (B 587-612): the error, the slope of the sigmoid, $s (1 - s)$, and the input of the weight. The
# error arrives from behind, and the other two are left over from the forward pass. Nothing has to
# be differentiated any more. For the hidden layer the error is what the output hands back.


# %%
def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def forward(weights, x):
    w1, b1, w2, b2 = weights
    hidden = sigmoid(x @ w1 + b1)  # (rows, 2)
    return hidden, sigmoid(hidden @ w2 + b2)  # (rows, 1)


def backward(weights, x, y):
    hidden, s = forward(weights, x)
    error = 2 * (s - y) / len(x)  # of the mean of the squares
    output_delta = error * s * (1 - s)
    hidden_delta = (output_delta @ weights[2].T) * hidden * (1 - hidden)
    gradients = [x.T @ hidden_delta, hidden_delta.sum(0)]
    return [*gradients, hidden.T @ output_delta, output_delta.sum(0)]


def loss(weights, x, y):
    return np.mean((forward(weights, x)[1] - y) ** 2)


# %% [markdown]
# Differences check it: each of the nine weights is moved a little both ways.

# %%
x, y = kerazoo.load_dataset("xor").train
x, y = x.astype("float64"), y.astype("float64")
keras.config.set_dtype_policy("float64")  # so that rounding plays no part
keras.utils.set_random_seed(0)
model = kerazoo.build_xor()
start = model.get_weights()


def by_differences(weights, h=1e-5):
    gradients = [np.zeros_like(w) for w in weights]
    for w, gradient in zip(weights, gradients, strict=True):
        for index in np.ndindex(w.shape):
            kept = w[index]
            w[index] = kept + h
            above = loss(weights, x, y)
            w[index] = kept - h
            gradient[index] = (above - loss(weights, x, y)) / (2 * h)
            w[index] = kept
    return gradients


def flat(arrays):
    return np.concatenate([one.ravel() for one in arrays])


names = ["w1 11", "w1 12", "w1 21", "w1 22", "b1 1", "b1 2", "w2 1", "w2 2", "b2"]
both = {
    "backpropagation": flat(backward(start, x, y)),
    "differences": flat(by_differences(start)),
}
assert np.allclose(*both.values(), atol=1e-9)
pd.DataFrame(both, index=names).T.round(6)

# %% [markdown]
# > **Two remarks on the course.** B 424 says that the error is $y - \hat y$ and that one learns
# > "without differentiating". The error *is* a derivative: that of $(s - y)^2 / 2$. With the mean
# > of the squares a factor 2 / rows belongs to it. And B 582 says that more layers and nodes do not
# > affect the speed of learning. They do: a pass takes time in proportion to the weights. What
# > backpropagation spares is one pass *per weight*, as differences need.
#
# ## The same training
# A thousand steps of gradient descent with all four rows, by NumPy and by the package. The weights
# agree to a millionth.

# %%
weights = [w.copy() for w in start]
by_numpy = []
for _ in range(1000):
    by_numpy.append(loss(weights, x, y))
    weights = [w - 2.0 * g for w, g in zip(weights, backward(weights, x, y), strict=True)]

model.compile(keras.optimizers.SGD(2.0), "mean_squared_error")
history = kerazoo.fit_model(model, (x, y), epochs=1000, batch_size=4, verbose=0)
difference = abs(flat(weights) - flat(model.get_weights())).max()
print(f"loss after 1,000 steps: {loss(weights, x, y):.4f}")
print("the weights agree to 1e-6" if difference < 1e-6 else f"they differ by {difference:.1e}")

# %%
plots.plot_curves(
    {"NumPy": by_numpy, "kerazoo": history.history["loss"]},
    title="xor, trained twice",
    x_label="step",
    y_label="loss",
)

# %% [markdown]
# ## Exercises
# 1. `partial`: $f = x^2 y + 3y$. What are its two partial derivatives at x = 2, y = 1?
# 2. `router`: $a \cdot b$ and $c$ go into a maximum, with a = 2, b = -1, c = 3. What are the
#    gradients of a, b and c?
# 3. `chain`: what is the derivative of sigmoid(3x) at x = 0?
# 4. `passes`: how many forward passes do central differences need for one gradient of the network
#    784-256-128-10, with 235,146 parameters?

# %%
answers = {"partial": ..., "router": ..., "chain": ..., "passes": ...}
lessons.check("backpropagation", answers, "en")
