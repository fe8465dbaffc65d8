"""A recipe carried out: one seed in `run`, all seeds of a network in `record`."""
