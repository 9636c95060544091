"""Attacks on an office, run against a commit and against the working tree: __main__.py."""
