# %% [markdown]
# # Convolution arithmetic
#
# A convolution lays a small filter over every part of an image, and computes one number for each.
# This lesson writes it by hand, computes sizes and parameters of convolutional networks, and finds
# out how much of the image one number sees.
#
# It belongs to the course's parts on convolutional networks (A 224-335, B 1340-1508).

# %%
import kerazoo

kerazoo.quiet_tensorflow()

import keras
import numpy as np
import pandas as pd

from kerazoo import lessons, plots

# %% [markdown]
# ## By hand
# The filter is multiplied with what lies under it, number by number, and the products are added.
# Then it moves on. The same nine weights are used everywhere. (Strictly this is a correlation: a
# convolution would turn the filter round first. Networks learn their filters, so nobody minds.)


# %%
def convolve(image, kernel, stride=1, padding=0):
    image = np.pad(image, padding)
    size = len(kernel)
    rows, columns = ((length - size) // stride + 1 for length in image.shape)
    output = np.empty((rows, columns))
    for row in range(rows):
        for column in range(columns):
            up, left = row * stride, column * stride
            output[row, column] = np.sum(image[up : up + size, left : left + size] * kernel)
    return output


boot = kerazoo.load_dataset("fashion_mnist_mini").train.x[0, :, :, 0] / 255.0
filters = {
    "upright edges": np.array([[1, 0, -1], [2, 0, -2], [1, 0, -1]]),
    "level edges": np.array([[1, 2, 1], [0, 0, 0], [-1, -2, -1]]),
    "blurred": np.full((3, 3), 1 / 9),
}
found = {name: convolve(boot, kernel) for name, kernel in filters.items()}
layer = keras.layers.Conv2D(1, 3, use_bias=False)
layer.build((None, 28, 28, 1))
for name, kernel in filters.items():
    layer.set_weights([kernel[:, :, None, None]])
    by_keras = keras.ops.convert_to_numpy(layer(boot[None, :, :, None]))
    np.testing.assert_allclose(found[name], by_keras[0, :, :, 0], atol=1e-5)
shown = [boot[1:-1, 1:-1], *((np.clip(one, -4, 4) + 4) / 8 for one in list(found.values())[:2])]
plots.plot_images(np.stack([*shown, found["blurred"]]), ["the image", *filters])

# %% [markdown]
# Keras' layer gives the same numbers. Gray means 0 in the two edge images: there the image does not
# change. **Play:** write a filter of your own. What does one with a single 1 do, beside the middle?
#
# ## Sizes
# An image of size $n$, a filter of size $f$, a padding of $p$ on each side, a stride of $s$: the
# filter has $\lfloor (n + 2p - f) / s \rfloor + 1$ places. The course's example (A 302-306) is a 6
# × 6 image under a 3 × 3 filter.

# %%
plots.plot_windows(6, 3)

# %% [markdown]
# A padding of $(f - 1) / 2$, here one row and column of zeros on each side, keeps the size. That is
# `padding="same"`. It needs an odd $f$ to be alike on all sides.

# %%
plots.plot_windows(6, 3, padding=1)

# %% [markdown]
# With a stride of 2 the output has about half the size. Pixels that no window reaches, gray here,
# are lost.

# %%
plots.plot_windows(6, 3, stride=2)


# %%
def size_after(n, f, s=1, p=0):
    return (n + 2 * p - f) // s + 1


cases = [(6, 3, 1), (6, 3, 2), (7, 3, 2), (28, 5, 3), (224, 11, 4)]
rows = [
    (
        *case,
        size_after(*case),
        keras.layers.Conv2D(1, f, s).compute_output_shape((None, n, n, 1))[1],
        (n - f + 1) / s,
    )
    for case in cases
    for n, f, s in [case]
]
columns = ["n", "f", "s", "the rule", "Keras", "A 303"]
pd.DataFrame(rows, columns=columns).set_index(["n", "f", "s"])

# %% [markdown]
# > **Errors in the course.** A 303 gives the size as (n - f + 1) / stride, which is right for a
# > stride of 1 alone; the last column shows what it gives otherwise. A 275 has filters of 2 × 2,
# > while B 1383 and A 307 have odd ones, as is usual. A 751 speaks of 3 channels, 2 filters and 6
# > dimensions: the output has as many channels as there are filters, here 2, since each filter adds
# > up over all channels of its input.
#
# ## Pooling
# Pooling takes the largest number, or the mean, of each 2 × 2 square. It has no weights. The
# course's example (B 1416-1420): images of 120 × 160 under twelve filters of 5 × 5, then pooled.


# %%
def pool(image, function=np.max):
    rows, columns = image.shape[0] // 2, image.shape[1] // 2
    squares = image[: 2 * rows, : 2 * columns].reshape(rows, 2, columns, 2)
    return function(squares, axis=(1, 3))


small = np.array([[1, 3, 0, 2], [5, 4, 1, 1], [7, 2, 9, 6], [0, 3, 4, 8]])
print("largest:", pool(small).tolist(), " mean:", pool(small, np.mean).tolist())
inputs = keras.Input((120, 160, 1), name="image")
maps = keras.layers.Conv2D(12, 5, name="twelve_filters")(inputs)
model = keras.Model(inputs, keras.layers.MaxPooling2D(name="pooling")(maps))
kerazoo.layer_table(model)

# %% [markdown]
# > **An error in the course.** B 1652 gives LeNet max pooling. LeNet averages, as `lenet` of this
# > package does.
#
# ## Parameters
# $k$ filters of $f \times f$ on $c$ channels have $f \cdot f \cdot c \cdot k$ weights and $k$
# biases, whatever the size of the image. A dense layer with as many outputs would need a weight for
# each pair of an input and an output. And two layers of 3 × 3 see as much as one of 5 × 5, with $18
# C^2$ weights against $25 C^2$ for $C$ channels (B 1680-1683, E 1122-1136).


# %%
def weights_of(f, c, k):
    return f * f * c * k


rows = {
    "12 filters 5 × 5 on gray": weights_of(5, 1, 12) + 12,
    "dense, as many outputs": 120 * 160 * (116 * 156 * 12) + 116 * 156 * 12,
    "two layers 3 × 3, 64 channels": 2 * weights_of(3, 64, 64),
    "one layer 5 × 5, 64 channels": weights_of(5, 64, 64),
}
pd.Series(rows).map("{:,}".format).to_frame("parameters")

# %% [markdown]
# ## Shapes of a network
# The course prints the shapes of its network for digits (E 574-664): 28 × 28 × 32, 14 × 14 × 32, 14
# × 14 × 64, 7 × 7 × 64, 3,136, 10. It is `mnist_cnn` here.

# %%
digits = kerazoo.build_mnist_cnn()
print(*(layer.output.shape[1:] for layer in digits.layers))

# %% [markdown]
# ## How much does one number see?
# Each layer of size $f$ adds $(f - 1)$ times the distance that neighboring numbers have in the
# image. Strides and pooling multiply that distance, so the receptive field grows fast (B
# 1550-1557).


# %%
def receptive_field(layers):
    field, distance, fields = 1, 1, []
    for f, s in layers:
        field += (f - 1) * distance
        distance *= s
        fields.append(field)
    return fields


convolution, pooling = (3, 1), (2, 2)
stacks = {
    "3 × 3 only": [convolution] * 9,
    "and a pooling after every second": [convolution, convolution, pooling] * 3,
}
plots.plot_curves(
    {name: receptive_field(stack) for name, stack in stacks.items()},
    title="Receptive field",
    x_label="layer",
    y_label="pixels across",
    marks=True,
)

# %% [markdown]
# ## Exercises
# 1. `size`: an image of 32 × 32, a filter of 5 × 5, a stride of 2, no padding. How many rows has
#    the output?
# 2. `same`: which padding keeps the size under a 7 × 7 filter with a stride of 1?
# 3. `parameters`: how many has a layer of 64 filters of 3 × 3 on 32 channels, with biases?
# 4. `field`: how many pixels across does one number see after three 3 × 3 layers with a stride of 2
#    each?

# %%
answers = {"size": ..., "same": ..., "parameters": ..., "field": ...}
lessons.check("convolution_arithmetic", answers, "en")
