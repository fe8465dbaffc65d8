# %% [markdown]
# # matrix_factorization: what a user will think of an item
#
# A table of ratings, users by items, is nearly empty: nobody has seen every film. This network
# gives every user and every item a short vector, and takes the product of two vectors for the
# rating. What it learns from the ratings that there are fills the whole table.

# %%
import random

import numpy as np
import pandas as pd

import kerazoo
from kerazoo import plots
from kerazoo.report.tables import results_table
from kerazoo.tasks.ranking.neighbors import compare_rows

kerazoo.quiet_tensorflow()

# %% [markdown]
# ## A table with holes
# Four users, four items, seven ratings. Linear algebra cannot factor a table with holes; gradient
# descent can, as it only looks at what is there.

# %%
users, items = ["U1", "U2", "U3", "U4"], ["I1", "I2", "I3", "I4"]
full = np.array([[5, 4, 4, 5], [5, 3, 4, 5], [4, 3, 3, 2], [3, 2, 5, 2]], "float32")
known = np.array([[1, 0, 1, 0], [0, 1, 1, 0], [1, 0, 1, 0], [0, 1, 0, 0]], bool)
plots.plot_ratings(np.where(known, full, np.nan), users, items, known, "what is known")

# %% [markdown]
# ## Five steps, k = 2
# **1.** P (4 × 2) and Q (2 × 4) are random numbers.

# %%
random.seed(0)  # Keras draws from it
model = kerazoo.build_matrix_factorization(users=4, items=4, dimension=2, biases=False)
descent = {"class_name": "SGD", "config": {"learning_rate": 0.05}}
kerazoo.compile_model(model, "matrix_factorization", optimizer=descent, metrics=[])
p, q = (table.copy() for table in model.get_weights())
p, q.T

# %% [markdown]
# **2.** One known rating, U1 of I1, is predicted by the product of two vectors, and there is an
# error.

# %%
error = full[0, 0] - p[0] @ q[0]
p[0] @ q[0], error

# %% [markdown]
# **3.** Both vectors take a step against the slope of the squared error. By hand, and by the
# network:

# %%
by_hand = p[0] + 0.05 * 2 * error * q[0], q[0] + 0.05 * 2 * error * p[0]
ids = np.argwhere(known).astype("int32") + 1  # from 1 on; 0 is one that is not known
kerazoo.fit_model(model, (ids[:1], full[known][:1, None]), batch_size=1, verbose=0)
by_hand, (model.get_weights()[0][0], model.get_weights()[1][0])

# %% [markdown]
# **4.** The same for every known rating, again and again.

# %%
history = kerazoo.fit_model(model, (ids, full[known][:, None]), epochs=300, batch_size=1, verbose=0)
plots.plot_history(history.history)

# %% [markdown]
# **5.** The product of the two tables is the whole table. The frames are what was known; they
# come out as they were. The others are predictions, to be recommended by. I4 has no rating, so that
# nothing is learned of it, and its column stays near 0: a *cold start*. With biases, the network
# answers at least how each user rates as a rule.

# %%
p, q = model.get_weights()
plots.plot_ratings(p @ q.T, users, items, known, "P Q: all ratings")

# %% [markdown]
# Two numbers for each are a place in the plane: who points where an item points will like it.

# %%
plots.plot_factors(p, q, users, items)

# %% [markdown]
# ## Neighbors, and a trap
# The older way looks for users who are alike. Which of U2 and U3 is like U1? That depends on what
# *like* means: U3 rates everything lower, in just the same proportions. Distance says U2, cosine
# and Pearson's correlation say U3.

# %%
ratings = [[5, 4, 4, np.nan, np.nan], [5, 3, 4, 5, 3], [4, 3, 3, 2, 5]]
measures = ["distance", "cosine", "pearson"]
likeness = {measure: compare_rows(ratings, measure)[0, 1:].round(4) for measure in measures}
pd.DataFrame(likeness, index=["U1 and U2", "U1 and U3"])

# %% [markdown]
# ## Your own ratings
# Any table with a user, an item and a rating in each row will do. This one is made up: people of
# two tastes rate films of two kinds.

# %%
numbers = np.random.default_rng(0)
user, item = np.divmod(numbers.permutation(60 * 40)[:1500], 40)
alike = user % 2 == item % 2
table = pd.DataFrame(
    {
        "user": [f"person {n}" for n in user],
        "item": [f"film {n}" for n in item],
        "rating": np.where(alike, 4, 2) + numbers.integers(-1, 2, 1500),
    }
)
run = kerazoo.train(
    "matrix_factorization",
    data=table,
    options={"scale": "1-5"},
    out="runs/matrix_factorization",
)
plots.plot_history(run.history)

# %% [markdown]
# Biases alone (who rates high, what is rated high) cannot tell the two tastes apart. Neighbors can,
# and so can the network.

# %%
names = ["biases", "user_based", "item_based"]
scores = {name: kerazoo.score_baseline(name, run.splits) for name in names}
pd.DataFrame({**scores, "matrix_factorization": run.metrics}).T.round(3)

# %% [markdown]
# What is recommended to person 2, whose number is even, are films of even numbers:

# %%
recommender = kerazoo.load_recommender("runs/matrix_factorization", rated=table)
recommender.recommend("person 2", top=5)

# %%
run.figures()["residuals"]

# %% [markdown]
# ## MovieLens 100K
# 943 people, 1,682 films, 100,000 ratings; they must not be handed on, so they do not come with
# the package. What was recorded on one of the official folds, beside the means, neighbors and
# factors of scikit-learn; `kerazoo record matrix_factorization` makes it again:

# %%
results_table(names=["matrix_factorization"])

# %% [markdown]
# The network that comes with the package knows people and films by their numbers, and none of the
# ratings. `kerazoo predict matrix_factorization --user 7 --top 10` knows titles, and what person
# 7 has seen, where the data set is on the machine.

# %%
kerazoo.layer_table(kerazoo.build_matrix_factorization())
