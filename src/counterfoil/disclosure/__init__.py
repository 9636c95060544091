"""The order of things: receive, determine, review, release, explain, and the build of the register."""
