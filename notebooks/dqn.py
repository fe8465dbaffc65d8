# %% [markdown]
# # dqn: what an action is worth
#
# A deep Q-network does not learn what to do. It learns what each action is worth, the rewards that
# follow it, and does the one that is worth more. It acts in CartPole of Gymnasium, an extra
# (`kerazoo[control]`): a cart is pushed left or right, and each step in which the pole on it stands
# is worth 1, up to 500.

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
# A reward counts 1 % less for each step that it comes later. If the pole stood in a step (reward 1)
# and the best action in the next state is worth 40, this action should be worth 1 + 0.99 · 40. If
# the pole fell, nothing follows, and it is worth the reward alone:

# %%
worth = 1 + 0.99 * 40
pd.DataFrame({"it stood": [worth], "it fell": [1.0]}, index=["should be worth"])

# %% [markdown]
# A pole that never falls is worth 1 + 0.99 + 0.99² + ... = 100, and one that stands for n steps
# more (1 - 0.99ⁿ) · 100:

# %%
steps = np.array([1, 10, 50, 100, 500])
pd.DataFrame({"steps": steps, "worth": (100 * (1 - 0.99**steps)).round(1)})

# %% [markdown]
# ## Five things that make it work
# - **Memory.** Steps in a row are alike. It draws from 50,000 that it remembers, in any order.
# - **A target network.** Its goal depends on itself, and would run away from it. So the worth of
#   what follows is read from a copy that follows slowly.
# - **Chance.** At first every action is random, then fewer and fewer are: who always does what
#   seems best never learns that something else is better.
# - **Ten rewards at once.** That the cart is about to leave the track is known at the edge first,
#   and would move one step back with each copy. The rewards of ten steps are added up before the
#   copy is asked, so it moves ten.
# - **Squared errors.** The first paper cuts the slope of the loss where an error is above 1. Games
#   had rewards of 1 now and then; here values come up to 100 and most errors are above 1. Of ten
#   errors, then, only the sign counts, and one fall is outvoted by nine steps without one:

# %%
targets = np.array([1.0] + [60.0] * 9)  # one fall, and nine steps in which the pole stood
guesses = np.linspace(0, 70, 701)
errors = np.abs(guesses[:, np.newaxis] - targets)
bounded = np.minimum(errors, np.array([1, 100]).reshape(2, 1, 1))
losses = (bounded * (errors - bounded / 2)).mean(axis=-1)  # (bounds, guesses)
best = guesses[losses.argmin(axis=-1)]
pd.DataFrame(
    {"bound 1": best[:1], "bound 100": best[1:], "mean": targets.mean()},
    index=["what it would believe"],
).round(1)

# %% [markdown]
# A value should be the mean. The whole training:

# %%
run = kerazoo.train("dqn", seed=0)
run.figures()["history"]

# %%
kerazoo.compare(run)

# %% [markdown]
# Beside policies that have learned nothing, on the same 100 episodes:

# %%
pd.DataFrame({name: kerazoo.score_baseline(name, run.splits) for name in POLICIES}).T

# %% [markdown]
# ## What it believes
# The values of both actions where the cart stands in the middle, and the pole leans more and more
# to the right. They fall where it will soon have fallen.

# %%
degrees = np.arange(-12, 13, 4)
states = np.zeros((len(degrees), 4), "float32")
states[:, 2] = np.radians(degrees)
values = run.model.policy.predict(states, verbose=0)
pd.DataFrame(values.round(1), index=degrees, columns=["left", "right"])

# %%
run.figures()["policy"]

# %%
run.figures()["episode"]

# %% [markdown]
# ## Beside others
# The mean return of the validation episodes of the recorded seeds:

# %%
recorded = {name: Results.load(name).curves("tuned", "CartPole-v1") for name in ("ppo", "dqn")}
plots.plot_learning_curves({name: curves for name, curves in recorded.items() if curves})

# %%
results_table(names=["dqn"])

# %%
kerazoo.layer_table(run.model)
