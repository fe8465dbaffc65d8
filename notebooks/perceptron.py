# %% [markdown]
# # perceptron: one unit draws one line
#
# A unit multiplies each input by a weight, adds the products and a bias, and passes the sum through
# a sigmoid. Where the output is one half there is a straight line. Learning moves this line.

# %%
import numpy as np
import pandas as pd

import kerazoo
from kerazoo import plots

kerazoo.quiet_tensorflow()

# %% [markdown]
# ## The data
# Four gates, each with a table of four rows. All rows are trained on and judged.

# %%
gates = {name: kerazoo.load_dataset("gates", gate=name) for name in ("and", "or", "nand", "xor")}
rows = pd.DataFrame(gates["and"].train.x, columns=["a", "b"])
rows.assign(**{name: splits.train.y.ravel() for name, splits in gates.items()}).astype(int)

# %% [markdown]
# ## The network
# Two weights and a bias: it is the smallest network there is.

# %%
kerazoo.layer_table(kerazoo.build_perceptron())

# %% [markdown]
# ## How the line moves
# The same training, ended after more and more epochs: stochastic gradient descent, one row at a
# time, from seed 0. The line starts somewhere, and ends with the only 1 of AND on a side of its
# own.


# %%
def train_for(epochs):
    return kerazoo.train("perceptron", variant="documented", seed=0, epochs=epochs)


ends = (1, 10, 30, 100, 300, 1000, 2000)
stages = {f"epoch {end}": train_for(end) for end in ends}
plots.plot_decision_lines({name: run.model for name, run in stages.items()}, gates["and"])

# %%
plots.plot_decision_surface(stages["epoch 2000"].model, gates["and"])

# %% [markdown]
# ## What it has learned
# Both weights are alike, as both inputs count alike. The bias is negative, and larger than each of
# them: one input alone does not make the sum positive, and both together do.

# %%
recipe = kerazoo.load_recipe("perceptron")


def train_on(splits):
    return kerazoo.train("perceptron", recipe=recipe, splits=splits, seed=0)


runs = {name: train_on(splits) for name, splits in gates.items()}
learned = {
    name: np.concatenate([w.ravel() for w in r.model.get_weights()]) for name, r in runs.items()
}
pd.DataFrame(learned, index=["first weight", "second weight", "bias"]).T.round(3)

# %% [markdown]
# AND and OR have the same slope and another bias, and NAND is AND with every sign changed. For XOR
# weights and bias are hardly anything, and so is each sum: the output is one half, whatever the
# inputs are.

# %%
outputs = {name: run.model.predict(rows, verbose=0).ravel() for name, run in runs.items()}
rows.astype(int).assign(**outputs).round(3)

# %%
plots.plot_decision_surface(runs["or"].model, gates["or"])

# %%
plots.plot_decision_surface(runs["xor"].model, gates["xor"])

# %% [markdown]
# ## How good is it?
# In 100 recorded seeds each, AND, OR and NAND are always learned, and XOR never. `kerazoo show
# perceptron` prints what was recorded, and the notebook `xor` shows what three units do.

# %%
run = kerazoo.train("perceptron", seed=0, out="runs/perceptron", callbacks=[kerazoo.ProgressLine()])
kerazoo.compare(run)

# %%
plots.plot_history(run.history, metrics=["loss"])

# %% [markdown]
# ## Keep it and use it
# A predictor runs the saved unit without TensorFlow. Try values between 0 and 1, too.

# %%
prediction = kerazoo.load_predictor("runs/perceptron").predict([[1, 1], [0, 1], [0.9, 0.8]])
prediction.labels, prediction.probabilities.round(3)
