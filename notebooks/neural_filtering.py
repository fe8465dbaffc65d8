# %% [markdown]
# # neural_filtering: an MLP in place of a product
#
# `matrix_factorization` gives every user and every item a short vector, and takes the product of
# two vectors for what one thinks of the other. A product can only say how well two vectors point
# the same way. This network puts both vectors side by side into an MLP, which may learn any other
# function of them.

# %%
import dataclasses

import numpy as np
import pandas as pd

import kerazoo
from kerazoo import plots
from kerazoo.report.tables import results_table

kerazoo.quiet_tensorflow()

# %% [markdown]
# ## What a product cannot say
# Made-up people live along a road, and so do cafés. The nearer a café, the better they like it: the
# rating is 5 minus four times the distance. One number each tells all of it, but a product of two
# numbers is not a distance.

# %%
numbers = np.random.default_rng(0)
person, cafe = np.divmod(numbers.permutation(60 * 40)[:1500], 40)
table = pd.DataFrame(
    {
        "user": [f"person {n}" for n in person],
        "item": [f"cafe {n}" for n in cafe],
        "rating": 5 - 4 * np.abs(person / 59 - cafe / 39),
    }
)
near = table.pivot(index="user", columns="item", values="rating")
some = [f"person {n}" for n in (0, 20, 40, 59)], [f"cafe {n}" for n in (0, 9, 19, 29, 39)]
shown = near.loc[some[0], some[1]].to_numpy()
plots.plot_ratings(shown, *some, np.isfinite(shown), "some of what is known")

# %% [markdown]
# Both networks get vectors of a single number, and biases:


# %%
def learn(name, **options):
    recipe = kerazoo.load_recipe(name)
    arguments = {**recipe.builder_arguments, "dimension": 1}
    recipe = dataclasses.replace(recipe, builder_arguments=arguments, **options)
    return kerazoo.train(name, recipe=recipe, data=table, options={"scale": "1-5"})


product, mlp = learn("matrix_factorization"), learn("neural_filtering")
plots.plot_history(mlp.history)

# %%
baselines = {name: kerazoo.score_baseline(name, mlp.splits) for name in ("biases", "item_based")}
scores = {**baselines, "matrix_factorization": product.metrics, "neural_filtering": mlp.metrics}
pd.DataFrame(scores).T[["root_mean_squared_error", "mean_absolute_error"]].round(3)

# %%
mlp.figures()["residuals"]

# %% [markdown]
# The numbers that it has given the people, who were not told where they live:

# %%
places = mlp.model.get_layer("user_factors").get_weights()[0][:, 0]
homes = np.array([int(name.split()[1]) for name in mlp.splits.about.users])
abs(np.corrcoef(places, homes)[0, 1]).round(3)

# %% [markdown]
# ## Who is new
# The id 0 stands for anybody and anything that was not there in training. Of those the MLP has
# never seen a vector, and could answer anything. So it is given the mean vector and the mean bias
# of those that it knows: how the mean person would rate this café, or this person the mean café.

# %%
ids = np.array([[1, 1], [0, 1], [1, 0], [0, 0]], "int32")
answers = mlp.model.predict(ids, verbose=0)[:, 0].round(2)
pd.DataFrame({"user": ids[:, 0], "item": ids[:, 1], "rating": answers})

# %% [markdown]
# ## MovieLens 100K
# On ratings of films by people the product is better, and so are neighbors. An MLP has to learn
# from the ratings what a product does by itself, and there are few of most films. Rendle, Krichene,
# Zhang and Anderson found the same: "Neural collaborative filtering vs. matrix factorization
# revisited", 2020. What was recorded; `kerazoo record neural_filtering` makes it again:

# %%
results_table(names=["matrix_factorization", "neural_filtering"])

# %% [markdown]
# `kerazoo predict neural_filtering --user 7 --top 10` recommends, and `kerazoo train
# neural_filtering --data ratings.csv` learns from a table of your own.

# %%
kerazoo.layer_table(kerazoo.build_neural_filtering())
