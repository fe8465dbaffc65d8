# %% [markdown]
# # boston: a price from thirteen numbers
#
# Regression on 506 districts of Boston, 1978: thirteen measurements, the median price of a home in
# $1000s. One of the inputs, `B`, was computed from the share of Black residents, so that a network
# trained on it encodes race. This is an exercise, not a way to price homes.

# %%
import kerazoo
from kerazoo import plots

kerazoo.quiet_tensorflow()

# %% [markdown]
# ## The data
# The split is the one that Keras uses: 404 districts to train on, 102 to test. The recipe holds the
# last tenth of the 404 out for validation.
#
# | column | of the district |
# | --- | --- |
# | CRIM | crimes per head |
# | ZN, INDUS | percent of the land for large lots, and for business other than shops |
# | CHAS | 1 if it is beside the Charles River, else 0 |
# | NOX | nitric oxides in the air, in parts per 10 million |
# | RM, AGE | rooms per home, and percent of the homes built before 1940 |
# | DIS, RAD | distance to five centers of employment, and an index of access to highways |
# | TAX, PTRATIO | property tax per $10,000, and pupils per teacher |
# | B | 1000 (share of Black residents - 0.63)² |
# | LSTAT | percent of the residents of lower status |
# | MEDV | the target: the median price of a home in $1000s |

# %%
recipe = kerazoo.load_recipe("boston")
splits = kerazoo.load_dataset(recipe.dataset, **recipe.dataset_arguments)
plots.plot_columns(splits)

# %% [markdown]
# The columns differ in scale a thousand times over. The network standardizes them itself, in its
# first layer, so that it takes raw rows; and it gives dollars, because its last layer turns them
# back.

# %% [markdown]
# ## Baselines
# A straight plane, and kernel ridge regression, which is hard to beat on 404 rows.

# %%
kerazoo.score_baseline("least_squares", splits)

# %%
kerazoo.score_baseline("kernel_ridge", splits)

# %% [markdown]
# ## The network
# Thirteen inputs, hidden layers of 52, 39 and 26 units, one output. Count along: each of 52 units
# has 13 weights and a bias, 13 × 52 + 52 = 728.

# %%
kerazoo.layer_table(kerazoo.build_boston())

# %% [markdown]
# ## Training
# First to the letter of the course: Adam at a rate of 0.07, seventy times the usual one, stopped
# when the validation loss has not improved for three epochs.

# %%
course = kerazoo.train("boston", variant="documented", seed=0, callbacks=[kerazoo.ProgressLine()])
plots.plot_history(course.history, unit=splits.target_unit)

# %% [markdown]
# The tuned recipe has the same 3,862 parameters. It adds noise to the standardized inputs, decays
# the weights, and lets the rate fall from 0.005 to zero over 200 epochs.

# %%
run = kerazoo.train("boston", seed=0, out="runs/boston", callbacks=[kerazoo.ProgressLine()])
plots.plot_history(run.history, unit=splits.target_unit)

# %% [markdown]
# ## How good is it?
# Mean absolute error, in $1000s; the recorded figures are mean and spread over five seeds.

# %%
kerazoo.compare(run)

# %% [markdown]
# ## Right and wrong
# Most residuals are within $3000; a few districts are far off. Prices above $50,000 were written
# down as 50, which is the column of points on the right.

# %%
plots.plot_residuals(splits.test.y, run.model.predict(splits.test.x, verbose=0), splits.target_unit)

# %% [markdown]
# ## Keep it and use it
# The first district of the test set, and the same with one more room per home (`RM`). Columns go by
# name, in any order. The network has learnt what goes together in 1978, not what causes what.

# %%
predictor = kerazoo.load_predictor("runs/boston")
district = dict(zip(splits.feature_names, splits.test.x[0].tolist(), strict=True))
predictor.predict([district, {**district, "RM": district["RM"] + 1}]).values
