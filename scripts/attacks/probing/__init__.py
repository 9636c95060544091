"""What the best of many strategies learns in a simulated year: __main__.py."""
