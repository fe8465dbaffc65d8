# %% [markdown]
# # yolo: you only look once
#
# Where are the objects in an image, and what are they? R-CNN cuts some two thousand windows out of
# the image and classifies each. YOLO looks once: one pass says for every cell of a grid whether an
# object's center is in it, how large its box is, and what it is.

# %%
import dataclasses
import itertools
import os
import time

import numpy as np
import pandas as pd

import kerazoo
from kerazoo import plots
from kerazoo.datasets.reading.scenes import resize
from kerazoo.predict import Predictor
from kerazoo.recipe import for_training_on
from kerazoo.tasks import load_task
from kerazoo.tasks.detection import find_boxes
from kerazoo.tasks.detection.measures import (
    average_precision,
    boxes_to_judge,
    keep_surest,
    score_boxes,
)

kerazoo.quiet_tensorflow()

# %% [markdown]
# ## The data
# Scenes of one to three clothes on an uneven gray ground, composed of Fashion-MNIST if it is on
# this machine (`kerazoo data fetch fashion_mnist`), and of the tenth of it that is bundled
# otherwise. A box is a class, a center and a size, as shares of the image. There are 2,000 scenes
# to train on here, a third of those in the recipe. (The variable is for the project's own tests,
# which train for a moment only.)

# %%
epochs = int(os.environ.get("KERAZOO_NOTEBOOK_EPOCHS", "4"))
images = kerazoo.first_available("fashion_mnist", "fashion_mnist_mini")
splits = kerazoo.load_dataset("composed_scenes", target="boxes", images=images, scenes=2000)
names = splits.class_names
print(images, splits.train.x.shape, splits.train.y.shape)
pd.DataFrame(splits.train.y[1], columns=["class", "x", "y", "width", "height"]).round(3)

# %% [markdown]
# A class of -1 fills up the rows of a scene with fewer than three objects.

# %%
shown = [np.insert(boxes, 1, np.nan, axis=1) for boxes in splits.train.y[:6]]
plots.plot_boxes(splits.train.x[:6], shown, names)

# %% [markdown]
# ## The network
# Three poolings make 7 × 7 cells of 56 × 56 pixels. For each cell the last layers give two boxes,
# each with a confidence, and a probability for each class: 2 · (1 + 4) + 10 numbers.

# %%
model = kerazoo.build_yolo()
print(model.output_shape)
kerazoo.size_table(model)

# %% [markdown]
# ## The loss
# Squared errors of box, confidence and class. The cell that holds the center of an object answers
# for it, and there the box that overlaps with it most; all other confidences should be 0. Width and
# height are compared as square roots, so that an error of a few pixels hurts a small box more.

# %%
print(f"{np.sqrt(0.15) - np.sqrt(0.10):.3f} for a small box, 0.10 taken for 0.15")
print(f"{np.sqrt(0.55) - np.sqrt(0.50):.3f} for a large one, 0.50 taken for 0.55")

# %%
recipe = dataclasses.replace(
    kerazoo.load_recipe("yolo"),
    epochs=epochs,
    dataset_arguments={"target": "boxes", "images": images, "scenes": 2000},
)
recipe = for_training_on(recipe, rows=len(splits.train.x))
run = kerazoo.train(
    "yolo", recipe=recipe, splits=splits, out="runs/yolo", callbacks=[kerazoo.ProgressLine()]
)
plots.plot_history(run.history)

# %% [markdown]
# ## What it finds
# How sure a box is, is its confidence times the probability of its class. Of boxes that overlap,
# only the surest is kept. To be judged, a box counts as each class that it may be, as surely as it
# says.

# %%
cells = run.model.predict(splits.test.x, batch_size=250, verbose=0)
found = find_boxes(cells, len(names))
plots.plot_boxes(splits.test.x[:6], found[:6], names, splits.test.y[:6])

# %% [markdown]
# ## How good is it?
# A box is right if it is of the right class and its IoU with an object is at least one half. Take
# the boxes of a class from the surest one on: precision is the share that is right so far, recall
# the share of the objects that is found so far. Average precision is the area under the curve of
# one over the other; its mean over the classes is mAP. By hand, for two objects and boxes that are
# right, wrong and right:

# %%
precision = average_precision(np.array([0.9, 0.8, 0.7]), np.array([True, False, True]), 2)
print(f"{precision:.4f} = (1 + 2/3) / 2")

# %% [markdown]
# Beside a method that is no network: what differs from the gray level at the edges and hangs
# together, with the class of the nearest objects of the training. It knows how scenes are made.
# Two clothes that touch are one to it, and a bright corner of the ground is an object.

# %%
baselines = load_task("detection").baselines("yolo", recipe, splits)
scores = {"yolo": run.metrics, **baselines}
pd.DataFrame(scores).T[["mean_average_precision"]].round(3)

# %% [markdown]
# ## Two thousand windows against one pass
# R-CNN's idea: cut windows of many sizes out of the scene, bring each to the size that a classifier
# takes, and classify it. Six sizes, every second pixel:

# %%
sizes = (12, 16, 20, 24, 28, 32)
places = {size: itertools.product(range(0, 57 - size, 2), repeat=2) for size in sizes}
corners = [(top, left, size) for size in sizes for top, left in places[size]]
scene = splits.test.x[0, ..., 0]
windows = np.stack([resize(scene[t : t + s, left : left + s], 28) for t, left, s in corners])
print(windows.shape)

# %% [markdown]
# The classifier is `cnn` of the zoo, which knows these clothes. It has no class for a background,
# as that of R-CNN has: it is sure of many a window that shows half a coat or none. So windows that
# hold no object are left out here by their contrast, and the surest of those that overlap is kept.


# %%
def seconds(predictor: Predictor, x: np.ndarray) -> float:
    """Return how long the answers to some images take, after a first one."""
    predictor.predict(x[:1])
    started = time.perf_counter()
    predictor.predict(x)
    return time.perf_counter() - started


classifier, detector = kerazoo.load_predictor("cnn"), kerazoo.load_predictor("runs/yolo")
answer = classifier.predict(windows[..., np.newaxis])
boxes = np.array(
    [((left + s / 2) / 56, (t + s / 2) / 56, s / 56, s / 56) for t, left, s in corners]
)
sure = answer.values.max(axis=1) * (windows.std(axis=(1, 2)) > 30)
candidates = np.column_stack([answer.class_indices, sure, boxes])
of_windows = keep_surest(candidates[sure > 0.9], overlap=0.1)
both = [of_windows, found[0]]
plots.plot_boxes(np.repeat(splits.test.x[:1], 2, axis=0), both, names, splits.test.y[[0, 0]])

# %% [markdown]
# Left the windows, right one pass. What it costs, in multiplications and in time:

# %%
work = [len(windows) * kerazoo.count_operations("cnn"), kerazoo.count_operations(run.model)]
took = [seconds(classifier, windows[..., np.newaxis]), seconds(detector, splits.test.x) / 1000]
costs = {
    "million multiplications": [round(one / 1e6) for one in work],
    "images a second": [float(f"{1 / one:.3g}") for one in took],
}
pd.DataFrame(costs, index=["2,014 windows", "one pass"])

# %% [markdown]
# Fast R-CNN and Faster R-CNN share the convolutions of all windows, and let a network propose the
# windows; YOLO leaves the windows out.

# %% [markdown]
# ## Keep it and use it
# `kerazoo predict runs/yolo photo.png` prints a row for each object, and `--plot found.png` draws
# them. Images of your own, with the text files of YOLO, are learned by
# `kerazoo train yolo --data scenes`, from the folders `images` and `labels`.

# %%
answer = detector.predict(splits.test.x)
of_file = boxes_to_judge(answer.values, len(names))
score_boxes(splits.test.y, of_file, len(names))

# %% [markdown]
# The network that comes with kerazoo was trained as its recipe says, on three times as many scenes:

# %%
of_zoo = kerazoo.load_predictor("yolo").predict(splits.test.x).values
print(score_boxes(splits.test.y, boxes_to_judge(of_zoo, len(names)), len(names)))
plots.plot_boxes(splits.test.x[:6], find_boxes(of_zoo[:6], len(names)), names, splits.test.y[:6])
