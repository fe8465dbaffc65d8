# %% [markdown]
# # alexnet: the network of 2012
#
# LeNet read checks in 1998. In 2012 a network in the same order, convolutions and then dense
# layers, won the ImageNet challenge: 60 million parameters on two graphics cards, trained on 1.2
# million photographs of 1,000 classes. This is that network in a size for images of 32 by 32
# pixels.

# %%
import dataclasses
import os

import numpy as np

import kerazoo
from kerazoo import plots
from kerazoo.recipe import for_training_on

kerazoo.quiet_tensorflow()

import keras  # noqa: E402

# %% [markdown]
# ## The data
# CIFAR-10 is looked for on this machine and downloaded (170 MB) if it is nowhere. This notebook
# trains on **5,000 of the 50,000 images** for a few epochs and tests on 2,000, and then loads the
# network that was trained by the whole recipe. (The variable is for the project's own tests, which
# train for a moment only.)

# %%
epochs = int(os.environ.get("KERAZOO_NOTEBOOK_EPOCHS", "6"))
recipe = kerazoo.load_recipe("alexnet")
whole = kerazoo.load_dataset("cifar10", **{**recipe.dataset_arguments, "train_size": 5000})
splits = dataclasses.replace(whole, test=kerazoo.datasets.Part(*(p[:2000] for p in whole.test)))
first = [int(np.flatnonzero(splits.train.y == label)[0]) for label in range(10)]
plots.plot_images(splits.train.x[first], captions=splits.class_names, columns=5)

# %% [markdown]
# ## The network
# Five convolutions and three dense layers. The filters of the first layer were 11 × 11 pixels and
# moved by four; these are 5 × 5 and move pixel by pixel, as there are fewer pixels.

# %%
kerazoo.layer_table(kerazoo.build_alexnet())

# %%
kerazoo.size_table(kerazoo.build_alexnet())

# %% [markdown]
# The dense layers have about half of the parameters, and hardly any of the work. In 2012 they had
# nearly all of the 60 million: 6 × 6 × 256 numbers went into 4,096 units, 4,096 more and 1,000
# classes.

# %%
model = kerazoo.build_alexnet()
dense = sum(model.get_layer(name).count_params() for name in ("hidden1", "hidden2", "class"))
work = (576 * 256 + 256 * 256 + 256 * 10) / kerazoo.count_operations(model)
print(f"dense layers have {dense / model.count_params():.0%} of the parameters")
print(f"and do {work:.0%} of the multiplications")
print(f"in 2012 they had {6 * 6 * 256 * 4096 + 4096 * 4096 + 4096 * 1000:,} weights")

# %% [markdown]
# ## What was new
# **ReLU.** LeNet had tanh, which is flat where its input is large, so that the gradient is near 0
# there. A relu has slope 1 wherever it is above 0. The paper reports a network of four layers that
# learned CIFAR-10 six times as fast with it.

# %%
functions = {"tanh": keras.activations.tanh, "relu": keras.activations.relu}
plots.plot_activation_functions(functions, reach=4)

# %% [markdown]
# **Overlapping pooling.** The largest of 3 × 3 pixels in strides of 2, so that windows share
# pixels. In one dimension: the 5 is in two of the windows below.

# %%
row = np.array([0, 3, 1, 7, 2, 0, 5, 1, 4], "float32").reshape(1, 9, 1)
apart, overlapping = (keras.layers.MaxPooling1D(size, 2)(row) for size in (2, 3))
print("windows of 2:", np.ravel(apart), "  windows of 3:", np.ravel(overlapping))

# %% [markdown]
# **More images from few.** Mirrored and moved by up to four pixels, in training only:

# %%
augmented = kerazoo.build_alexnet(augmentation=("mirror", "crop"))
plots.plot_augmented(augmented, splits.train.x[first[:2]])

# %% [markdown]
# **Dropout.** In each training step some of the numbers that a dense layer is given are set to 0,
# others each time, so that no unit can rely on a single other one. The paper left out half of them.
#
# ## Training

# %%
recipe = for_training_on(dataclasses.replace(recipe, epochs=epochs), rows=len(splits.train.x))
run = kerazoo.train(
    "alexnet",
    recipe=recipe,
    splits=splits,
    out="runs/alexnet",
    callbacks=[kerazoo.ProgressLine()],
)
plots.plot_history(run.history)

# %% [markdown]
# ## How good is it?
# A tenth of the images and a few epochs cost a lot. Beside it, what the whole recipes reach, and
# the class of the nearest image.

# %%
kerazoo.compare(run)

# %% [markdown]
# ## What it has learned
# From here on, the network that comes with the package. Its 32 first filters in color, where gray
# is 0. In the paper some looked for edges, others for blobs of one color.

# %%
shipped = kerazoo.load_model("alexnet")
plots.plot_weights(shipped)

# %% [markdown]
# The one of 200 images of which it is least sure, asked 200 times while dropout leaves out other
# numbers each time:

# %%
features = keras.Model(shipped.input, shipped.get_layer("flatten").output)
head = keras.Model(shipped.get_layer("flatten").output, shipped.output)
found = np.asarray(features(splits.test.x[:200], training=False))
least = int(np.asarray(head(found, training=False)).max(axis=1).argmin())
one = np.repeat(found[least : least + 1], 200, axis=0)
votes = np.bincount(np.asarray(head(one, training=True)).argmax(axis=1), minlength=10)
given = tuple((splits.class_names[label], str(votes[label])) for label in np.flatnonzero(votes))
kerazoo.Table(("answer", "times of 200"), given)

# %% [markdown]
# Where it looks: the regions that speak for its answer.

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
# `runs/alexnet` holds what was trained above; `alexnet` is the one of the package. Above each
# image, what the first and what the second takes it for. Images of your own, a folder for each
# class, are learned by `kerazoo train alexnet --data photos --image-size 64`. They have to be at
# least 15 by 15 pixels, as three poolings have to fit.

# %%
predictors = [kerazoo.load_predictor(name) for name in ("runs/alexnet", "alexnet")]
few = splits.test.x[seen]
both = zip(*(predictor.predict(few).labels for predictor in predictors), strict=True)
plots.plot_images(few, captions=["\n".join(pair) for pair in both], columns=4)
