# %% [markdown]
# # wine_binary: red or white?
#
# Eleven laboratory measurements of 6,497 Portuguese wines, and the grade that tasters gave them,
# tell the color of the wine. It is an easy task: the question is who makes the fewest mistakes.

# %%
import kerazoo
from kerazoo import plots

kerazoo.quiet_tensorflow()

# %% [markdown]
# ## The data

# %%
recipe = kerazoo.load_recipe("wine_binary")
splits = kerazoo.load_dataset(recipe.dataset, **recipe.dataset_arguments)
plots.plot_columns(splits)

# %% [markdown]
# ## Baselines
# Three quarters of the wines are white, so "white" is right three times out of four. Logistic
# regression needs one line to get above 99 %.

# %%
kerazoo.score_baseline("majority_class", splits)

# %%
kerazoo.score_baseline("logistic_regression", splits)

# %% [markdown]
# ## The network
# Twelve inputs, 48, 24 and 12 relu units, and a softmax over two classes: 12 × 48 + 48 = 624
# parameters in the first layer, 2,126 in all.

# %%
kerazoo.layer_table(kerazoo.build_wine_binary())

# %% [markdown]
# ## Training
# The tuned recipe: 40 epochs with a falling rate and a little noise on the inputs.

# %%
run = kerazoo.train(
    "wine_binary", seed=0, out="runs/wine_binary", callbacks=[kerazoo.ProgressLine()]
)
plots.plot_history(run.history)

# %% [markdown]
# ## How good is it?

# %%
kerazoo.compare(run)

# %% [markdown]
# ## Right and wrong

# %%
probabilities = run.model.predict(splits.test.x, verbose=0)
plots.plot_confusion_matrix(splits.test.y, probabilities, splits.class_names)

# %% [markdown]
# The same table without exact duplicates is a little harder: 18 % of the rows are copies, and a
# copy of a test row may be in the training set.

# %%
honest = kerazoo.load_dataset(
    "wine", task="binary", deduplicate=True, one_hot=True, validation_fraction=0.05
)
kerazoo.train("wine_binary", seed=0, splits=honest).metrics

# %% [markdown]
# ## Keep it and use it
# A wine of your own, by the names of its columns.

# %%
predictor = kerazoo.load_predictor("runs/wine_binary")
wine = {
    "fixed_acidity": 7.9,
    "volatile_acidity": 0.6,
    "citric_acid": 0.06,
    "residual_sugar": 1.6,
    "chlorides": 0.069,
    "free_sulfur_dioxide": 15,
    "total_sulfur_dioxide": 59,
    "density": 0.9964,
    "pH": 3.3,
    "sulphates": 0.46,
    "alcohol": 9.4,
    "quality": 5,
}
prediction = predictor.predict([wine])
prediction.labels, prediction.probabilities.round(4)
