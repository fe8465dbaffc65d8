"""Pictures of data, trainings and networks, as matplotlib figures that need no pyplot."""

from kerazoo.plots.activations import plot_activations
from kerazoo.plots.classification import plot_confusion_matrix, plot_worst_mistakes
from kerazoo.plots.columns import plot_columns
from kerazoo.plots.files import figures_of_predictions, figures_of_run, save_figures
from kerazoo.plots.focus import plot_grad_cam
from kerazoo.plots.forecasts import plot_forecast
from kerazoo.plots.generated import (
    plot_interpolation,
    plot_latent_grid,
    plot_latent_space,
    plot_samples,
)
from kerazoo.plots.grad_cam import grad_cam
from kerazoo.plots.history import plot_history
from kerazoo.plots.images import plot_images, plot_reconstructions
from kerazoo.plots.regression import plot_residuals
from kerazoo.plots.series import plot_series
from kerazoo.plots.surface import plot_decision_surface
from kerazoo.plots.words import plot_words

__all__ = [
    "figures_of_predictions",
    "figures_of_run",
    "grad_cam",
    "plot_activations",
    "plot_columns",
    "plot_confusion_matrix",
    "plot_decision_surface",
    "plot_forecast",
    "plot_grad_cam",
    "plot_history",
    "plot_images",
    "plot_interpolation",
    "plot_latent_grid",
    "plot_latent_space",
    "plot_reconstructions",
    "plot_residuals",
    "plot_samples",
    "plot_series",
    "plot_words",
    "plot_worst_mistakes",
    "save_figures",
]
