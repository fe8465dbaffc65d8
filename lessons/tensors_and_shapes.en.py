# %% [markdown]
# # Tensors and shapes
#
# A tensor is an array of numbers with any number of axes, and its shape says how long each axis is.
# Most errors of beginners are wrong shapes. This lesson turns words, images, films and series into
# tensors, and shows what adding, multiplying and layers do to a shape.
#
# It belongs to the course's part on tensors (B 898-1012), on inputs of networks (A 716-804) and on
# linear layers (D 197-213).

# %%
import kerazoo

kerazoo.quiet_tensorflow()

import keras
import numpy as np
import pandas as pd

from kerazoo import lessons, plots

# %% [markdown]
# ## Rank
# The number of axes is the rank. A number has rank 0, a vector 1, a matrix 2.

# %%
examples = {
    "a number": np.array(7),
    "a vector": np.array([0, 1]),
    "a matrix": np.array([[0, 1], [1, 0]]),
    "three matrices": np.array([[[0, 0], [0, 0]], [[1, 1], [1, 1]], [[2, 2], [2, 2]]]),
}
rows = [(name, one.ndim, one.shape, one.size) for name, one in examples.items()]
pd.DataFrame(rows, columns=["", "rank", "shape", "numbers"]).set_index("")

# %% [markdown]
# ## Words
# The course's example (B 936-966): four Korean words, for white, cat, dog and dove, and three pairs
# of them. In one-hot form a word is a vector with a single 1. A pair is a matrix, and three pairs
# are a tensor of shape (3, 2, 4): pairs, words of a pair, words of the dictionary.

# %%
dictionary = ["하얀", "고양이", "강아지", "비둘기"]
pairs = [["하얀", "고양이"], ["하얀", "강아지"], ["하얀", "비둘기"]]
indices = np.array([[dictionary.index(word) for word in pair] for pair in pairs])
one_hot = np.eye(len(dictionary), dtype=int)[indices]
print(one_hot.shape)
one_hot[0]

# %% [markdown]
# ## Images and films
# A gray image has rows and columns. A color image has a third axis of three channels: red, green
# and blue. Several of them are stacked along a first axis, which counts them. The course's shapes
# (B 972-1009), and what they take in memory with four bytes for each number:

# %%
shapes = {
    "3 gray images": (3, 5, 5),
    "3 color images": (3, 5, 5, 3),
    "3 films of 5 images": (3, 5, 600, 800, 3),
}
rows = [(name, shape, len(shape), 4 * np.prod(shape) / 1e6) for name, shape in shapes.items()]
pd.DataFrame(rows, columns=["", "shape", "rank", "million bytes"]).set_index("")

# %%
color = np.zeros((3, 5, 5, 3))
color[0, :, :, 0] = 1  # red
color[1, :, :, 1] = np.linspace(0, 1, 5)  # green, more to the right
color[2] = np.eye(5)[:, :, None]  # white where row and column are the same
plots.plot_images(color)

# %% [markdown]
# > **Errors in the course.** B 999 gives 4K as 4096 × 4096. It is 3840 × 2160, or 4096 × 2160 in
# > cinemas. B 1005 says that a color image is a set of color images; a film is. B 1009 calls the
# > first two axes of (3, 5, 600, 800, 3) frames and images: read them as films and the images of
# > each.
#
# ## Axes
# A sum or a mean over an axis removes it. `keepdims` keeps it with a length of 1. The mean over the
# images of a class is an image: the average shirt.

# %%
clothes = kerazoo.load_dataset("fashion_mnist_mini")
x, y = clothes.train.x / 255, clothes.train.y.ravel()
print("images", x.shape, " mean over axis 0", x.mean(axis=0).shape, " over all", x.mean().shape)
means = np.stack([x[y == label].mean(axis=0) for label in range(10)])
plots.plot_images(means, list(clothes.class_names), columns=5)

# %% [markdown]
# **Reshape is not transpose.** `reshape` reads all numbers row by row and writes them row by row in
# another shape. `transpose` exchanges axes. With 56 × 28 pixels, reshaped to 28 × 56, an image is
# torn apart.

# %%
tall = np.concatenate([x[0], x[1]]).reshape(56, 28)
torn, turned = tall.reshape(28, 56), tall.T
plots.plot_images(np.stack([torn, turned]), ["reshape(28, 56)", "transpose"])

# %% [markdown]
# ## Broadcasting
# Tensors of different shapes can be added if, from the last axis on, lengths are equal or one of
# them is 1. What is missing in front counts as 1. So each column of a table is standardized by a
# mean of its own, without a loop.


# %%
def shape_of_sum(*shapes):
    try:
        return str(np.broadcast_shapes(*shapes))
    except ValueError:
        return "-"


cases = [((4, 3), (3,)), ((4, 3), (4,)), ((4, 3), (4, 1)), ((5, 5, 3), (3,)), ((8, 1), (8,))]
pd.DataFrame([(a, b, shape_of_sum(a, b)) for a, b in cases], columns=["first", "second", "sum"])

# %% [markdown]
# The second case is the usual trap: four means for four rows. And the last one is worse: a column
# of predictions `(8, 1)` minus a row of targets `(8,)` gives `(8, 8)`, and no error.
#
# ## A layer is a product
# A dense layer is a matrix product: `(rows, p) @ (p, n) + (n,)` gives `(rows, n)`. The course
# writes it for one image as a column, `W x + b`, with W 10 × 3072, x 3072 × 1 and b 10 × 1 (D
# 203-206), and folds the bias into the product: a further column of W, and a 1 below x (D 208-210).
# All three are the same.

# %%
random = np.random.default_rng(0)
images = random.random((6, 32, 32, 3), dtype="float32")
flat = images.reshape(6, -1)  # (6, 3072)
layer = keras.layers.Dense(10)
scores = keras.ops.convert_to_numpy(layer(flat))  # (6, 10)
kernel, bias = layer.get_weights()  # (3072, 10), (10,)
W, column = kernel.T, flat[0][:, None]  # (10, 3072), (3072, 1)
as_column = W @ column + bias[:, None]
folded = np.hstack([W, bias[:, None]]) @ np.vstack([column, [[1]]])
np.testing.assert_allclose(as_column[:, 0], scores[0], atol=1e-5)
np.testing.assert_allclose(folded, as_column, atol=1e-5)
print(images.shape, "->", flat.shape, "->", scores.shape)

# %% [markdown]
# ## What each kind of layer takes
# Dense layers take (rows, features), recurrent ones (rows, steps, features), convolutions (rows,
# height, width, channels) (A 716-804). The number of rows is never part of a layer: `None`.

# %%
layers = [
    ("Dense(16)", keras.layers.Dense(16), (None, 12)),
    ("Conv2D(8, 3)", keras.layers.Conv2D(8, 3), (None, 28, 28, 1)),
    ("MaxPooling2D()", keras.layers.MaxPooling2D(), (None, 26, 26, 8)),
    ("Flatten()", keras.layers.Flatten(), (None, 13, 13, 8)),
    ("Embedding(1000, 32)", keras.layers.Embedding(1000, 32), (None, 20)),
    ("LSTM(12)", keras.layers.LSTM(12), (None, 5, 3)),
    ("LSTM(12, return_sequences=True)", keras.layers.LSTM(12, return_sequences=True), (None, 5, 3)),
]
rows = [(name, takes, layer.compute_output_shape(takes)) for name, layer, takes in layers]
pd.DataFrame(rows, columns=["layer", "takes", "gives"]).set_index("layer")

# %% [markdown]
# ## Windows of a series, and batches
# The trading volume of 6,051 days with two further series: five days tell the sixth. That makes
# 6,051 - 5 = 6,046 windows of shape (5, 3) (A 428-441). An epoch takes them in batches. The last
# one may be smaller: 175 rows by 32 are 6 batches (A 177-178), 10,000 by 100 are 100 (C 303-306).

# %%
nyse = kerazoo.load_dataset("nyse")
parts = [part for part in (nyse.train, nyse.validation, nyse.test) if part is not None]
print("windows:", sum(len(part.x) for part in parts), " each:", parts[0].x.shape[1:])
pd.DataFrame(
    [(n, size, -(-n // size), n % size or size) for n, size in ((175, 32), (10_000, 100))],
    columns=["rows", "batch size", "batches", "rows of the last one"],
)

# %% [markdown]
# **Play:** change the shapes in `cases` and in `layers`, and say what comes out before you run the
# cell. What does `Conv2D` say to a shape without channels?
#
# ## Exercises
# 1. `batch`: what is the shape of 32 color images, 64 pixels high and 48 wide, as Keras takes them?
# 2. `rank`: what is the rank of a batch of films?
# 3. `sum`: shapes (8, 1, 6) and (7, 1) are added. What is the shape of the sum?
# 4. `trap`: a column of predictions (50, 1) minus targets (50,): how many numbers come out?

# %%
lessons.check("tensors_and_shapes", {"batch": ..., "rank": ..., "sum": ..., "trap": ...}, "en")
