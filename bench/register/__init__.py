"""The sealed register measured: format 3 beside format 2, in one run."""
