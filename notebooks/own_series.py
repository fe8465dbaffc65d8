# %% [markdown]
# # A series of your own
#
# From a CSV file with a column of dates to a forecast, and to what it is worth.

# %%
import pandas as pd

import kerazoo
from kerazoo import plots
from kerazoo.datasets import locate_dataset

kerazoo.quiet_tensorflow()

# %% [markdown]
# ## A file
# Any file with one row for each day, hour or month will do. This one holds the trading days of the
# New York Stock Exchange; the columns stand as they do in its file.

# %%
days = pd.read_csv(locate_dataset("nyse")[0])[["date", "DJ_return", "log_volume"]]
days.to_csv("trading.csv", index=False)
days.tail(3)

# %% [markdown]
# ## Train
# `kerazoo train lstm --data trading.csv --target log_volume --lag 10 --weekday` does the same. The
# last fifth of the days is the test: a forecast is judged on what came later.

# %%
run = kerazoo.train(
    "lstm",
    data="trading.csv",
    target="log_volume",
    options={"lag": 10, "weekday": True},
    seed=0,
    out="runs/trading",
    callbacks=[kerazoo.ProgressLine()],
)

# %%
plots.plot_history(run.history, kept=run.kept)

# %% [markdown]
# ## Is it any good?
# Repeating the last value, or the one a week before, costs nothing, and an autoregression little.

# %%
kerazoo.compare(run)

# %%
plots.plot_residuals(run.splits.test.y, run.model.predict(run.splits.test.x, verbose=0))

# %% [markdown]
# ## A forecast
# From the end of the file on, with an interval that held nine of ten values of the validation days.

# %%
forecast = kerazoo.forecast("runs/trading", "trading.csv", steps=20, coverage=0.9)
forecast.to_frame().head()

# %%
plots.plot_forecast(forecast, rows=60)
