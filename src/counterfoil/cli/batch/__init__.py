"""The steps of a batch, and looking at one request."""
