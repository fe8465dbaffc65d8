"""The tabular networks as scikit-learn estimators, trained by `fit_model`.

`Classifier` and `Regressor` follow a network's recipe on any table. A search compiles once for each
structure that it tries, whatever the folds, the seeds and the numbers:

    GridSearchCV(Regressor("boston"), {
        "hidden_units": [(32, 16), (64, 32, 16)],
        "learning_rate": [0.002, 0.005],
    })

`estimators.py` has what scikit-learn calls; `network.py` builds, trains, asks and keeps a network.
"""

from kerazoo.sklearn.estimators import Classifier, Regressor, estimator

__all__ = ["Classifier", "Regressor", "estimator"]
