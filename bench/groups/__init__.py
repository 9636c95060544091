"""Recall and wrong confirmations by group of names, on a made-up world: `python -m bench.groups`."""
