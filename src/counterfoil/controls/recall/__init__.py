"""Recall of released answers, and what a requester owes of those that were recalled or
expired."""
