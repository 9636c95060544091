"""The permanent accounting of a batch: how its lines are made."""
