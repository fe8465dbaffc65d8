# %% [markdown]
# # autoencoder: a picture squeezed through two numbers
#
# An encoder turns a picture into a few numbers, a decoder draws it again from them. Nobody says
# what the numbers mean: the network has to find out what matters in a picture of clothes.

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
# The recipe trains on 57,000 pictures; this notebook on the **bundled tenth** of Fashion-MNIST, for
# as many steps as fit into a minute. Pictures are padded to 32 by 32, so that they can be halved
# three times. (The variable is for the project's own tests, which train for a moment only.)

# %%
epochs = int(os.environ.get("KERAZOO_NOTEBOOK_EPOCHS", "12"))
recipe = kerazoo.load_recipe("autoencoder")
splits = kerazoo.load_dataset("fashion_mnist_mini", **recipe.dataset_arguments)
labeled = kerazoo.load_dataset("fashion_mnist_mini", padding=2)
plots.plot_images(splits.train.x[:20])

# %% [markdown]
# ## A baseline
# The best that anything linear can do with two numbers: principal components.

# %%
kerazoo.score_baseline("principal_components", splits, components=2)

# %% [markdown]
# ## The network
# Strided convolutions down to 4 × 4 × 128 = 2,048 numbers, a dense layer to two of them (2,048 × 2
# + 2 = 4,098 parameters), and the mirror image.

# %%
kerazoo.layer_table(kerazoo.build_autoencoder())

# %% [markdown]
# ## Training
# The target is the picture itself. The loss is the binary cross-entropy of a pixel; it cannot reach
# zero, because the pixels are gray.

# %%
recipe = for_training_on(dataclasses.replace(recipe, epochs=epochs), rows=len(splits.train.x))
run = kerazoo.train(
    "autoencoder",
    recipe=recipe,
    splits=splits,
    out="runs/autoencoder",
    callbacks=[kerazoo.ProgressLine()],
)
plots.plot_history(run.history)

# %% [markdown]
# ## How good is it?

# %%
kerazoo.compare(run)

# %% [markdown]
# ## Right and wrong
# Two numbers are enough for the kind and the shade of a garment, and for no print or buckle.

# %%
some = splits.test.x[:10]
plots.plot_reconstructions(some, run.model.predict(some, verbose=0))

# %% [markdown]
# Where the test pictures lie. The labels were never shown to the network.

# %%
codes = kerazoo.encode(run.model, splits.test.x)
plots.plot_latent_space(codes, labeled.test.y, labeled.class_names)

# %% [markdown]
# The same plane, decoded: each picture stands for an equal share of the codes along each axis.

# %%
plots.plot_latent_grid(kerazoo.latent_grid(run.model, size=12, latents=codes))

# %% [markdown]
# ## Keep it and use it
# On the way from a trouser to a bag:

# %%
trouser, bag = (splits.test.x[labeled.test.y == label][0] for label in (1, 8))
plots.plot_interpolation(kerazoo.interpolate("runs/autoencoder", trouser, bag, steps=10))

# %% [markdown]
# A concept is a vector: the mean code of dresses minus that of T-shirts takes the sleeves and the
# width of a T-shirt, bit by bit.

# %%
shirts, dresses = (splits.test.x[labeled.test.y == label] for label in (0, 3))
slimmer = kerazoo.concept_vector("runs/autoencoder", dresses, without=shirts)
ways = kerazoo.add_concept("runs/autoencoder", shirts[:5], slimmer, steps=7)
plots.plot_interpolation(ways, "T-shirts become dresses")

# %% [markdown]
# And a drawing of your own, redrawn by a network that has only ever seen clothes.

# %%
drawing = Image.new("L", (32, 32))
ImageDraw.Draw(drawing).ellipse((5, 9, 27, 23), fill=200)
mine = np.asarray(drawing)[np.newaxis, :, :, np.newaxis]
plots.plot_reconstructions(mine, kerazoo.load_predictor("runs/autoencoder").predict(mine).values)
