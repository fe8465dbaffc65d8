# %% [markdown]
# # nyse_rnn: twelve recurrent units and the stock exchange
#
# From five days of the New York Stock Exchange (the return of the Dow Jones, the log of the trading
# volume, the log of the volatility) to the volume of the sixth. A simple recurrent network reads
# the days one after another and keeps twelve numbers in mind.

# %%
import kerazoo
from kerazoo import plots

kerazoo.quiet_tensorflow()

# %% [markdown]
# ## The data
# 6,051 days from 1962 to 1986, cut by time: the network is trained on the years before 1980 and
# judged on those after. Nothing is shuffled across that border.

# %%
recipe = kerazoo.load_recipe("nyse_rnn")
splits = kerazoo.load_dataset(recipe.dataset, **recipe.dataset_arguments)
plots.plot_series({"log volume": splits.train.y}, splits.target_name)

# %%
plots.plot_columns(splits)

# %% [markdown]
# How long does each remember? The volume goes with that of weeks before; the return of a day says a
# little of the next one, and nothing after that.

# %%
plots.plot_autocorrelation(splits)

# %% [markdown]
# ## Baselines
# Volume tomorrow is about volume today (*last value*). A linear regression on the fifteen numbers
# of five days (*autoregression*) is the one to beat.

# %%
kerazoo.score_baseline("last_value", splits)

# %%
kerazoo.score_baseline("autoregression", splits)

# %% [markdown]
# ## The network
# Each of 12 units sees its 3 inputs, the 12 units of the day before, and a bias: 12 × (12 + 3) + 12
# = 192. PyTorch would count one bias more per unit.

# %%
kerazoo.layer_table(kerazoo.build_nyse_rnn())

# %% [markdown]
# ## Training

# %%
run = kerazoo.train("nyse_rnn", seed=0, out="runs/nyse_rnn", callbacks=[kerazoo.ProgressLine()])
plots.plot_history(run.history)

# %% [markdown]
# ## How good is it?
# R2 is the share of the variance that is explained. On this series, 205 parameters that are not
# linear gain next to nothing over 16 that are: an honest result, and the book that the course
# follows says so.

# %%
kerazoo.compare(run)

# %% [markdown]
# ## Right and wrong
# The last 120 days. The forecast is smoother than the series: sudden days are news.

# %%
predicted = run.model.predict(splits.test.x, batch_size=1024, verbose=0)
curves = {"happened": splits.test.y, "network": predicted, "last value": splits.test.x[:, -1, 1]}
plots.plot_series(curves, splits.target_name, rows=120)

# %%
plots.plot_residuals(splits.test.y, predicted)

# %% [markdown]
# ## Keep it and use it
# Days of your own: a CSV file with the three columns, at least five rows; here the last 300 days of
# the data. Further ahead than one day the network's own forecasts are fed back, and the interval
# widens.

# %%
# !kerazoo data sample nyse_rnn --rows 300 > runs/nyse_days.csv
plots.plot_forecast(kerazoo.forecast("runs/nyse_rnn", "runs/nyse_days.csv", steps=10))
