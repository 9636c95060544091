"""What the four steps of a batch cost, beside an earlier commit."""
