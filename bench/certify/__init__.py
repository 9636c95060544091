"""How fast a register of made-up people is certified: `python -m bench.certify`."""
