"""The demonstration and the replay of 2025, about made-up people."""
