# %% [markdown]
# # cifar_cnn: ten kinds of things in color
#
# Four convolutions, each followed by pooling, and two dense layers: the network that the lab of *An
# introduction to statistical learning*, chapter 10, trains on CIFAR-100. Here it learns the ten
# classes of CIFAR-10; where you have CIFAR-100, it takes that as well (see the end).

# %%
import dataclasses
import os

import numpy as np

import kerazoo
from kerazoo import plots
from kerazoo.recipe import for_training_on

kerazoo.quiet_tensorflow()

# %% [markdown]
# ## The data
# CIFAR-10 is looked for on this machine and downloaded (170 MB) if it is nowhere. The recipe trains
# 60 epochs on 47,500 images; this notebook trains on **5,000 of them** for a few epochs, and then
# loads the network that was trained by the whole recipe. (The variable is for the project's own
# tests, which train for a moment only.)

# %%
epochs = int(os.environ.get("KERAZOO_NOTEBOOK_EPOCHS", "5"))
recipe = kerazoo.load_recipe("cifar_cnn")
splits = kerazoo.load_dataset("cifar10", **{**recipe.dataset_arguments, "train_size": 5000})
chosen = np.random.default_rng(4).choice(len(splits.train.x), 25, replace=False)
names = [splits.class_names[label] for label in splits.train.y[chosen]]
plots.plot_images(splits.train.x[chosen], names, columns=9)

# %% [markdown]
# ## The network
# Three colors under 32 filters of 3 × 3 weights: 3 × 3 × 3 × 32 + 32 = 896 parameters. Each block
# halves height and width, 32 to 2, while the filters double.

# %%
kerazoo.layer_table(kerazoo.build_cifar_cnn())

# %% [markdown]
# ## Training
# The tuned recipe also normalizes what each block gives, over the 128 images of a step. That adds
# nothing to train, and makes the rest learn faster.

# %%
recipe = for_training_on(dataclasses.replace(recipe, epochs=epochs), rows=len(splits.train.x))
run = kerazoo.train(
    "cifar_cnn",
    recipe=recipe,
    splits=splits,
    out="runs/cifar_cnn",
    callbacks=[kerazoo.ProgressLine()],
)
plots.plot_history(run.history)

# %% [markdown]
# No image is shown twice alike: each is mirrored or not, and moved by up to four pixels. Images of
# the data, and what these layers make of them in training:

# %%
mirror, crop = run.model.get_layer("mirror"), run.model.get_layer("crop")
originals = splits.train.x[chosen[:10]] / 255
changed = crop(mirror(originals, training=True), training=True)
plots.plot_images(np.concatenate([originals, changed]), columns=10)

# %% [markdown]
# ## How good is it?

# %%
kerazoo.compare(run)

# %% [markdown]
# ## What it has learned
# The 32 filters of the first convolution, in colors: edges, and blobs of one color beside another.
# From here on, the network that comes with the package.

# %%
shipped = kerazoo.load_model("cifar_cnn")
filters = shipped.get_layer("conv1").get_weights()[0].transpose(3, 0, 1, 2)  # (32, 3, 3, 3)
lowest, highest = (f(filters, axis=(1, 2, 3), keepdims=True) for f in (np.min, np.max))
plots.plot_images((filters - lowest) / (highest - lowest), columns=16)

# %% [markdown]
# ## Right and wrong
# Cats and dogs are the trouble.

# %%
probabilities = shipped.predict(splits.test.x, batch_size=256, verbose=0)
plots.plot_confusion_matrix(splits.test.y, probabilities, splits.class_names)

# %%
plots.plot_worst_mistakes(splits.test.x, splits.test.y, probabilities, splits.class_names)

# %% [markdown]
# ## CIFAR-100
# `kerazoo data fetch cifar100` gets it, 160 MB. In Python, the same recipe with other data and 100
# outputs:
#
#     ten = kerazoo.load_recipe("cifar_cnn")
#     hundred = dataclasses.replace(
#         ten,
#         dataset="cifar100",
#         builder_arguments={**ten.builder_arguments, "classes": 100},
#     )
#     kerazoo.train("cifar_cnn", recipe=hundred, out="runs/cifar100")
#
# ## Keep it and use it
# A predictor takes arrays, or files: any image, cropped and resized by you to 32 by 32. For
# images of your own, of any size, train on a folder of them: `kerazoo train cifar_cnn --data
# photos`.

# %%
one = splits.test.x[123:124]
prediction = kerazoo.load_predictor("cifar_cnn").predict(one)
plots.plot_images(one, captions=[prediction.labels[0]])
