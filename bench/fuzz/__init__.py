"""`make fuzz SECONDS=60`: coverage-guided fuzzing of every parser of what comes from outside, in an
environment of its own."""
