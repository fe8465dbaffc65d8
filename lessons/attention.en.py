# %% [markdown]
# # Attention by hand
#
# A transformer reads all words of a sentence at once, where an RNN takes one step per word (E
# 1403). What makes that possible is *self-attention*: every word looks at every word, itself
# included, and takes a weighted mean of what they have to say. This lesson computes it with three
# words, checks the result against Keras, shows why positions have to be added, and trains a network
# whose attention one can read (E 1369-1504).

# %%
import kerazoo

kerazoo.quiet_tensorflow()

import keras
import numpy as np
import pandas as pd

from kerazoo import lessons, plots

# %% [markdown]
# ## Three words
# Each word is a vector $x$ of four numbers. Three weight matrices make of it a **query** $q$ (what
# am I looking for?), a **key** $k$ (what can be found here?) and a **value** $v$ (what do I pass
# on?). The score of a word for another is $q \cdot k$. Scores are divided by $\sqrt{d}$, with $d$
# the length of a key, and a softmax makes weights of them:
#
# $$z_i = \sum_j \text{softmax}_j \Big( \frac{q_i \cdot k_j}{\sqrt d} \Big) \, v_j$$


# %%
def softmax(scores):
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def attend(q, k, v, mask=None):
    scores = q @ k.T / np.sqrt(k.shape[1])  # (words, words)
    if mask is not None:
        scores = np.where(mask, scores, -np.inf)
    weights = softmax(scores)
    return weights, weights @ v


words = ["cat", "eats", "fish"]
x = np.array([[1.0, 0, 1, 0], [0, 2, 0, 1], [1, 1, 1, 0]])
w_query = np.array([[1.0, 0], [0, 1], [1, 0], [0, 1]])
w_key = np.array([[0.0, 1], [1, 0], [0, 1], [1, 0]])
w_value = np.array([[1.0, 0], [0, 1], [0, 0], [0, 1]])
q, k, v = x @ w_query, x @ w_key, x @ w_value
weights, z = attend(q, k, v)
print("scores:", (q @ k.T).tolist())
print("z:", z.round(3).tolist())
plots.plot_matrix(weights, words, words, "Who looks (row) at whom (column)", decimals=3)

# %% [markdown]
# By hand for *cat*: its query (2, 0) meets the keys (0, 2), (3, 0), (1, 2). The scores are 0, 6, 2,
# divided by $\sqrt 2$ they are 0, 4.24, 1.41, and the softmax gives .013, .932, .055.
#
# > **Two remarks on the course.** E 1455-1456 says that a score is the inner product, *then
# > summed*. The inner product is the sum already, and there is **one score per pair** of words. The
# > *normalized* scores of E 1467 are those divided by $\sqrt d$.
#
# Why divide at all? The product of two random vectors of length $d$ has a standard deviation of
# $\sqrt d$. Without the division the softmax of long vectors picks one word and has no gradient
# left:

# %%
random = np.random.default_rng(0)


def largest_weight(size, divisor):
    queries, keys = random.normal(size=(2, 500, 10, size))
    scores = np.einsum("nqd,nkd->nqk", queries, keys) / divisor  # (sentences, words, words)
    return scores.std(), softmax(scores).max(axis=-1).mean()


sizes = [4, 64, 1024]
rows = [(*largest_weight(d, 1), *largest_weight(d, np.sqrt(d))) for d in sizes]
pd.DataFrame(
    rows,
    pd.Index(sizes, name="d"),
    ["deviation", "largest weight", "deviation, divided", "largest weight, divided"],
).round(2)

# %% [markdown]
# ## The same in Keras
# `keras.layers.MultiHeadAttention` with one head, and our matrices as its weights, is the same to
# the last digits of float32.

# %%
layer = keras.layers.MultiHeadAttention(num_heads=1, key_dim=2, use_bias=False, output_shape=2)
layer(x[None], x[None])  # makes its weights: query, key, value, output
kernels = [w_query[:, None], w_key[:, None], w_value[:, None], np.eye(2)[None]]
layer.set_weights(kernels)
of_keras, scores = layer(x[None], x[None], return_attention_scores=True)
np.testing.assert_allclose(of_keras[0], z, atol=1e-6)
np.testing.assert_allclose(scores[0, 0], weights, atol=1e-6)

# %% [markdown]
# A decoder that writes must not look at words that are not there yet. A **mask** sets their scores
# to $-\infty$, so their weights are 0:

# %%
looking_back, _ = attend(q, k, v, mask=np.tri(3, dtype=bool))
plots.plot_matrix(looking_back, words, words, "With a mask", decimals=3)

# %% [markdown]
# ## Order gets lost
# Shuffle the words, and the outputs are shuffled in the same way: to attention a sentence is a bag
# of words (E 1476-1479). So something that depends on the position is added to each word before: a
# **positional encoding**, here of sines and cosines of different lengths.


# %%
def encode_position(words, size):
    angles = np.arange(words)[:, None] / 100.0 ** (np.arange(0, size, 2) / size)
    return np.concatenate([np.sin(angles), np.cos(angles)], axis=1)


def attend_to(x):
    return attend(x @ w_query, x @ w_key, x @ w_value)[1]


order = [2, 0, 1]
positions = encode_position(3, 4)
print("without positions:", np.abs(attend_to(x[order]) - attend_to(x)[order]).max())
moved = attend_to(x[order] + positions) - attend_to(x + positions)[order]
print("with positions:", np.abs(moved).max().round(3))

# %% [markdown]
# ## A network whose attention one can read
# Turn a sequence of eight digits around: the first output is the last input. One attention layer
# can do that, if it knows where it is. It is trained twice, with and without learned positions, on
# 4,000 sequences, and judged on 1,000 others.


# %%
def build(with_positions, digits=8, size=32):
    keras.utils.set_random_seed(0)
    inputs = keras.Input((digits,), dtype="int32")
    x = keras.layers.Embedding(10, size)(inputs)  # (rows, digits, size)
    if with_positions:
        place = keras.ops.zeros_like(inputs) + keras.ops.arange(digits, dtype="int32")
        x = x + keras.layers.Embedding(digits, size)(place)
    attention = keras.layers.MultiHeadAttention(num_heads=1, key_dim=size)
    z, scores = attention(x, x, return_attention_scores=True)
    outputs = keras.layers.Dense(10, "softmax")(z)
    model = keras.Model(inputs, outputs)
    model.compile(
        keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy", metrics=["accuracy"]
    )
    return model, keras.Model(inputs, scores)


sequences = random.integers(10, size=(5000, 8)).astype("int32")
train, test = (sequences[:4000], sequences[:4000, ::-1]), (sequences[4000:], sequences[4000:, ::-1])
networks = {name: build(name == "with positions") for name in ("with positions", "without")}
for model, _ in networks.values():
    kerazoo.fit_model(model, train, epochs=15, batch_size=50, verbose=0)
{name: round(kerazoo.evaluate_model(m, test)["accuracy"], 3) for name, (m, _) in networks.items()}

# %%
seen = np.asarray(networks["with positions"][1](test[0][:1]))[0, 0]
digits = [str(digit) for digit in test[0][0]]
plots.plot_matrix(seen, digits, digits, "Output position (row) looks at input (column)", decimals=1)

# %% [markdown]
# The first row looks at the last column, and so on: nobody told it to. Without positions the
# network knows which digits there are, but not where, and guesses one of them.
#
# What does it cost? A sentence of $n$ words has $n^2$ scores, in **one** pass, where an RNN takes
# $n$ steps one after another. A *vision transformer* takes patches of an image for words, and has
# an encoder only (E 1499-1504): 28 × 28 pixels in patches of 4 × 4 are 49 words of 16 numbers each.
#
# **Play with it:** change *fish* to the vector of *cat*. What do the two look at now? Train the
# network to sort the digits instead: `np.sort(sequences, axis=1)`. Is one layer enough?
#
# ## Exercises
# Put your answers in place of the dots, or ask in a terminal:
# `kerazoo lesson check attention scores 9`.
#
# 1. `scores`: how many scores has a sentence of 12 words, with one head?
# 2. `weight`: a word has the scores 2, 1 and 0, already divided. What is the weight of the first?
# 3. `patches`: an image of 224 × 224 is cut into patches of 16 × 16. How many words is that?

# %%
lessons.check("attention", {"scores": ..., "weight": ..., "patches": ...}, "en")
