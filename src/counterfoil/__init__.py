"""Counterfoil: one bit, only where the law lets the question be asked, and a proof of every
answer."""
