# %% [markdown]
# # densenet: every layer sees all before it
#
# ResNet *adds* what a block was given to what it makes. DenseNet (2017) keeps both side by side:
# each layer sees the feature maps of all layers before it in its block, and adds a few of its own.
# What was found once need not be found again, so that few parameters are enough.

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
# CIFAR-10 is looked for on this machine and downloaded (170 MB) if it is nowhere. This notebook
# trains a network of 22 layers on **4,000 of the 50,000 images** for a few epochs and tests on
# 2,000, and then loads the network of 40 layers that was trained by the whole recipe. (The variable
# is for the project's own tests, which train for a moment only.)

# %%
epochs = int(os.environ.get("KERAZOO_NOTEBOOK_EPOCHS", "4"))
recipe = kerazoo.load_recipe("densenet")
whole = kerazoo.load_dataset("cifar10", **{**recipe.dataset_arguments, "train_size": 4000})
splits = dataclasses.replace(whole, test=kerazoo.datasets.Part(*(p[:2000] for p in whole.test)))
first = [int(np.flatnonzero(splits.train.y == label)[0]) for label in range(10)]
plots.plot_images(splits.train.x[first], captions=splits.class_names, columns=5)

# %% [markdown]
# ## The network
# Three blocks; the first convolution skips every second pixel. With one layer in each block it has
# this table. A layer puts what it sees into 48 feature
# maps by a 1 × 1 convolution, and makes 12 new ones of them by a 3 × 3. Between blocks a 1 × 1
# convolution keeps half of the feature maps, and an average halves height and width.

# %%
kerazoo.layer_table(kerazoo.build_densenet(depth=10))

# %% [markdown]
# In the network of 40 layers there are six in a block. The channels of the first block grow by 12
# each time:

# %%
model = kerazoo.build_densenet()
grown = [model.get_layer(f"block1_layer{number}").output.shape[-1] for number in range(1, 7)]
print(model.get_layer("conv1").output.shape[-1], *grown, sep=" → ")

# %% [markdown]
# Beside other networks for such images: fewer parameters. They are used at many pixels: without the
# skipping, as in the paper, they do more work than the others.

# %%
names = ("densenet", "resnet", "inception", "alexnet", "vgg_small")
counts = [(kerazoo.load_recipe(name).parameters, kerazoo.count_operations(name)) for name in names]
rows = [(f"`{name}`", *(f"{n:,}" for n in pair)) for name, pair in zip(names, counts, strict=True)]
every = kerazoo.count_operations(kerazoo.build_densenet(strides=1))
rows.insert(1, ("`densenet`, every pixel", rows[0][1], f"{every:,}"))
kerazoo.Table(("network", "parameters", "multiplications"), tuple(rows))

# %% [markdown]
# ## Training

# %%
shallow = {**recipe.builder_arguments, "depth": 22}
recipe = dataclasses.replace(recipe, epochs=epochs, builder_arguments=shallow)
recipe = for_training_on(recipe, rows=len(splits.train.x))
run = kerazoo.train(
    "densenet",
    recipe=recipe,
    splits=splits,
    out="runs/densenet",
    callbacks=[kerazoo.ProgressLine()],
)
plots.plot_history(run.history)

# %% [markdown]
# ## How good is it?
# Few images, few layers and a few epochs cost a lot. Beside it, what the whole recipes reach, and
# the class of the nearest image.

# %%
kerazoo.compare(run)

# %% [markdown]
# ## Which layers see which
# From here on, the network that comes with the package. How large the weights are, on average, by
# which a layer of the last block takes the feature maps of each layer before it, as shares of the
# largest in its row. If a layer needed only the one before it, all but the last number of a row
# would be small.

# %%
shipped = kerazoo.load_model("densenet")
begins = shipped.get_layer("between2_pool").output.shape[-1]


def reads(number):
    kernel = shipped.get_layer(f"block3_layer{number}_conv1").get_weights()[0]
    sizes = np.abs(kernel).mean(axis=(0, 1, 3))  # of each channel that it sees
    means = [one.mean() for one in np.split(sizes, range(begins, len(sizes), 12))]
    return np.pad(means / max(means), (0, 6 - number), constant_values=np.nan)


numbers = range(1, 7)
layers = [f"layer {number}" for number in numbers]
plots.plot_matrix([*map(reads, numbers)], layers, ["block 2", *layers[:5]], decimals=2)

# %% [markdown]
# ## What layers find
# A truck: the twelve feature maps that the first and the last layer of the first block add.

# %%
truck = splits.test.x[splits.test.y == 9][0]
plots.plot_activations(shipped, truck, "block1_layer1_conv2")

# %%
plots.plot_activations(shipped, truck, "block1_layer6_conv2")

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
# `runs/densenet` holds what was trained above; `densenet` is the one of the package. What the first
# and what the second takes these four images for. Images of your own, a folder for each class, are
# learned by `kerazoo train densenet --data photos --image-size 64`.

# %%
predictors = [kerazoo.load_predictor(name) for name in ("runs/densenet", "densenet")]
[predictor.predict(splits.test.x[seen]).labels.tolist() for predictor in predictors]
