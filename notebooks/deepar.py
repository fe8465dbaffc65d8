# %% [markdown]
# # deepar: not a number, but how probable each number is
#
# A forecast of 100 umbrellas is hardly ever right. Whether 90 to 110 will be sold or 20 to 180 is
# what the shop has to know. DeepAR forecasts a distribution: mean and standard deviation of the
# next row. To look further ahead it draws a value, feeds it back and goes on, many times.

# %%
import warnings

import numpy as np
import pandas as pd

import kerazoo
from kerazoo import plots
from kerazoo.tasks.series.certainty import interval_of_gaussians

kerazoo.quiet_tensorflow()

# %% [markdown]
# ## The data
# The windows of `lstm`: five trading days of three measurements, and the day of the week that comes
# next. The years before 1980 are learned, 1980 to 1986 are judged.

# %%
recipe = kerazoo.load_recipe("deepar")
splits = kerazoo.load_dataset(recipe.dataset, **recipe.dataset_arguments)
plots.plot_series({"log volume": splits.test.y}, splits.target_name, rows=250)

# %% [markdown]
# ## The network
# LSTM layers, and two numbers at the end. The last layer makes a mean of the first, and of the
# second a standard deviation, which is above zero: log(1 + exp(b)), in the units of the target.

# %%
kerazoo.layer_table(kerazoo.build_deepar())

# %% [markdown]
# ## Training
# The loss is -log p(y), where p is the Gaussian density that was forecast. To be sure and wrong is
# dear, and so is to be right and never sure.

# %%
run = kerazoo.train("deepar", seed=0, out="runs/deepar", callbacks=[kerazoo.ProgressLine()])
plots.plot_history(run.history)

# %% [markdown]
# ## How good is it?
# CRPS, the continuous ranked probability score, judges the whole distribution, in the unit of the
# target. Of a forecast without any doubt it is the absolute error. The simple methods beside it are
# Gaussians, too, as wide as their errors were in the years before.

# %%
kerazoo.compare(run)

# %% [markdown]
# Do intervals hold as much as they say? Of 50 %, 80 %, 90 % and 95 %, on the test years:

# %%
forecasts = run.model.predict(splits.test.x, batch_size=1024, verbose=0)


def held(share: float) -> float:
    low, high = interval_of_gaussians(forecasts, share)
    return float(((low <= splits.test.y) & (splits.test.y <= high)).mean())


shares = (0.5, 0.8, 0.9, 0.95)
pd.DataFrame({"says": shares, "holds": [held(share) for share in shares]}).round(3)

# %% [markdown]
# The band is narrow on some days and wide on others: the network knows when it is less sure.

# %%
curves = {"happened": splits.test.y, "mean": forecasts[..., 0]}
band = interval_of_gaussians(forecasts)
plots.plot_series(curves, splits.target_name, rows=120, interval=band)

# %%
sure = pd.qcut(forecasts[:, 0, 1], 4, labels=["narrowest", "narrow", "wide", "widest"])
off = np.abs(splits.test.y - forecasts[..., 0])[:, 0]
days = pd.DataFrame({"standard deviation": forecasts[:, 0, 1], "absolute error": off})
days.groupby(sure, observed=True).mean().round(3)

# %% [markdown]
# ## Keep it and use it
# From a terminal, `kerazoo predict runs/deepar nyse.csv --steps 20 --coverage 0.8 --quantiles
# 0.1,0.5,0.9`. Here 20 days, on a thousand paths that a seed decides.

# %%
# !kerazoo data sample deepar --rows 300 > runs/nyse.csv
after = kerazoo.forecast("runs/deepar", "runs/nyse.csv", steps=20, coverage=0.8, seed=0)
plots.plot_forecast(after)

# %% [markdown]
# ## Several shops, one network
# Each shop is scaled by its own mean and deviation, and one network learns from all of them. They
# sell more on weekends, and then it varies twice as much: the network is told the day of the week.

# %%
days = pd.date_range("2023-01-01", periods=400)
weekend = np.asarray(days.day_of_week > 4)
noise = np.random.default_rng(0).normal(0, 0.1, (4, len(days))) * (1 + weekend)
sold = np.array([[200], [120], [40], [15]]) * (1 + 0.4 * weekend + noise)
wide = pd.DataFrame(sold.round(1).T, days.rename("day"), ["Seoul", "Busan", "Daegu", "Jeju"])
shops = wide.melt(var_name="shop", value_name="sold", ignore_index=False).reset_index()
shops.to_csv("runs/shops.csv", index=False)

options = {"target": "sold", "series": "shop", "lag": 7, "weekday": True}
with warnings.catch_warnings(record=True) as said:
    own = kerazoo.train("deepar", data="runs/shops.csv", options=options, out="runs/shops")
print(*(note.message for note in said), sep="\n")
pd.Series(own.metrics).round(3).to_frame("test part, in standard deviations of each shop")

# %% [markdown]
# What it forecasts for the week to come, and how wide its intervals are on weekends:

# %%
week = kerazoo.forecast("runs/shops", "runs/shops.csv", steps=7, series="Seoul")
width = week.upper - week.lower
pd.DataFrame({"day": week.dates.day_name(), "sold": week.values, "width": width}).round(1)

# %% [markdown]
# A shop that it has never seen is scaled by its own rows, and that is said.

# %%
new = shops[shops["shop"] == "Jeju"].assign(shop="Gwangju", sold=20 * wide["Jeju"].to_numpy())
with warnings.catch_warnings(record=True) as said:
    after = kerazoo.forecast("runs/shops", new, steps=28)
print(*(note.message for note in said), sep="\n")
plots.plot_forecast(after)
