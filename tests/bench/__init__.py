"""The benches' own reckoning."""
