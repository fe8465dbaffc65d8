# %% [markdown]
# # linear_regression: the straight line through three points
#
# One unit without an activation, `y = x w + b`. There is a formula for the best weight and bias;
# here gradient descent finds them, as it finds those of every larger network.

# %%
import math

import kerazoo

kerazoo.quiet_tensorflow()  # before it is imported

import keras  # noqa: E402
import numpy as np  # noqa: E402
import pandas as pd  # noqa: E402

from kerazoo import plots  # noqa: E402
from kerazoo.models.tabular.linear_regression import SECOND_LOG  # noqa: E402

# %% [markdown]
# ## The data
# Three points on the line y = 2 x; and, further below, three scores of five students and a fourth.

# %%
splits = kerazoo.load_dataset("straight_lines")
pd.DataFrame(splits.train.x, columns=["x"]).assign(y=splits.train.y)

# %% [markdown]
# ## A baseline
# Least squares solve the task at once.

# %%
kerazoo.score_baseline("least_squares", splits)

# %% [markdown]
# ## The network

# %%
kerazoo.layer_table(kerazoo.build_linear_regression())

# %% [markdown]
# ## Training as the course does it
# 2,001 steps of gradient descent with all three points, from the start of the second log that the
# document prints. These are its 21 lines, to the last digit. (Their order is that of the document:
# another one changes the last digit of a sum.)

# %%
recipe = kerazoo.load_recipe("linear_regression", "documented")
second = kerazoo.compile_model(kerazoo.build_linear_regression(**SECOND_LOG), recipe)
history = kerazoo.fit_model(
    second, splits.train, epochs=2001, batch_size=3, shuffle=False, verbose=0
)
costs = history.history["loss"][::100]
log = pd.DataFrame({"step": range(0, 2001, 100), "cost": [f"{cost:.6f}" for cost in costs]})
log.set_index("step")

# %%
plots.plot_history(history, metrics=["loss"])

# %% [markdown]
# The answer for x = 4 is nearly 8. Each hundred steps the error shrinks by the same share: the
# valley is long, weight and bias being able to make up for each other.

# %%
second.predict(np.array([[4.0]]), verbose=0)

# %% [markdown]
# ## A data set of your own
# A class that says how many batches there are, and gives one of them, is a data set for Keras. The
# course writes one for its five students. `fit_model` takes it, too, and lets Keras train.

# %%
scores = kerazoo.load_dataset("straight_lines", table="scores")
pd.DataFrame(scores.train.x, columns=scores.feature_names).assign(fourth=scores.train.y)


# %%
class Students(keras.utils.PyDataset):
    """Batches of two students, in another order in each epoch."""

    def __init__(self, x, y, batch_size=2):
        super().__init__()
        self.x, self.y, self.batch_size = x, y, batch_size
        self.random = np.random.default_rng(0)
        self.order = np.arange(len(x))

    def __len__(self):
        return math.ceil(len(self.x) / self.batch_size)

    def __getitem__(self, index):
        rows = self.order[index * self.batch_size : (index + 1) * self.batch_size]
        return self.x[rows], self.y[rows]

    def on_epoch_end(self):
        self.random.shuffle(self.order)


students = Students(*scores.train)
len(students), [batch[0].shape for batch in (students[0], students[1], students[2])]

# %%
keras.utils.set_random_seed(0)
model = kerazoo.build_linear_regression(features=3)
model.compile(keras.optimizers.SGD(1e-5), "mean_squared_error")
history = kerazoo.fit_model(model, students, epochs=21, verbose=0, engine="keras")
plots.plot_history(history)

# %% [markdown]
# ## Beside least squares
# After 21 epochs the predictions are near, and the weights are not: the three scores rise together,
# so that many weights fit nearly as well. The tuned recipe standardizes the scores and trains until
# nothing moves any more, which is at least squares.

# %%
tuned = kerazoo.load_recipe("linear_regression").of_experiment("three features")
run = kerazoo.train("linear_regression", recipe=tuned)
design = np.column_stack([scores.train.x, np.ones(len(scores.train.x))])
best = np.linalg.lstsq(design, scores.train.y, rcond=None)[0]
pd.DataFrame(
    {
        "true": scores.train.y.ravel(),
        "21 epochs": model.predict(scores.train.x, verbose=0).ravel(),
        "tuned": run.model.predict(scores.train.x, verbose=0).ravel(),
        "least squares": (design @ best).ravel(),
    }
).round(3)

# %%
plots.plot_residuals(
    scores.train.y, run.model.predict(scores.train.x, verbose=0), name="fourth score"
)

# %% [markdown]
# ## How good is it?

# %%
run = kerazoo.train(
    "linear_regression",
    seed=0,
    out="runs/linear_regression",
    callbacks=[kerazoo.ProgressLine()],
)
kerazoo.compare(run)

# %% [markdown]
# ## Keep it and use it
# A predictor runs the saved unit without TensorFlow.

# %%
kerazoo.load_predictor("runs/linear_regression").predict([[4.0], [10.0], [-3.0]]).values
