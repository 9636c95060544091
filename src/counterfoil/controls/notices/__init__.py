"""Notice before release: what agreement and courts demand, and what was given."""
