"""What an earlier commit answered and cost beside this tree: `python -m bench.before COMMIT`."""
