"""A recipe carried out: one seed in `run`, all of a network in `record`, others in `search`."""
