"""What the ledger costs: `python -m bench.ledger`."""
