# %% [markdown]
# # policy_gradient: more of what went better than usual
#
# A policy tells how probable each action is. This one plays whole episodes, and then makes each
# action that it took a little more probable if more reward than usual followed it, and less if less
# did. It acts in CartPole of Gymnasium, an extra (`kerazoo[control]`): a cart is pushed left or
# right, and each step in which the pole on it stands is worth 1, up to 500.

# %%
import numpy as np
import pandas as pd

import kerazoo
from kerazoo import plots
from kerazoo.report.results import Results
from kerazoo.report.tables import results_table
from kerazoo.tasks.control.policies import POLICIES

kerazoo.quiet_tensorflow()

# %% [markdown]
# ## One update by hand
# In some state the policy pushed to the right. Its logits were 0.2 and 0.6, and what followed was
# worth 1.5 more than usual. The slope of log p(right) by the logits is what the action was, (0, 1),
# minus the probabilities; a step along it, times 1.5, makes the action more probable:

# %%
logits, gain, rate = np.array([0.2, 0.6]), 1.5, 0.5
before = np.exp(logits) / np.exp(logits).sum()
moved = logits + rate * gain * (np.array([0, 1]) - before)
after = np.exp(moved) / np.exp(moved).sum()
pd.DataFrame([before, after], index=["before", "after"], columns=["left", "right"]).round(3)

# %% [markdown]
# ## What is usual?
# Every return is positive: whatever was done would become more probable. So the returns of all
# steps are put on one scale, with a mean of 0. The documented recipe does without:

# %%
run = kerazoo.train("policy_gradient", seed=0)
run.figures()["history"]

# %%
kerazoo.compare(run)

# %% [markdown]
# Beside policies that have learned nothing, on the same 100 episodes:

# %%
pd.DataFrame({name: kerazoo.score_baseline(name, run.splits) for name in POLICIES}).T

# %% [markdown]
# ## What it has learned
# In blue it pushes to the right, in white to the left; the line is where it is undecided.

# %%
run.figures()["policy"]

# %%
run.figures()["episode"]

# %% [markdown]
# ## With and without a scale
# The mean return of the validation episodes, and its spread over the recorded seeds:

# %%
recorded = Results.load("policy_gradient")
plots.plot_learning_curves(
    {f"{variant} recipe": recorded.curves(variant, "CartPole-v1") for variant in recorded.variants}
)

# %%
results_table(names=["policy_gradient"])

# %%
kerazoo.layer_table(run.model)
