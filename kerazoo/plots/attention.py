"""Where a transformer looks: over all of its layers, and head by head."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from kerazoo._wording import counted
from kerazoo.errors import InvalidInput
from kerazoo.plots.focus import captions_of, draw_heat_over
from kerazoo.plots.images import draw_image, to_images
from kerazoo.plots.layers import check_images
from kerazoo.plots.rollout import attention_rollout, attention_scores, patch_grid
from kerazoo.plots.style import Figure, hide_axes, in_style, new_figure

if TYPE_CHECKING:
    import keras

_SIDE = 1.15  # inches of a map


@in_style
def plot_attention(
    model: keras.Model, images: Any, class_names: Sequence[str] | None = None
) -> Figure:
    """Draw images, and below each which patches reach the answer through attention.

    Each map goes from the patch that counts least (dark) to the one that counts most; a line
    surrounds what lies in the upper half.

    Args:
        model: as for `attention_rollout`.
        images: as the network takes them, or a single one.
        class_names: a name per class, for the captions; numbers by default.

    Raises:
        InvalidInput: as for `attention_rollout`, or if there is not a name per class.

    Example:
        >>> import kerazoo
        >>> clothes = kerazoo.load_dataset("fashion_mnist_mini").test
        >>> len(plot_attention(kerazoo.build_vit(), clothes.x[:3]).axes)
        7

    Reference:
        As for `attention_rollout`.
    """
    heat = attention_rollout(model, images)
    images = check_images(model, images)
    rows, columns = patch_grid(model)
    return draw_heat_over(
        images,
        heat,
        captions_of(model, images, class_names),
        title=f"Where the network looks (attention rollout, {rows} × {columns} patches)",
        label="share, least to most",
    )


@in_style
def plot_attention_heads(
    model: keras.Model, image: Any, patch: tuple[int, int] | None = None
) -> Figure:
    """Draw where one patch of an image looks: a row of maps for each layer, a map for each head.

    Black is 0, and white the most that the patch looks at any one patch in that head.

    Args:
        model: as for `attention_scores`, whose tokens are patches of the image in rows.
        image: one image as the network takes it.
        patch: row and column of the patch, from 0; the one in the middle by default. It is framed.

    Raises:
        InvalidInput: as for `attention_scores`, if there is no such patch, or there are several
            images.

    Example:
        >>> import kerazoo
        >>> clothes = kerazoo.load_dataset("fashion_mnist_mini").test
        >>> figure = plot_attention_heads(kerazoo.build_vit(), clothes.x[0], (3, 3))
        >>> figure.get_suptitle()
        'Where the patch in row 3, column 3 looks'

    Reference:
        As for `attention_scores`.
    """
    images = check_images(model, image)
    if len(images) != 1:
        raise InvalidInput(f"there are {len(images)} images; pass one, such as x[0].")
    rows, columns = patch_grid(model)
    row, column = patch = _check_patch(patch, rows, columns)
    scores = attention_scores(model, images)
    most = max(one.shape[1] for one in scores.values())
    figure = new_figure(_SIDE * (most + 1) + 0.3, (_SIDE + 0.25) * len(scores) + 0.4)
    grid = figure.add_gridspec(len(scores), most + 1)
    original = figure.add_subplot(grid[0, 0])
    draw_image(original, to_images(images)[0])
    height, width = images.shape[1] / rows, images.shape[2] / columns
    _frame(original, patch, height, width)
    for number, (name, one) in enumerate(scores.items()):
        for head, seen in enumerate(one[0, :, row * columns + column]):
            axes = figure.add_subplot(grid[number, head + 1])
            axes.imshow(seen.reshape(rows, columns), cmap="gray", vmin=0, interpolation="nearest")
            _frame(axes, patch, 1, 1)
            hide_axes(axes)
            if head == 0:
                axes.set_title(name, fontsize=9, loc="left")
    figure.suptitle(f"Where the patch in row {row}, column {column} looks")
    return figure


def _check_patch(patch: tuple[int, int] | None, rows: int, columns: int) -> tuple[int, int]:
    if patch is None:
        return rows // 2, columns // 2
    row, column = patch
    if not (0 <= row < rows and 0 <= column < columns):
        raise InvalidInput(
            f"patch is {patch!r}; there are {counted(rows, 'row')} and "
            f"{counted(columns, 'column')} of patches. Pass "
            f"(0, 0) to ({rows - 1}, {columns - 1})."
        )
    return row, column


def _frame(axes: Any, patch: tuple[int, int], height: float, width: float) -> None:
    top, left = patch[0] * height - 0.5, patch[1] * width - 0.5
    right, bottom = left + width, top + height
    axes.plot(
        [left, right, right, left, left], [top, top, bottom, bottom, top], color="C3", linewidth=1.2
    )
