# %% [markdown]
# # actor_critic: more of what was better than promised
#
# A policy gradient waits for the end of an episode to learn what an action was worth. Here a second
# network, the critic, tells what return a state promises. After a few steps one can compare: what
# was met, and what the state after it promises, with what was promised before. The actor does more
# of what was better. Both act in CartPole of Gymnasium, an extra (`kerazoo[control]`): a cart is
# pushed left or right, and each step in which the pole on it stands is worth 1, up to 500.

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
# ## Surprises
# A step is rewarded with 1; what comes later counts 1 % less for each step. The critic promised 30
# before it, and 35 after it: a surprise of 1 + 0.99 · 35 - 30. If the pole falls, nothing follows:

# %%
promised, after = 30, np.array([35, 29, 0])
surprise = 1 + 0.99 * after - promised
pd.DataFrame({"promised after it": after, "surprise": surprise}, index=["rises", "leans", "falls"])

# %%
run = kerazoo.train("actor_critic", seed=0)
run.figures()["history"]

# %%
kerazoo.compare(run)

# %% [markdown]
# Beside policies that have learned nothing, on the same 100 episodes:

# %%
pd.DataFrame({name: kerazoo.score_baseline(name, run.splits) for name in POLICIES}).T

# %% [markdown]
# ## What the critic promises
# Where the cart stands in the middle, and the pole leans more and more to the right:

# %%
degrees = np.arange(-12, 13, 4)
states = np.zeros((len(degrees), 4), "float32")
states[:, 2] = np.radians(degrees)
promises = run.model.critic.predict(states, verbose=0)
pd.DataFrame({"degrees": degrees, "promised": promises[:, 0].round(1)})

# %% [markdown]
# ## What the actor does
# In blue it pushes to the right, in white to the left; the line is where it is undecided.

# %%
run.figures()["policy"]

# %%
run.figures()["episode"]

# %% [markdown]
# ## What the critic is worth
# The mean return of the validation episodes, and its spread over the recorded seeds, with a critic
# and without:

# %%
agents = ["policy_gradient", "actor_critic"]
recorded = {name: Results.load(name).curves("tuned", "CartPole-v1") for name in agents}
plots.plot_learning_curves({name: curves for name, curves in recorded.items() if curves})

# %%
results_table(names=["actor_critic"])

# %%
kerazoo.layer_table(run.model)
