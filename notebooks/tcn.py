# %% [markdown]
# # tcn: convolutions that look back, further with every block
#
# A recurrent network carries what it has seen from row to row. A temporal convolutional network has
# no such state: it looks at the rows of a window all at once, by convolutions that see this row and
# rows before it, never later ones.

# %%
import numpy as np
import pandas as pd

import kerazoo
from kerazoo import plots
from kerazoo.models.sequence.tcn import receptive_field

kerazoo.quiet_tensorflow()

# %% [markdown]
# ## The data
# The windows of `lstm`: five trading days of three measurements, and the day of the week that comes
# next. The years before 1980 are learned, 1980 to 1986 are judged.

# %%
recipe = kerazoo.load_recipe("tcn")
splits = kerazoo.load_dataset(recipe.dataset, **recipe.dataset_arguments)
plots.plot_series({"log volume": splits.test.y}, splits.target_name, rows=250)

# %% [markdown]
# ## How far it sees
# Each block has two convolutions of two rows. In the first block they look at neighbors; in the
# second at every other row, then at every fourth, every eighth. So what a forecast sees doubles
# with every block, 1 + 2 × (2ⁿ - 1) rows, while the number of weights grows by the same for each.

# %%
pd.DataFrame({"rows seen": {blocks: receptive_field(blocks) for blocks in range(1, 9)}}).T

# %% [markdown]
# By default a network has as many blocks as its windows need: two for five days.

# %%
kerazoo.layer_table(kerazoo.build_tcn())

# %% [markdown]
# ## What looks back only
# Change one day of a window, and look at the outputs of the last block: those of earlier days stay
# as they were.

# %%
window = splits.test.x[:1].copy()
changed = window.copy()
changed[0, 2, 1] += 1
network = kerazoo.build_tcn()
kerazoo.adapt_normalization(network, *splits.train)
last_block = type(network)(network.input, network.get_layer("relu_2").output)
difference = np.abs(last_block(changed) - last_block(window))[0].max(axis=1)
pd.DataFrame({"day": range(1, 6), "largest change": difference.round(4)}).set_index("day").T

# %% [markdown]
# ## Training

# %%
run = kerazoo.train("tcn", seed=0, out="runs/tcn", callbacks=[kerazoo.ProgressLine()])
plots.plot_history(run.history)

# %% [markdown]
# ## How good is it?

# %%
kerazoo.compare(run)

# %% [markdown]
# The best simple method is least squares on all forty numbers of a window. `lstm`, on the same
# windows, is in the comparison of the page on time series.

# %%
predicted = run.model.predict(splits.test.x, batch_size=1024, verbose=0)
curves = {"happened": splits.test.y, "network": predicted, "last value": splits.test.x[:, -1, 1]}
plots.plot_series(curves, splits.target_name, rows=120)

# %% [markdown]
# ## Keep it and use it
# As `lstm`: it goes on from the end of a CSV file. The interval is made of residuals of the
# validation years, and `evaluate` tells how often such intervals hold on the test years.

# %%
# !kerazoo data sample tcn --rows 300 > runs/nyse.csv
# !kerazoo evaluate runs/tcn 2> /dev/null
plots.plot_forecast(kerazoo.forecast("runs/tcn", "runs/nyse.csv", steps=20))

# %% [markdown]
# ## A series of your own
# From a terminal: `kerazoo train tcn --data sales.csv --target sold`. Here the sales come in weeks,
# and what was sold eight weeks ago is known to come again: windows of 56 days, six blocks.

# %%
days = pd.date_range("2022-01-01", periods=1100)
random = np.random.default_rng(0)
cycle = 10 * np.sin(2 * np.pi * np.arange(len(days)) / 56) + 8 * (days.day_of_week > 4)
sales = pd.DataFrame({"day": days, "sold": np.round(60 + cycle + random.normal(0, 2, len(days)))})
sales.to_csv("runs/sales.csv", index=False)

own = kerazoo.load_dataset("time_series_csv", path="runs/sales.csv", target="sold", lag=56)
model = kerazoo.build_tcn(own.train.x.shape[1:])
kerazoo.compile_model(model, "tcn", optimizer="adam")
kerazoo.fit_model(
    model, own.train, own.validation, epochs=20, verbose=0, callbacks=[kerazoo.ProgressLine()]
)
methods = ("last_value", "season_7", "autoregression", "least_squares")
scores = {method: kerazoo.score_baseline(method, own) for method in methods}
scores["tcn"] = kerazoo.evaluate_model(model, own.test)
pd.DataFrame(scores).T[["mean_absolute_error", "r2_score"]].round(3)

# %% [markdown]
# A cycle that comes again as it was is what least squares on the same windows can find, too: it is
# hard to beat here. The last five days alone, the autoregression, do not show it.

# %%
plots.plot_forecast(kerazoo.forecast(model, "runs/sales.csv", steps=56, splits=own))
