"""Disclosure holds under 26 USC 6103(i)(6)."""
