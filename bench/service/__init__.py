"""The service under load and under SIGKILL: real processes, sealed items, connections of its own."""
