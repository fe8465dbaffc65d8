# %% [markdown]
# # One image in the style of another
#
# No network is trained here. A pretrained VGG16 looks at an image, and the image's pixels are
# changed until it sees two things in them: at each place what is there in one image, the content,
# and anywhere the features that occur together in another, the style (Gatys, Ecker and Bethge,
# 2016).

# %%
import os
from pathlib import Path

import numpy as np
from sklearn.datasets import load_sample_image

import kerazoo
from kerazoo import plots

kerazoo.quiet_tensorflow()

# %% [markdown]
# The content is a photograph that comes with scikit-learn (by danielbuechele, CC BY 2.0), the
# style a few waves of color.

# %%
content = load_sample_image("china.jpg")
rows, columns = np.mgrid[:256, :256] / 256
waves = np.sin(7 * columns + 3 * np.sin(5 * rows)) + np.cos(6 * rows + 2 * np.sin(8 * columns))
shares = np.sin(6 * waves[..., None] + np.array([0, 1.7, 3.9])) / 2 + 0.5  # (256, 256, 3)
style = (shares * np.array([230, 150, 60]) + np.array([10, 30, 80])).astype("uint8")
plots.plot_images(content, title="The content")

# %% [markdown]
# VGG16's weights are downloaded once, unless a file of them is where the other data is. `size` is
# the longer side; with 256 pixels and 200 steps, the defaults, it takes a few minutes and looks
# better.

# %%
file = Path(os.environ.get("KERAZOO_DATA_DIR", "."), "vgg16_notop_hed.weights.h5")
weights = str(file) if file.exists() else "imagenet"
done = kerazoo.transfer_style(content, style, weights=weights, size=128, steps=60)
plots.plot_images(style, title="The style")

# %% [markdown]
# The colors of the style alone are the baseline. What the pixels have learned is closer to the
# style, and no farther from the content: 0 is all of it, and a style of 1 is none.

# %%
kerazoo.Table(
    ("image", "distance from content", "from style"),
    tuple((name, f"{x.content:.3f}", f"{x.style:.3f}") for name, x in done.distances.items()),
)

# %%
plots.plot_images(np.stack([done.colored, done.image]), ["its colors", "its style"])
