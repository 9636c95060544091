"""A person's accounting: the page by which an officer answers "who asked about me?"."""
