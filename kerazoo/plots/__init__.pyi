"""What type checkers see of the lazily resolved names; a test compares it with the package."""

from kerazoo.plots.activations import plot_activations as plot_activations
from kerazoo.plots.boundary import plot_decision_lines as plot_decision_lines
from kerazoo.plots.classification import plot_confusion_matrix as plot_confusion_matrix
from kerazoo.plots.classification import plot_worst_mistakes as plot_worst_mistakes
from kerazoo.plots.columns import plot_columns as plot_columns
from kerazoo.plots.files import figures_of_predictions as figures_of_predictions
from kerazoo.plots.files import figures_of_run as figures_of_run
from kerazoo.plots.files import save_figures as save_figures
from kerazoo.plots.focus import plot_grad_cam as plot_grad_cam
from kerazoo.plots.forecasts import plot_forecast as plot_forecast
from kerazoo.plots.generated import plot_interpolation as plot_interpolation
from kerazoo.plots.generated import plot_latent_grid as plot_latent_grid
from kerazoo.plots.generated import plot_latent_space as plot_latent_space
from kerazoo.plots.generated import plot_samples as plot_samples
from kerazoo.plots.heatmap import grad_cam as grad_cam
from kerazoo.plots.history import plot_history as plot_history
from kerazoo.plots.images import plot_images as plot_images
from kerazoo.plots.images import plot_reconstructions as plot_reconstructions
from kerazoo.plots.ratings import plot_factors as plot_factors
from kerazoo.plots.ratings import plot_ratings as plot_ratings
from kerazoo.plots.regression import plot_residuals as plot_residuals
from kerazoo.plots.reliability import plot_reliability as plot_reliability
from kerazoo.plots.roc import plot_roc as plot_roc
from kerazoo.plots.series import plot_series as plot_series
from kerazoo.plots.surface import plot_decision_surface as plot_decision_surface
from kerazoo.plots.words import plot_words as plot_words
