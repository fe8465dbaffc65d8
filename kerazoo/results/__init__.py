"""The recorded results: where installed, the content of the folder `results/`."""
