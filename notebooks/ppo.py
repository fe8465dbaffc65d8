# %% [markdown]
# # ppo: many steps of bounded size on what was just met
#
# A pole stands on a cart. In each step the cart is pushed left or right, and each step in which the
# pole stands is worth 1; after 500 steps the time is up. Nobody says what is right: the network
# acts, and learns from what comes of it. The environment is CartPole of Gymnasium, an extra:
# `kerazoo[control]`.

# %%
import numpy as np
import pandas as pd

import kerazoo
from kerazoo import plots
from kerazoo.engine.control.environments import play
from kerazoo.report.results import Results
from kerazoo.report.tables import results_table
from kerazoo.tasks.control.policies import POLICIES

kerazoo.quiet_tensorflow()

# %% [markdown]
# ## Where it begins
# There are no rows to learn from. A data set of an environment holds states that episodes begin in:
# 100 to choose by, 100 to judge by. Three policies that have learned nothing:

# %%
splits = kerazoo.load_dataset("cart_pole")
pd.DataFrame({name: kerazoo.score_baseline(name, splits) for name in POLICIES}).T

# %% [markdown]
# The second one pushes to the side that the pole leans to, and swings it higher and higher:

# %%
lean = POLICIES["pole_angle"](2)
played = play("CartPole-v1", lean, splits.test.x[:1])
plots.plot_episode(played.states[:, 0], played.actions[:, 0])

# %% [markdown]
# ## A bound for each step
# An action that turned out better than the critic had promised should become more probable. How
# much more? With x the probability now over that when it acted, a plain gradient gains x A without
# end. PPO gains min(x A, clip(x, 0.8, 1.2) A): nothing more once x has left the range that the
# experience tells about. Of an advantage A of 1 and of -1:

# %%
x = np.array([0.5, 0.8, 1.0, 1.2, 1.5])
gains = {f"A = {a}": np.minimum(x * a, np.clip(x, 0.8, 1.2) * a) for a in (1, -1)}
pd.DataFrame(gains, index=x)

# %% [markdown]
# So the same experience can be learned from ten times. The whole training, 16 carts at once:

# %%
run = kerazoo.train("ppo", seed=0)
run.figures()["history"]

# %%
kerazoo.compare(run)

# %% [markdown]
# ## What it has learned
# In blue it pushes to the right, in white to the left; the line is where it is undecided. The push
# goes to where the pole *will* lean: a pole that leans right but rises fast is left alone.

# %%
run.figures()["policy"]

# %%
run.figures()["episode"]

# %% [markdown]
# ## Four ways to learn it
# The mean return of the validation episodes while each network learns, and its spread over the
# recorded seeds:

# %%
agents = ["policy_gradient", "actor_critic", "ppo", "dqn"]
recorded = {name: Results.load(name).curves("tuned", "CartPole-v1") for name in agents}
plots.plot_learning_curves({name: curves for name, curves in recorded.items() if curves})

# %%
results_table(names=["ppo"])

# %% [markdown]
# `kerazoo predict ppo --play episode.gif` draws an episode of the network that comes with the
# package; `kerazoo record ppo` makes the figures above again.

# %%
kerazoo.layer_table(run.model)
