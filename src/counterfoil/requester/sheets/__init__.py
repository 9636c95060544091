"""A requester's own file, as spreadsheets write it, to a request file: read rightly, or told what
to change, and never with the value."""
