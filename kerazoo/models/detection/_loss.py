"""The loss of networks that answer with boxes in the cells of a grid."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

_SMALL = 1e-6


@keras.saving.register_keras_serializable(package="kerazoo")
class YoloLoss(keras.losses.Loss):
    """Sum of squared errors of boxes, confidences and classes, per image.

    The grid has S x S cells, each with B boxes. The cell that holds the center of an object answers
    for it, and in the cell the box that overlaps with the object most: IoU is intersection over
    union. With hats on what is predicted, an image costs

        coordinates * sum over objects of
            (x - x^)^2 + (y - y^)^2 + (sqrt w - sqrt w^)^2 + (sqrt h - sqrt h^)^2
        + sum over objects of (IoU - confidence^)^2
        + no_object * sum over all other boxes of (0 - confidence^)^2
        + sum over objects and classes of (p - p^)^2

    x and y are the center within the cell, w and h shares of the image: of roots, a small box is
    hurt more by the same error than a large one. The IoU is a target, and no gradient goes through
    it.

    Args:
        boxes: B, boxes in a cell.
        coordinates: how much errors of boxes count.
        no_object: how much a confidence counts where there is nothing, which is nearly everywhere.
        name: of the loss.
        reduction: over images, as in Keras.

    Input shape:
        Targets `(rows, objects, 5)`: class, center and size in shares of the image; the class is -1
        in rows that hold no object. Predictions `(rows, S, S, 5 * B + classes)`: B confidences, B
        times center in the cell and size, probabilities of the classes; all from 0 to 1.

    Output shape:
        `(rows,)` before the reduction.

    Example:
        >>> import numpy as np
        >>> truth = np.array([[[0, 0.5, 0.5, 0.25, 0.25]]], "float32")
        >>> right = np.array([[[[1, 0.5, 0.5, 0.25, 0.25, 1]]]], "float32")  # a grid of one cell
        >>> loss = YoloLoss(boxes=1)
        >>> float(loss(truth, right))
        0.0
        >>> right[..., 0] = 0.0  # not confident at all
        >>> float(loss(truth, right))
        1.0

    Reference:
        Redmon, Divvala, Girshick and Farhadi, "You only look once: unified, real-time object
        detection", 2016, equation 3.
    """

    def __init__(
        self,
        boxes: int = 2,
        coordinates: float = 5.0,
        no_object: float = 0.5,
        name: str = "yolo_loss",
        reduction: str = "sum_over_batch_size",
    ) -> None:
        super().__init__(name=name, reduction=reduction)
        self.boxes, self.coordinates, self.no_object = boxes, coordinates, no_object

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """Return the loss of each image."""
        y_true, count, grid = ops.cast(y_true, y_pred.dtype), self.boxes, y_pred.shape[1]
        depth = y_pred.shape[-1]
        there = ops.cast(y_true[..., 0] >= 0, y_pred.dtype)  # (rows, objects)
        center, size = y_true[..., 1:3], y_true[..., 3:5]
        cell = ops.clip(ops.floor(center * grid), 0, grid - 1)  # (rows, objects, 2): x, y
        index = ops.cast(cell[..., 1] * grid + cell[..., 0], "int32")
        of_cell = ops.one_hot(index, grid * grid, dtype=y_pred.dtype) * there[..., None]

        # What the cell of each object says: (rows, objects, depth).
        said = ops.matmul(of_cell, ops.reshape(y_pred, (-1, grid * grid, depth)))
        confidence, classes = said[..., :count], said[..., 5 * count :]
        box = ops.reshape(said[..., count : 5 * count], (-1, y_true.shape[1], count, 4))
        within = center * grid - cell
        iou = _iou(center, size, (box[..., :2] + cell[..., None, :]) / grid, box[..., 2:])
        iou = ops.stop_gradient(iou)  # (rows, objects, boxes)
        answers = ops.one_hot(ops.argmax(iou, axis=-1), count, dtype=y_pred.dtype)
        answers = answers * there[..., None]

        of_center = ops.sum(ops.square(box[..., :2] - within[..., None, :]), axis=-1)
        roots = ops.sqrt(ops.maximum(box[..., 2:], _SMALL)) - ops.sqrt(size)[..., None, :]
        of_box = of_center + ops.sum(ops.square(roots), axis=-1)
        of_object = answers * (self.coordinates * of_box + ops.square(iou - confidence))
        truth = ops.one_hot(
            ops.cast(y_true[..., 0], "int32"), depth - 5 * count, dtype=y_pred.dtype
        )
        of_class = there * ops.sum(ops.square(classes - truth), axis=-1)

        # Boxes that answer for an object, on the grid: (rows, cells, boxes).
        taken = ops.max(of_cell[..., None] * answers[..., None, :], axis=1)
        all_of_them = ops.reshape(y_pred[..., :count], (-1, grid * grid, count))
        of_nothing = ops.sum((1 - taken) * ops.square(all_of_them), axis=(1, 2))
        return (
            ops.sum(of_object, axis=(1, 2))
            + ops.sum(of_class, axis=1)
            + self.no_object * of_nothing
        )

    def get_config(self) -> dict[str, Any]:
        """Return what `from_config` takes."""
        own = {name: getattr(self, name) for name in ("boxes", "coordinates", "no_object")}
        return {"name": self.name, "reduction": self.reduction, **own}


def _iou(center: Any, size: Any, centers: Any, sizes: Any) -> Any:
    """Return the IoU of `(rows, objects, 2)` with `(rows, objects, boxes, 2)`."""
    center, size = center[..., None, :], size[..., None, :]
    low = ops.maximum(center - size / 2, centers - sizes / 2)
    high = ops.minimum(center + size / 2, centers + sizes / 2)
    both = ops.prod(ops.maximum(high - low, 0.0), axis=-1)
    areas = ops.prod(size, axis=-1) + ops.prod(sizes, axis=-1)
    return both / ops.maximum(areas - both, _SMALL)
