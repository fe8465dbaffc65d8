# %% [markdown]
# # tabm: any table, as it comes
#
# Tables of real life hold words, dates and empty cells, and gradient-boosted trees are hard to beat
# on them. `tabm` is a recent network for tables: a few dozen perceptrons that share most of their
# weights, learn side by side from their own mistakes, and answer together.

# %%
import warnings

import numpy as np
import pandas as pd

import kerazoo
from kerazoo import plots
from kerazoo.datasets import locate_dataset

kerazoo.quiet_tensorflow()

# %% [markdown]
# ## A table with holes
# The wines as they are in their file, the color as a word. To see what holes do, every tenth cell
# of two columns is taken out.

# %%
wines = pd.read_csv(locate_dataset("wine")[0]).drop_duplicates(ignore_index=True)
holes = np.random.default_rng(0).random((len(wines), 2)) < 0.1
wines[["alcohol", "color"]] = wines[["alcohol", "color"]].mask(holes)
wines.sample(5, random_state=0)

# %% [markdown]
# ## What the columns are
# `kerazoo.train` does what `kerazoo train --data wines.csv --target alcohol` does: it says what
# each column was taken for, and holds out a fifth of the rows as the test. Empty cells stay empty:
# the network has a learned answer to them. Rows without a target are left out.

# %%
with warnings.catch_warnings(record=True) as said:
    run = kerazoo.train(
        data=wines, target="alcohol", seed=0, out="runs/wines", callbacks=[kerazoo.ProgressLine()]
    )
print(*(note.message for note in said), sep="\n")

# %%
plots.plot_history(run.history, unit="%")

# %% [markdown]
# ## Is it any good?
# Beside simple methods that were given the same rows, holes included.

# %%
pd.DataFrame(
    {
        "tabm": {key: value for key, value in run.metrics.items() if key != "loss"},
        **{name: kerazoo.score_baseline(name, run.splits) for name in run.recipe.baselines},
    }
).round(3)

# %% [markdown]
# ## Many networks in one
# Each of the members gives an answer of its own before the mean is taken. Where they disagree, the
# network knows less.

# %%
inner = run.model.get_layer("number").output
members = type(run.model)(run.model.inputs, inner).predict(run.splits.test.x, verbose=0)[..., 0]
answers = run.model.predict(run.splits.test.x, verbose=0)
errors = np.abs(answers - run.splits.test.y)[:, 0]
agreeing = np.argsort(members.std(axis=1))
half = len(agreeing) // 2
print(f"mean absolute error of one member: {np.abs(members - run.splits.test.y).mean():.3f}")
print(f"of all together: {errors.mean():.3f}")
print(f"where they agree most: {errors[agreeing[:half]].mean():.3f}")
print(f"where they agree least: {errors[agreeing[half:]].mean():.3f}")

# %%
plots.plot_residuals(run.splits.test.y, answers, unit="%")

# %% [markdown]
# ## Rows as they come
# The saved network takes raw rows: a word that it never saw, an empty cell, columns in any order.

# %%
predictor = kerazoo.load_predictor("runs/wines")
row = wines.iloc[0].drop("alcohol").to_dict()
with warnings.catch_warnings(record=True) as said:
    answers = predictor.predict(
        [row, {**row, "color": "rosé"}, {**row, "color": None, "density": None}]
    )
print(said[0].message)
answers.values

# %% [markdown]
# ## The recorded results
# The recipe is judged on the quality of wines, beside a random forest, and on the prices of homes.

# %%
quality = kerazoo.train("tabm", seed=0)
kerazoo.compare(quality)

# %% [markdown]
# Neighboring classes are confused, bad and good hardly ever. The forest stays ahead: a dozen
# columns of numbers without gaps are its home ground.

# %%
probabilities = quality.model.predict(quality.splits.test.x, verbose=0)
plots.plot_confusion_matrix(quality.splits.test.y, probabilities, quality.splits.class_names)
