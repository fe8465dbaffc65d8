"""One file per network; the folder is the family."""
