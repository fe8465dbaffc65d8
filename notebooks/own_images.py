# %% [markdown]
# # Images of your own
#
# From a folder of image files to a network that tells them apart, and takes files.

# %%
from pathlib import Path

import numpy as np
from PIL import Image

import kerazoo
from kerazoo import plots

kerazoo.quiet_tensorflow()

# %% [markdown]
# ## A folder for each class
# Any folder will do; this one is made of garments that come with the package, three kinds of shoes.
# Images may differ in size and format: here every one is saved in a size of its own.

# %%
garments = kerazoo.load_dataset("fashion_mnist_mini")
kinds = ("Sandal", "Sneaker", "Ankle boot")


def save(kind: str, number: int, pixels: np.ndarray) -> None:
    """Save an image as shops have them: larger, and not quite square."""
    file = Path("shoes", kind, f"{number:03}.png")
    file.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels.squeeze()).resize((56 + number % 9, 56)).save(file)


shoes = {
    kind: garments.train.x[garments.train.y.ravel() == garments.class_names.index(kind)]
    for kind in kinds
}
_ = [save(kind, n, image) for kind in kinds for n, image in enumerate(shoes[kind][:200])]
sorted(str(file) for file in Path("shoes").rglob("*.png"))[:3]

# %% [markdown]
# ## Train
# `kerazoo train cnn --data shoes --image-size 28` does the same. A fifth of the files is held out
# as the test; what was read, and how, is said.

# %%
run = kerazoo.train(
    "cnn",
    data="shoes",
    options={"image_size": 28},
    epochs=12,
    seed=0,
    out="runs/shoes",
    callbacks=[kerazoo.ProgressLine()],
)

# %%
plots.plot_history(run.history, kept=run.kept)

# %% [markdown]
# ## Is it any good?
# Simple methods that were given the same images stand beside it.

# %%
kerazoo.compare(run)

# %%
answers = run.model.predict(run.splits.test.x, verbose=0)
plots.plot_confusion_matrix(run.splits.test.y, answers, run.splits.class_names)

# %% [markdown]
# The mistakes that it was surest of: some of them one would make oneself.

# %%
plots.plot_worst_mistakes(run.splits.test.x, run.splits.test.y, answers, run.splits.class_names)

# %% [markdown]
# ## Files in, answers out
# The saved network reads files as the training did, in any size.

# %%
predictor = kerazoo.load_predictor("runs/shoes")
files = ["shoes/Sandal/000.png", "shoes/Ankle boot/001.png"]
answer = predictor.predict(files)
list(zip(answer.labels, answer.values.max(axis=1).round(3), strict=True))

# %% [markdown]
# What the network looked at, for the first file:

# %%
plots.plot_grad_cam(run.model, run.splits.test.x[:6])
