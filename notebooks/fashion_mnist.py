# %% [markdown]
# # fashion_mnist: clothes, and one hidden layer
#
# 70,000 pictures of ten kinds of clothes, 28 by 28 pixels of gray. The network sees 784 numbers and
# does not know which of them are neighbors.

# %%
import dataclasses
import os

import numpy as np
from PIL import Image, ImageDraw

import kerazoo
from kerazoo import plots
from kerazoo.recipe import for_training_on

kerazoo.quiet_tensorflow()

# %% [markdown]
# ## The data
# The full data set if it is on this machine (`kerazoo data fetch fashion_mnist` gets it), and the
# bundled tenth of it otherwise. This is the one that was found:

# %%
data = kerazoo.first_available("fashion_mnist", "fashion_mnist_mini")
recipe = kerazoo.load_recipe("fashion_mnist")
splits = kerazoo.load_dataset(data, **recipe.dataset_arguments)
print(data, splits.train.x.shape, splits.validation.x.shape, splits.test.x.shape)

# %%
first = [int(np.flatnonzero(splits.train.y == label)[0]) for label in range(10)]
plots.plot_images(splits.train.x[first], captions=splits.class_names, columns=5)

# %% [markdown]
# ## A baseline
# The class of the nearest training picture, pixel by pixel: 84.1 % on the full data (recorded,
# because it takes a while); and on the bundled tenth:

# %%
kerazoo.score_baseline("nearest_neighbor", kerazoo.load_dataset("fashion_mnist_mini"))

# %% [markdown]
# ## The network
# 784 pixels to 128 units are 784 × 128 + 128 = 100,480 parameters, nearly all there are.

# %%
kerazoo.layer_table(kerazoo.build_fashion_mnist())

# %% [markdown]
# ## Training
# The recipe trains 160 epochs, some two minutes on two cores. This notebook trains 15, with a rate
# that falls over these. (The variable is for the project's own tests, which train for a moment
# only.)

# %%
epochs = int(os.environ.get("KERAZOO_NOTEBOOK_EPOCHS", "15"))
recipe = for_training_on(dataclasses.replace(recipe, epochs=epochs), rows=len(splits.train.x))
run = kerazoo.train(
    "fashion_mnist",
    recipe=recipe,
    splits=splits,
    out="runs/fashion_mnist",
    callbacks=[kerazoo.ProgressLine()],
)
plots.plot_history(run.history)

# %% [markdown]
# Validation is better than training because training drops a fifth of the pixels and a tenth of the
# hidden units at random, and validation does not.
#
# ## How good is it?

# %%
kerazoo.compare(run)

# %% [markdown]
# ## Right and wrong

# %%
probabilities = run.model.predict(splits.test.x, batch_size=1024, verbose=0)
plots.plot_confusion_matrix(splits.test.y, probabilities, splits.class_names)

# %% [markdown]
# Shirts are the trouble. The most confident mistakes: some of the labels are doubtful themselves.

# %%
plots.plot_worst_mistakes(splits.test.x, splits.test.y, probabilities, splits.class_names)

# %% [markdown]
# ## Keep it and use it
# Draw something of your own, white on black as the data is, and ask both this network and the one
# that comes with the package, which was trained by the whole recipe. Or pass the name of a picture
# file.

# %%
drawing = Image.new("L", (28, 28))
ImageDraw.Draw(drawing).polygon(
    [(8, 2), (20, 2), (21, 26), (16, 26), (14, 9), (12, 26), (7, 26)], fill=190
)
mine = np.asarray(drawing)[np.newaxis, :, :, np.newaxis]
prediction = kerazoo.load_predictor("runs/fashion_mnist").predict(mine)
shipped = kerazoo.load_predictor("fashion_mnist").predict(mine)
plots.plot_images(mine, captions=[f"{prediction.labels[0]}\n{shipped.labels[0]}"])
