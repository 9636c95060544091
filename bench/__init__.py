"""Measurements, beside a floor or a peer in the same run. Never part of the tests: machines differ
and are shared."""
