# %% [markdown]
# # resnet: shortcuts let deep networks learn
#
# More layers can do more; and yet networks with very many of them learned worse than those with
# fewer. ResNet added what goes into two convolutions to what comes out of them, and won the
# ImageNet challenge of 2015 with 152 layers, where GoogLeNet had had 22 the year before. This is
# its network of 20 layers for images of 32 by 32 pixels, and its *plain* twin without shortcuts.

# %%
import dataclasses
import json
import os
from pathlib import Path

import numpy as np

import kerazoo
from kerazoo import plots
from kerazoo.recipe import for_training_on

kerazoo.quiet_tensorflow()

# %% [markdown]
# ## The data
# CIFAR-10 is looked for on this machine and downloaded (170 MB) if it is nowhere. This notebook
# trains on **4,000 of the 50,000 images** for a few epochs and tests on 2,000, and then loads the
# network that was trained by the whole recipe. (The variable is for the project's own tests, which
# train for a moment only.)

# %%
epochs = int(os.environ.get("KERAZOO_NOTEBOOK_EPOCHS", "4"))
recipe = kerazoo.load_recipe("resnet")
whole = kerazoo.load_dataset("cifar10", **{**recipe.dataset_arguments, "train_size": 4000})
splits = dataclasses.replace(whole, test=kerazoo.datasets.Part(*(p[:2000] for p in whole.test)))
first = [int(np.flatnonzero(splits.train.y == label)[0]) for label in range(10)]
plots.plot_images(splits.train.x[first], captions=splits.class_names, columns=5)

# %% [markdown]
# ## Deeper and worse
# A network of 44 layers can do all that one of 20 can: its further layers would only have to leave
# everything as it is. Four networks on the first images of CIFAR-10, and the share of their
# *training* images that they get wrong. `python benchmarks/depth.py --record` trained them.

# %%
depth = json.loads(Path("../benchmarks/results/depth.json").read_text())
errors = {name: 100 * np.mean(seeds, axis=0) for name, seeds in depth["errors"].items()}
plots.plot_curves(
    errors,
    title=f"{depth['settings']['images']:,} training images",
    x_label="epoch",
    y_label="errors in %",
)

# %%
last = tuple((name, f"{values[-1]:.1f} %") for name, values in errors.items())
kerazoo.Table(("network", "training errors in the last epoch"), last)

# %% [markdown]
# > **An error in the course.** E 1156 says that deep networks do worse because they overfit. Then
# > their training errors would be small. They are larger, here as in the paper; B 1676 says rightly
# > that they do not learn.
#
# ## A shortcut
# What goes into a block is added to what its two convolutions make of it, so that they learn what
# has to *change*. A block that learned nothing passes on what it was given. With all weights of its
# second convolutions at 0, the plain network gives the same answer to every image, and the residual
# one does not:


# %%
def spread_of_answers(shortcuts):
    model = kerazoo.build_resnet(shortcuts=shortcuts)
    kept = [0 if "_conv2/" in one.path else 1 for one in model.weights]
    model.set_weights([keep * one for keep, one in zip(kept, model.get_weights(), strict=True)])
    return float(np.ptp(model(splits.test.x[:8]), axis=0).max())


networks = (("residual", True), ("plain", False))
spread = tuple((name, f"{spread_of_answers(shortcuts):.4f}") for name, shortcuts in networks)
kerazoo.Table(("network", "answers to eight images differ by up to"), spread)

# %% [markdown]
# ## The network
# Three stages of blocks; the second and the third halve height and width and double the filters.
# With one block in each stage it has 8 layers with weights, and this table; with three it has 20,
# and with seven 44. Where a stage begins, the shortcut skips every second pixel and has zeros for
# the new channels. So shortcuts have no weights, and the plain twin has as many parameters.

# %%
kerazoo.layer_table(kerazoo.build_resnet(depth=8))

# %%
depths = (8, 20, 32, 44)
built = [kerazoo.build_resnet(depth=depth) for depth in depths]
counts = [(f"{model.count_params():,}", f"{kerazoo.count_operations(model):,}") for model in built]
rows = [(str(depth), *pair) for depth, pair in zip(depths, counts, strict=True)]
kerazoo.Table(("layers", "parameters", "multiplications"), tuple(rows))

# %% [markdown]
# The networks of 50 and more layers in the paper have another block, the *bottleneck*: a 1 × 1
# convolution to fewer channels, a 3 × 3, and a 1 × 1 back. It is not here.
#
# ## Training

# %%
recipe = for_training_on(dataclasses.replace(recipe, epochs=epochs), rows=len(splits.train.x))
run = kerazoo.train(
    "resnet",
    recipe=recipe,
    splits=splits,
    out="runs/resnet",
    callbacks=[kerazoo.ProgressLine()],
)
plots.plot_history(run.history)

# %% [markdown]
# ## How good is it?
# Few images and a few epochs cost a lot. Beside it, what the whole recipes reach, and the class of
# the nearest image.

# %%
kerazoo.compare(run)

# %% [markdown]
# ## What the blocks do
# From here on, the network that comes with the package. A truck after the first block and after the
# last one of the first stage: what is added changes it little by little.

# %%
shipped = kerazoo.load_model("resnet")
truck = splits.test.x[splits.test.y == 9][0]
plots.plot_activations(shipped, truck, "stage1_block1_relu")

# %%
plots.plot_activations(shipped, truck, "stage1_block3_relu")

# %% [markdown]
# ## Where it looks
# The regions that speak for its answer.

# %%
seen = [int(np.flatnonzero(splits.test.y == label)[1]) for label in range(4)]
plots.plot_grad_cam(shipped, splits.test.x[seen], splits.class_names)

# %% [markdown]
# ## Right and wrong

# %%
probabilities = shipped.predict(splits.test.x, batch_size=256, verbose=0)
plots.plot_confusion_matrix(splits.test.y, probabilities, splits.class_names)

# %% [markdown]
# ## Keep it and use it
# `runs/resnet` holds what was trained above; `resnet` is the one of the package. What the first and
# what the second takes these four images for. Images of your own, a folder for each class, are
# learned by `kerazoo train resnet --data photos --image-size 64`.

# %%
predictors = [kerazoo.load_predictor(name) for name in ("runs/resnet", "resnet")]
[predictor.predict(splits.test.x[seen]).labels.tolist() for predictor in predictors]
