"""What the gate costs a request, and how many it takes a second."""
