"""Canaries: made-up people and addresses that nobody can truthfully ask about."""
