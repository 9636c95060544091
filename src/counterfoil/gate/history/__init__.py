"""What was asked before: fingerprints, counts, and the store of both."""
