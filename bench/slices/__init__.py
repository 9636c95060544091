"""Recall and wrong confirmations by group of names, on a labelled set of made-up households:
`python -m bench.slices`."""
