"""An office, its officers and its register."""
