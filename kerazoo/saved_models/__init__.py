"""The trained networks: where installed, the content of the folder `saved_models/`."""
