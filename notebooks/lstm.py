# %% [markdown]
# # lstm: a forecaster for the stock exchange, and for a series of your own
#
# The task of `nyse_rnn`, tomorrow's trading volume from the last five days, with a network that
# decides what to keep and what to forget; and the day of the week, which a calendar knows
# beforehand.

# %%
import numpy as np
import pandas as pd

import kerazoo
from kerazoo import plots

kerazoo.quiet_tensorflow()

# %% [markdown]
# ## The data
# Trained on the years before 1980, judged on 1980 to 1986. A window has five rows of eight columns:
# three measurements, and which day of the week comes next.

# %%
recipe = kerazoo.load_recipe("lstm")
splits = kerazoo.load_dataset(recipe.dataset, **recipe.dataset_arguments)
plots.plot_columns(splits)

# %% [markdown]
# ## Baselines
# Yesterday's value; least squares on the five days and the weekday of the forecast; and least
# squares on all forty inputs, which also show where a holiday was.

# %%
kerazoo.score_baseline("last_value", splits)

# %%
kerazoo.score_baseline("autoregression", splits)

# %%
kerazoo.score_baseline("least_squares", splits)

# %% [markdown]
# ## The network
# An LSTM has four gates. Each is a layer of n units that sees f inputs and the n units of the day
# before: 4 × (n × (n + f) + n). With n = 64 and f = 8 that is 4 × (64 × 72 + 64) = 18,688.

# %%
kerazoo.layer_table(kerazoo.build_lstm())

# %% [markdown]
# ## Training

# %%
run = kerazoo.train("lstm", seed=0, out="runs/lstm", callbacks=[kerazoo.ProgressLine()])
plots.plot_history(run.history)

# %% [markdown]
# ## How good is it?

# %%
kerazoo.compare(run)

# %% [markdown]
# On these years least squares on the same inputs does better than the LSTM. On the years before
# 1980, on which all choices were made, it does not. Always ask what the simplest method would have
# said.
#
# ## Right and wrong

# %%
predicted = run.model.predict(splits.test.x, batch_size=1024, verbose=0)
curves = {"happened": splits.test.y, "network": predicted, "last value": splits.test.x[:, -1, 1]}
plots.plot_series(curves, splits.target_name, rows=120)

# %%
plots.plot_residuals(splits.test.y, predicted)

# %% [markdown]
# ## Keep it and use it
# The network that comes with the package goes on from the end of a CSV file. Every forecast is fed
# back for the next, and the interval is made of residuals of the validation years.

# %%
# !kerazoo data sample lstm --rows 300 > runs/nyse.csv
plots.plot_forecast(kerazoo.forecast("lstm", "runs/nyse.csv", steps=20))

# %% [markdown]
# ## 180 days of temperature
# The exercise of the course: from the mean temperatures of 180 days in Seattle to that of the next
# one. The years 2012 to 2014 are learned, 2015 is judged. How warm it was a week or a month ago
# says much; how warm it was half a year ago says that it is now the other way round.

# %%
exercise = recipe.of_experiment("180 days of mean temperature")
weather = kerazoo.load_dataset(exercise.dataset, **exercise.dataset_arguments)
plots.plot_autocorrelation(weather, lags=365)

# %% [markdown]
# Three simple methods: the day before; what is usual at that time of the year, the mean of the
# years before and of a week on either side; and least squares on the last five days.

# %%
methods = ("last_value", "climate_mean", "autoregression")
simple = {method: kerazoo.score_baseline(method, weather) for method in methods}
warmth = kerazoo.train("lstm", recipe=exercise, callbacks=[kerazoo.ProgressLine()])
pd.DataFrame({**simple, "lstm": warmth.metrics}).T.dropna(axis=1).round(3)

# %%
tomorrow = warmth.model.predict(weather.test.x, batch_size=1024, verbose=0)
plots.plot_series({"happened": weather.test.y, "network": tomorrow}, "°C", rows=120)

# %% [markdown]
# ## A series of your own
# Any CSV file with a row per day will do, such as this one: umbrellas sold, more on weekends and
# more in autumn. From a terminal the same is `kerazoo train lstm --data sales.csv --target sold
# --date day`.

# %%
days = pd.date_range("2023-01-01", periods=730)
random = np.random.default_rng(0)
season = 40 + 12 * np.sin(2 * np.pi * (days.day_of_year - 200) / 365) + 15 * (days.day_of_week > 4)
sales = pd.DataFrame({"day": days, "sold": np.round(season + random.normal(0, 4, len(days)))})
sales.to_csv("runs/sales.csv", index=False)

own = kerazoo.load_dataset(
    "time_series_csv", path="runs/sales.csv", target="sold", date="day", lag=14, weekday=True
)
model = kerazoo.build_lstm(own.train.x.shape[1:], units=(32,))
kerazoo.compile_model(model, "lstm", optimizer="adam")
kerazoo.fit_model(
    model,
    own.train,
    own.validation,
    epochs=60,
    verbose=0,
    callbacks=[kerazoo.ProgressLine()],
)
kerazoo.evaluate_model(model, own.test)

# %%
plots.plot_forecast(kerazoo.forecast(model, "runs/sales.csv", steps=28, splits=own))
