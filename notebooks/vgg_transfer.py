# %% [markdown]
# # vgg_transfer: cats and dogs from few labels
#
# 2,000 labeled pictures are little for a convolutional network. `vgg_small` has never seen a cat
# or a dog, but it knows edges, fur and eyes from 36,000 pictures of other things. Does that help?

# %%
import dataclasses
import os

import kerazoo
from kerazoo import plots

kerazoo.quiet_tensorflow()

# %% [markdown]
# ## The data
# The first 1,000 cats and 1,000 dogs of CIFAR-10 to train and validate on, and all 2,000 of its
# test set. CIFAR-10 is looked for on this machine and downloaded (170 MB) if it is nowhere.

# %%
recipe = kerazoo.load_recipe("vgg_transfer")
splits = kerazoo.load_dataset(recipe.dataset, **recipe.dataset_arguments)
plots.plot_images(splits.train.x[:20], [splits.class_names[y] for y in splits.train.y[:20]])

# %% [markdown]
# ## A baseline
# Guessing is right half of the time. Raw pixels are hardly better:

# %%
kerazoo.score_baseline("logistic_regression", splits)

# %% [markdown]
# ## The network
# Three blocks of `vgg_small`, the first two frozen. What comes out of them, 4 × 4 × 128 numbers, is
# flattened, and a new head has 2,048 × 256 + 256 = 524,544 and 256 × 2 + 2 = 514 parameters. The
# moving averages of batch normalization stay as they are, too.

# %%
kerazoo.layer_table(kerazoo.build_vgg_transfer())

# %% [markdown]
# ## Training
# In two stages: the head alone on what the frozen trunk gives, then the third block with it, at a
# tenth of the rate. Each picture is there ten times, shifted and mirrored. What frozen layers make
# of them is computed once, so this takes seconds. (The variable is for the project's own tests,
# which train for a moment only.)

# %%
epochs = int(os.environ.get("KERAZOO_NOTEBOOK_EPOCHS", "4"))
short = {"epochs": epochs, "fit_arguments": {**recipe.fit_arguments, "head_epochs": epochs}}
recipe = dataclasses.replace(recipe, **short)
run = kerazoo.train(
    "vgg_transfer",
    recipe=recipe,
    splits=splits,
    out="runs/vgg_transfer",
    callbacks=[kerazoo.ProgressLine()],
)
plots.plot_history(run.history)

# %% [markdown]
# The step in the middle is where fine-tuning begins.
#
# ## How good is it?

# %%
kerazoo.compare(run)

# %% [markdown]
# The published figure is of other pictures, photographs of many times as many pixels, and of a
# trunk from ImageNet. On these, means of five recorded seeds: fine-tuned 0.761, frozen features
# 0.748, from scratch 0.734, where the seeds lie far apart.
#
# ## Right and wrong

# %%
probabilities = run.model.predict(splits.test.x, batch_size=256, verbose=0)
plots.plot_confusion_matrix(splits.test.y, probabilities, splits.class_names)

# %%
plots.plot_worst_mistakes(splits.test.x, splits.test.y, probabilities, splits.class_names)

# %%
plots.plot_grad_cam(run.model, splits.test.x[:8], splits.class_names)

# %% [markdown]
# ## Keep it and use it
# With pictures of your own, in one folder per class: `kerazoo train vgg_transfer --data photos`,
# and `kerazoo predict runs/vgg_transfer holiday.jpg`. From Python, an array or the name of a file:

# %%
predictor = kerazoo.load_predictor("runs/vgg_transfer")
some = splits.test.x[10:16]
prediction = predictor.predict(some)
plots.plot_images(some, captions=list(prediction.labels))
