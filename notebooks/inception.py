# %% [markdown]
# # inception: filters of several sizes side by side
#
# How large should a filter be? What matters in an image is sometimes a few pixels and sometimes
# half of it. GoogLeNet, which won the ImageNet challenge of 2014, does not choose: in each of its
# nine *inception modules* filters of 1 × 1, 3 × 3 and 5 × 5 look at the same place, and a pooling
# beside them. Here are four such modules for images of 32 by 32 pixels.

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
# trains on **4,000 of the 50,000 images** for a few epochs and tests on 2,000, and then loads the
# network that was trained by the whole recipe. (The variable is for the project's own tests, which
# train for a moment only.)

# %%
epochs = int(os.environ.get("KERAZOO_NOTEBOOK_EPOCHS", "4"))
recipe = kerazoo.load_recipe("inception")
whole = kerazoo.load_dataset("cifar10", **{**recipe.dataset_arguments, "train_size": 4000})
splits = dataclasses.replace(whole, test=kerazoo.datasets.Part(*(p[:2000] for p in whole.test)))
first = [int(np.flatnonzero(splits.train.y == label)[0]) for label in range(10)]
plots.plot_images(splits.train.x[first], captions=splits.class_names, columns=5)

# %% [markdown]
# ## A module
# Two convolutions, and one module: four branches see the same feature maps, and what
# they find is put side by side. A quarter of the module's feature maps is of 1 × 1 filters, a half
# of 3 × 3, an eighth of 5 × 5, and an eighth comes from the pooling.

# %%
kerazoo.layer_table(kerazoo.build_inception(filters=((128,),)))

# %% [markdown]
# ## Why a 1 × 1 comes first
# A 1 × 1 filter sees one pixel, and all of its channels: it adds them up with weights. Eight such
# filters make 8 channels of 128, and the 5 × 5 filters after them have so much less to see. In the
# second module:

# %%
model = kerazoo.build_inception()
before, after = (model.get_layer(f"block1_module2_5x5{end}") for end in ("_before", ""))
channels, maps = before.input.shape[-1], after.output.shape[-1]
with_it = before.count_params() + after.count_params()
alone = 5 * 5 * channels * maps
kerazoo.Table(
    ("branch", "weights"),
    (
        (f"5 × 5 on {channels} channels", f"{alone:,}"),
        (f"1 × 1 to {after.input.shape[-1]} channels, then 5 × 5", f"{with_it:,}"),
    ),
)

# %% [markdown]
# Each of the 16 × 16 places has a multiplication for each of these weights. The whole network, and
# three others:

# %%
names = ("inception", "alexnet", "resnet", "vgg_small")
counts = [(kerazoo.load_recipe(name).parameters, kerazoo.count_operations(name)) for name in names]
rows = [(f"`{name}`", *(f"{n:,}" for n in pair)) for name, pair in zip(names, counts, strict=True)]
kerazoo.Table(("network", "parameters", "multiplications"), tuple(rows))

# %% [markdown]
# What GoogLeNet had besides is not here: 22 layers, and two more outputs in the middle, so that the
# gradient had a shorter way to the first layers. Here each convolution is normalized, as in the
# network that came after it.
#
# ## Training

# %%
recipe = for_training_on(dataclasses.replace(recipe, epochs=epochs), rows=len(splits.train.x))
run = kerazoo.train(
    "inception",
    recipe=recipe,
    splits=splits,
    out="runs/inception",
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
# ## What the branches see
# From here on, the network that comes with the package. A truck, as the three sizes of filters in
# the first module see it, all feature maps of each: 1 × 1, then 3 × 3 and 5 × 5.

# %%
shipped = kerazoo.load_model("inception")
truck = splits.test.x[splits.test.y == 9][0]
plots.plot_activations(shipped, truck, "block1_module1_1x1_relu")

# %%
plots.plot_activations(shipped, truck, "block1_module1_3x3_relu")

# %%
plots.plot_activations(shipped, truck, "block1_module1_5x5_relu")

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
# `runs/inception` holds what was trained above; `inception` is the one of the package. What the
# first and what the second takes these four images for. Images of your own, a folder for each
# class, are learned by `kerazoo train inception --data photos --image-size 64`.

# %%
predictors = [kerazoo.load_predictor(name) for name in ("runs/inception", "inception")]
[predictor.predict(splits.test.x[seen]).labels.tolist() for predictor in predictors]
