"""Style as a test: what nobody should have to remember."""
