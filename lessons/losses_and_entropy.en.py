# %% [markdown]
# # Losses and entropy
#
# Training makes one number small: the loss. This lesson computes the squared error and the
# cross-entropy by hand and by Keras, says where the logarithm comes from, and shows why classifiers
# learn from the cross-entropy.
#
# It belongs to the course's parts on losses (B 275-351, C 208-259, D 222-242) and on entropy
# (A 642-679, D 180-195). Logarithms are natural ones unless it says otherwise.

# %%
import kerazoo

kerazoo.quiet_tensorflow()

import keras
import numpy as np
import pandas as pd

from kerazoo import lessons, plots

# %% [markdown]
# ## One answer, two losses
# The second of three classes is right. In one-hot form that is (0, 1, 0), and a network has
# answered (0.1, 0.7, 0.2). The course works out both losses (B 341-351):
#
# - the mean squared error is (0.01 + 0.09 + 0.04) / 3,
# - the cross-entropy is -log 0.7: all other terms are multiplied by 0.


# %%
def squared_error(y, answer):
    return np.mean((y - answer) ** 2)


def cross_entropy(y, answer):
    return -np.sum(y * np.log(answer))


y, answer = np.array([0.0, 1, 0]), np.array([0.1, 0.7, 0.2])
by_keras = {
    "mean squared error": float(keras.losses.mean_squared_error(y, answer)),
    "cross-entropy": float(keras.losses.categorical_crossentropy(y, answer)),
}
by_hand = [squared_error(y, answer), cross_entropy(y, answer)]
pd.DataFrame({"by hand": by_hand, "by Keras": by_keras.values()}, index=[*by_keras]).round(6)

# %% [markdown]
# ## From scores to probabilities
# The last layer gives a score for each class, any number. Softmax makes probabilities of them:
# $e^{z_k}$ is never negative, and dividing by the sum makes them add up to 1. Adding the same
# number to all scores changes nothing, so one takes away the largest. Otherwise $e^{1000}$
# overflows.


# %%
def softmax(z):
    powers = np.exp(z - np.max(z))
    return powers / powers.sum()


scores = np.array([1.0, 3.0, -2.0])
shown = {"softmax": softmax(scores), "of scores + 1000": softmax(scores + 1000)}
shown["each by a sigmoid"] = 1 / (1 + np.exp(-scores))
table = pd.DataFrame(shown, index=["A", "B", "C"]).T
table.assign(**{"sum": table.sum(axis=1)}).round(3)

# %% [markdown]
# Sigmoids judge each class on its own, and their sum may be anything. With softmax one class rises
# only if others fall, which suits the question "which one of them?".
#
# ## Where the logarithm comes from
# What is improbable tells more. The course's example (D 181) is a surname: one Korean in ten is a
# Kim, and one in a hundred, it says, a Namgung. Hearing "Namgung" leaves far fewer people to choose
# from. The *information* of an event is the logarithm of 1 / p, so that the information of two
# independent events adds up.
#
# A second example (A 664-677): the probability of rain is 1 %.

# %%
p = np.array([0.01, 0.99])
information = -np.log(p)
rain = pd.DataFrame({"p": p, "information": information}, index=["rain", "dry"])
rain.assign(**{"p × information": p * information}).round({"information": 6, "p × information": 4})

# %%
print(f"rain is {information[0] / information[1]:.1f} times as surprising as a dry day")
print(f"entropy, the information to be expected of a day: {np.sum(p * information):.4f}")

# %% [markdown]
# > **Errors in the course.** A 669 says "460 times"; 4.605170 / 0.010050 is 458.2. The same passage
# > calls the information of one event its entropy. The entropy belongs to the whole distribution:
# > it is the sum of the last column. C 245 gives 0.1053 for -log 0.90; that is cut off, and
# > rounded it is 0.1054.
#
# In bits, that is with logarithms to base 2, the entropy is the number of yes-or-no questions that
# one needs on average. It is largest where nothing is known.

# %%
chance = np.linspace(0.001, 0.999, 999)
bits = -(chance * np.log2(chance) + (1 - chance) * np.log2(1 - chance))
plots.plot_curves(
    {"entropy": bits},
    chance,
    "Entropy of an event that may happen or not",
    x_label="probability that it happens",
    y_label="bits",
)

# %% [markdown]
# ## Cross-entropy
# What happens has the distribution $p$; the network believes $q$. The surprise to be expected is
# $H(p, q) = -\sum_i p_i \log q_i$. The course's example (C 239-245): five classes, the second is
# right, and the network gives it 0.90.

# %%
q = np.array([0.02, 0.90, 0.05, 0.01, 0.02])
round(float(cross_entropy(np.array([0, 1, 0, 0, 0]), q)), 6)

# %% [markdown]
# The smallest value that it can have is the entropy of $p$, and it has it at $q = p$. What it has
# more than that is the Kullback-Leibler divergence. **Play:** change `true`, and see where the
# lowest points lie.

# %%
true = [0.5, 0.2, 0.01]
believed = np.linspace(0.005, 0.995, 199)
curves = {f"p = {p}": -(p * np.log(believed) + (1 - p) * np.log(1 - believed)) for p in true}
plots.plot_curves(
    curves,
    believed,
    "Cross-entropy by what is believed",
    x_label="q, the probability that the network believes",
    y_label="cross-entropy",
)

# %% [markdown]
# ## Sure and wrong
# A network that gives the right class a probability of 0 pays -log 0, which is plus infinity.
#
# > **An error in the course.** C 249 says minus infinity. A loss of minus infinity would be the
# > best of all. D 190 has it right.
#
# One step of training on an infinite loss would ruin the weights. Keras keeps probabilities at
# least 1e-7 away from 0 and 1, so the cost is 16.1 at most. D 193-195 describes the same trick with
# 0.00001.

# %%
right, wrong = np.array([1.0, 0, 0]), np.array([0.0, 1, 0])
round(float(keras.losses.categorical_crossentropy(right, wrong)), 3)

# %% [markdown]
# ## Why classifiers do not learn from squared errors
# Let one sigmoid answer $s = 1 / (1 + e^{-z})$, and let 1 be right. The slope of the loss with
# respect to the score $z$ is what training follows:
#
# - squared error $(s - 1)^2$: the slope is $2 (s - 1) s (1 - s)$,
# - cross-entropy $-\log s$: the slope is $s - 1$.
#
# At $z = -8$ the network is sure and wrong. There the squared error is almost flat, and nothing
# would be learned. The cross-entropy has its full slope there.

# %%
z = np.linspace(-8, 8, 401)
s = 1 / (1 + np.exp(-z))
slopes = {"cross-entropy": s - 1, "squared error": 2 * (s - 1) * s * (1 - s)}
plots.plot_curves(
    slopes, z, "Slope of the loss where 1 is right", x_label="score z", y_label="slope"
)

# %% [markdown]
# ## Four losses of two classes
# Let classes be -1 and 1. The *margin* is the class times the score: above 0 if the answer is
# right, and larger the surer it is (D 222-234). The 0/1 loss counts errors. It is flat, so one
# cannot learn from it, and it does not tell a near miss from a gross error. The others lie above it
# and have a slope. Hinge, $\max(0, 1 - m)$, stops at a margin of 1, as in a support vector machine.
# The exponential loss, $e^{-m}$, punishes gross errors hardest.

# %%
m = np.linspace(-3, 3, 301)
losses = {
    "0/1": (m <= 0).astype(float),
    "log": np.log2(1 + np.exp(-m)),
    "hinge": np.maximum(0, 1 - m),
    "exponential": np.exp(-m),
}
shown = {name: np.minimum(values, 6) for name, values in losses.items()}
plots.plot_curves(shown, m, "Losses by the margin, cut at 6", x_label="margin", y_label="loss")

# %% [markdown]
# ## Exercises
# 1. `quarter`: a network gives the right class a probability of 0.25. What is the cross-entropy?
# 2. `die`: how many bits is the entropy of a fair die?
# 3. `outlier`: which of the four losses above costs most at a margin of -3? Answer with its name.
# 4. `expected`: it rains with a probability of 0.3, and a network believes 0.5. By how much is its
#    cross-entropy larger than the entropy?

# %%
answers = {"quarter": ..., "die": ..., "outlier": ..., "expected": ...}
lessons.check("losses_and_entropy", answers, "en")
