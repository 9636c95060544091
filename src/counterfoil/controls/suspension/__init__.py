"""Suspension: what an order stops, and what lifts it."""
