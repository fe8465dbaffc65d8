"""The networks on tables inside scikit-learn."""
