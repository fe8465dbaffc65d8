"""Figures of data, trainings and networks, which need no pyplot: one kind of figure, one file.

Names are resolved when they are first used: `mosaics` lays images out as pixels, and whoever needs
no more than that need not wait for matplotlib. In reading order: `style` for all, `layers`,
`heatmap` and `pixels` for what a network looks at, then one kind of figure after another; `files`
draws what a whole training has to show, and writes it.
"""

from __future__ import annotations

import importlib
from typing import Any

_PUBLIC = {
    "attention_rollout": "rollout",
    "attention_scores": "rollout",
    "figures_of_predictions": "files",
    "figures_of_run": "files",
    "grad_cam": "heatmap",
    "integrated_gradients": "pixels",
    "plot_activation_functions": "functions",
    "plot_activations": "activations",
    "plot_attention": "attention",
    "plot_attention_heads": "attention",
    "plot_augmented": "augmented",
    "plot_autocorrelation": "autocorrelation",
    "plot_boxes": "scenes",
    "plot_columns": "columns",
    "plot_computation": "computation",
    "plot_confusion_matrix": "classification",
    "plot_covered_patches": "covering",
    "plot_curves": "curves",
    "plot_decision_lines": "boundary",
    "plot_decision_surface": "surface",
    "plot_dependence": "dependence",
    "plot_episode": "control",
    "plot_explanations": "explanations",
    "plot_factors": "ratings",
    "plot_fits": "fits",
    "plot_forecast": "forecasts",
    "plot_gradient_flow": "gradient_flow",
    "plot_grad_cam": "focus",
    "plot_history": "history",
    "plot_images": "images",
    "plot_importance": "importance",
    "plot_integrated_gradients": "pixels",
    "plot_interpolation": "generated",
    "plot_latent_grid": "generated",
    "plot_latent_space": "generated",
    "plot_learning_curves": "control",
    "plot_masks": "scenes",
    "plot_matrix": "matrix",
    "plot_optimizer_paths": "optimizer_paths",
    "plot_policy": "control",
    "plot_rate": "rate",
    "plot_ratings": "ratings",
    "plot_reconstructions": "images",
    "plot_reliability": "reliability",
    "plot_residuals": "regression",
    "plot_roc": "roc",
    "plot_samples": "generated",
    "plot_search": "search",
    "plot_series": "series",
    "plot_weights": "weights",
    "plot_waterfall": "explanations",
    "plot_windows": "windows",
    "plot_word_weights": "word_weights",
    "plot_words": "words",
    "plot_worst_mistakes": "classification",
    "save_episode": "control",
    "save_figures": "files",
}

__all__ = [*_PUBLIC]  # noqa: PLE0604  (they are texts)


def __getattr__(name: str) -> Any:
    if name in _PUBLIC:
        return getattr(importlib.import_module(f"kerazoo.plots.{_PUBLIC[name]}"), name)
    raise AttributeError(f"module 'kerazoo.plots' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *_PUBLIC])
