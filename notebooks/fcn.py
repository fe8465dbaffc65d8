# %% [markdown]
# # fcn: a class for each pixel
#
# A classifier says what an image shows. Here every pixel gets a class: where the shoe ends and the
# floor begins. A network of convolutions alone does that, for images of any size.

# %%
import dataclasses
import os

import numpy as np
import pandas as pd

import kerazoo
from kerazoo import plots
from kerazoo.recipe import for_training_on
from kerazoo.tasks import load_task
from kerazoo.tasks.segmentation import find_masks, score_masks
from kerazoo.tasks.segmentation.measures import count_pixels, iou_of_classes

kerazoo.quiet_tensorflow()

# %% [markdown]
# ## The data
# Scenes of one to three clothes on an uneven gray ground, composed of Fashion-MNIST if it is on
# this machine (`kerazoo data fetch fashion_mnist`), and of the tenth of it that is bundled
# otherwise. Whoever composes a scene knows the class of each pixel. There are 1,200 scenes to train
# on here, a fifth of those in the recipe. (The variable is for the project's own tests, which
# train for a moment only.)

# %%
epochs = int(os.environ.get("KERAZOO_NOTEBOOK_EPOCHS", "3"))
images = kerazoo.first_available("fashion_mnist", "fashion_mnist_mini")
splits = kerazoo.load_dataset("composed_scenes", images=images, scenes=1200)
names = splits.class_names
print(images, splits.train.x.shape, splits.train.y.shape, len(names), "classes")

# %% [markdown]
# Each color is a class; the background stays gray.

# %%
plots.plot_masks(splits.train.x[:6], splits.train.y[:6], names)

# %% [markdown]
# ## The network
# Three blocks halve the image three times. A classifier would go on with dense layers, which need
# images of one size. A convolution with a filter of one pixel does the same at every place of the
# last feature map: a score for each class there. Transposed convolutions then enlarge the scores,
# by two each time, until there is one for each pixel.

# %%
kerazoo.layer_table(kerazoo.build_fcn())

# %% [markdown]
# A transposed convolution runs a convolution's sizes backwards: 7 becomes 14, then 28 and 56.

# %%
kerazoo.size_table(kerazoo.build_fcn())

# %% [markdown]
# No layer counts pixels, so that the same weights take an image of another size:

# %%
small, wide = kerazoo.build_fcn((56, 56, 1)), kerazoo.build_fcn((56, 448, 1))
wide.set_weights(small.get_weights())
print(small.count_params(), wide.count_params(), wide.output_shape)

# %% [markdown]
# ## Training
# The loss is the cross-entropy of a classifier, for every pixel.

# %%
recipe = dataclasses.replace(
    kerazoo.load_recipe("fcn"),
    epochs=epochs,
    dataset_arguments={"target": "masks", "images": images, "scenes": 1200},
)
recipe = for_training_on(recipe, rows=len(splits.train.x))
run = kerazoo.train(
    "fcn", recipe=recipe, splits=splits, out="runs/fcn", callbacks=[kerazoo.ProgressLine()]
)
plots.plot_history(run.history)

# %% [markdown]
# ## How good is it?
# Most pixels are background, so that the share of pixels that are right says little: a mask
# without any clothes has most of them. IoU, intersection over union, counts for each class the
# pixels that are of it and were taken for it, over those that are or were. Its mean over the
# classes is what counts. By hand, for two classes and five pixels:

# %%
truth, found = np.array([[[0, 0, 0, 1, 1]]]), np.array([[[0, 0, 1, 1, 0]]])
print(iou_of_classes(count_pixels(truth, found, 2)), "2 of 4, and 1 of 3")
score_masks(truth, found, 2)

# %% [markdown]
# Beside methods that are no network: the background everywhere; a logistic regression of the 9 × 9
# pixels around each; and what differs from the gray level at the edges and hangs together, with the
# class of the nearest objects of the training. The last one knows how scenes are made.

# %%
baselines = load_task("segmentation").baselines("fcn", recipe, splits)
pd.DataFrame({"fcn": run.metrics, **baselines}).T[["mean_iou", "pixel_accuracy"]].round(3)

# %% [markdown]
# ## What it sees

# %%
probabilities = run.model.predict(splits.test.x, batch_size=250, verbose=0)
masks = find_masks(probabilities)
plots.plot_masks(splits.test.x[:6], masks[:6], names, splits.test.y[:6])

# %% [markdown]
# Some clothes are found well, and others are taken for one another: rows are what pixels are,
# columns what they were taken for, as shares of the row.

# %%
counts = count_pixels(splits.test.y, masks, len(names))
pd.DataFrame({"class": names, "IoU": iou_of_classes(counts).round(3)})

# %%
plots.plot_matrix(counts / counts.sum(axis=1, keepdims=True), names, names, decimals=2)

# %% [markdown]
# ## Keep it and use it
# An image file of any size becomes a mask of that size:
# `kerazoo predict runs/fcn photo.png --masks found`. Images of your own, with a PNG mask for each,
# are learned by `kerazoo train fcn --data scenes`, from the folders `images` and `masks`.

# %%
predictor = kerazoo.load_predictor("runs/fcn")
answer = predictor.predict(splits.test.x[:6])
print(predictor, answer.values.shape)

# %% [markdown]
# The network that comes with kerazoo was trained as its recipe says, on five times as many scenes
# and for longer. The same six scenes, and its scores:

# %%
of_zoo = find_masks(kerazoo.load_predictor("fcn").predict(splits.test.x).values)
print(score_masks(splits.test.y, of_zoo, len(names)))
plots.plot_masks(splits.test.x[:6], of_zoo[:6], names, splits.test.y[:6])
