"""The street of an address: its line, its number, and the keys of its name."""
