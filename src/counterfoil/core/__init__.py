"""Errors, values, canonical JSON, key files, atomic files, pictures: what every room needs, and no
room of its own."""
