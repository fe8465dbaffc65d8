# %% [markdown]
# # logistic_regression: gradient descent, step by step
#
# Six points of two classes, and one sigmoid unit that parts them. The course trains it with a loop
# of its own. Here that loop stands beside what Keras and kerazoo make of it, number by number.

# %%
import dataclasses

import kerazoo

kerazoo.quiet_tensorflow()  # before it is imported

import keras  # noqa: E402
import numpy as np  # noqa: E402
import pandas as pd  # noqa: E402
import tensorflow as tf  # noqa: E402

from kerazoo import plots  # noqa: E402
from kerazoo.models.tabular.logistic_regression import START  # noqa: E402

# %% [markdown]
# ## The data
# Six points to learn from, and six to test. Three of the test points lie where a training point of
# the other class lies: nobody who has learned the training points gets these right.

# %%
splits = kerazoo.load_dataset("six_points")
names = list(splits.feature_names)


def as_table(part):
    return pd.DataFrame(part.x, columns=names).assign(label=part.y.ravel())


parts = [as_table(splits.train), as_table(splits.test)]
pd.concat(parts, keys=["train", "test"]).astype(int).T

# %% [markdown]
# ## A baseline

# %%
kerazoo.score_baseline("logistic_regression", splits)

# %% [markdown]
# ## The network
# Two weights and a bias.

# %%
kerazoo.layer_table(kerazoo.build_logistic_regression())

# %% [markdown]
# ## The loop, by hand
# The document draws the start with `tf.random.set_seed(2020)`, and so do we. A step: the output `h`
# for all six points, the cost, the gradient of the cost with respect to the weights and the bias,
# and a hundredth of it down the hill.

# %%
tf.random.set_seed(2020)
weights = tf.Variable(tf.random.normal([2, 1]))
bias = tf.Variable(tf.random.normal([1]))
optimizer = keras.optimizers.SGD(0.01)
x, y = splits.train


def outputs_of(points):
    """Return the probability of the second class."""
    return 1 / (1 + tf.exp(-(points @ weights + bias)))


@tf.function
def step():
    """Go one step down, and return the cost before it."""
    with tf.GradientTape() as tape:
        h = outputs_of(x)
        cost = -tf.reduce_mean(y * tf.math.log(h) + (1 - y) * tf.math.log(1 - h))
    gradients = tape.gradient(cost, [weights, bias])
    optimizer.apply_gradients(zip(gradients, [weights, bias], strict=True))
    return cost


by_hand = [float(step()) for _ in range(5001)]

# %% [markdown]
# ## The same by Keras and kerazoo
# `kerazoo.train` follows the recipe of the document. With `by_hand=True` the network has a training
# step of its own, which is the one above, and otherwise it has that of Keras. The last column is
# what the document prints.

# %%
recipe = kerazoo.load_recipe("logistic_regression", "documented")


def train_as(experiment):
    return kerazoo.train("logistic_regression", recipe=recipe.of_experiment(experiment))


usual = train_as("start of the log")
own_step = train_as("start of the log, by hand")
document = [0.7932398319, 0.5122759938, 0.3988317251, 0.3250758350, 0.2740058005, 0.2367737740]
pd.DataFrame(
    {
        "the loop above": by_hand[::1000],
        "by_hand=True": own_step.history["loss"][::1000],
        "Keras' step": usual.history["loss"][::1000],
        "document": document,
    },
    index=pd.Index(range(1, 5002, 1000), name="step"),
).round(6)

# %%
learned = [
    np.append(weights.numpy(), bias.numpy()),
    *(np.concatenate([w.ravel() for w in run.model.get_weights()]) for run in (own_step, usual)),
    [1.0848083, 1.1075894, -4.039375],
]
pd.DataFrame(
    learned,
    index=["the loop above", "by_hand=True", "Keras' step", "document"],
    columns=["first weight", "second weight", "bias"],
).round(6)

# %%
plots.plot_history(usual.history)

# %% [markdown]
# ## The boundary
# Where `x1 w1 + x2 w2 + b = 0` the output is one half: a line of slope -w1 / w2. It moves while the
# network learns.


# %%
def train_for(steps):
    stopped = dataclasses.replace(recipe, builder_arguments=START, epochs=steps)
    return kerazoo.train("logistic_regression", recipe=stopped).model


stages = {f"step {end}": train_for(end) for end in (1, 200, 1001, 5001)}
plots.plot_decision_lines(stages, splits)

# %%
plots.plot_decision_surface(usual.model, splits)

# %% [markdown]
# ## Right and wrong
# Half of the test points are taken for the other class, as was to be expected.

# %%
probabilities = usual.model.predict(splits.test.x, verbose=0)
plots.plot_confusion_matrix(splits.test.y, probabilities, splits.class_names)

# %% [markdown]
# ## How good is it?
# The tuned recipe standardizes both columns and takes longer steps.

# %%
run = kerazoo.train(
    "logistic_regression",
    seed=0,
    out="runs/logistic_regression",
    callbacks=[kerazoo.ProgressLine()],
)
kerazoo.compare(run)

# %% [markdown]
# ## Keep it and use it
# A predictor runs the saved unit without TensorFlow.

# %%
prediction = kerazoo.load_predictor("runs/logistic_regression").predict([[1, 2], [2, 2], [2.5, 3]])
prediction.labels, prediction.probabilities.round(3)
