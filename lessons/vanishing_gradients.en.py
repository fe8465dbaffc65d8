# %% [markdown]
# # Vanishing gradients
#
# In a deep network the gradient passes through every layer on its way back. If each layer makes it
# smaller, the first layers hardly learn. This lesson measures the gradient in each layer, for five
# activation functions and for 2 to 20 layers, and shows what it does to training.
#
# It belongs to the course's part on vanishing gradients (B 654-693) and on deep networks
# (E 1154-1162).

# %%
import kerazoo

kerazoo.quiet_tensorflow()

import keras
import numpy as np
import pandas as pd
import tensorflow as tf

from kerazoo import lessons, plots

# %% [markdown]
# ## A quarter at most
# Backpropagation multiplies by the slope of the activation in every layer. That of a sigmoid is
# $s (1 - s)$, at most 0.25, where its input is 0. Through $n$ layers at most $0.25^n$ is left, if
# the weights do not make up for it.

# %%
depths = np.array([1, 2, 5, 10, 20])
pd.DataFrame({"at most": 0.25**depths}, index=pd.Index(depths, name="sigmoid layers"))

# %% [markdown]
# The course names four functions that help (B 687-692). Tanh has slopes up to 1. ReLU has a slope
# of exactly 1 above 0, and of 0 below. Leaky ReLU keeps a little slope below 0, and ELU bends
# smoothly.

# %%
activations = {
    "sigmoid": keras.activations.sigmoid,
    "tanh": keras.activations.tanh,
    "ReLU": keras.activations.relu,
    "leaky ReLU": keras.activations.leaky_relu,
    "ELU": keras.activations.elu,
}
plots.plot_activation_functions(activations, reach=4)

# %% [markdown]
# ## The gradient in each layer
# A network on small images of clothes: `depth` layers of 64 units and an output of ten classes. The
# weights are as Keras draws them at the start. For the first 256 images the gradient of the loss is
# computed, and its size is measured in each layer: the root of the mean square over its weights.

# %%
clothes = kerazoo.load_dataset("fashion_mnist_mini").train
x = clothes.x.reshape(len(clothes.x), -1).astype("float32") / 255
x = (x - x.mean()) / x.std()
y = clothes.y


def build(activation, depth, initializer="glorot_uniform", seed=0):
    keras.utils.set_random_seed(seed)
    layer = inputs = keras.Input(x.shape[1:])
    for number in range(depth):
        dense = keras.layers.Dense(64, kernel_initializer=initializer, name=f"hidden{number + 1}")
        layer = keras.layers.Activation(activation)(dense(layer))
    return keras.Model(inputs, keras.layers.Dense(10, name="scores")(layer))


def gradient_sizes(model):
    kernels = [layer.kernel for layer in model.layers if hasattr(layer, "kernel")]
    with tf.GradientTape() as tape:
        scores = model(x[:256])
        losses = keras.losses.sparse_categorical_crossentropy(y[:256], scores, from_logits=True)
        loss = tf.reduce_mean(losses)
    gradients = tape.gradient(loss, [kernel.value for kernel in kernels])
    return [float(np.sqrt(np.mean(np.square(one)))) for one in gradients]


flow = {name: gradient_sizes(build(function, 20)) for name, function in activations.items()}
plots.plot_gradient_flow(flow, "Size of the gradient in each of 20 layers and the output")

# %% [markdown]
# With sigmoids the first layer gets a gradient many powers of ten smaller than the last one. The
# lines of ReLU and leaky ReLU are level, but lie low: what is below 0 is cut off, so the values
# shrink on their way forward, and with them the gradients of all layers. The usual cure is to draw
# the weights larger, with a variance of 2 / inputs instead of about 1 / inputs (He et al., 2015;
# `he_normal` in Keras). Sigmoids gain little from it.

# %%
he = {
    f"{name}, {initializer}": gradient_sizes(build(activations[name], 20, initializer))
    for name in ("sigmoid", "ReLU")
    for initializer in ("glorot_uniform", "he_normal")
}
plots.plot_gradient_flow(he, "The same with larger weights at the start")

# %% [markdown]
# ## From 2 to 20 layers
# What arrives in the first layer, by the depth of the network. For the sigmoid it is nearly a
# straight line on the logarithmic axis: each layer takes away the same factor.

# %%
depths = [2, 5, 10, 15, 20]
first = {
    name: [gradient_sizes(build(function, depth))[0] for depth in depths]
    for name, function in activations.items()
}
plots.plot_curves(
    first,
    depths,
    "Size of the gradient in the first layer",
    x_label="hidden layers",
    y_label="size, log scale",
    log="y",
    marks=True,
)

# %%
factor = (first["sigmoid"][-1] / first["sigmoid"][0]) ** (1 / (depths[-1] - depths[0]))
print(f"a sigmoid layer leaves {factor:.2f} of the gradient")

# %% [markdown]
# ## What it does to training
# The same training for 2 and for 10 layers, with sigmoid and with ReLU: gradient descent, 10
# epochs. Ten layers of sigmoids stay where guessing is, at $\log 10 = 2.30$: they learn nothing.


# %%
def train(activation, depth, initializer="glorot_uniform", optimizer=None):
    model = build(activations[activation], depth, initializer)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer or keras.optimizers.SGD(0.1), loss)
    history = kerazoo.fit_model(model, (x, y), epochs=10, batch_size=64, verbose=0)
    return history.history["loss"]


losses = {
    f"{activation}, {depth} layers": train(activation, depth)
    for activation in ("sigmoid", "ReLU")
    for depth in (2, 10)
}
plots.plot_curves(
    losses, title="Loss on the training rows", x_label="epoch", y_label="cross-entropy", marks=True
)

# %% [markdown]
# > **An error in the course.** E 1156 says that very deep networks do worse because they overfit.
# > A network that overfits has a *low* loss on the training rows. Here the training loss itself
# > stays high, as it did in the paper on ResNet (He et al., 2016), which B 1676 has right.
#
# **Play:** train ten layers of `"tanh"`, `"leaky ReLU"` and `"ELU"`. Give the sigmoids
# `optimizer=keras.optimizers.Adam(1e-3)`: Adam divides by the size of the gradient, and after some
# epochs even small ones move the weights. How many layers does that help?
#
# What helps besides another activation: batch normalization, which keeps sums near 0 where slopes
# are large, and connections that skip layers, through which the gradient passes unchanged. The
# opposite exists, too: with large weights the gradient *explodes*.
#
# ## Exercises
# 1. `bound`: after how many sigmoid layers is at most a millionth of the gradient left?
# 2. `tanh`: what is the slope of tanh at 1?
# 3. `elu`: what is the slope of ELU ($e^z - 1$ below 0) at -2?
# 4. `dead`: the sum of a ReLU unit is below 0 for every row. How large is the gradient of its
#    weights?

# %%
lessons.check("vanishing_gradients", {"bound": ..., "tanh": ..., "elu": ..., "dead": ...}, "en")
