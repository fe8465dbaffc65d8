# %% [markdown]
# # Images of your own
#
# From a folder of image files to a network that tells them apart, and takes files.

# %%
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
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


labels = [garments.class_names[label] for label in garments.train.y.ravel()]
shown = [(kind, x) for kind, x in zip(labels, garments.train.x, strict=True) if kind in kinds]
_ = [save(kind, number, x) for number, (kind, x) in enumerate(shown[:600])]
sorted(str(file) for file in Path("shoes").rglob("*.png"))[:3]

# %% [markdown]
# ## Train
# `kerazoo train cnn --data shoes --image-size 28` does the same. A fifth of the files is held out
# as the test; what was read, and how, is said.

# %%
with warnings.catch_warnings(record=True) as said:
    run = kerazoo.train(
        "cnn",
        data="shoes",
        options={"image_size": 28},
        epochs=12,
        seed=0,
        out="runs/shoes",
        callbacks=[kerazoo.ProgressLine()],
    )
print(*(note.message for note in said), sep="\n")

# %%
kerazoo.layer_table(run.model)

# %%
plots.plot_history(run.history, kept=run.kept)

# %% [markdown]
# ## Is it any good?
# Simple methods that were given the same images stand beside it.

# %%
pd.DataFrame(
    {
        run.name: {key: value for key, value in run.metrics.items() if key != "loss"},
        **{name: kerazoo.score_baseline(name, run.splits) for name in run.recipe.baselines},
    }
).round(3)

# %%
answers = run.model.predict(run.splits.test.x, verbose=0)
plots.plot_confusion_matrix(run.splits.test.y, answers, run.splits.class_names)

# %% [markdown]
# The mistakes that it was most confident about: a person would make some of them, too.

# %%
plots.plot_worst_mistakes(run.splits.test.x, run.splits.test.y, answers, run.splits.class_names)

# %% [markdown]
# ## Files in, answers out
# The saved network reads files as the training did, in any size: three sandals.

# %%
predictor = kerazoo.load_predictor("runs/shoes")
files = sorted(map(str, Path("shoes/Sandal").iterdir()))[:3]
answer = predictor.predict(files)
list(zip(answer.labels, answer.values.max(axis=1).round(3), strict=True))

# %% [markdown]
# What the network looked at, in the first six images of the test:

# %%
plots.plot_grad_cam(run.model, run.splits.test.x[:6])
