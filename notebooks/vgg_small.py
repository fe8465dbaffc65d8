# %% [markdown]
# # vgg_small: eight kinds of things in 32 by 32 pixels
#
# Four blocks of 3 × 3 convolutions in the style of VGG, trained on the eight CIFAR-10 classes other
# than cat and dog. It is made to be built upon: `vgg_transfer` carries what it has learnt over to
# the two classes that it has never seen.

# %%
import dataclasses
import os

import kerazoo
from kerazoo import plots
from kerazoo.recipe import for_training_on

kerazoo.quiet_tensorflow()

# %% [markdown]
# ## The data
# CIFAR-10 is looked for on this machine and downloaded (170 MB) if it is nowhere. The recipe trains
# 15 epochs on 36,000 pictures; this notebook trains on **4,000 of them** for a few epochs, a
# minute's work, and then loads the network that was trained by the whole recipe. (The variable is
# for the project's own tests, which train for a moment only.)

# %%
epochs = int(os.environ.get("KERAZOO_NOTEBOOK_EPOCHS", "6"))
recipe = kerazoo.load_recipe("vgg_small")
splits = kerazoo.load_dataset("cifar10", **{**recipe.dataset_arguments, "train_size": 4000})
plots.plot_images(splits.train.x[:24], [splits.class_names[y] for y in splits.train.y[:24]], 8)

# %% [markdown]
# ## The network
# The first layer sees three colors: 3 × 3 × 3 × 32 = 864 parameters. Each block halves height and
# width and widens the channels; at the end 2 × 2 places remain, which are averaged.

# %%
kerazoo.layer_table(kerazoo.build_vgg_small())

# %% [markdown]
# ## Training

# %%
recipe = for_training_on(dataclasses.replace(recipe, epochs=epochs), rows=len(splits.train.x))
run = kerazoo.train(
    "vgg_small",
    recipe=recipe,
    splits=splits,
    out="runs/vgg_small",
    callbacks=[kerazoo.ProgressLine()],
)
plots.plot_history(run.history)

# %% [markdown]
# ## How good is it?
# A tenth of the pictures and less than half of the epochs cost a lot. The test set is the whole
# one, so that the figures are of the same pictures.

# %%
kerazoo.compare(run)

# %% [markdown]
# ## Right and wrong
# From here on, the network that comes with the package.

# %%
shipped = kerazoo.load_model("vgg_small")
probabilities = shipped.predict(splits.test.x, batch_size=256, verbose=0)
plots.plot_confusion_matrix(splits.test.y, probabilities, splits.class_names)

# %%
plots.plot_worst_mistakes(splits.test.x, splits.test.y, probabilities, splits.class_names)

# %%
plots.plot_grad_cam(shipped, splits.test.x[:8], splits.class_names, layer="block3_conv2_relu")

# %% [markdown]
# ## Keep it and use it
# A predictor takes arrays, or files: any picture, cropped and resized by you to 32 by 32. For
# pictures of your own, of any size, train on a folder of them: `kerazoo train vgg_small --data
# photos`.

# %%
splits_of_one = splits.test.x[123:124]
prediction = kerazoo.load_predictor("vgg_small").predict(splits_of_one)
plots.plot_images(splits_of_one, captions=[prediction.labels[0]])
